//! Aggregates daily bars to a timescale; which days form a bar is `xp-spec`'s rule.

use xp_spec::{split::bar_ends, timescale::Timescale};

use xp_bars::Bars;

/// Bars of `k` trading days or of a calendar week: open first, high max, low min, close last, volume sum.
pub fn aggregate(daily: &Bars, timescale: Timescale) -> Bars {
    let mut bars = Bars::default();
    let mut start = 0;
    for end in bar_ends(&daily.date, timescale) {
        let range = start..=end;
        let fold = |column: &[f64], f: fn(f64, f64) -> f64| {
            column[range.clone()].iter().copied().reduce(f)
        };
        if let (Some(high), Some(low), Some(volume)) = (
            fold(&daily.high, f64::max),
            fold(&daily.low, f64::min),
            fold(&daily.volume, |a, b| a + b),
        ) {
            bars.date.push(daily.date[end]);
            bars.open.push(daily.open[start]);
            bars.high.push(high);
            bars.low.push(low);
            bars.close.push(daily.close[end]);
            bars.volume.push(volume);
        }
        start = end + 1;
    }
    bars
}
