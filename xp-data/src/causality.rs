//! The proof that a feature is causal (F22): recomputed on a series that ends early and on one with another future, nothing earlier
//! may change by a bit. An argument about its formula is no proof.

use xp_bars::Bars;
use xp_spec::split::WARMUP_BARS;

use crate::{
    error::DataError,
    features::{Feature, Prepared},
};

/// Shares of the rows at which each feature is proved.
pub(crate) const CUTS: [f64; 3] = [0.35, 0.6, 0.85];

/// Bars whose first `cut` equal the real ones and whose future does not exist, or is another one.
struct Case {
    cut: usize,
    prepared: Prepared,
}

/// Bars of another future that are computed: a feature that looks farther ahead changes when the future is truncated.
const FUTURE: usize = 300;

/// The cases of one data set.
pub struct Proof(Vec<Case>);

impl Proof {
    /// A truncated and a corrupted series for each cut.
    pub fn new(bars: &Bars) -> Self {
        Self(CUTS.iter().flat_map(|share| cases(bars, *share)).collect())
    }

    /// Number of cuts at which nothing changed: all of them, or an error that names the feature.
    pub fn prove(&self, feature: &Feature, values: &[f64]) -> Result<u32, DataError> {
        for case in &self.0 {
            let other = case.prepared.compute(feature);
            let changed = values
                .iter()
                .zip(&other)
                .take(case.cut)
                .position(|(a, b)| a.to_bits() != b.to_bits());
            // A series that is shorter than its past has changed too.
            let changed = changed.or((other.len() < case.cut).then_some(other.len()));
            if let Some(bar) = changed {
                return Err(DataError::Content(format!(
                    "feature `{}` is not causal: its value at bar {bar} changes when bars from {} on change; correct its definition",
                    feature.name, case.cut
                )));
            }
        }
        Ok(CUTS.len() as u32)
    }
}

fn cases(bars: &Bars, share: f64) -> [Case; 2] {
    let cut = WARMUP_BARS + (bars.len().saturating_sub(WARMUP_BARS) as f64 * share) as usize;
    let mut corrupted = bars.truncated(cut + FUTURE);
    for column in [
        &mut corrupted.open,
        &mut corrupted.high,
        &mut corrupted.low,
        &mut corrupted.close,
    ] {
        for price in column.iter_mut().skip(cut) {
            *price *= 1.7;
        }
    }
    for volume in corrupted.volume.iter_mut().skip(cut) {
        *volume *= 9.0;
    }
    [bars.truncated(cut), corrupted].map(|bars| Case {
        cut,
        prepared: Prepared::new(&bars),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may state what it believes")]
    use std::path::Path;

    use chrono::Datelike as _;

    use xp_bars::read_bars;

    use super::*;
    use crate::{
        features::{
            family::{Family, OwnFamily},
            registry,
            series::BarSeries,
        },
        process::process_bars,
        source::Source,
    };

    /// Features that look ahead, each as published studies did.
    const AHEAD: [OwnFamily; 6] = [
        own("lead", |b, _| shifted(&b.c, 1)),
        own("shift_minus_5", |b, _| shifted(&b.c, 5)),
        own("far_ahead", |b, _| shifted(&b.c, 1000)),
        own("whole_mean", |b, _| {
            let mean = b.c.iter().sum::<f64>() / b.c.len() as f64;
            b.c.iter().map(|c| c / mean).collect()
        }),
        own("backfill", |b, _| {
            let mut next = f64::NAN;
            let mut filled: Vec<f64> = (0..b.c.len())
                .rev()
                .map(|t| {
                    if t % 7 == 0 {
                        next = b.c[t];
                    }
                    next
                })
                .collect();
            filled.reverse();
            filled
        }),
        own("this_weeks_close", |b, _| {
            (0..b.c.len())
                .map(|t| {
                    let same = |day: &&usize| b.date[**day].iso_week() == b.date[t].iso_week();
                    let days: Vec<usize> = (t..b.c.len().min(t + 7)).collect();
                    days.iter()
                        .take_while(same)
                        .last()
                        .map_or(f64::NAN, |&day| b.c[day])
                })
                .collect()
        }),
    ];

    const fn own(name: &'static str, compute: fn(&BarSeries, usize) -> Vec<f64>) -> OwnFamily {
        OwnFamily {
            family: Family {
                name,
                warmup: 0,
                definition: "ahead",
                compute,
            },
            windows: &[1],
            examples: &[],
        }
    }

    /// Values that many bars later; where there is none, the last one.
    fn shifted(x: &[f64], by: usize) -> Vec<f64> {
        (0..x.len()).map(|t| x[(t + by).min(x.len() - 1)]).collect()
    }

    #[test]
    fn f22_a_feature_that_looks_ahead_is_named_and_the_build_refused() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let bars = read_bars(&root.join("data/raw/nasdaq_daily.csv")).unwrap();
        let some: Vec<Feature> = registry().into_iter().take(20).collect();
        for ahead in &AHEAD {
            let mut features = some.clone();
            features.splice(7..7, ahead.features());
            let source = Source {
                raw: "nasdaq_daily".to_owned(),
                timescale: xp_spec::timescale::Timescale::Daily,
                split: None,
            };
            let spine = xp_spec::files::lock::SpineRef {
                path: String::new(),
                md5: String::new(),
                rows: 0,
                from: None,
            };
            let built = process_bars("walk", &bars, spine, &source, &features, &mut |_, _| {});
            let error = built
                .err()
                .map(|error| error.to_string())
                .unwrap_or_default();
            let name = ahead.family.name;
            let expected = format!("feature `{name}_1` is not causal: its value at bar ");
            assert!(error.starts_with(&expected), "{name}: {error}");
        }
        let prepared = Prepared::new(&bars);
        for feature in &some {
            let proved = Proof::new(&bars).prove(feature, &prepared.compute(feature));
            assert_eq!(proved.unwrap(), 3, "{}", feature.name);
        }
    }
}
