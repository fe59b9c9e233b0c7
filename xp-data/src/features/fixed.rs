//! The original study's 20 indicators, relative to price, by the official Rust port of TA-Lib where it has them.

use chrono::Datelike;
use ta_lib::{Core, MAType, OutRange, RetCode};

use super::{
    adx::adx,
    feature::Compute,
    scalar::direction,
    series::BarSeries,
    traded::{of_traded, relative_to_average},
    window::{divide, map, mean, sum, zip},
};

/// Name, window, bars of warm-up, function.
pub(super) const FIXED: [(&str, usize, usize, Compute); 20] = [
    ("dema_9", 9, 16, dema),
    ("dema_10", 10, 18, dema),
    ("sma_12", 12, 11, sma),
    ("dema_20", 20, 38, dema),
    ("dema_25", 25, 48, dema),
    ("sma_50", 50, 49, sma),
    ("dema_90", 90, 178, dema),
    ("sma_100", 100, 99, sma),
    ("sma_200", 200, 199, sma),
    ("rsi_daily", 14, 14, rsi_daily),
    ("rsi_weekly", 14, 72, rsi_weekly),
    ("stochrsi_daily", 14, 20, stochrsi_daily),
    ("stochrsi_weekly", 14, 101, stochrsi_weekly),
    ("macd_line", 26, 33, macd_line),
    ("obv", 20, 20, obv),
    ("adosc", 10, 9, adosc),
    ("atr_14", 14, 14, atr),
    ("adx_14", 14, 27, adx),
    ("bb_percent_b", 20, 19, bb_percent_b),
    ("vwap_20", 20, 19, vwap),
];

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

fn relative(b: &BarSeries, average: &[f64]) -> Vec<f64> {
    zip(&b.c, average, |c, average| c / average - 1.0)
}

fn dema(b: &BarSeries, w: usize) -> Vec<f64> {
    relative(
        b,
        &indicator(b.c.len(), |ta, end, out| {
            ta.dema(0, end, &b.c, w as i32, out)
        }),
    )
}

fn sma(b: &BarSeries, w: usize) -> Vec<f64> {
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

fn rsi_daily(b: &BarSeries, _: usize) -> Vec<f64> {
    rsi(&b.c)
}

fn stochrsi_daily(b: &BarSeries, _: usize) -> Vec<f64> {
    stochrsi(&b.c)
}

/// An indicator of weekly closes; each bar sees the last week that was *complete* before it (F22).
fn of_completed_weeks(b: &BarSeries, least: usize, f: impl Fn(&[f64]) -> Vec<f64>) -> Vec<f64> {
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

fn rsi_weekly(b: &BarSeries, _: usize) -> Vec<f64> {
    of_completed_weeks(b, 15, rsi)
}

fn stochrsi_weekly(b: &BarSeries, _: usize) -> Vec<f64> {
    of_completed_weeks(b, 25, stochrsi)
}

fn macd_line(b: &BarSeries, _: usize) -> Vec<f64> {
    let line = indicator(b.c.len(), |ta, end, out| {
        let (mut signal, mut histogram) = (vec![0.0; out.len()], vec![0.0; out.len()]);
        ta.macd(0, end, &b.c, 12, 26, 9, out, &mut signal, &mut histogram)
    });
    zip(&line, &b.c, |line, c| line / c)
}

fn obv(b: &BarSeries, _: usize) -> Vec<f64> {
    let signed = zip(&zip(&b.c, &b.pc, direction), &b.v, |sign, v| sign * v);
    let all = sum(&b.v, 20);
    divide(&sum(&signed, 20), &all, &all, 0.0)
}

fn adosc(b: &BarSeries, _: usize) -> Vec<f64> {
    of_traded(b, 10, 0, 0.0, |b| {
        let line = indicator(b.c.len(), |ta, end, out| {
            ta.adosc(0, end, &b.h, &b.l, &b.c, &b.v, 3, 10, out)
        });
        zip(&line, &mean(&b.v, 10), |line, v| line / v)
    })
}

fn atr(b: &BarSeries, w: usize) -> Vec<f64> {
    let range = indicator(b.c.len(), |ta, end, out| {
        ta.atr(0, end, &b.h, &b.l, &b.c, w as i32, out)
    });
    zip(&range, &b.c, |range, c| range / c)
}

fn bb_percent_b(b: &BarSeries, _: usize) -> Vec<f64> {
    let band = |is_upper: bool| {
        indicator(b.c.len(), |ta, end, out| {
            let (mut middle, mut other) = (vec![0.0; out.len()], vec![0.0; out.len()]);
            let (upper, lower) = if is_upper {
                (out, other.as_mut_slice())
            } else {
                (other.as_mut_slice(), out)
            };
            let average = MAType::SMA;
            ta.bbands(
                0,
                end,
                &b.c,
                20,
                2.0,
                2.0,
                average,
                upper,
                &mut middle,
                lower,
            )
        })
    };
    let (upper, lower) = (band(true), band(false));
    let above = zip(&b.c, &lower, |c, lower| c - lower);
    let width = zip(&upper, &lower, |u, l| u - l);
    divide(&above, &width, &upper, 0.5)
}

fn vwap(b: &BarSeries, w: usize) -> Vec<f64> {
    relative_to_average(b, &sum(&b.dollar, w), w)
}
