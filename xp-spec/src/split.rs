//! Which bars are samples, to which region they belong, and what their labels are: arithmetic on dates and daily prices.
//! One definition, used by the macro to count and by the runtime to train (F11, F12).

use std::ops::Range;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::{
    task::{Horizon, LabelPrice, Task},
    timescale::Timescale,
    train_part::TrainPart,
};

/// Bars dropped at the start of a data set, in which some feature is not defined yet.
pub const WARMUP_BARS: usize = 252;

/// First days of validation and test, and an optional gap before each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Split {
    /// First day of validation.
    pub val: NaiveDate,
    /// First day of test.
    pub test: NaiveDate,
    /// Trading days dropped before each border, beyond the purge of label windows.
    #[serde(default)]
    pub embargo: u32,
    /// The part of train that is used.
    #[serde(default, skip_serializing_if = "TrainPart::is_whole")]
    pub train: TrainPart,
}

impl Split {
    /// First day of train; `rows` are the days of the processed rows. Where no row is left, the first day of validation.
    pub fn train_from(&self, rows: &[NaiveDate]) -> NaiveDate {
        self.train.first_day(rows, self.val).unwrap_or(self.val)
    }
}

/// Daily prices behind the labels, ascending by date.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Spine {
    /// Trading days.
    pub dates: Vec<NaiveDate>,
    /// Daily highs.
    pub high: Vec<f64>,
    /// Daily closes.
    pub close: Vec<f64>,
}

/// What decides a sample's label and region.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Labelling {
    /// Threshold.
    pub task: Task,
    /// Price that must reach it.
    pub price: LabelPrice,
    /// Days within which it must.
    pub horizon: Horizon,
    /// Bars of the input.
    pub timescale: Timescale,
    /// Bars per sample.
    pub context: u32,
    /// Borders.
    pub split: Split,
}

/// One sample: the `context` bars that end at `row`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// Row of the processed data set (warm-up dropped) at which the window ends.
    pub row: usize,
    /// Day of the spine at which that bar ends.
    pub day: usize,
    /// Whether the price reached the threshold.
    pub positive: bool,
}

/// Samples of one region, ascending by date.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Region {
    /// The samples.
    pub samples: Vec<Sample>,
    /// Trading days between the region's borders.
    pub days: usize,
}

impl Region {
    /// Number of positive samples.
    pub fn positives(&self) -> usize {
        self.samples.iter().filter(|sample| sample.positive).count()
    }

    /// Rows from the one at which its first window ends to the one at which its last does.
    pub fn ends(&self) -> Range<usize> {
        match (self.samples.first(), self.samples.last()) {
            (Some(first), Some(last)) => first.row..last.row + 1,
            _ => 0..0,
        }
    }

    /// Rows that its windows of `context` bars see.
    pub fn seen(&self, context: u32) -> Range<usize> {
        let ends = self.ends();
        (ends.start + 1).saturating_sub(context as usize)..ends.end
    }
}

/// The three regions and the number of processed rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Regions {
    /// Train.
    pub train: Region,
    /// Validation.
    pub val: Region,
    /// Test.
    pub test: Region,
    /// Bars after warm-up.
    pub rows: usize,
}

impl Regions {
    /// Name and region, in order of time.
    pub fn named(&self) -> [(&'static str, &Region); 3] {
        [
            ("train", &self.train),
            ("val", &self.val),
            ("test", &self.test),
        ]
    }
}

/// Index of the last trading day of every complete bar.
///
/// `k`-day bars are consecutive trading days anchored at the first day, so that appended data never changes earlier bars;
/// `weekly` bars are calendar weeks ending Friday. The last bar is dropped unless it is known to be complete: all its days are there,
/// or, for a week, its Friday or a later week is.
pub fn bar_ends(dates: &[NaiveDate], timescale: Timescale) -> Vec<usize> {
    if timescale != Timescale::Weekly {
        let k = timescale.days() as usize;
        return (k..=dates.len()).step_by(k).map(|end| end - 1).collect();
    }
    let week = |date: &NaiveDate| date.week(chrono::Weekday::Sat).first_day();
    (0..dates.len())
        .filter(|&day| match dates.get(day + 1) {
            Some(next) => week(next) != week(&dates[day]),
            None => dates[day].weekday() == chrono::Weekday::Fri,
        })
        .collect()
}

/// The days of the processed rows: those at which the bars after warm-up end.
pub fn row_days(dates: &[NaiveDate], timescale: Timescale) -> Vec<NaiveDate> {
    row_ends(dates, timescale)
        .into_iter()
        .filter_map(|end| dates.get(end).copied())
        .collect()
}

/// Index of the last trading day of every row of a processed data set: its bars after warm-up.
pub fn row_ends(dates: &[NaiveDate], timescale: Timescale) -> Vec<usize> {
    let ends = bar_ends(dates, timescale).into_iter();
    ends.skip(WARMUP_BARS).collect()
}

/// Whether a price reaches the threshold within the horizon after `day`; `None` where the horizon reaches past the data.
pub fn label(
    spine: &Spine,
    day: usize,
    task: Task,
    price: LabelPrice,
    horizon: Horizon,
) -> Option<bool> {
    let prices = match price {
        LabelPrice::High => &spine.high,
        LabelPrice::Close => &spine.close,
    };
    let window = prices.get(day + 1..=day + horizon.days() as usize)?;
    let threshold = spine.close.get(day)? * (1.0 + f64::from(task.percent()) / 100.0);
    Some(window.iter().any(|price| *price >= threshold))
}

/// Assigns every sample to its region.
///
/// A sample belongs to the region that holds its last day and its *whole* label window; samples whose window crosses a border are
/// purged, and with an embargo also the last trading days before each border. Context may reach back across a border.
pub fn regions(spine: &Spine, labelling: &Labelling) -> Regions {
    let ends = bar_ends(&spine.dates, labelling.timescale);
    let border = |date: NaiveDate| spine.dates.partition_point(|day| *day < date);
    let (val, test, end) = (
        border(labelling.split.val),
        border(labelling.split.test),
        spine.dates.len(),
    );
    let horizon = labelling.horizon.days() as usize;
    let embargo = labelling.split.embargo as usize;
    let first_day = ends.get(WARMUP_BARS).copied().unwrap_or(end);
    let mut regions = Regions {
        rows: ends.len().saturating_sub(WARMUP_BARS),
        ..Regions::default()
    };
    let rows: Vec<NaiveDate> = ends
        .iter()
        .skip(WARMUP_BARS)
        .filter_map(|end| spine.dates.get(*end).copied())
        .collect();
    let train = border(labelling.split.train_from(&rows));
    regions.train.days = val.saturating_sub(train.max(first_day));
    regions.val.days = test.saturating_sub(val.max(first_day));
    regions.test.days = end.saturating_sub(test.max(first_day));
    let context = (labelling.context as usize).max(1);
    for (row, &day) in ends.iter().skip(WARMUP_BARS).enumerate().skip(context - 1) {
        let (region, border, gap) = match day {
            _ if day < train => continue,
            _ if day < val => (&mut regions.train, val, embargo),
            _ if day < test => (&mut regions.val, test, embargo),
            _ => (&mut regions.test, end, 0),
        };
        if day + horizon + gap >= border {
            continue;
        }
        if let Some(positive) = label(
            spine,
            day,
            labelling.task,
            labelling.price,
            labelling.horizon,
        ) {
            region.samples.push(Sample { row, day, positive });
        }
    }
    regions
}
