//! exp and erf in f32 that compilers vectorise, within 2 units in the last place; NaN stays NaN, so that divergence is noticed.

const LOG2_E: f32 = std::f32::consts::LOG2_E;
/// ln 2 in two parts (Cody & Waite), the first exact in products with small integers.
const LN_2_HIGH: f32 = 0.693_359_4;
const LN_2_LOW: f32 = -2.121_944_4e-4;
/// 1.5 · 2²³: adding it rounds to a whole number, which is then in the low bits.
const ROUND: f32 = 12_582_912.0;

/// e^x for x in [−87, 88], beyond which it stays at its ends (polynomial of Cephes' expf).
#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
    let x = if x < -87.0 { -87.0 } else { x };
    let x = if x > 88.0 { 88.0 } else { x };
    let shifted = x.mul_add(LOG2_E, ROUND);
    let n = shifted - ROUND;
    let r = n.mul_add(-LN_2_LOW, n.mul_add(-LN_2_HIGH, x));
    let p: f32 = 1.987_569_1e-4;
    let p = p.mul_add(r, 1.398_199_9e-3);
    let p = p.mul_add(r, 8.333_452e-3);
    let p = p.mul_add(r, 4.166_579_6e-2);
    let p = p.mul_add(r, 1.666_666_5e-1);
    let p = p.mul_add(r, 0.5);
    let p = p.mul_add(r * r, r) + 1.0;
    p * f32::from_bits((shifted.to_bits() << 23).wrapping_add(0x3F80_0000))
}

/// The error function: a polynomial near 0, 1 − e^polynomial beyond (N. Juffa's minimax coefficients).
#[inline(always)]
pub(crate) fn erf(x: f32) -> f32 {
    let (t, s) = (x.abs(), x * x);
    let far = t.mul_add(-1.728_534_7e-5, 3.831_971_3e-4);
    let far = far.mul_add(s, t.mul_add(-3.883_964_4e-3, 2.425_462_2e-2));
    let far = far.mul_add(t, -1.067_778_8e-1);
    let far = far.mul_add(t, -6.348_467e-1);
    let far = far.mul_add(t, -1.287_175_1e-1);
    let far = (1.0 - exp(far.mul_add(t, -t))).copysign(x);
    let near: f32 = -5.967_617e-4;
    let near = near.mul_add(s, 4.991_194e-3);
    let near = near.mul_add(s, -2.676_813_5e-2);
    let near = near.mul_add(s, 1.128_199_25e-1);
    let near = near.mul_add(s, -3.761_253_4e-1);
    let near = near.mul_add(s, 1.283_791_7e-1);
    let near = near.mul_add(x, x);
    if t > 0.927_734_4 { far } else { near }
}

#[cfg(test)]
mod tests {
    use super::{erf, exp};

    /// Taylor series, alternating but in f64.
    fn exact_erf(x: f64) -> f64 {
        let (mut term, mut sum) = (x, x);
        for n in 1..200 {
            term *= -x * x / f64::from(n);
            sum += term / f64::from(2 * n + 1);
        }
        sum * std::f64::consts::FRAC_2_SQRT_PI
    }

    #[test]
    fn they_are_right_to_rounding() {
        for step in -4000..=4000 {
            let x = step as f32 / 1000.0;
            let difference = f64::from(erf(x)) - exact_erf(f64::from(x));
            assert!(difference.abs() < 1.5e-7, "erf({x}) is off by {difference}");
            let x = 20.0 * x;
            let ratio = f64::from(exp(x)) / f64::from(x).exp() - 1.0;
            assert!(ratio.abs() < 3e-7, "exp({x}) is off by {ratio}");
        }
        assert!(exp(f32::NAN).is_nan() && erf(f32::NAN).is_nan());
        assert_eq!((erf(10.0), erf(-10.0)), (1.0, -1.0));
        assert!(exp(-1000.0) < 1e-37);
    }
}
