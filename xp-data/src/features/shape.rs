//! Families F21–F46 (from tier 250 on): moments, drawdown, volatility estimators, direction and candle shape.

use super::{
    base::Base,
    window::{correlation, divide, fold, lag, line, map, mean, ratio, std, sum, sum_of, zip},
};

const YEAR: f64 = 252.0;

/// Standardised central moment of the returns, with n. Powers are products: `powi` may round as it likes.
fn moment(b: &Base, w: usize, power: fn(f64) -> f64, normal: f64) -> Vec<f64> {
    let mean = mean(&b.r, w);
    let central = |sums: &[f64]| map(sums, |sum| sum / w as f64);
    let second = central(&sum_of(&b.r, &mean, w, |r, mean| (r - mean) * (r - mean)));
    let higher = central(&sum_of(&b.r, &mean, w, |r, mean| power(r - mean)));
    zip(&second, &higher, |second, higher| match second.sqrt() {
        s if s.is_nan() => f64::NAN,
        s if s > 1e-12 => higher / power(s) - normal,
        _ => 0.0 - normal,
    })
}

pub(crate) fn skew(b: &Base, w: usize) -> Vec<f64> {
    moment(b, w, |x| x * (x * x), 0.0)
}

pub(crate) fn kurt(b: &Base, w: usize) -> Vec<f64> {
    moment(b, w, |x| (x * x) * (x * x), 3.0)
}

pub(crate) fn autocorr1(b: &Base, w: usize) -> Vec<f64> {
    correlation(&b.r, &lag(&b.r, 1), w)
}

fn mean_square_loss(b: &Base, w: usize) -> Vec<f64> {
    mean(
        &map(&b.r, |r| {
            if r.is_nan() {
                r
            } else {
                r.min(0.0) * r.min(0.0)
            }
        }),
        w,
    )
}

pub(crate) fn down_dev(b: &Base, w: usize) -> Vec<f64> {
    map(&mean_square_loss(b, w), |x| (x * YEAR).sqrt())
}

pub(crate) fn sortino(b: &Base, w: usize) -> Vec<f64> {
    let deviation = map(&mean_square_loss(b, w), f64::sqrt);
    map(&divide(&mean(&b.r, w), &deviation, 0.0), |x| {
        x * YEAR.sqrt()
    })
}

/// Folds the drawdowns from the running maximum inside a window; the state begins with that maximum.
fn drawdowns(b: &Base, w: usize, start: f64, step: impl Fn(f64, f64) -> f64) -> Vec<f64> {
    let of_price = |(peak, state): (f64, f64), price: f64, _: f64, _: usize| {
        let peak = peak.max(price);
        (peak, step(state, price / peak - 1.0))
    };
    let start = (f64::NEG_INFINITY, start);
    fold(&b.c, &b.c, w, start, of_price, |(_, state)| state)
}

pub(crate) fn max_dd(b: &Base, w: usize) -> Vec<f64> {
    drawdowns(b, w, f64::INFINITY, f64::min)
}

pub(crate) fn ulcer(b: &Base, w: usize) -> Vec<f64> {
    let squares = drawdowns(b, w, 0.0, |sum, drawdown| sum + drawdown * drawdown);
    map(&squares, |sum| (sum / w as f64).sqrt())
}

pub(crate) fn garman_klass(b: &Base, w: usize) -> Vec<f64> {
    let two_ln2 = 2.0 * libm::log(2.0);
    let daily: Vec<f64> = (0..b.c.len())
        .map(|t| {
            let (hl, co) = (libm::log(b.h[t] / b.l[t]), libm::log(b.c[t] / b.o[t]));
            0.5 * (hl * hl) - (two_ln2 - 1.0) * (co * co)
        })
        .collect();
    map(&mean(&daily, w), annual)
}

/// Annual volatility of a daily variance; negative estimates count as 0.
fn annual(variance: f64) -> f64 {
    if variance.is_nan() {
        variance
    } else {
        (variance.max(0.0) * YEAR).sqrt()
    }
}

fn rogers_satchell_daily(b: &Base) -> Vec<f64> {
    (0..b.c.len())
        .map(|t| {
            libm::log(b.h[t] / b.c[t]) * libm::log(b.h[t] / b.o[t])
                + libm::log(b.l[t] / b.c[t]) * libm::log(b.l[t] / b.o[t])
        })
        .collect()
}

pub(crate) fn rogers_satchell(b: &Base, w: usize) -> Vec<f64> {
    map(&mean(&rogers_satchell_daily(b), w), annual)
}

pub(crate) fn yang_zhang(b: &Base, w: usize) -> Vec<f64> {
    let n = w as f64;
    let k = 0.34 / (1.34 + (n + 1.0) / (n - 1.0));
    let (gap, day, rs) = (
        std(&b.gap, w),
        std(&b.intraday, w),
        mean(&rogers_satchell_daily(b), w),
    );
    (0..b.c.len())
        .map(|t| annual(gap[t] * gap[t] + k * (day[t] * day[t]) + (1.0 - k) * rs[t]))
        .collect()
}

pub(crate) fn cci(b: &Base, w: usize) -> Vec<f64> {
    let absolute = sum_of(&b.typical, &mean(&b.typical, w), w, |x, mean| {
        (x - mean).abs()
    });
    let deviation = map(&absolute, |sum| 0.015 * (sum / w as f64));
    let above = zip(&b.typical, &mean(&b.typical, w), |p, m| p - m);
    map(&divide(&above, &deviation, 0.0), |x| x / 100.0)
}

fn movements(b: &Base, w: usize) -> (Vec<f64>, Vec<f64>) {
    (sum(&b.dm_up, w), sum(&b.dm_down, w))
}

pub(crate) fn dx(b: &Base, w: usize) -> Vec<f64> {
    let (up, down) = movements(b, w);
    zip(&up, &down, |u, d| ratio((u - d).abs(), u + d, 0.0))
}

pub(crate) fn di_spread(b: &Base, w: usize) -> Vec<f64> {
    let (up, down) = movements(b, w);
    divide(&zip(&up, &down, |u, d| u - d), &sum(&b.tr, w), 0.0)
}

pub(crate) fn vortex(b: &Base, w: usize) -> Vec<f64> {
    let up = sum(&zip(&b.h, &b.pl, |h, pl| (h - pl).abs()), w);
    let down = sum(&zip(&b.l, &b.ph, |l, ph| (l - ph).abs()), w);
    divide(&zip(&up, &down, |u, d| u - d), &sum(&b.tr, w), 0.0)
}

pub(crate) fn lin_slope(b: &Base, w: usize) -> Vec<f64> {
    map(&line(&b.lc, w).slope, |slope| slope * w as f64)
}

pub(crate) fn lin_r2(b: &Base, w: usize) -> Vec<f64> {
    line(&b.lc, w).r2
}

pub(crate) fn efficiency(b: &Base, w: usize) -> Vec<f64> {
    let net = zip(&b.c, &lag(&b.c, w), |now, then| (now - then).abs());
    let path = sum(&zip(&b.c, &b.pc, |c, pc| (c - pc).abs()), w);
    divide(&net, &path, 0.0)
}

pub(crate) fn up_ratio(b: &Base, w: usize) -> Vec<f64> {
    let up = map(&b.r, |r| {
        if r.is_nan() {
            r
        } else {
            f64::from(u8::from(r > 0.0))
        }
    });
    mean(&up, w)
}

pub(crate) fn gap_mean(b: &Base, w: usize) -> Vec<f64> {
    mean(&b.gap, w)
}

pub(crate) fn intraday_mean(b: &Base, w: usize) -> Vec<f64> {
    mean(&b.intraday, w)
}

/// Mean share of a part of the candle in its range.
fn share(b: &Base, w: usize, part: impl Fn(usize) -> f64) -> Vec<f64> {
    let parts: Vec<f64> = (0..b.c.len()).map(part).collect();
    mean(&divide(&parts, &b.range, 0.0), w)
}

pub(crate) fn body_ratio(b: &Base, w: usize) -> Vec<f64> {
    share(b, w, |t| (b.c[t] - b.o[t]).abs())
}

pub(crate) fn upper_wick(b: &Base, w: usize) -> Vec<f64> {
    share(b, w, |t| b.h[t] - b.o[t].max(b.c[t]))
}

pub(crate) fn lower_wick(b: &Base, w: usize) -> Vec<f64> {
    share(b, w, |t| b.o[t].min(b.c[t]) - b.l[t])
}

pub(crate) fn clv_mean(b: &Base, w: usize) -> Vec<f64> {
    mean(&b.clv, w)
}

pub(crate) fn volume_z(b: &Base, w: usize) -> Vec<f64> {
    divide(
        &zip(&b.lv, &mean(&b.lv, w), |v, m| v - m),
        &std(&b.lv, w),
        0.0,
    )
}

pub(crate) fn amihud(b: &Base, w: usize) -> Vec<f64> {
    let moves = map(&b.r, f64::abs);
    let impact = zip(
        &mean(&zip(&moves, &b.dollar, |r, d| r / d), w),
        &mean(&b.dollar, w),
        |a, b| a * b,
    );
    map(&divide(&impact, &mean(&moves, w), 1.0), log_floored)
}

/// ln of at least 1e-12; NaN stays NaN.
pub(crate) fn log_floored(x: f64) -> f64 {
    if x.is_nan() {
        x
    } else {
        libm::log(x.max(1e-12))
    }
}
