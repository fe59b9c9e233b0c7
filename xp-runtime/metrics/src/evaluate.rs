//! All metrics of one set of predictions, each with what it was computed on and its interval by moving-block bootstrap.

use crate::{
    bootstrap::Blocks,
    classified::Classified,
    metric::{Formula, Metric},
    metrics::METRICS,
    predicted::Predicted,
    threshold::Threshold,
    value::Value,
};

/// A metric's value with what it rests on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measurement {
    /// What was measured.
    pub metric: &'static Metric,
    /// The threshold, of a metric of classes.
    pub threshold: Option<Threshold>,
    /// Its value.
    pub value: f64,
    /// 95 % interval; absent where more than 5 % of the replicates have no value.
    pub interval: Option<(f64, f64)>,
    /// What is counted: samples, or for precision the positive predictions, for recall the positives.
    pub n: usize,
    /// How many of them are positive.
    pub positives: usize,
}

impl Measurement {
    /// The metric's name, with its threshold.
    pub fn name(&self) -> String {
        match self.threshold {
            Some(at) => format!("{} at {at}", self.metric.name),
            None => self.metric.name.to_owned(),
        }
    }

    /// The counts in words.
    pub fn counts(&self) -> String {
        self.metric.counted.describe(self.n, self.positives)
    }
}

/// All metrics of probabilities `p` against labels `y` in order of time, those of classes at ½ and at the threshold that was chosen on
/// validation. Absent ones (one class, no positive prediction) are left out; a share without a bootstrap interval, or with one of no
/// width, has Wilson's, which assumes independent samples.
pub fn evaluate(p: &[f64], y: &[f64], blocks: &Blocks, chosen: Option<f64>) -> Vec<Measurement> {
    let Some(predicted) = Predicted::new(p, y, blocks) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut add = |metric, threshold, value: Option<Value>| {
        if let Some(value) = value.filter(|value| value.value.is_finite()) {
            found.push(Measurement {
                metric,
                threshold,
                value: value.value,
                interval: value.interval,
                n: value.n,
                positives: value.positives,
            });
        }
    };
    for metric in METRICS {
        if let Formula::Probabilities(formula) = metric.formula {
            add(metric, None, formula(&predicted));
        }
    }
    for at in std::iter::once(Threshold::Half).chain(chosen.map(Threshold::Validation)) {
        let classified = Classified::new(&predicted, at);
        for metric in METRICS {
            if let Formula::Classes(formula) = metric.formula {
                add(metric, Some(at), formula(&classified));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_registered_metric_is_measured() {
        let y: Vec<f64> = (0..100).map(|i| f64::from(u8::from(i % 3 == 0))).collect();
        let p: Vec<f64> = (0..100).map(|i| f64::from(i * 37 % 100) / 100.0).collect();
        let found = evaluate(&p, &y, &Blocks::new(100, 20, 50), None);
        let names: Vec<&str> = found.iter().map(|found| found.metric.name).collect();
        let registered: Vec<&str> = METRICS.iter().map(|metric| metric.name).collect();
        assert_eq!(names, registered);
    }
}
