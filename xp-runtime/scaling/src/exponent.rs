//! The interval of an exponent.

use super::{
    measured::Measured,
    pooled::Scatter,
    student::{degrees_of_freedom, half_width, p_of_parts, p_value, reach},
};

/// An exponent with what is known of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exponent {
    /// Its value.
    pub value: f64,
    /// 95 % interval.
    pub interval: (f64, f64),
    /// Two-sided p-value of the hypothesis that it is 0.
    pub p: f64,
    /// The same after correction for the number of verdicts.
    pub adjusted: f64,
    /// Degrees of freedom of the interval.
    pub df: f64,
}

/// By ordinary least squares, with the wider of two intervals, since each knows what the other does not. By the sizes: what they scatter
/// around the line, whatever the reason (days, seeds, and luck of a size), with what days move the slope beyond such scatter. By days and
/// seeds: what they explain alone, which bounds the interval where few sizes happen to lie on a line.
pub(crate) fn exponent(measured: &Measured, scatter: Scatter) -> Exponent {
    let sxx = measured.line.sxx;
    let beyond = (measured.day_slope - measured.day_scatter / sxx).max(0.0);
    let by_sizes = [
        (scatter.variance / sxx, scatter.df),
        (beyond, measured.day_df),
    ];
    let by_days_and_seeds = [
        (measured.day_slope, measured.day_df),
        (measured.seed_scatter / sxx, measured.seed_df),
    ];
    let value = -measured.line.slope;
    let one = (reach(&by_sizes, 0.05), scatter.df);
    let df = degrees_of_freedom(&by_days_and_seeds);
    let error = by_days_and_seeds
        .iter()
        .map(|(variance, _)| variance)
        .sum::<f64>()
        .sqrt();
    let other = (
        if error > 0.0 {
            half_width(df) * error
        } else {
            0.0
        },
        df,
    );
    let (reach, df) = if one.0 >= other.0 { one } else { other };
    let p = p_of_parts(value, &by_sizes).max(p_value(value, error, other.1));
    Exponent {
        value,
        interval: (value - reach, value + reach),
        p,
        adjusted: p,
        df,
    }
}
