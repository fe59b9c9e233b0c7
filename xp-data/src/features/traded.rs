//! The rule of volume: a volume of 0 is absent. What divides by a bar's volume, or compares it with others, sees only the bars that have
//! one; a bar without carries the value of the last that has, and before there are enough of them the value is neutral. What sums
//! volumes takes them from [`BarSeries::v`], where an absent one is 0 and contributes nothing.

use super::{
    series::BarSeries,
    window::{sum, zip},
};

/// Values of `compute` on the bars that have a volume, on every bar; `warmup` are the bars without a value beyond `w − 1`.
pub(crate) fn of_traded(
    b: &BarSeries,
    w: usize,
    warmup: usize,
    neutral: f64,
    compute: impl Fn(&BarSeries) -> Vec<f64>,
) -> Vec<f64> {
    let Some(traded) = &b.traded else {
        return compute(b);
    };
    let mut values = vec![f64::NAN; b.c.len()];
    for (row, value) in traded.rows.iter().zip(compute(&traded.series)) {
        values[*row] = value;
    }
    carried(values, w - 1 + warmup, neutral)
}

/// Close relative to a window's average price, of the sum of price times volume; carried where the window has no volume.
pub(super) fn relative_to_average(b: &BarSeries, value: &[f64], w: usize) -> Vec<f64> {
    let average = zip(value, &sum(&b.v, w), |value, v| value / v);
    carried(
        zip(&b.c, &average, |c, average| c / average - 1.0),
        w - 1,
        0.0,
    )
}

/// From bar `first` on, the last value that there was where there is none, or `neutral` before the first; no value before.
fn carried(mut values: Vec<f64>, first: usize, neutral: f64) -> Vec<f64> {
    let mut last = neutral;
    for (t, value) in values.iter_mut().enumerate() {
        if !value.is_nan() {
            last = *value;
        }
        *value = if t < first { f64::NAN } else { last };
    }
    values
}
