//! Average directional movement index (Wilder, 1978) by the recurrences of TA-Lib's `ADX`, whose own code breaks ties of the two directional
//! movements by their rounding, so that prices in another unit have another index.

use super::series::BarSeries;

/// The index from 0 to 1; the first value is at bar 2w − 1.
pub(super) fn adx(b: &BarSeries, w: usize) -> Vec<f64> {
    let n = w as f64;
    let mut index = vec![f64::NAN; b.c.len()];
    let (mut up, mut down, mut range) = (0.0, 0.0, 0.0);
    let mut average = 0.0;
    for (t, value) in index.iter_mut().enumerate().skip(1) {
        // Sums of w − 1 bars first; from then on the sum loses a w-th of itself each bar.
        let kept = if t < w { 1.0 } else { 1.0 - 1.0 / n };
        up = up * kept + b.dm_up[t];
        down = down * kept + b.dm_down[t];
        range = range * kept + b.tr[t];
        if t < w {
            continue;
        }
        // Both zero: the market stands still, and the average stays what it was.
        let direction = (range > 0.0 && up + down > 0.0).then(|| (up - down).abs() / (up + down));
        if t < 2 * w {
            average += direction.unwrap_or(0.0) / n;
        } else if let Some(direction) = direction {
            average += (direction - average) / n;
        }
        if t + 1 >= 2 * w {
            *value = average;
        }
    }
    index
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may state what it believes")]
    use std::path::Path;

    use super::*;
    use xp_bars::parse_bars;

    #[test]
    fn it_equals_ta_lib_where_no_movements_are_tied() {
        let text = xp_test_support::walk(2000, 3);
        let b = BarSeries::new(&parse_bars(Path::new("walk.csv"), &text).unwrap());
        let mut expected = vec![0.0; b.c.len()];
        let range = ta_lib::Core::new()
            .adx(0, b.c.len() - 1, &b.h, &b.l, &b.c, 14, &mut expected)
            .unwrap();
        let found = adx(&b, 14);
        assert_eq!(found.iter().position(|x| !x.is_nan()), Some(range.beg_idx));
        assert_eq!(range.count, b.c.len() - range.beg_idx);
        for (found, expected) in found[range.beg_idx..].iter().zip(&expected) {
            assert!(
                (found - expected / 100.0).abs() < 1e-13,
                "{found} {expected}"
            );
        }
    }

    #[test]
    fn a_market_that_stands_still_keeps_its_index() {
        let text = xp_test_support::walk(60, 3);
        let mut bars = parse_bars(Path::new("walk.csv"), &text).unwrap();
        for t in 0..60 {
            for column in [
                &mut bars.open,
                &mut bars.high,
                &mut bars.low,
                &mut bars.close,
            ] {
                column[t] = 100.0;
            }
        }
        let index = adx(&BarSeries::new(&bars), 14);
        assert!(index[27..].iter().all(|x| *x == 0.0));
    }
}
