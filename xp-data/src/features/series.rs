//! Series that many families share, computed once per data set.

use chrono::NaiveDate;

use super::{
    scalar::{ROUNDING, ratio},
    window::{lag, map, zip},
};
use xp_bars::Bars;

/// Prices, volume and what follows from one or two neighbouring bars.
pub(crate) struct BarSeries {
    pub(crate) date: Vec<NaiveDate>,
    pub(crate) o: Vec<f64>,
    pub(crate) h: Vec<f64>,
    pub(crate) l: Vec<f64>,
    pub(crate) c: Vec<f64>,
    /// Volume, 0 where it is absent.
    pub(crate) v: Vec<f64>,
    /// ln C, less that of the power of 2 at or below the first close, so that another unit by a power of 2 changes no bit.
    pub(crate) lc: Vec<f64>,
    /// Previous close, high, low.
    pub(crate) pc: Vec<f64>,
    pub(crate) ph: Vec<f64>,
    pub(crate) pl: Vec<f64>,
    /// Log return.
    pub(crate) r: Vec<f64>,
    /// True range.
    pub(crate) tr: Vec<f64>,
    /// H − L.
    pub(crate) range: Vec<f64>,
    /// C · V.
    pub(crate) dollar: Vec<f64>,
    /// Typical price (H + L + C) / 3.
    pub(crate) typical: Vec<f64>,
    /// ln V, less that of the power of 2 at or below the first volume; NaN where it is absent.
    pub(crate) lv: Vec<f64>,
    /// ln(O / previous C) and ln(C / O).
    pub(crate) gap: Vec<f64>,
    pub(crate) intraday: Vec<f64>,
    /// Close-location value.
    pub(crate) clv: Vec<f64>,
    /// Directional movement up and down.
    pub(crate) dm_up: Vec<f64>,
    pub(crate) dm_down: Vec<f64>,
    /// The bars that have a volume; absent where all have.
    pub(super) traded: Option<Box<Traded>>,
}

/// The bars that have a volume, of a series in which others have none.
pub(super) struct Traded {
    /// Their positions in the whole series, ascending.
    pub(super) rows: Vec<usize>,
    /// Their values; returns and earlier prices are those of the whole series.
    pub(super) series: BarSeries,
}

impl BarSeries {
    pub(crate) fn new(bars: &Bars) -> Self {
        let mut series = Self::of(bars);
        let rows: Vec<usize> = (0..bars.len()).filter(|&t| series.v[t] > 0.0).collect();
        if rows.len() < bars.len() {
            let of_rows = series.at(&rows);
            series.traded = Some(Box::new(Traded {
                rows,
                series: of_rows,
            }));
        }
        series
    }

    fn of(bars: &Bars) -> Self {
        let (o, h, l, c) = (
            bars.open.clone(),
            bars.high.clone(),
            bars.low.clone(),
            bars.close.clone(),
        );
        let v = bars.volume.clone();
        let lc = map(&c, log_over(unit(c.first())));
        let (pc, ph, pl) = (lag(&c, 1), lag(&h, 1), lag(&l, 1));
        let up = zip(&h, &ph, |h, ph| h - ph);
        let down = zip(&l, &pl, |l, pl| pl - l);
        // The larger movement counts; two that are equal but for rounding do not.
        let movement = |a: &[f64], b: &[f64]| -> Vec<f64> {
            (0..c.len())
                .map(|t| match a[t] {
                    a if a.is_nan() => f64::NAN,
                    a if a - b[t] > ROUNDING * h[t] && a > 0.0 => a,
                    _ => 0.0,
                })
                .collect()
        };
        let clv = (0..c.len())
            .map(|t| ratio((c[t] - l[t]) - (h[t] - c[t]), h[t] - l[t], h[t], 0.0))
            .collect();
        let tr = (0..c.len())
            .map(|t| {
                if pc[t].is_nan() {
                    f64::NAN
                } else {
                    h[t].max(pc[t]) - l[t].min(pc[t])
                }
            })
            .collect();
        Self {
            date: bars.date.clone(),
            r: zip(&lc, &lag(&lc, 1), |a, b| a - b),
            tr,
            range: zip(&h, &l, |h, l| h - l),
            dollar: zip(&c, &v, |c, v| c * v),
            typical: (0..c.len()).map(|t| (h[t] + l[t] + c[t]) / 3.0).collect(),
            lv: map(&v, log_over(unit(v.iter().find(|v| **v > 0.0)))),
            gap: zip(&o, &pc, |o, pc| libm::log(o / pc)),
            intraday: zip(&c, &o, |c, o| libm::log(c / o)),
            clv,
            dm_up: movement(&up, &down),
            dm_down: movement(&down, &up),
            traded: None,
            o,
            h,
            l,
            c,
            v,
            lc,
            pc,
            ph,
            pl,
        }
    }

    /// The series at some bars: what follows from neighbouring bars stays what it was.
    fn at(&self, rows: &[usize]) -> Self {
        let at = |x: &[f64]| -> Vec<f64> { rows.iter().map(|&t| x[t]).collect() };
        Self {
            date: rows.iter().map(|&t| self.date[t]).collect(),
            o: at(&self.o),
            h: at(&self.h),
            l: at(&self.l),
            c: at(&self.c),
            v: at(&self.v),
            lc: at(&self.lc),
            pc: at(&self.pc),
            ph: at(&self.ph),
            pl: at(&self.pl),
            r: at(&self.r),
            tr: at(&self.tr),
            range: at(&self.range),
            dollar: at(&self.dollar),
            typical: at(&self.typical),
            lv: at(&self.lv),
            gap: at(&self.gap),
            intraday: at(&self.intraday),
            clv: at(&self.clv),
            dm_up: at(&self.dm_up),
            dm_down: at(&self.dm_down),
            traded: None,
        }
    }
}

/// The power of 2 at or below a positive number; 1 of none.
fn unit(first: Option<&f64>) -> f64 {
    first.map_or(1.0, |first| libm::ldexp(1.0, libm::ilogb(*first)))
}

/// ln(x / unit); NaN where x is not above 0.
fn log_over(unit: f64) -> impl Fn(f64) -> f64 {
    move |x| {
        if x > 0.0 {
            libm::log(x / unit)
        } else {
            f64::NAN
        }
    }
}
