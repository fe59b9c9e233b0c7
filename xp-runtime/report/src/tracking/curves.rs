//! What trackers show of a run: its curves and its times.

use crate::{
    log::LogRow,
    record::{CurvePoint, RunRecord},
};

/// The curves of a record, by the names that trackers show, with their (optimizer step, value); of older records, which have an evaluation an epoch,
/// (epoch, value).
pub(super) fn curves(record: &RunRecord) -> Vec<(&'static str, Vec<(u32, f64)>)> {
    type Value = fn(&CurvePoint) -> Option<f64>;
    let values: [(&str, Value); 5] = [
        ("loss/train", |point| Some(point.train_loss)),
        ("loss/validation", |point| Some(point.val_loss)),
        ("auc/validation", |point| point.val_auc),
        ("learning_rate", |point| point.learning_rate),
        ("samples_per_second", |point| point.samples_per_second),
    ];
    let of = |value: Value| -> Vec<(u32, f64)> {
        let points = record.curve.iter();
        points
            .filter_map(|point| Some((point.step.unwrap_or(point.epoch as u32), value(point)?)))
            .filter(|(_, value)| value.is_finite())
            .collect()
    };
    values
        .into_iter()
        .map(|(name, value)| (name, of(value)))
        .chain([("objective/trials", trials(record))])
        .filter(|(_, points)| !points.is_empty())
        .collect()
}

/// Values of a search's trials by number.
fn trials(record: &RunRecord) -> Vec<(u32, f64)> {
    let trials = record.trials.iter();
    trials
        .filter_map(|trial| Some((trial.number, trial.value?)))
        .filter(|(_, value)| value.is_finite())
        .collect()
}

/// Seconds since 1970 at a run's start and end.
pub(super) fn times(row: &LogRow) -> (f64, f64) {
    let end = chrono::DateTime::parse_from_rfc3339(&row.timestamp)
        .map_or(0.0, |time| time.timestamp() as f64);
    ((end - row.duration_seconds).max(0.0), end)
}
