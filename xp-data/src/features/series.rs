//! Series that many families share, computed once per data set.

use chrono::NaiveDate;

use super::window::{lag, map, ratio, zip};
use crate::bars::Bars;

/// Prices, volume and what follows from one or two neighbouring bars.
pub(crate) struct BarSeries {
    pub(crate) date: Vec<NaiveDate>,
    pub(crate) o: Vec<f64>,
    pub(crate) h: Vec<f64>,
    pub(crate) l: Vec<f64>,
    pub(crate) c: Vec<f64>,
    /// Volume, at least 1.
    pub(crate) v: Vec<f64>,
    /// ln C.
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
    /// ln V.
    pub(crate) lv: Vec<f64>,
    /// ln(O / previous C) and ln(C / O).
    pub(crate) gap: Vec<f64>,
    pub(crate) intraday: Vec<f64>,
    /// Close-location value.
    pub(crate) clv: Vec<f64>,
    /// Directional movement up and down.
    pub(crate) dm_up: Vec<f64>,
    pub(crate) dm_down: Vec<f64>,
}

impl BarSeries {
    pub(crate) fn new(bars: &Bars) -> Self {
        let (o, h, l, c) = (
            bars.open.clone(),
            bars.high.clone(),
            bars.low.clone(),
            bars.close.clone(),
        );
        let v = map(&bars.volume, |v| v.max(1.0));
        let lc = map(&c, libm::log);
        let (pc, ph, pl) = (lag(&c, 1), lag(&h, 1), lag(&l, 1));
        let up = zip(&h, &ph, |h, ph| h - ph);
        let down = zip(&l, &pl, |l, pl| pl - l);
        let movement = |a: f64, b: f64| match a {
            a if a.is_nan() => f64::NAN,
            a if a > b && a > 0.0 => a,
            _ => 0.0,
        };
        let clv = (0..c.len())
            .map(|t| ratio((c[t] - l[t]) - (h[t] - c[t]), h[t] - l[t], 0.0))
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
            lv: map(&v, libm::log),
            gap: zip(&o, &pc, |o, pc| libm::log(o / pc)),
            intraday: zip(&c, &o, |c, o| libm::log(c / o)),
            clv,
            dm_up: zip(&up, &down, movement),
            dm_down: zip(&down, &up, movement),
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
}
