//! What each sample contributes to an AUC.

/// Of each of `own`, the share of `others` that lie below it, ties counting half: midranks (Sun & Xu 2014).
pub(crate) fn placements(own: &[f64], others: &[f64]) -> Vec<f64> {
    let mut sorted = others.to_vec();
    sorted.sort_by(f64::total_cmp);
    own.iter()
        .map(|x| {
            let below = sorted.partition_point(|other| other < x);
            let not_above = sorted.partition_point(|other| other <= x);
            (below + not_above) as f64 / (2.0 * sorted.len() as f64)
        })
        .collect()
}

/// What the AUC would change by, times n, if a sample counted once more (DeLong's components over the share of their class), less a
/// constant: in order of time, its autocorrelation is that of the AUC's estimate. Empty for one class.
pub fn auc_influence(p: &[f64], y: &[f64]) -> Vec<f64> {
    let of = |class: f64| -> Vec<f64> {
        let pairs = p.iter().zip(y);
        pairs
            .filter(|(_, y)| **y == class)
            .map(|(p, _)| *p)
            .collect()
    };
    let (positive, negative) = (of(1.0), of(0.0));
    if positive.is_empty() || negative.is_empty() {
        return Vec::new();
    }
    let n = y.len() as f64;
    let centred = |placements: Vec<f64>| -> Vec<f64> {
        let count = placements.len() as f64;
        let mean = placements.iter().sum::<f64>() / count;
        placements.iter().map(|x| (x - mean) * n / count).collect()
    };
    let mut of_positives = centred(placements(&positive, &negative)).into_iter();
    // A negative is placed right where it lies below.
    let mut of_negatives = centred(placements(&negative, &positive)).into_iter();
    y.iter()
        .filter_map(|y| {
            if *y == 1.0 {
                of_positives.next()
            } else {
                of_negatives.next().map(|x| -x)
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::roc_auc::roc_auc;

    /// A sample that counts twice moves the AUC by its influence over n, to first order.
    #[test]
    fn influence_is_what_a_sample_moves() {
        let n = 2000;
        let y: Vec<f64> = (0..n)
            .map(|i| f64::from(u8::from(i * 7 % 10 < 3)))
            .collect();
        let p: Vec<f64> = (0..n)
            .map(|i| (i * 37 % 101) as f64 / 101.0 + 0.2 * y[i])
            .collect();
        let influence = auc_influence(&p, &y);
        assert!(influence.iter().sum::<f64>().abs() < 1e-9);
        let auc = roc_auc(&p, &y).unwrap();
        for sample in [0, 1, 777, 1999] {
            let twice = |of: &[f64]| [of, &[of[sample]]].concat();
            let moved = (roc_auc(&twice(&p), &twice(&y)).unwrap() - auc) * n as f64;
            assert!(
                (moved - influence[sample]).abs() < 0.01,
                "{moved} {}",
                influence[sample]
            );
        }
        assert_eq!(auc_influence(&[0.1, 0.2], &[1.0, 1.0]), []);
    }
}
