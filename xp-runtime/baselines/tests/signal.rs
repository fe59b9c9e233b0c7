//! The signal check on data whose signal is in the level of a feature, in its place within the window, or nowhere (F48).

#![allow(clippy::unwrap_used, reason = "a test may state what it believes")]

use xp_baselines::{Checked, Rows, TrainVal, check_signal, normalised_last_bars};
use xp_spec::architecture::Channels;
use xp_test_support::Random;

const CONTEXT: usize = 20;
const BARS: usize = 3020;
const TRAIN: usize = 2200;

/// Three features of a slow random walk plus noise, and labels by a rule of level and noise of the first.
fn check(rule: impl Fn(f64, f64) -> f64) -> Checked {
    let mut random = Random(4);
    let (mut values, mut labels) = (Vec::new(), Vec::new());
    let mut level: f64 = 0.0;
    for _ in 0..BARS {
        level = 0.98 * level + 0.2 * random.normal();
        let noise = random.normal();
        values.extend([level + 0.3 * noise, random.normal(), random.normal()].map(|x| x as f32));
        let p = 1.0 / (1.0 + (-rule(level, noise)).exp());
        labels.push(f64::from(u8::from(random.uniform() < p)));
    }
    let names = ["a", "b", "c"].map(str::to_owned);
    let normalised = normalised_last_bars(&values, 3, CONTEXT, Channels::Mixed, CONTEXT - 1..BARS);
    let cut = |values, from: usize, to: usize| Rows {
        values,
        names: &names,
        labels: &labels[from..to],
        days: &[],
    };
    let first = CONTEXT - 1;
    let raw = TrainVal {
        train: cut(&values[3 * first..3 * TRAIN], first, TRAIN),
        val: cut(&values[3 * TRAIN..], TRAIN, BARS),
    };
    let border = 3 * (TRAIN - first);
    let seen = TrainVal {
        train: cut(&normalised[..border], first, TRAIN),
        val: cut(&normalised[border..], TRAIN, BARS),
    };
    check_signal(raw, Some(seen), 5, 20).unwrap()
}

#[test]
fn f48_a_normalisation_that_removes_the_level_removes_its_signal() {
    type Rule = fn(f64, f64) -> f64;
    let level: Rule = |level, _| 1.5 * level;
    let within: Rule = |_, noise| 2.0 * noise;
    let none: Rule = |_, _| -1.0;
    // Least and largest gain in nats, raw.
    for (name, rule, (least, most), removed) in [
        ("level", level, (0.05, 0.3), true),
        ("within", within, (0.005, 0.1), false),
        ("none", none, (-0.005, 0.005), false),
    ] {
        let found = check(rule);
        let signal = &found.signal;
        assert_eq!(signal.n, BARS - TRAIN);
        let gained = -signal.raw.difference.value;
        assert!((least..most).contains(&gained), "{name}: {signal:?}");
        assert_eq!(signal.is_removed(), removed, "{name}: {signal:?}");
        let gain = signal.raw.loss - signal.prior_loss;
        assert!((gain - signal.raw.difference.value).abs() < 1e-12, "{name}");
        assert_eq!(found.probabilities.len(), signal.n);
    }
    // Without a signal nothing but a large penalty is left.
    assert_eq!(check(none).signal.raw.penalty, 10_000.0);
}

/// A region whose positives lie in one quarter, as those of a crash do: the fold without them decides nothing.
#[test]
fn positives_of_one_cluster_are_fitted() {
    const N: usize = 80;
    let names = ["a".to_owned()];
    let positive = |row: usize| (22..38).contains(&row);
    let values: Vec<f32> = (0..N)
        .map(|row| f32::from(u8::from(positive(row))) + (row % 7) as f32 / 7.0)
        .collect();
    let labels: Vec<f64> = (0..N)
        .map(|row| f64::from(u8::from(positive(row))))
        .collect();
    let rows = Rows {
        values: &values,
        names: &names,
        labels: &labels,
        days: &[],
    };
    let both = TrainVal {
        train: rows,
        val: rows,
    };
    let found = check_signal(both, None, 1, 4).unwrap();
    assert!(found.signal.raw.loss < found.signal.prior_loss, "{found:?}");
}

#[test]
fn one_class_is_told() {
    let names = ["a".to_owned()];
    let rows = Rows {
        values: &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0],
        names: &names,
        labels: &[1.0; 8],
        days: &[],
    };
    let both = TrainVal {
        train: rows,
        val: rows,
    };
    let error = check_signal(both, None, 1, 4).unwrap_err();
    assert!(error.contains("class"), "{error}");
}
