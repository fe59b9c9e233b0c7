//! Metrics against scikit-learn and numpy, on the numbers that `fixtures/metrics.py` made.

#![allow(clippy::unwrap_used, reason = "a test may state what it believes")]

use std::collections::BTreeMap;

use serde::Deserialize;
use xp_metrics::{
    Blocks, Measurement, Metric, Threshold, best_f1_threshold, delong, evaluate, interval,
    metrics::{
        accuracy, base_rate, brier, calibration, f1, log_loss, pr_auc, precision, recall,
        roc_auc as area, spread,
    },
    roc_auc,
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
    base_rate_accuracy: f64,
    spread: f64,
    best_threshold: f64,
    precision_at_best: f64,
    recall_at_best: f64,
    f1_at_best: f64,
}

fn cases() -> BTreeMap<String, Case> {
    let fixture: Fixture = serde_json::from_str(include_str!("fixtures/metrics.json")).unwrap();
    assert_eq!(fixture.cases.len(), 4);
    fixture.cases
}

fn of(found: &[Measurement], metric: Metric, at: Option<Threshold>) -> Option<&Measurement> {
    let mut found = found.iter();
    found.find(|measured| *measured.metric == metric && measured.threshold == at)
}

#[test]
fn metrics_equal_scikit_learn() {
    for (name, case) in cases() {
        let (p, y) = (&case.p, &case.y);
        let threshold = best_f1_threshold(p, y).unwrap();
        assert_eq!(threshold, case.best_threshold, "{name}");
        let found = evaluate(p, y, &Blocks::new(p.len(), 20, 200), Some(threshold));
        let half = Some(Threshold::Half);
        let best = Some(Threshold::Validation(threshold));
        for (metric, at, theirs) in [
            (log_loss::METRIC, None, Some(case.log_loss)),
            (accuracy::METRIC, None, Some(case.accuracy)),
            (base_rate::METRIC, None, Some(case.base_rate_accuracy)),
            (area::METRIC, None, Some(case.roc_auc)),
            (pr_auc::METRIC, None, Some(case.average_precision)),
            (brier::METRIC, None, Some(case.brier)),
            (calibration::METRIC, None, Some(case.ece)),
            (spread::METRIC, None, Some(case.spread)),
            (precision::METRIC, half, case.precision),
            (recall::METRIC, half, Some(case.recall)),
            (f1::METRIC, half, Some(case.f1)),
            (precision::METRIC, best, Some(case.precision_at_best)),
            (recall::METRIC, best, Some(case.recall_at_best)),
            (f1::METRIC, best, Some(case.f1_at_best)),
        ] {
            let ours = of(&found, metric, at);
            let equal = match (ours, theirs) {
                (Some(ours), Some(theirs)) => (ours.value - theirs).abs() < 1e-12,
                (None, None) => true,
                _ => false,
            };
            assert!(equal, "{name}, {}: {ours:?} is not {theirs:?}", metric.name);
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

/// F41: "precision 85.7 %" was 6 of 7 predictions. Every metric says what it counted, and has an interval that holds its value.
#[test]
fn f41_every_metric_says_what_it_counted_and_how_sure_it_is() {
    for (name, case) in cases() {
        let (p, y) = (&case.p, &case.y);
        let positives = y.iter().filter(|y| **y == 1.0).count();
        for measured in evaluate(p, y, &Blocks::new(p.len(), 20, 400), None) {
            let (low, high) = measured.interval.unwrap();
            // The calibration error of a resample is biased upwards: its interval need not hold the value.
            assert!(
                low <= high
                    && (*measured.metric == calibration::METRIC
                        || low - 1e-9 <= measured.value && measured.value <= high + 1e-9),
                "{name}, {measured:?}"
            );
            let predicted = p.iter().filter(|p| **p >= 0.5).count();
            let counted = match measured.metric.name {
                "precision" => predicted,
                "recall" => positives,
                _ => p.len(),
            };
            assert_eq!(measured.n, counted, "{name}, {measured:?}");
        }
    }
    let (mut p, mut y) = (vec![0.1; 100], vec![0.0; 100]);
    for i in 0..7 {
        p[i * 14] = 0.9;
        y[i * 14] = f64::from(u8::from(i != 3));
    }
    let found = evaluate(&p, &y, &Blocks::new(100, 20, 400), None);
    let precision = of(&found, precision::METRIC, Some(Threshold::Half)).unwrap();
    assert_eq!((precision.n, precision.positives), (7, 6));
    let (low, high) = precision.interval.unwrap();
    assert!(low < 0.75 && high <= 1.0, "{precision:?}");
    // Seven of seven is no certainty.
    let hits: Vec<f64> = p.iter().map(|p| f64::from(u8::from(*p > 0.5))).collect();
    let found = evaluate(&p, &hits, &Blocks::new(100, 20, 400), None);
    for wanted in [precision::METRIC, recall::METRIC] {
        let measured = of(&found, wanted, Some(Threshold::Half));
        let (low, high) = measured.unwrap().interval.unwrap();
        assert!(low < 0.7 && high > 0.999, "{measured:?}");
    }
}

/// Fast replicates are those of plain metrics on drawn samples.
#[test]
fn intervals_equal_those_of_drawn_samples() {
    let cases = cases();
    let (p, y) = (&cases["ties"].p, &cases["ties"].y);
    let blocks = Blocks::new(p.len(), 20, 300);
    let plain = interval(&blocks, |drawn| {
        let (p, y): (Vec<f64>, Vec<f64>) = drawn.iter().map(|&i| (p[i], y[i])).unzip();
        roc_auc(&p, &y)
    });
    let found = evaluate(p, y, &blocks, None);
    let auc = of(&found, area::METRIC, None).unwrap();
    let (fast, plain) = (auc.interval.unwrap(), plain.unwrap());
    assert!((fast.0 - plain.0).abs() < 1e-12 && (fast.1 - plain.1).abs() < 1e-12);
}
