//! Families F21–F46 (from tier 250 on): moments, drawdown, volatility estimators, direction and candle shape.

use super::{
    base::Base,
    window::{average, correlation, divide, lag, line, map, mean, ratio, rolling, std, sum, zip},
};

const YEAR: f64 = 252.0;

/// Standardised central moment of the returns, with n.
fn moment(b: &Base, w: usize, power: i32, normal: f64) -> Vec<f64> {
    rolling(&b.r, w, |window| {
        let mean = average(window);
        let central = |k: i32| {
            window.iter().fold(0.0, |sum, r| sum + (r - mean).powi(k)) / window.len() as f64
        };
        match central(2).sqrt() {
            s if s.is_nan() => f64::NAN,
            s if s > 1e-12 => central(power) / s.powi(power) - normal,
            _ => 0.0 - normal,
        }
    })
}

pub(crate) fn skew(b: &Base, w: usize) -> Vec<f64> {
    moment(b, w, 3, 0.0)
}

pub(crate) fn kurt(b: &Base, w: usize) -> Vec<f64> {
    moment(b, w, 4, 3.0)
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

/// Folds the drawdowns from the running maximum inside a window.
fn drawdowns(window: &[f64], mut each: impl FnMut(f64)) {
    let mut peak = f64::NEG_INFINITY;
    for price in window {
        peak = peak.max(*price);
        each(price / peak - 1.0);
    }
}

pub(crate) fn max_dd(b: &Base, w: usize) -> Vec<f64> {
    rolling(&b.c, w, |window| {
        let mut worst = f64::INFINITY;
        drawdowns(window, |drawdown| worst = worst.min(drawdown));
        worst
    })
}

pub(crate) fn ulcer(b: &Base, w: usize) -> Vec<f64> {
    rolling(&b.c, w, |window| {
        let mut squares = 0.0;
        drawdowns(window, |drawdown| squares += drawdown * drawdown);
        (squares / window.len() as f64).sqrt()
    })
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
    let deviation = rolling(&b.typical, w, |window| {
        let mean = average(window);
        0.015 * (window.iter().fold(0.0, |sum, x| sum + (x - mean).abs()) / window.len() as f64)
    });
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
