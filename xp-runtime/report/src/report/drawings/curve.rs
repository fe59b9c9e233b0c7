//! Learning curves.

use crate::{
    document::Figure,
    figure::{Line, curves},
    log::LogRow,
    record::CurvePoint,
    report::run::Run,
};

/// Learning curve of the newest run that has one.
pub(crate) fn newest_curve(runs: &[Run]) -> Option<Figure> {
    let run = runs.iter().rev().find(|run| {
        run.record
            .as_ref()
            .is_some_and(|record| !record.curve.is_empty())
    })?;
    let curve = &run.record.as_ref()?.curve;
    let what = if run.row.run_type == "hpo" {
        "best trial"
    } else {
        "training"
    };
    let overridden = if run.row.overridden {
        ", overridden"
    } else {
        ""
    };
    Some(Figure {
        id: "learning_curve".to_owned(),
        caption: format!(
            "Learning curve of {} (run {}, {what}{overridden}).",
            run.title(),
            run.row.run_id
        ),
        svg: losses(&run.title(), curve, &run.row),
    })
}

/// Train and validation loss by optimizer step; of older records by epoch.
pub(super) fn losses(title: &str, curve: &[CurvePoint], row: &LogRow) -> String {
    let by_step = curve.iter().all(|point| point.step.is_some());
    let place = |point: &CurvePoint| match point.step.filter(|_| by_step) {
        Some(step) => f64::from(step),
        None => point.epoch,
    };
    let (axis, selected) = match row.best_step.filter(|_| by_step) {
        Some(step) => ("optimizer step", Some(f64::from(step))),
        None if by_step => ("optimizer step", None),
        None => ("epoch", row.best_epoch),
    };
    let line = |name: &str, f: &dyn Fn(&CurvePoint) -> f64| Line {
        name: name.to_owned(),
        points: curve.iter().map(|point| (place(point), f(point))).collect(),
    };
    let lines = [
        line("train", &|point| point.train_loss),
        line("validation", &|point| point.val_loss),
    ];
    curves(
        &format!("{title}: mean log-loss"),
        (axis, "mean log-loss"),
        &lines,
        selected,
    )
}
