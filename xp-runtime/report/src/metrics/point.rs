//! Point values of metrics; `p` are probabilities, `y` labels 0 or 1, of equal length.

/// Probabilities are kept this far from 0 and 1, so that one sure miss does not make a mean infinite.
const CLAMP: f64 = f64::EPSILON;

/// Log-loss of each sample.
pub fn log_losses(p: &[f64], y: &[f64]) -> Vec<f64> {
    p.iter()
        .zip(y)
        .map(|(p, y)| {
            let p = p.clamp(CLAMP, 1.0 - CLAMP);
            -(y * p.ln() + (1.0 - y) * (1.0 - p).ln())
        })
        .collect()
}

/// Unweighted mean log-loss; NaN for no samples.
pub fn log_loss(p: &[f64], y: &[f64]) -> f64 {
    log_losses(p, y).iter().sum::<f64>() / p.len() as f64
}

/// Share of samples on the right side of 0.5.
pub fn accuracy(p: &[f64], y: &[f64]) -> f64 {
    let right = p
        .iter()
        .zip(y)
        .filter(|(p, y)| (**p >= 0.5) == (**y == 1.0))
        .count();
    right as f64 / p.len() as f64
}

/// Share of positives.
pub fn base_rate(y: &[f64]) -> f64 {
    y.iter().sum::<f64>() / y.len() as f64
}

/// Area under the ROC curve as the Mann–Whitney statistic, ties counting half; absent unless both classes are there.
pub fn roc_auc(p: &[f64], y: &[f64]) -> Option<f64> {
    let positives = y.iter().filter(|y| **y == 1.0).count() as f64;
    let negatives = y.len() as f64 - positives;
    if positives == 0.0 || negatives == 0.0 || p.iter().any(|p| p.is_nan()) {
        return None;
    }
    let mut pairs: Vec<(f64, f64)> = p.iter().copied().zip(y.iter().copied()).collect();
    // Order within ties does not matter; every bootstrap replicate pays for this sort.
    pairs.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let (mut rank_sum, mut below) = (0.0, 0.0);
    for tied in pairs.chunk_by(|a, b| a.0 == b.0) {
        let size = tied.len() as f64;
        let rank = below + (size + 1.0) / 2.0;
        let hits = tied.iter().filter(|(_, y)| *y == 1.0).count() as f64;
        rank_sum += rank * hits;
        below += size;
    }
    Some((rank_sum - positives * (positives + 1.0) / 2.0) / (positives * negatives))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_equal_scikit_learn() {
        // scikit-learn 1.9.1: log_loss, accuracy_score, roc_auc_score of these six.
        let p = [0.1, 0.4, 0.35, 0.8, 0.8, 0.65];
        let y = [0.0, 0.0, 1.0, 1.0, 0.0, 1.0];
        assert!(
            (log_loss(&p, &y) - 0.654_895_440_627_21).abs() < 1e-9,
            "{}",
            log_loss(&p, &y)
        );
        assert_eq!(accuracy(&p, &y), 4.0 / 6.0);
        assert!((roc_auc(&p, &y).unwrap() - 0.611_111_111_1).abs() < 1e-9);
        assert_eq!(base_rate(&y), 0.5);
    }

    #[test]
    fn one_class_has_no_auc() {
        assert_eq!(roc_auc(&[0.1, 0.9], &[1.0, 1.0]), None);
        assert_eq!(roc_auc(&[], &[]), None);
        assert_eq!(roc_auc(&[0.5, 0.5, 0.5], &[1.0, 0.0, 0.0]), Some(0.5));
    }
}
