//! Metrics against scikit-learn and numpy, on the numbers that `fixtures/metrics.py` made.

use std::collections::BTreeMap;

use serde::Deserialize;
use xp_report::metrics::{
    accuracy, average_precision, brier, calibration_error, confusion, delong, log_loss, roc_auc,
};

#[derive(Deserialize)]
struct Fixture {
    cases: BTreeMap<String, Case>,
}

#[derive(Deserialize)]
struct Case {
    p: Vec<f64>,
    y: Vec<f64>,
    log_loss: f64,
    accuracy: f64,
    roc_auc: f64,
    delong_sd: f64,
    average_precision: f64,
    brier: f64,
    ece: f64,
    precision: Option<f64>,
    recall: f64,
    f1: f64,
}

#[test]
fn metrics_equal_scikit_learn() {
    let fixture: Fixture = serde_json::from_str(include_str!("fixtures/metrics.json")).unwrap();
    assert_eq!(fixture.cases.len(), 4);
    for (name, case) in fixture.cases {
        let (p, y) = (&case.p, &case.y);
        let at_half = confusion(p, y, 0.5);
        let found = [
            ("log-loss", Some(log_loss(p, y)), Some(case.log_loss)),
            ("accuracy", Some(accuracy(p, y)), Some(case.accuracy)),
            ("ROC-AUC", roc_auc(p, y), Some(case.roc_auc)),
            ("AP", average_precision(p, y), Some(case.average_precision)),
            ("Brier", brier(p, y), Some(case.brier)),
            ("ECE", calibration_error(p, y), Some(case.ece)),
            (
                "precision",
                at_half.precision().map(|e| e.value),
                case.precision,
            ),
            (
                "recall",
                at_half.recall().map(|e| e.value),
                Some(case.recall),
            ),
            ("F1", at_half.f1(), Some(case.f1)),
        ];
        for (metric, ours, theirs) in found {
            let equal = match (ours, theirs) {
                (Some(ours), Some(theirs)) => (ours - theirs).abs() < 1e-12,
                (ours, theirs) => ours == theirs,
            };
            assert!(equal, "{name}, {metric}: {ours:?} is not {theirs:?}");
        }
        // The interval is symmetric on the logit scale: its half width gives back DeLong's standard deviation.
        let Some(auc) = delong(p, y) else {
            assert_eq!(case.delong_sd, 0.0, "{name}");
            continue;
        };
        let logit = |x: f64| (x / (1.0 - x)).ln();
        let sd = (logit(auc.high) - logit(auc.low)) / (2.0 * 1.959_963_984_540_054)
            * auc.value
            * (1.0 - auc.value);
        assert!((sd - case.delong_sd).abs() < 1e-10, "{name}: {sd}");
    }
}
