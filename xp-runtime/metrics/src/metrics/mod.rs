//! The registered metrics, one file each. A new one is a file with a `METRIC` and its two lines here; every table of metrics then has it.

pub mod accuracy;
pub mod base_rate;
pub mod brier;
pub mod calibration;
pub mod delong;
pub mod f1;
pub mod log_loss;
pub mod pr_auc;
pub mod precision;
pub mod recall;
pub mod roc_auc;
pub mod spread;

use crate::metric::Metric;

/// All metrics, in the order of tables; those of classes follow, once for each threshold.
pub static METRICS: &[Metric] = &[
    log_loss::METRIC,
    accuracy::METRIC,
    base_rate::METRIC,
    roc_auc::METRIC,
    delong::METRIC,
    pr_auc::METRIC,
    brier::METRIC,
    calibration::METRIC,
    spread::METRIC,
    precision::METRIC,
    recall::METRIC,
    f1::METRIC,
];

#[cfg(test)]
mod tests {
    use super::{
        accuracy::accuracy, base_rate::base_rate, brier::brier, calibration::calibration_error,
        delong::delong, log_loss::log_loss, pr_auc::average_precision, roc_auc::roc_auc,
        spread::spread, *,
    };
    use crate::confusion::confusion;

    #[test]
    fn names_are_unique() {
        for (position, metric) in METRICS.iter().enumerate() {
            assert!(!METRICS[..position].contains(metric), "{}", metric.name);
        }
    }

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
    fn what_the_classes_cannot_tell_is_absent() {
        let one_class = ([0.2, 0.9], [1.0, 1.0]);
        assert_eq!(delong(&one_class.0, &one_class.1), None);
        assert_eq!(average_precision(&[0.2, 0.9], &[0.0, 0.0]), None);
        assert_eq!(delong(&[0.1, 0.2, 0.8, 0.9], &[0.0, 0.0, 1.0, 1.0]), None);
        let none = confusion(&[0.1], &[0.0], 0.5);
        assert_eq!(
            (none.precision(), none.recall(), none.f1()),
            (None, None, None)
        );
        assert_eq!(
            (brier(&[], &[]), calibration_error(&[], &[]), spread(&[0.5])),
            (None, None, None)
        );
    }
}
