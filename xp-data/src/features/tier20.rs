//! The original study's 20 indicators, relative to price, by the official Rust port of TA-Lib where it has them.

use chrono::Datelike;
use ta_lib::{Core, MAType, OutRange, RetCode};

use super::{
    base::Base,
    window::{divide, lag, map, mean, sum, zip},
};

/// A TA-Lib indicator as a series of the bars' length; NaN where it has no value yet.
fn indicator(
    n: usize,
    call: impl Fn(&Core, usize, &mut [f64]) -> Result<OutRange, RetCode>,
) -> Vec<f64> {
    let mut series = vec![f64::NAN; n];
    let mut out = vec![0.0; n];
    if n == 0 {
        return series;
    }
    // An error means bad parameters or too few bars: either way there is no value, and the build refuses NaN after warm-up.
    if let Ok(range) = call(&Core::new(), n - 1, &mut out) {
        for (value, found) in series
            .iter_mut()
            .skip(range.beg_idx)
            .zip(out.iter().take(range.count))
        {
            *value = *found;
        }
    }
    series
}

fn relative(b: &Base, average: &[f64]) -> Vec<f64> {
    zip(&b.c, average, |c, average| c / average - 1.0)
}

pub(crate) fn dema(b: &Base, w: usize) -> Vec<f64> {
    relative(
        b,
        &indicator(b.c.len(), |ta, end, out| {
            ta.dema(0, end, &b.c, w as i32, out)
        }),
    )
}

pub(crate) fn sma(b: &Base, w: usize) -> Vec<f64> {
    relative(
        b,
        &indicator(b.c.len(), |ta, end, out| {
            ta.sma(0, end, &b.c, w as i32, out)
        }),
    )
}

fn rsi(close: &[f64]) -> Vec<f64> {
    map(
        &indicator(close.len(), |ta, end, out| ta.rsi(0, end, close, 14, out)),
        |x| x / 100.0,
    )
}

fn stochrsi(close: &[f64]) -> Vec<f64> {
    let series = indicator(close.len(), |ta, end, out| {
        let mut fast_d = vec![0.0; out.len()];
        ta.stochrsi(0, end, close, 14, 5, 3, MAType::SMA, out, &mut fast_d)
    });
    map(&series, |x| x / 100.0)
}

pub(crate) fn rsi_daily(b: &Base, _: usize) -> Vec<f64> {
    rsi(&b.c)
}

pub(crate) fn stochrsi_daily(b: &Base, _: usize) -> Vec<f64> {
    stochrsi(&b.c)
}

/// An indicator of weekly closes; each bar sees the last week that was *complete* before it (F22).
fn of_completed_weeks(b: &Base, least: usize, f: impl Fn(&[f64]) -> Vec<f64>) -> Vec<f64> {
    let ends: Vec<usize> = (1..b.date.len())
        .filter(|&t| b.date[t].iso_week() != b.date[t - 1].iso_week())
        .map(|t| t - 1)
        .collect();
    let closes: Vec<f64> = ends.iter().map(|&t| b.c[t]).collect();
    let weekly = if closes.len() > least {
        f(&closes)
    } else {
        vec![f64::NAN; closes.len()]
    };
    (0..b.date.len())
        .map(|t| {
            let complete = ends.partition_point(|&end| end < t);
            complete
                .checked_sub(1)
                .and_then(|week| weekly.get(week))
                .copied()
                .unwrap_or(f64::NAN)
        })
        .collect()
}

pub(crate) fn rsi_weekly(b: &Base, _: usize) -> Vec<f64> {
    of_completed_weeks(b, 15, rsi)
}

pub(crate) fn stochrsi_weekly(b: &Base, _: usize) -> Vec<f64> {
    of_completed_weeks(b, 25, stochrsi)
}

pub(crate) fn macd_line(b: &Base, _: usize) -> Vec<f64> {
    let line = indicator(b.c.len(), |ta, end, out| {
        let (mut signal, mut histogram) = (vec![0.0; out.len()], vec![0.0; out.len()]);
        ta.macd(0, end, &b.c, 12, 26, 9, out, &mut signal, &mut histogram)
    });
    zip(&line, &b.c, |line, c| line / c)
}

pub(crate) fn obv(b: &Base, _: usize) -> Vec<f64> {
    let change = zip(&b.c, &lag(&b.c, 1), |c, pc| c - pc);
    let signed = zip(&change, &b.v, |change, v| sign(change) * v);
    divide(&sum(&signed, 20), &sum(&b.v, 20), 0.0)
}

/// −1, 0 or 1; NaN stays NaN.
pub(crate) fn sign(x: f64) -> f64 {
    if x == 0.0 || x.is_nan() {
        x
    } else {
        x.signum()
    }
}

pub(crate) fn adosc(b: &Base, _: usize) -> Vec<f64> {
    let line = indicator(b.c.len(), |ta, end, out| {
        ta.adosc(0, end, &b.h, &b.l, &b.c, &b.v, 3, 10, out)
    });
    zip(&line, &mean(&b.v, 10), |line, v| line / v)
}

pub(crate) fn atr(b: &Base, w: usize) -> Vec<f64> {
    let range = indicator(b.c.len(), |ta, end, out| {
        ta.atr(0, end, &b.h, &b.l, &b.c, w as i32, out)
    });
    zip(&range, &b.c, |range, c| range / c)
}

pub(crate) fn adx(b: &Base, w: usize) -> Vec<f64> {
    let index = indicator(b.c.len(), |ta, end, out| {
        ta.adx(0, end, &b.h, &b.l, &b.c, w as i32, out)
    });
    map(&index, |x| x / 100.0)
}

pub(crate) fn bb_percent_b(b: &Base, _: usize) -> Vec<f64> {
    let bands = |which: usize| {
        indicator(b.c.len(), |ta, end, out| {
            let (mut middle, mut other) = (vec![0.0; out.len()], vec![0.0; out.len()]);
            if which == 0 {
                ta.bbands(
                    0,
                    end,
                    &b.c,
                    20,
                    2.0,
                    2.0,
                    MAType::SMA,
                    out,
                    &mut middle,
                    &mut other,
                )
            } else {
                ta.bbands(
                    0,
                    end,
                    &b.c,
                    20,
                    2.0,
                    2.0,
                    MAType::SMA,
                    &mut other,
                    &mut middle,
                    out,
                )
            }
        })
    };
    let (upper, lower) = (bands(0), bands(1));
    let above = zip(&b.c, &lower, |c, lower| c - lower);
    divide(&above, &zip(&upper, &lower, |u, l| u - l), 0.5)
}

pub(crate) fn vwap(b: &Base, w: usize) -> Vec<f64> {
    let average = zip(&sum(&b.dollar, w), &sum(&b.v, w), |a, b| a / b);
    relative(b, &average)
}
