//! Functions of one number that keep NaN.

/// −1, 0 or 1; NaN stays NaN.
pub(super) fn sign(x: f64) -> f64 {
    if x == 0.0 || x.is_nan() {
        x
    } else {
        x.signum()
    }
}

/// ln of at least 1e-12; NaN stays NaN.
pub(super) fn log_floored(x: f64) -> f64 {
    if x.is_nan() {
        x
    } else {
        libm::log(x.max(1e-12))
    }
}
