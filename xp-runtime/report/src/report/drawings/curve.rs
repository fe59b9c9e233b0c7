//! Learning curves.

use crate::{
    document::Figure,
    figure::{Line, curves},
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
            run.row.experiment, run.row.run_id
        ),
        svg: losses(&run.row.experiment, curve, run.row.best_epoch),
    })
}

/// Train and validation loss by epoch.
pub(super) fn losses(title: &str, curve: &[CurvePoint], selected: Option<u32>) -> String {
    let line = |name: &str, f: &dyn Fn(&CurvePoint) -> f64| Line {
        name: name.to_owned(),
        points: curve
            .iter()
            .map(|point| (f64::from(point.epoch), f(point)))
            .collect(),
    };
    let lines = [
        line("train", &|point| point.train_loss),
        line("validation", &|point| point.val_loss),
    ];
    curves(title, "mean log-loss", &lines, selected.map(f64::from))
}
