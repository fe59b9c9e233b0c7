//! Features have no unit: prices in another currency or split-adjusted, and volumes in other lots, give the same values. Powers of 2 are
//! exact in binary, so with them not a bit may change; other factors round each price, so with them a rounding may change but no guard.

#![allow(clippy::unwrap_used, reason = "a test may state what it believes")]

use xp_bars::{Bars, read_bars};
use xp_data::features::{Prepared, registry};

fn shipped(name: &str) -> Bars {
    read_bars(&xp_test_support::root().join(format!("data/raw/{name}_daily.csv"))).unwrap()
}

/// The shipped series, with stretches in which guards act: closes that stand still, flat bars, and bars without volume.
fn with_stretches(mut bars: Bars) -> Bars {
    for t in 1000..1300 {
        bars.close[t] = bars.close[999];
        bars.open[t] = bars.close[999];
        bars.high[t] = bars.close[999] * 1.01;
        bars.low[t] = bars.close[999] * 0.99;
    }
    for t in 2000..2300 {
        for column in [
            &mut bars.open,
            &mut bars.high,
            &mut bars.low,
            &mut bars.close,
        ] {
            column[t] = column[1999];
        }
        bars.high[t] = bars.close[t];
        bars.low[t] = bars.close[t];
        bars.open[t] = bars.close[t];
    }
    for t in (3000..3031).chain(3500..3800).chain([4000, 4002]) {
        bars.volume[t] = 0.0;
    }
    bars
}

fn scaled(bars: &Bars, price: f64, volume: f64) -> Bars {
    let by = |column: &[f64], factor: f64| column.iter().map(|x| x * factor).collect();
    Bars {
        date: bars.date.clone(),
        open: by(&bars.open, price),
        high: by(&bars.high, price),
        low: by(&bars.low, price),
        close: by(&bars.close, price),
        volume: by(&bars.volume, volume),
    }
}

/// Features whose values differ by more than `tolerance` of the larger of the value and the column's root mean square, with a count, the
/// first day and its values. A difference of nearly equal numbers has their rounding, hence the root mean square.
fn differing(
    bars: &Bars,
    values: &[Vec<f64>],
    (price, volume): (f64, f64),
    tolerance: f64,
) -> Vec<String> {
    let other = Prepared::new(&scaled(bars, price, volume));
    let mut differing = Vec::new();
    for (feature, a) in registry().iter().zip(values) {
        let b = other.compute(feature);
        let finite: Vec<f64> = a.iter().copied().filter(|x| x.is_finite()).collect();
        let size = (finite.iter().map(|x| x * x).sum::<f64>() / finite.len() as f64).sqrt();
        let wrong = |t: &usize| {
            let (a, b) = (a[*t], b[*t]);
            let equal = a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan());
            let near = (a - b).abs() <= tolerance * a.abs().max(size);
            !equal && (tolerance == 0.0 || !near)
        };
        let rows: Vec<usize> = (0..a.len()).filter(wrong).collect();
        if let Some(&row) = rows.first() {
            differing.push(format!(
                "{}: {} rows, first {}: {:e} and {:e}",
                feature.name,
                rows.len(),
                bars.date[row],
                a[row],
                b[row]
            ));
        }
    }
    differing
}

const EXACT: [(f64, f64); 5] = [
    (1.0 / (1_u64 << 30) as f64, 1.0),
    ((1_u64 << 30) as f64, 1.0),
    (1.0, (1_u64 << 20) as f64),
    (1.0, 1.0 / (1_u64 << 20) as f64),
    (0.125, 4.0),
];
const ROUNDED: [(f64, f64); 4] = [(1e-6, 1.0), (3.0, 1.0), (1e-8, 3.0), (1.0, 1e-6)];

#[test]
fn f54_another_unit_changes_no_feature() {
    for (name, bars) in [
        ("nasdaq", shipped("nasdaq")),
        ("sp500", shipped("sp500")),
        ("stretches", with_stretches(shipped("nasdaq"))),
    ] {
        let prepared = Prepared::new(&bars);
        let values: Vec<_> = registry().iter().map(|f| prepared.compute(f)).collect();
        assert_eq!(values.len(), 500);
        for (factors, tolerance) in [(&EXACT[..], 0.0), (&ROUNDED[..], 1e-9)] {
            for (price, volume) in factors {
                let wrong = differing(&bars, &values, (*price, *volume), tolerance);
                assert!(
                    wrong.is_empty(),
                    "{name}, prices × {price}, volumes × {volume}: {} features\n{}",
                    wrong.len(),
                    wrong.join("\n")
                );
            }
        }
    }
}
