//! Families F1–F20 (from tier 100 on): trend, range, volume and risk of one window.

use super::{
    base::Base,
    tier20::sign,
    window::{divide, lag, latest_best, map, max, mean, min, ratio, std, sum, weighted_mean, zip},
};

const YEAR: f64 = 252.0;

pub(crate) fn ret(b: &Base, w: usize) -> Vec<f64> {
    zip(&b.lc, &lag(&b.lc, w), |now, then| now - then)
}

pub(crate) fn sma_rel(b: &Base, w: usize) -> Vec<f64> {
    zip(&b.c, &mean(&b.c, w), |c, m| c / m - 1.0)
}

pub(crate) fn wma_rel(b: &Base, w: usize) -> Vec<f64> {
    zip(&b.c, &weighted_mean(&b.c, w), |c, m| c / m - 1.0)
}

pub(crate) fn sma_slope(b: &Base, w: usize) -> Vec<f64> {
    let mean = mean(&b.c, w);
    zip(&mean, &lag(&mean, 5), |now, then| now / then - 1.0)
}

pub(crate) fn close_z(b: &Base, w: usize) -> Vec<f64> {
    divide(&zip(&b.c, &mean(&b.c, w), |c, m| c - m), &std(&b.c, w), 0.0)
}

pub(crate) fn rsi(b: &Base, w: usize) -> Vec<f64> {
    let change = zip(&b.c, &b.pc, |c, pc| c - pc);
    let up = map(&change, |d| if d.is_nan() { d } else { d.max(0.0) });
    divide(&sum(&up, w), &sum(&map(&change, f64::abs), w), 0.5)
}

pub(crate) fn stoch_k(b: &Base, w: usize) -> Vec<f64> {
    let (low, high) = (min(&b.l, w), max(&b.h, w));
    divide(
        &zip(&b.c, &low, |c, l| c - l),
        &zip(&high, &low, |h, l| h - l),
        0.5,
    )
}

pub(crate) fn dist_high(b: &Base, w: usize) -> Vec<f64> {
    zip(&b.c, &max(&b.h, w), |c, h| c / h - 1.0)
}

pub(crate) fn dist_low(b: &Base, w: usize) -> Vec<f64> {
    zip(&b.c, &min(&b.l, w), |c, l| c / l - 1.0)
}

pub(crate) fn aroon_osc(b: &Base, w: usize) -> Vec<f64> {
    let high = latest_best(&b.h, w, |best, x| best > x);
    let low = latest_best(&b.l, w, |best, x| best < x);
    zip(&high, &low, |h, l| (h - l) / (w as f64 - 1.0))
}

pub(crate) fn rvol(b: &Base, w: usize) -> Vec<f64> {
    map(&std(&b.r, w), |x| x * YEAR.sqrt())
}

pub(crate) fn atr_pct(b: &Base, w: usize) -> Vec<f64> {
    zip(&mean(&b.tr, w), &b.c, |range, c| range / c)
}

pub(crate) fn parkinson(b: &Base, w: usize) -> Vec<f64> {
    let squares = zip(&b.h, &b.l, |h, l| libm::log(h / l) * libm::log(h / l));
    map(&mean(&squares, w), |x| {
        (x / (4.0 * libm::log(2.0)) * YEAR).sqrt()
    })
}

pub(crate) fn bb_width(b: &Base, w: usize) -> Vec<f64> {
    zip(&std(&b.c, w), &mean(&b.c, w), |s, m| 4.0 * s / m)
}

pub(crate) fn vol_ratio(b: &Base, w: usize) -> Vec<f64> {
    zip(&b.v, &mean(&b.v, w), |v, m| libm::log(v / m))
}

pub(crate) fn obv_norm(b: &Base, w: usize) -> Vec<f64> {
    divide(
        &sum(&zip(&b.r, &b.v, |r, v| sign(r) * v), w),
        &sum(&b.v, w),
        0.0,
    )
}

pub(crate) fn cmf(b: &Base, w: usize) -> Vec<f64> {
    divide(
        &sum(&zip(&b.clv, &b.v, |clv, v| clv * v), w),
        &sum(&b.v, w),
        0.0,
    )
}

pub(crate) fn mfi(b: &Base, w: usize) -> Vec<f64> {
    let before = lag(&b.typical, 1);
    let flow = |up: bool| -> Vec<f64> {
        (0..before.len())
            .map(|t| match before[t] {
                p if p.is_nan() => f64::NAN,
                p if (up && b.typical[t] > p) || (!up && b.typical[t] < p) => b.typical[t] * b.v[t],
                _ => 0.0,
            })
            .collect()
    };
    let (up, down) = (sum(&flow(true), w), sum(&flow(false), w));
    zip(&up, &down, |u, d| ratio(u, u + d, 0.5))
}

pub(crate) fn vwap_rel(b: &Base, w: usize) -> Vec<f64> {
    let value = sum(&zip(&b.typical, &b.v, |p, v| p * v), w);
    let average = zip(&value, &sum(&b.v, w), |a, v| a / v);
    zip(&b.c, &average, |c, a| c / a - 1.0)
}

pub(crate) fn sharpe(b: &Base, w: usize) -> Vec<f64> {
    map(&divide(&mean(&b.r, w), &std(&b.r, w), 0.0), |x| {
        x * YEAR.sqrt()
    })
}
