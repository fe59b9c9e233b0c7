//! Finite-window primitives on series. A value is NaN until its window is full, and where its window holds a NaN. Sums run
//! from the oldest to the newest value, so that results do not depend on the machine.

/// A statistic of the `w` values that end at each bar.
pub(crate) fn rolling(x: &[f64], w: usize, f: impl Fn(&[f64]) -> f64) -> Vec<f64> {
    let mut out = vec![f64::NAN; x.len()];
    if w > 0 {
        for (value, window) in out.iter_mut().skip(w - 1).zip(x.windows(w)) {
            *value = f(window);
        }
    }
    out
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
pub(crate) fn total(window: &[f64]) -> f64 {
    window.iter().fold(0.0, |sum, x| sum + x)
}

/// Mean of a window.
pub(crate) fn average(window: &[f64]) -> f64 {
    total(window) / window.len() as f64
}

pub(crate) fn sum(x: &[f64], w: usize) -> Vec<f64> {
    rolling(x, w, total)
}

pub(crate) fn mean(x: &[f64], w: usize) -> Vec<f64> {
    rolling(x, w, average)
}

/// Standard deviation with n − 1.
pub(crate) fn std(x: &[f64], w: usize) -> Vec<f64> {
    rolling(x, w, |window| {
        let mean = average(window);
        let squares = window
            .iter()
            .fold(0.0, |sum, x| sum + (x - mean) * (x - mean));
        (squares / (window.len() as f64 - 1.0)).sqrt()
    })
}

pub(crate) fn max(x: &[f64], w: usize) -> Vec<f64> {
    rolling(x, w, |window| {
        window.iter().copied().fold(f64::NEG_INFINITY, f64::max)
    })
}

pub(crate) fn min(x: &[f64], w: usize) -> Vec<f64> {
    rolling(x, w, |window| {
        window.iter().copied().fold(f64::INFINITY, f64::min)
    })
}

/// The value `k` bars earlier.
pub(crate) fn lag(x: &[f64], k: usize) -> Vec<f64> {
    let mut out = vec![f64::NAN; x.len()];
    for (value, earlier) in out.iter_mut().skip(k).zip(x) {
        *value = *earlier;
    }
    out
}

/// `a / b`, or `otherwise` where |b| ≤ 1e-12; NaN stays NaN.
pub(crate) fn ratio(a: f64, b: f64, otherwise: f64) -> f64 {
    if a.is_nan() || b.is_nan() {
        return f64::NAN;
    }
    if b.is_finite() && b.abs() > 1e-12 {
        a / b
    } else {
        otherwise
    }
}

/// [`ratio`] of two series.
pub(crate) fn divide(a: &[f64], b: &[f64], otherwise: f64) -> Vec<f64> {
    zip(a, b, |a, b| ratio(a, b, otherwise))
}

/// Mean with weights 1, 2, …, w, the newest weighing most.
pub(crate) fn weighted_mean(x: &[f64], w: usize) -> Vec<f64> {
    let weights = (w * (w + 1)) as f64 / 2.0;
    rolling(x, w, |window| {
        window
            .iter()
            .enumerate()
            .fold(0.0, |sum, (i, x)| sum + x * ((i + 1) as f64 / weights))
    })
}

/// Pearson correlation; 0 where one of the two does not move.
pub(crate) fn correlation(a: &[f64], b: &[f64], w: usize) -> Vec<f64> {
    let mut out = vec![f64::NAN; a.len()];
    for ((value, a), b) in out
        .iter_mut()
        .skip(w - 1)
        .zip(a.windows(w))
        .zip(b.windows(w))
    {
        let (mean_a, mean_b) = (average(a), average(b));
        let (mut aa, mut bb, mut ab) = (0.0, 0.0, 0.0);
        for (x, y) in a.iter().zip(b) {
            let (dx, dy) = (x - mean_a, y - mean_b);
            aa += dx * dx;
            bb += dy * dy;
            ab += dx * dy;
        }
        let scale = (aa * bb).sqrt();
        *value = match scale {
            scale if scale.is_nan() => f64::NAN,
            scale if scale > 1e-15 => ab / scale,
            _ => 0.0,
        };
    }
    out
}

/// Ordinary least squares of a window on time.
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
    let slope_of = |window: &[f64]| {
        window
            .iter()
            .enumerate()
            .fold(0.0, |sum, (i, y)| sum + y * (i as f64 - centre))
            / st
    };
    Line {
        slope: rolling(y, w, slope_of),
        r2: rolling(y, w, |window| {
            let (slope, mean) = (slope_of(window), average(window));
            let syy = window
                .iter()
                .fold(0.0, |sum, y| sum + (y - mean) * (y - mean));
            match syy {
                syy if syy.is_nan() => f64::NAN,
                syy if syy > 1e-15 => slope * slope * st / syy,
                _ => 0.0,
            }
        }),
        end: rolling(y, w, |window| average(window) + slope_of(window) * centre),
    }
}

/// Share of the other values of a window below the newest, ties counting half.
pub(crate) fn rank(x: &[f64], w: usize) -> Vec<f64> {
    rolling(x, w, |window| {
        let Some(newest) = window.last() else {
            return f64::NAN;
        };
        if window.iter().any(|x| x.is_nan()) {
            return f64::NAN;
        }
        let below = window.iter().filter(|x| *x < newest).count() as f64;
        let ties = window.iter().filter(|x| *x == newest).count() as f64 - 1.0;
        (below + 0.5 * ties) / (window.len() as f64 - 1.0)
    })
}
