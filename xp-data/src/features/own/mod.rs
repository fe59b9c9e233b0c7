//! Families of your own: a file each in this folder, registered in [`OWN`], and nothing anywhere else. `cargo xp test` checks them,
//! `cargo xp data build` appends their columns to every data set, and experiments name them (`features: ["atr_14", "range_z_21"]`).
//!
//! Here `mod range_z;` and, in [`OWN`], `range_z::FAMILY`; in `range_z.rs`:
//!
//! ```ignore
//! //! z-score of the relative range.
//!
//! use crate::features::{
//!     family::{Family, OwnFamily},
//!     series::BarSeries,
//!     window::{divide, mean, std, zip},
//! };
//!
//! pub(super) const FAMILY: OwnFamily = OwnFamily {
//!     family: Family {
//!         name: "range_z",
//!         warmup: 0,
//!         definition: "z-score of (H-L)/C",
//!         compute,
//!     },
//!     windows: &[21, 63],
//!     examples: &[(21, "2005-03-01", -0.5158742), (63, "2005-03-01", -0.6066516)],
//! };
//!
//! fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
//!     let share = zip(&b.range, &b.c, |range, c| range / c);
//!     let mean = mean(&share, w);
//!     divide(&zip(&share, &mean, |x, m| x - m), &std(&share, w), &mean, 0.0)
//! }
//! ```
//!
//! A function gets the bars' series (`o h l c v`, `r` = log return, …: `series.rs`) and a window, and returns one value per bar, NaN until it
//! has one. `window.rs` has rolling sums, means, deviations, extremes, correlations, regressions, ranks and quantiles. The third argument of
//! `divide` is the scale of the second: where that is rounding of its scale, the fourth is the value. An absent volume is 0 in `v`; what
//! divides by volume goes through `traded.rs`.

use super::family::OwnFamily;

/// The families of this workspace.
pub(super) const OWN: &[OwnFamily] = &[];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may state what it believes")]
    use std::path::Path;

    use xp_bars::{Bars, read_bars};
    use xp_spec::split::WARMUP_BARS;

    use super::*;
    use crate::{
        causality::Proof,
        features::{
            Prepared,
            family::Family,
            registry::with_own,
            window::{divide, lag, map, mean, std, zip},
        },
    };

    fn nasdaq() -> Bars {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        read_bars(&root.join("data/raw/nasdaq_daily.csv")).unwrap()
    }

    /// Errors in the declarations of a list of families.
    fn faults(own: &[OwnFamily], bars: &Bars) -> Vec<String> {
        let (prepared, proof) = (Prepared::new(bars), Proof::new(bars));
        let mut faults = Vec::new();
        let all = with_own(own);
        for family in own {
            if family.family.definition.is_empty() {
                let name = family.family.name;
                faults.push(format!("`{name}` has no definition"));
            }
            for feature in family.features() {
                let name = &feature.name;
                if all.iter().filter(|other| other.name == *name).count() > 1 {
                    faults.push(format!("`{name}` appears twice"));
                }
                let values = prepared.compute(&feature);
                let first = values.iter().position(|value| !value.is_nan());
                if first != Some(feature.warmup) || feature.warmup > WARMUP_BARS {
                    faults.push(format!(
                        "`{name}` has its first value at bar {first:?}, declared {}",
                        feature.warmup
                    ));
                }
                if values
                    .iter()
                    .skip(WARMUP_BARS)
                    .any(|value| !value.is_finite())
                {
                    faults.push(format!("`{name}` has bars without a value"));
                }
                if let Err(error) = proof.prove(&feature, &values) {
                    faults.push(error.to_string());
                }
                let examples = family
                    .examples
                    .iter()
                    .filter(|(window, ..)| *window == feature.window);
                let mut compared = 0;
                for (_, date, expected) in examples {
                    compared += 1;
                    let row = bars
                        .date
                        .iter()
                        .position(|day| day.to_string() == *date)
                        .unwrap();
                    if (values[row] - expected).abs() > 1e-6 * expected.abs().max(1e-3) {
                        faults.push(format!(
                            "`{name}` is {} on {date}, its example has {expected}",
                            values[row]
                        ));
                    }
                }
                if compared == 0 {
                    faults.push(format!("`{name}` has no example"));
                }
            }
        }
        faults
    }

    #[test]
    fn own_families_are_what_they_say() {
        assert_eq!(faults(OWN, &nasdaq()), Vec::<String>::new());
    }

    #[test]
    fn a_family_is_added_in_one_place_and_checked_there() {
        let right = OwnFamily {
            family: Family {
                name: "range_z",
                warmup: 0,
                definition: "z-score of (H-L)/C",
                compute: |b, w| {
                    let share = zip(&b.range, &b.c, |range, c| range / c);
                    let mean = mean(&share, w);
                    let above = zip(&share, &mean, |x, m| x - m);
                    divide(&above, &std(&share, w), &mean, 0.0)
                },
            },
            windows: &[21, 63],
            examples: &[
                (21, "2005-03-01", RANGE_Z[0]),
                (63, "2005-03-01", RANGE_Z[1]),
            ],
        };
        let wrong = OwnFamily {
            family: Family {
                name: "ret",
                warmup: 0,
                definition: "",
                compute: |b, w| map(&lag(&b.c, w), |c| c),
            },
            windows: &[5],
            examples: &[(5, "2005-03-01", 1.0)],
        };
        let bars = nasdaq();
        let all = with_own(std::slice::from_ref(&right));
        let added: Vec<_> = all[500..]
            .iter()
            .map(|f| (f.name.as_str(), f.tier, f.warmup))
            .collect();
        assert_eq!(added, [("range_z_21", None, 20), ("range_z_63", None, 62)]);
        let found = faults(&[right, wrong], &bars);
        for (fault, part) in found.iter().zip([
            "`ret` has no definition",
            "`ret_5` appears twice",
            "`ret_5` has its first value at bar Some(5), declared 4",
            "`ret_5` is 2",
        ]) {
            assert!(fault.starts_with(part), "{found:?}");
        }
        assert_eq!(found.len(), 4, "{found:?}");
    }

    /// By numpy, on the shipped NASDAQ data.
    const RANGE_Z: [f64; 2] = [-0.515_874_159_609_403_3, -0.606_651_643_240_077_8];
}
