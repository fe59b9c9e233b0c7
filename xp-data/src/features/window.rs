//! Finite-window primitives on series. A value is NaN until its window is full, and where its window holds a NaN. Sums run
//! from the oldest to the newest value, so that results do not depend on the machine.

use super::scalar::{ROUNDING, ratio};

/// Windows that are folded at the same time: their sums are independent, and processors add several at once (SIMD).
const LANES: usize = 16;

/// Folds the `w` values that end at each bar, from the oldest to the newest, so that no sum depends on how many are folded at once.
/// `step` gets the state, a value, the bar's entry of `with` (such as the window's mean), and the value's position in the window.
pub(crate) fn fold<S: Copy>(
    x: &[f64],
    with: &[f64],
    w: usize,
    start: S,
    step: impl Fn(S, f64, f64, usize) -> S,
    finish: impl Fn(S) -> f64,
) -> Vec<f64> {
    let mut out = vec![f64::NAN; x.len()];
    if w == 0 || x.len() < w || with.len() < x.len() {
        return out;
    }
    let mut end = w - 1;
    while end < x.len() {
        let first = end + 1 - w;
        let mut states = [start; LANES];
        let lanes = x.len() - end;
        if lanes >= LANES {
            let with = &with[end..end + LANES];
            for position in 0..w {
                let values = &x[first + position..first + position + LANES];
                for ((state, value), with) in states.iter_mut().zip(values).zip(with) {
                    *state = step(*state, *value, *with, position);
                }
            }
        } else {
            for (lane, state) in states.iter_mut().take(lanes).enumerate() {
                for position in 0..w {
                    *state = step(
                        *state,
                        x[first + lane + position],
                        with[end + lane],
                        position,
                    );
                }
            }
        }
        for (value, state) in out[end..].iter_mut().zip(states) {
            *value = finish(state);
        }
        end += LANES;
    }
    out
}

/// Sum over a window of `step(value, the bar's entry of with)`.
pub(crate) fn sum_of(
    x: &[f64],
    with: &[f64],
    w: usize,
    step: impl Fn(f64, f64) -> f64,
) -> Vec<f64> {
    fold(
        x,
        with,
        w,
        0.0,
        |sum, x, with, _| sum + step(x, with),
        |sum| sum,
    )
}

/// Element-wise function of one series.
pub(crate) fn map(x: &[f64], f: impl Fn(f64) -> f64) -> Vec<f64> {
    x.iter().map(|x| f(*x)).collect()
}

/// Element-wise function of two series.
pub(crate) fn zip(a: &[f64], b: &[f64], f: impl Fn(f64, f64) -> f64) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| f(*a, *b)).collect()
}

/// Sum of a window.
pub(crate) fn sum(x: &[f64], w: usize) -> Vec<f64> {
    sum_of(x, x, w, |x, _| x)
}

/// Mean of a window.
pub(crate) fn mean(x: &[f64], w: usize) -> Vec<f64> {
    map(&sum(x, w), |sum| sum / w as f64)
}

/// Standard deviation with n − 1.
pub(crate) fn std(x: &[f64], w: usize) -> Vec<f64> {
    let squares = sum_of(x, &mean(x, w), w, |x, mean| (x - mean) * (x - mean));
    map(&squares, |squares| (squares / (w as f64 - 1.0)).sqrt())
}

/// Largest value of a window.
pub(crate) fn max(x: &[f64], w: usize) -> Vec<f64> {
    fold(
        x,
        x,
        w,
        f64::NEG_INFINITY,
        |most, x, _, _| most.max(x),
        |most| most,
    )
}

/// Smallest value of a window.
pub(crate) fn min(x: &[f64], w: usize) -> Vec<f64> {
    fold(
        x,
        x,
        w,
        f64::INFINITY,
        |least, x, _, _| least.min(x),
        |least| least,
    )
}

/// Position of the latest best value in each window, 0 = oldest; `better` is strict. A queue of candidates, each worse than the one before
/// it, has the best one in front.
pub(crate) fn latest_best(x: &[f64], w: usize, better: impl Fn(f64, f64) -> bool) -> Vec<f64> {
    let mut out = vec![f64::NAN; x.len()];
    let mut candidates = std::collections::VecDeque::new();
    for (t, value) in x.iter().enumerate() {
        while candidates
            .back()
            .is_some_and(|&last: &usize| !better(x[last], *value))
        {
            candidates.pop_back();
        }
        candidates.push_back(t);
        while candidates.front().is_some_and(|&first| first + w <= t) {
            candidates.pop_front();
        }
        if let (Some(&best), true) = (candidates.front(), t + 1 >= w) {
            out[t] = (best + w - 1 - t) as f64;
        }
    }
    out
}

/// The value `k` bars earlier.
pub(crate) fn lag(x: &[f64], k: usize) -> Vec<f64> {
    let mut out = vec![f64::NAN; x.len()];
    for (value, earlier) in out.iter_mut().skip(k).zip(x) {
        *value = *earlier;
    }
    out
}

/// [`ratio`] of two series, with the scale of each bar.
pub(crate) fn divide(a: &[f64], b: &[f64], scale: &[f64], otherwise: f64) -> Vec<f64> {
    let pairs = a.iter().zip(b).zip(scale);
    pairs
        .map(|((a, b), scale)| ratio(*a, *b, *scale, otherwise))
        .collect()
}

/// Mean with weights 1, 2, …, w, the newest weighing most.
pub(crate) fn weighted_mean(x: &[f64], w: usize) -> Vec<f64> {
    let weights = (w * (w + 1)) as f64 / 2.0;
    let step =
        |sum: f64, x: f64, _: f64, position: usize| sum + x * ((position + 1) as f64 / weights);
    fold(x, x, w, 0.0, step, |sum| sum)
}

/// Pearson correlation of two series without a unit, such as log returns; 0 where one of the two is constant but for rounding.
pub(crate) fn correlation(a: &[f64], b: &[f64], w: usize) -> Vec<f64> {
    let (mean_a, mean_b) = (mean(a, w), mean(b, w));
    let aa = sum_of(a, &mean_a, w, |x, mean| (x - mean) * (x - mean));
    let bb = sum_of(b, &mean_b, w, |y, mean| (y - mean) * (y - mean));
    let ab = products(a, b, &mean_a, &mean_b, w);
    let constant = |squares: f64| (squares / w as f64).sqrt() <= ROUNDING;
    (0..a.len())
        .map(|t| match (aa[t] * bb[t]).sqrt() {
            scale if scale.is_nan() => f64::NAN,
            _ if constant(aa[t]) || constant(bb[t]) => 0.0,
            scale => ab[t] / scale,
        })
        .collect()
}

/// Sums of (x − mean x)(y − mean y), folded as [`fold`] does.
fn products(a: &[f64], b: &[f64], mean_a: &[f64], mean_b: &[f64], w: usize) -> Vec<f64> {
    let mut out = vec![f64::NAN; a.len()];
    let mut end = w.saturating_sub(1);
    while end < a.len() && w > 0 {
        let first = end + 1 - w;
        let lanes = LANES.min(a.len() - end);
        let mut sums = [0.0; LANES];
        let means_a = &mean_a[end..end + lanes];
        let means_b = &mean_b[end..end + lanes];
        for position in first..first + w {
            let values = a[position..position + lanes]
                .iter()
                .zip(&b[position..position + lanes]);
            let means = means_a.iter().zip(means_b);
            for ((sum, (x, y)), (mean_x, mean_y)) in sums.iter_mut().zip(values).zip(means) {
                *sum += (x - mean_x) * (y - mean_y);
            }
        }
        out[end..end + lanes].copy_from_slice(&sums[..lanes]);
        end += LANES;
    }
    out
}

/// Ordinary least squares of a window of logs on time.
pub(crate) struct Line {
    /// Slope per bar.
    pub(crate) slope: Vec<f64>,
    /// Share of variance explained.
    pub(crate) r2: Vec<f64>,
    /// Fitted value at the newest bar.
    pub(crate) end: Vec<f64>,
}

pub(crate) fn line(y: &[f64], w: usize) -> Line {
    let centre = (w as f64 - 1.0) / 2.0;
    let st = (0..w).fold(0.0, |sum, i| {
        sum + (i as f64 - centre) * (i as f64 - centre)
    });
    let step = |sum: f64, y: f64, _: f64, position: usize| sum + y * (position as f64 - centre);
    let slope = fold(y, y, w, 0.0, step, |sum| sum / st);
    let mean = mean(y, w);
    let syy = sum_of(y, &mean, w, |y, mean| (y - mean) * (y - mean));
    Line {
        r2: zip(&slope, &syy, |slope, syy| match syy {
            syy if syy.is_nan() => f64::NAN,
            syy if (syy / w as f64).sqrt() > ROUNDING => slope * slope * st / syy,
            _ => 0.0,
        }),
        end: zip(&mean, &slope, |mean, slope| mean + slope * centre),
        slope,
    }
}

/// Share of the other values of a window below the newest, ties counting half. What differs from the newest by at most
/// `tolerance` of it is a tie: one that rounding alone breaks depends on the unit of prices.
pub(crate) fn rank(x: &[f64], w: usize, tolerance: impl Fn(f64) -> f64) -> Vec<f64> {
    let count = |yes: bool| f64::from(u8::from(yes));
    let below = sum_of(x, x, w, |x, newest| count(newest - x > tolerance(newest)));
    let ties = sum_of(x, x, w, |x, newest| {
        count((newest - x).abs() <= tolerance(newest))
    });
    let sums = sum(x, w);
    (0..x.len())
        .map(|t| {
            if sums[t].is_nan() {
                return f64::NAN;
            }
            (below[t] + 0.5 * (ties[t] - 1.0)) / (w as f64 - 1.0)
        })
        .collect()
}

/// A statistic of each window's values in ascending order, kept sorted from bar to bar; NaN where the window holds one.
pub(crate) fn sorted(x: &[f64], w: usize, f: impl Fn(&[f64]) -> f64) -> Vec<f64> {
    let mut out = vec![f64::NAN; x.len()];
    let mut window: Vec<f64> = Vec::with_capacity(w + 1);
    for t in 0..x.len() {
        let position = window.partition_point(|y| y.total_cmp(&x[t]).is_lt());
        window.insert(position, x[t]);
        if let Some(oldest) = t.checked_sub(w) {
            window.remove(window.partition_point(|y| y.total_cmp(&x[oldest]).is_lt()));
        }
        let extremes = [window.first(), window.last()];
        if window.len() == w && !extremes.iter().flatten().any(|value| value.is_nan()) {
            out[t] = f(&window);
        }
    }
    out
}
