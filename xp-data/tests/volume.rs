//! A volume of 0 is absent: nothing divides by it, no feature takes it for a very small one, and features without volume do not see it.

#![allow(clippy::unwrap_used, reason = "a test may state what it believes")]

use std::path::Path;

use xp_bars::{Bars, parse_bars, read_bars};
use xp_data::features::{Feature, Prepared, registry};

/// Families that divide by a bar's volume or compare it with others, and their value while there is none.
const CARRIED: [(&str, f64); 8] = [
    ("vol_ratio", 0.0),
    ("volume_z", 0.0),
    ("amihud", 0.0),
    ("emv", 0.0),
    ("pv_corr", 0.0),
    ("absret_vol_corr", 0.0),
    ("rank_vol", 0.5),
    ("adosc", 0.0),
];
/// Families that sum volumes, and their value where all of a window's are absent; none: carried.
const SUMMED: [(&str, Option<f64>); 7] = [
    ("obv_norm", Some(0.0)),
    ("obv", Some(0.0)),
    ("cmf", Some(0.0)),
    ("mfi", Some(0.5)),
    ("force", Some(0.0)),
    ("vwap_rel", None),
    ("vwap_20", None),
];
/// Bars without volume: one, and 31 in a row.
const ABSENT: [std::ops::Range<usize>; 2] = [700..701, 900..931];

fn walk() -> Bars {
    parse_bars(Path::new("walk.csv"), &xp_test_support::walk(1400, 5)).unwrap()
}

fn with_volume(volume: f64) -> Bars {
    let mut bars = walk();
    for t in ABSENT.into_iter().flatten() {
        bars.volume[t] *= volume;
    }
    bars
}

/// The family's name, or that of a fixed feature.
fn family(feature: &Feature) -> &str {
    if feature.family == "orig20" {
        &feature.name
    } else {
        feature.family
    }
}

fn one(name: &str, bars: &Bars) -> Vec<f64> {
    let all = registry();
    let feature = all.iter().find(|feature| feature.name == name).unwrap();
    Prepared::new(bars).compute(feature)
}

#[test]
fn f53_an_absent_volume_is_carried_or_left_out_and_nothing_else_sees_it() {
    let whole = Prepared::new(&walk());
    let absent = Prepared::new(&with_volume(0.0));
    let tiny = Prepared::new(&with_volume(1e-9));
    let mut seen = 0;
    for feature in registry() {
        let (name, w) = (&feature.name, feature.window);
        let a = absent.compute(&feature);
        let finite = a.iter().skip(252).all(|x| x.is_finite());
        assert!(finite, "{name}");
        if CARRIED.iter().any(|(known, _)| *known == family(&feature)) {
            seen += 1;
            for t in ABSENT.into_iter().flatten() {
                assert_eq!(a[t].to_bits(), a[t - 1].to_bits(), "{name} at {t}");
            }
            // No value that the whole series does not have about as large.
            let most = |x: &[f64]| {
                x.iter()
                    .skip(300)
                    .fold(0.0, |most: f64, x| most.max(x.abs()))
            };
            let (most, usual) = (most(&a), most(&whole.compute(&feature)));
            assert!(most <= 1.5 * usual + 0.2, "{name}: {most}, usually {usual}");
        } else if let Some((_, none)) = SUMMED.iter().find(|(known, _)| *known == family(&feature))
        {
            seen += 1;
            let b = tiny.compute(&feature);
            for t in 300..a.len() {
                let volumes = (t + 1 - w..=t).filter(|t| !ABSENT[1].contains(t) && *t != 700);
                if volumes.count() > 0 {
                    assert!(
                        (a[t] - b[t]).abs() < 1e-6,
                        "{name} at {t}: {} {}",
                        a[t],
                        b[t]
                    );
                } else {
                    assert_eq!(a[t], none.unwrap_or(a[t - 1]), "{name} at {t}");
                }
            }
        } else {
            let b = whole.compute(&feature);
            let same = a.iter().zip(&b).all(|(a, b)| a.to_bits() == b.to_bits());
            assert!(same, "{name}");
        }
    }
    // Seven families of each kind over the windows of the tiers, and the fixed ones.
    assert_eq!(seen, 7 * 8 + 1 + 5 * 8 + 2);
}

#[test]
fn volumes_that_begin_late_or_never_give_neutral_values() {
    for (what, from) in [("never", 1400), ("late", 1000)] {
        let mut bars = walk();
        bars.volume[..from].fill(0.0);
        let prepared = Prepared::new(&bars);
        for feature in registry() {
            let values = prepared.compute(&feature);
            let first = values.iter().position(|x| !x.is_nan());
            if !feature.name.ends_with("_weekly") {
                assert_eq!(first, Some(feature.warmup), "{what}: {}", feature.name);
            }
            assert!(
                values.iter().skip(252).all(|x| x.is_finite()),
                "{what}: {}",
                feature.name
            );
            let neutral = CARRIED.iter().find(|(known, _)| *known == family(&feature));
            if let Some((name, neutral)) = neutral {
                let before = values[feature.warmup..from].iter();
                assert!(before.clone().all(|x| x == neutral), "{what}: {name}");
                let after = values.iter().skip(from + 300);
                assert!(after.clone().count() == 0 || after.clone().any(|x| x != neutral));
            }
        }
    }
}

#[test]
fn rounding_of_a_typical_price_is_no_money_flow() {
    let root = xp_test_support::root();
    let bars = read_bars(&root.join("data/raw/sp500_daily.csv")).unwrap();
    let day = bars
        .date
        .iter()
        .position(|day| day.to_string() == "1963-06-11")
        .unwrap();
    // In cents, as whole numbers: 7051 + 6957 + 6994 = 7041 + 6958 + 7003.
    let cents = |t: usize| {
        let sum = [bars.high[t], bars.low[t], bars.close[t]];
        sum.map(|price| (price * 100.0).round() as i64)
            .iter()
            .sum::<i64>()
    };
    assert_eq!(cents(day), cents(day - 1));
    let found = one("mfi_5", &bars);
    for (end, found) in found.iter().enumerate().skip(day).take(5) {
        let (mut up, mut down) = (0.0, 0.0);
        for t in end - 4..=end {
            let flow = cents(t) as f64 * bars.volume[t];
            match cents(t).cmp(&cents(t - 1)) {
                std::cmp::Ordering::Greater => up += flow,
                std::cmp::Ordering::Less => down += flow,
                std::cmp::Ordering::Equal => {}
            }
        }
        assert!(
            (found - up / (up + down)).abs() < 1e-12,
            "{}",
            bars.date[end]
        );
    }
}

#[test]
fn a_window_with_hardly_a_loss_has_a_bounded_sortino_ratio() {
    let mut bars = walk();
    let rise = |bars: &mut Bars, loss: f64| {
        for t in 600..620 {
            bars.close[t] = bars.close[t - 1] * if t == 610 { 1.0 - loss } else { 1.01 };
            bars.high[t] = bars.close[t].max(bars.open[t]);
            bars.low[t] = bars.close[t].min(bars.open[t]);
        }
    };
    let mut of = |loss: f64| {
        rise(&mut bars, loss);
        one("sortino_15", &bars)[619]
    };
    // 14 of 15 returns are ln 1.01: the mean over the root mean square is √(14/15).
    let most = 10.0 * 252_f64.sqrt() * (14.0 / 15.0_f64).sqrt();
    for (loss, expected) in [(0.0, most), (1e-9, most), (1e-5, most), (1e-3, most)] {
        let found = of(loss);
        assert!(
            (found / expected - 1.0).abs() < 0.02,
            "{loss}: {found}, {expected}"
        );
    }
    assert!(of(0.05) < 0.5 * most);
    for name in ["nasdaq", "sp500"] {
        let path = format!("data/raw/{name}_daily.csv");
        let bars = read_bars(&xp_test_support::root().join(path)).unwrap();
        let values = one("sortino_5", &bars);
        let most = values
            .iter()
            .skip(252)
            .fold(0.0, |most: f64, x| most.max(x.abs()));
        assert!(most <= 10.0 * 252_f64.sqrt() + 1e-9, "{name}: {most}");
    }
}
