//! What baselines must be able to learn, and must not use (F40).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

use xp_baselines::{BaselineError, Market, Regions, Rows, baselines, bayes};
use xp_metrics::BaselineResult;
use xp_spec::{
    baseline::Baseline,
    market::SimulatedMarket,
    task::{Horizon, LabelPrice, Task},
};
use xp_test_support::Random;

const WIDTH: usize = 4;

/// Evenly spread over −1..1, different for each (row, column).
fn noise(row: usize, column: usize) -> f32 {
    let mut z = ((row * 31 + column + 1) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((z ^ (z >> 31)) >> 40) as f32 / (1_u64 << 23) as f32 - 1.0
}

/// Days before the first sample.
const WARMUP: usize = 300;

struct Set {
    values: Vec<f32>,
    labels: Vec<f64>,
    days: Vec<usize>,
}

/// Rows of noise, labelled by a rule.
fn set(rows: std::ops::Range<usize>, rule: impl Fn(&[f32]) -> bool) -> Set {
    let mut found = Set {
        values: Vec::new(),
        labels: Vec::new(),
        days: Vec::new(),
    };
    for row in rows {
        found.days.push(WARMUP + row);
        let values: [f32; WIDTH] = std::array::from_fn(|column| noise(row, column));
        found.labels.push(f64::from(u8::from(rule(&values))));
        found.values.extend(values);
    }
    found
}

/// Closes with the volatility of a GARCH(1,1): `[days]`.
fn closes(days: usize) -> Vec<f64> {
    let mut random = Random(1);
    let (mut variance, mut close): (f64, f64) = (1e-4, 100.0);
    (0..days)
        .map(|_| {
            let shock = variance.sqrt() * random.normal();
            variance = 2e-6 + 0.08 * shock.powi(2) + 0.9 * variance;
            close *= shock.exp();
            close
        })
        .collect()
}

/// The question of a rise of 2 % within five days, by high.
fn regions<'a>(sets: [&'a Set; 3], names: &'a [String], closes: &'a [f64]) -> Regions<'a> {
    let [train, val, evaluated] = sets.map(|set| Rows {
        values: &set.values,
        names,
        labels: &set.labels,
        days: &set.days,
    });
    Regions {
        train,
        val,
        evaluated,
        market: Market {
            closes,
            task: Task::Pct2,
            price: LabelPrice::High,
            horizon: Horizon::new(5).unwrap(),
        },
        block: 20,
    }
}

fn attempt(
    kinds: &[Baseline],
    sets: [&Set; 3],
    closes: &[f64],
) -> Vec<Result<BaselineResult, BaselineError>> {
    let names: Vec<String> = (0..WIDTH).map(|column| format!("f{column}")).collect();
    baselines(kinds, &regions(sets, &names, closes))
}

fn evaluate(kinds: &[Baseline], sets: [&Set; 3]) -> Vec<BaselineResult> {
    attempt(kinds, sets, &closes(WARMUP + 2500))
        .into_iter()
        .map(Result::unwrap)
        .collect()
}

fn all() -> Vec<Baseline> {
    Baseline::all()
}

#[test]
fn each_tells_what_it_can() {
    type Rule = fn(&[f32]) -> bool;
    let linear: Rule = |x| x[0] + x[1] > 0.0;
    let single: Rule = |x| x[2] < 0.3;
    let exclusive: Rule = |x| (x[0] > 0.0) != (x[1] > 0.0);
    // Least and largest AUC of prior, best feature, logistic regression, boosting, forest, EWMA and GARCH, to whose closes the labels have
    // no relation.
    const NONE: (f64, f64) = (0.35, 0.65);
    for (name, rule, expected) in [
        (
            "linear",
            linear,
            [
                (0.5, 0.5),
                (0.7, 0.95),
                (0.99, 1.0),
                (0.95, 1.0),
                (0.95, 1.0),
                NONE,
                NONE,
            ],
        ),
        (
            "single",
            single,
            [
                (0.5, 0.5),
                (1.0, 1.0),
                (0.97, 1.0),
                (0.99, 1.0),
                (0.97, 1.0),
                NONE,
                NONE,
            ],
        ),
        (
            "exclusive",
            exclusive,
            [
                (0.5, 0.5),
                (0.4, 0.6),
                (0.4, 0.6),
                (0.95, 1.0),
                (0.95, 1.0),
                NONE,
                NONE,
            ],
        ),
    ] {
        let sets = [
            set(0..800, rule),
            set(1000..1400, rule),
            set(2000..2400, rule),
        ];
        let found = evaluate(&all(), sets.each_ref());
        assert_eq!(found.len(), expected.len());
        for (baseline, (low, high)) in found.iter().zip(expected) {
            let auc = baseline.auc.unwrap();
            assert!(
                (low..=high).contains(&auc),
                "{name}: {} has {auc}",
                baseline.name
            );
            assert_eq!(baseline.n, 400);
        }
    }
}

#[test]
fn nothing_is_learned_of_the_judged_rows() {
    let rule = |x: &[f32]| x[0] + x[1] > 0.0;
    let (train, val) = (set(0..400, rule), set(1000..1200, rule));
    let evaluated = set(2000..2200, rule);
    let turned = Set {
        values: evaluated.values.clone(),
        labels: evaluated.labels.iter().map(|y| 1.0 - y).collect(),
        days: evaluated.days.clone(),
    };
    let scores = |evaluated: &Set| -> Vec<Vec<f64>> {
        evaluate(&all(), [&train, &val, evaluated])
            .into_iter()
            .map(|baseline| baseline.scores)
            .collect()
    };
    assert_eq!(scores(&evaluated), scores(&turned));
    // One row alone gets the same score as among others: nothing is scaled by the evaluated region.
    let alone = Set {
        values: evaluated.values[..WIDTH].to_vec(),
        labels: evaluated.labels[..1].to_vec(),
        days: evaluated.days[..1].to_vec(),
    };
    for (one, many) in scores(&alone).iter().zip(scores(&evaluated)) {
        assert_eq!(one[0], many[0]);
    }
}

#[test]
fn the_same_data_give_the_same_numbers() {
    let rule = |x: &[f32]| x[0] * x[1] + 0.3 * x[2] > 0.0;
    let sets = [
        set(0..300, rule),
        set(1000..1200, rule),
        set(2000..2200, rule),
    ];
    assert_eq!(
        evaluate(&all(), sets.each_ref()),
        evaluate(&all(), sets.each_ref())
    );
}

#[test]
fn a_constant_feature_disturbs_none() {
    let rule = |x: &[f32]| x[0] > 0.0;
    let mut sets = [
        set(0..300, rule),
        set(1000..1200, rule),
        set(2000..2200, rule),
    ];
    // Constant on train, not elsewhere.
    for row in sets[0].values.chunks_mut(WIDTH) {
        row[3] = 7.0;
    }
    let features = [
        Baseline::BestFeature,
        Baseline::Logistic,
        Baseline::Boosting,
        Baseline::Forest,
    ];
    for baseline in &evaluate(&features, sets.each_ref()) {
        assert!(baseline.auc.unwrap() > 0.95, "{}", baseline.name);
    }
}

#[test]
fn one_class_is_told_and_the_rest_goes_on() {
    let sets = [
        set(0..100, |_| true),
        set(1000..1100, |x| x[0] > 0.0),
        set(2000..2100, |x| x[0] > 0.0),
    ];
    let kinds = [
        Baseline::Prior,
        Baseline::BestFeature,
        Baseline::Logistic,
        Baseline::Garch,
    ];
    let found = attempt(&kinds, sets.each_ref(), &closes(WARMUP + 2500));
    assert!(found[0].is_ok());
    for failed in &found[1..] {
        let message = failed.as_ref().unwrap_err().to_string();
        assert!(
            message.contains("one class") || message.contains("classes"),
            "{message}"
        );
    }
}

/// tests/fixtures/logistic.py made the numbers.
#[test]
fn logistic_regression_agrees_with_scikit_learn() {
    #[derive(serde::Deserialize)]
    struct Fixture {
        train: (Vec<f32>, Vec<f64>),
        val: (Vec<f32>, Vec<f64>),
        judged: (Vec<f32>, Vec<f64>),
        alpha: f64,
        probabilities: Vec<f64>,
    }
    let fixture: Fixture = serde_json::from_str(include_str!("fixtures/logistic.json")).unwrap();
    let sets = [fixture.train, fixture.val, fixture.judged].map(|(values, labels)| Set {
        days: (WARMUP..WARMUP + labels.len()).collect(),
        values,
        labels,
    });
    let found = evaluate(&[Baseline::Logistic], sets.each_ref());
    assert_eq!(
        found[0].name,
        format!("logistic regression (L2 {})", fixture.alpha)
    );
    for (ours, theirs) in found[0].scores.iter().zip(&fixture.probabilities) {
        assert!((ours - theirs).abs() < 1e-4, "{ours} {theirs}");
    }
    assert_eq!(found[0].scores.len(), 40);
}

/// Labels that the volatility decides, and closes after a day that are corrupted, or absent.
#[test]
fn volatility_is_forecast_from_closes_up_to_the_day() {
    let closes = closes(8000);
    // Positive where the next five days' largest close is 2 % above the day's, as the baselines forecast it.
    let label = |set: &mut Set| {
        for (label, &day) in set.labels.iter_mut().zip(&set.days) {
            let window = &closes[day + 1..=day + 5];
            *label = f64::from(u8::from(window.iter().any(|c| *c >= closes[day] * 1.02)));
        }
    };
    let mut sets = [0..3000, 3100..3300, 3400..7600].map(|rows| set(rows, |_| false));
    sets.iter_mut().for_each(label);
    let kinds = [Baseline::Prior, Baseline::Ewma, Baseline::Garch];
    let scores = |closes: &[f64]| -> Vec<BaselineResult> {
        attempt(&kinds, sets.each_ref(), closes)
            .into_iter()
            .map(Result::unwrap)
            .collect()
    };
    let found = scores(&closes);
    let [prior, ewma, garch] = found.as_slice() else {
        panic!("{found:?}")
    };
    for volatility in [ewma, garch] {
        let (name, auc) = (&volatility.name, volatility.auc.unwrap());
        assert!(auc > 0.6, "{name}: {auc}");
        assert!(
            volatility.loss < prior.loss,
            "{name}: {:?}",
            volatility.loss
        );
        assert!(volatility.probabilities);
    }
    for day in [3300, 4000, 7550] {
        let mut corrupted = closes.clone();
        for (i, close) in corrupted.iter_mut().enumerate().skip(WARMUP + day + 1) {
            *close = if i % 2 == 0 { 1.0 } else { 1e6 };
        }
        let rows = sets[2].days.iter().filter(|d| **d <= WARMUP + day).count();
        for (before, after) in found.iter().zip(scores(&corrupted)) {
            assert_eq!(before.scores[..rows], after.scores[..rows], "{day}");
        }
    }
    for (closes, expected) in [
        (&closes[..4000], "a day has no close"),
        (&[5.0; 8000][..], "the closes of train do not move"),
        (&[], "the closes of train do not move"),
    ] {
        for failed in &attempt(&kinds, sets.each_ref(), closes)[1..] {
            let message = failed.as_ref().unwrap_err().to_string();
            assert!(message.contains(expected), "{message}");
        }
    }
}

/// On a simulated market, its own probabilities are better than the class prior and no worse than a forecast of its volatility; where there
/// is nothing to learn they are one number.
#[test]
fn a_simulated_market_knows_most_of_itself() {
    for (signal, least) in [(0.7, 0.05), (0.0, -0.002)] {
        let simulated = SimulatedMarket {
            signal,
            days: 4000,
            ..SimulatedMarket::default()
        };
        let bars = xp_simulation::bars(&simulated);
        let closes: Vec<f64> = bars.iter().map(|bar| bar.close).collect();
        let names = ["none".to_owned()];
        let rows = |days: std::ops::Range<usize>| {
            let label = |day: usize| {
                bars[day + 1..=day + 5]
                    .iter()
                    .any(|bar| bar.high >= 1.02 * closes[day])
            };
            let labels: Vec<f64> = days
                .clone()
                .map(|day| f64::from(u8::from(label(day))))
                .collect();
            Set {
                values: vec![0.0; labels.len()],
                labels,
                days: days.collect(),
            }
        };
        let sets = [rows(0..2000), rows(2000..2500), rows(2500..3995)];
        let regions = regions(sets.each_ref(), &names, &closes);
        let known = bayes(&simulated, &regions);
        let others: Vec<f64> = baselines(&[Baseline::Prior, Baseline::Garch], &regions)
            .into_iter()
            .map(|result| result.unwrap().loss.unwrap())
            .collect();
        let loss = known.loss.unwrap();
        assert!(
            loss < others[0] - least && loss < others[1] + 0.01,
            "{signal}: {loss} {others:?}"
        );
        let one = known.scores.iter().all(|score| *score == known.scores[0]);
        assert_eq!(one, signal == 0.0);
        assert_eq!((known.scores.len(), known.probabilities), (1495, true));
    }
}
