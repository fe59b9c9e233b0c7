//! The smallest data set that can answer the question; below it an experiment is refused (F11).

use crate::{split::Regions, timescale::Timescale};

/// Daily-equivalent rows after warm-up that a data set must exceed.
pub const MIN_ROWS: usize = 1000;
/// Daily-equivalent days that the samples of train must be.
pub const MIN_TRAIN_DAYS: usize = 500;
/// Trading days that validation and test must have, each.
pub const MIN_REGION_DAYS: usize = 200;
/// Samples of each class that every region must have.
pub const MIN_CLASS_SAMPLES: usize = 30;

/// One minimum that is not met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortage {
    /// `train`, `val`, `test`, or `None` for the whole data set.
    pub region: Option<&'static str>,
    /// `positive` or `negative` where samples of one class are short.
    pub class: Option<&'static str>,
    /// What there is too little of, with both numbers: "has 12 positive samples, at least 30 are needed".
    pub message: String,
    /// What may help.
    pub remedy: &'static str,
}

/// All minima that the regions do not meet, in order of time.
pub fn shortages(regions: &Regions, timescale: Timescale) -> Vec<Shortage> {
    let mut found = Vec::new();
    let rows = regions.rows * timescale.days() as usize;
    if rows <= MIN_ROWS {
        found.push(Shortage {
            region: None,
            class: None,
            remedy: "use a longer series, or a finer timescale",
            message: format!(
                "the data has {rows} daily-equivalent rows after warm-up, more than {MIN_ROWS} are needed"
            ),
        });
    }
    for (name, region) in regions.named() {
        if name != "train" && region.days < MIN_REGION_DAYS {
            found.push(Shortage {
                region: Some(name),
                class: None,
                remedy: "move the split, or use more data",
                message: format!(
                    "{name} has {} trading days, at least {MIN_REGION_DAYS} are needed",
                    region.days
                ),
            });
            // Too few of a class follows from it.
            continue;
        }
        let samples = region.samples.len();
        let needed = MIN_TRAIN_DAYS.div_ceil(timescale.days() as usize);
        if name == "train" && samples < needed {
            found.push(Shortage {
                region: Some(name),
                class: None,
                remedy: "a later `val`, or data that begins earlier",
                message: format!(
                    "train has {samples} samples, at least {needed} are needed ({MIN_TRAIN_DAYS} daily-equivalent days)"
                ),
            });
            continue;
        }
        let positives = region.positives();
        if region.samples.len() < MIN_CLASS_SAMPLES {
            found.push(Shortage {
                region: Some(name),
                class: None,
                remedy: "move the split, or use more data",
                message: format!(
                    "{name} has {} samples, at least {MIN_CLASS_SAMPLES} positive and {MIN_CLASS_SAMPLES} negative ones are needed",
                    region.samples.len()
                ),
            });
            continue;
        }
        for (class, count, remedy) in [
            (
                "positive",
                positives,
                "a smaller threshold, a longer horizon, another split, or more data",
            ),
            (
                "negative",
                region.samples.len() - positives,
                "a larger threshold, a shorter horizon, another split, or more data",
            ),
        ] {
            if count < MIN_CLASS_SAMPLES {
                found.push(Shortage {
                    region: Some(name),
                    class: Some(class),
                    remedy,
                    message: format!(
                        "{name} has {count} {class} samples, at least {MIN_CLASS_SAMPLES} are needed"
                    ),
                });
            }
        }
    }
    found
}

/// Samples and positives of each region in one line: `train 1675 (1150 positive), val …`.
pub fn counts(regions: &Regions) -> String {
    regions
        .named()
        .map(|(name, region)| {
            format!(
                "{name} {} ({} positive)",
                region.samples.len(),
                region.positives()
            )
        })
        .join(", ")
}
