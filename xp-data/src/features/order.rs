//! Families F47–F60 (from tier 500 on): ranks, quantiles, permutation entropy, and volume against price.

use super::{
    base::Base,
    shape::log_floored,
    window::{correlation, divide, lag, line, map, max, mean, min, rank, ratio, sorted, sum, zip},
};

pub(crate) fn demarker(b: &Base, w: usize) -> Vec<f64> {
    let positive = |x: f64| if x.is_nan() { x } else { x.max(0.0) };
    let up = mean(&zip(&b.h, &b.ph, |h, ph| positive(h - ph)), w);
    let down = mean(&zip(&b.l, &b.pl, |l, pl| positive(pl - l)), w);
    zip(&up, &down, |u, d| ratio(u, u + d, 0.5))
}

pub(crate) fn tsf_rel(b: &Base, w: usize) -> Vec<f64> {
    zip(&b.lc, &line(&b.lc, w).end, |c, fit| c - fit)
}

pub(crate) fn chop(b: &Base, w: usize) -> Vec<f64> {
    let range = zip(&max(&b.h, w), &min(&b.l, w), |h, l| h - l);
    map(&divide(&sum(&b.tr, w), &range, 1.0), |x| {
        log_floored(x) / libm::log(w as f64)
    })
}

pub(crate) fn donch_mid_rel(b: &Base, w: usize) -> Vec<f64> {
    let middle = zip(&max(&b.h, w), &min(&b.l, w), |h, l| (h + l) / 2.0);
    zip(&b.c, &middle, |c, m| c / m - 1.0)
}

pub(crate) fn trima_rel(b: &Base, w: usize) -> Vec<f64> {
    let half = w.div_ceil(2);
    zip(&b.c, &mean(&mean(&b.c, half), w - half + 1), |c, m| {
        c / m - 1.0
    })
}

pub(crate) fn force(b: &Base, w: usize) -> Vec<f64> {
    let change = zip(&b.c, &b.pc, |c, pc| c - pc);
    let net = mean(&zip(&b.v, &change, |v, d| v * d), w);
    divide(&net, &mean(&zip(&b.v, &change, |v, d| v * d.abs()), w), 0.0)
}

pub(crate) fn emv(b: &Base, w: usize) -> Vec<f64> {
    let ease: Vec<f64> = (0..b.c.len())
        .map(|t| {
            ratio(
                ((b.h[t] + b.l[t]) - (b.ph[t] + b.pl[t])) / 2.0 * b.range[t],
                b.v[t],
                0.0,
            )
        })
        .collect();
    divide(&mean(&ease, w), &mean(&map(&ease, f64::abs), w), 0.0)
}

pub(crate) fn pv_corr(b: &Base, w: usize) -> Vec<f64> {
    correlation(&b.r, &zip(&b.lv, &lag(&b.lv, 1), |now, then| now - then), w)
}

pub(crate) fn absret_vol_corr(b: &Base, w: usize) -> Vec<f64> {
    correlation(&map(&b.r, f64::abs), &b.lv, w)
}

pub(crate) fn rank_ret(b: &Base, w: usize) -> Vec<f64> {
    rank(&b.r, w)
}

pub(crate) fn rank_vol(b: &Base, w: usize) -> Vec<f64> {
    rank(&b.v, w)
}

pub(crate) fn rank_range(b: &Base, w: usize) -> Vec<f64> {
    rank(&zip(&b.range, &b.c, |range, c| range / c), w)
}

pub(crate) fn var05(b: &Base, w: usize) -> Vec<f64> {
    sorted(&b.r, w, |window| {
        let position = 0.05 * (window.len() as f64 - 1.0);
        let below = position.floor() as usize;
        let above = (below + 1).min(window.len() - 1);
        let (a, b) = (window[below], window[above]);
        a + (b - a) * (position - below as f64)
    })
}

pub(crate) fn perm_entropy(b: &Base, w: usize) -> Vec<f64> {
    let (a0, a1, a2) = (lag(&b.r, 2), lag(&b.r, 1), &b.r);
    // One of 8 patterns, or 8 where a return is missing.
    let codes: Vec<usize> = (0..b.c.len())
        .map(|t| {
            let (x, y, z) = (a0[t], a1[t], a2[t]);
            if x.is_nan() || y.is_nan() || z.is_nan() {
                return 8;
            }
            usize::from(x < y) * 4 + usize::from(y < z) * 2 + usize::from(x < z)
        })
        .collect();
    let mut counts = [0_usize; 9];
    let length = w - 2;
    (0..codes.len())
        .map(|t| {
            counts[codes[t]] += 1;
            if let Some(gone) = t.checked_sub(length) {
                counts[codes[gone]] -= 1;
            }
            if t + 1 < length || counts[8] > 0 {
                return f64::NAN;
            }
            let mut entropy = 0.0;
            for count in counts.iter().filter(|count| **count > 0) {
                let p = *count as f64 / length as f64;
                entropy -= p * libm::log(p);
            }
            entropy / libm::log(6.0)
        })
        .collect()
}
