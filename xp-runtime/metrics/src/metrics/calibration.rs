//! Expected calibration error (Guo et al., arXiv 1706.04599, eq. 5).

use crate::{
    metric::{Counted, Formula, Metric},
    predicted::Predicted,
};

/// Expected calibration error over ten bins.
pub const METRIC: Metric = Metric {
    name: "expected calibration error",
    counted: Counted::Samples,
    formula: Formula::Probabilities(|set| {
        Some(set.value(calibration_error(set.p, set.y)?, &replicates(set)))
    }),
};

/// Bins of equal width of [`calibration_error`].
pub const BINS: usize = 10;

/// The bin of a probability.
pub fn bin(p: f64) -> usize {
    ((p * BINS as f64) as usize).min(BINS - 1)
}

/// Expected calibration error over ten bins of equal width; absent for no samples.
pub fn calibration_error(p: &[f64], y: &[f64]) -> Option<f64> {
    let mut gaps = [0.0; BINS];
    for (p, y) in p.iter().zip(y) {
        if let Some(gap) = gaps.get_mut(bin(*p)) {
            *gap += p - y;
        }
    }
    (!p.is_empty()).then(|| gaps.iter().map(|gap| gap.abs()).sum::<f64>() / p.len() as f64)
}

fn replicates(set: &Predicted<'_>) -> Vec<f64> {
    let mut sums = vec![0.0; set.blocks.replicates()];
    for wanted in 0..BINS {
        let gap = |(p, y): (&f64, &f64)| if bin(*p) == wanted { p - y } else { 0.0 };
        let gaps: Vec<f64> = set.p.iter().zip(set.y).map(gap).collect();
        if gaps.iter().all(|gap| *gap == 0.0) {
            continue;
        }
        for (sum, gap) in sums.iter_mut().zip(set.blocks.sums(&gaps)) {
            *sum += gap.abs();
        }
    }
    sums.iter().map(|sum| sum / set.n() as f64).collect()
}
