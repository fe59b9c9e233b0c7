//! Functions of one number that keep NaN, and the one rule of what is rounding: nothing is compared with a number that has a unit.

/// Share of its own scale below which a difference is rounding: far above that of an f64 (1e-16), far below any price's tick.
pub(crate) const ROUNDING: f64 = 1e-12;

/// `a / b`, or `otherwise` where |b| is at most [`ROUNDING`] of `scale`: of the price for a difference of prices, of 1 for log returns,
/// which have no unit, and of b itself where b is a sum that is 0 or has no rounding. NaN stays NaN.
pub(crate) fn ratio(a: f64, b: f64, scale: f64, otherwise: f64) -> f64 {
    if a.is_nan() || b.is_nan() || scale.is_nan() {
        return f64::NAN;
    }
    if b.is_finite() && b.abs() > ROUNDING * scale.abs() {
        a / b
    } else {
        otherwise
    }
}

/// −1, 0 or 1: whether a positive number fell, stayed the same but for rounding, or rose; NaN stays NaN.
pub(super) fn direction(now: f64, before: f64) -> f64 {
    match now - before {
        change if change.is_nan() => change,
        change if change.abs() <= ROUNDING * before.abs() => 0.0,
        change => change.signum(),
    }
}
