//! A search's history, importances and slices.

use crate::{
    document::Figure,
    figure::{self, Outcome},
    record::RunRecord,
    report::run::Run,
};

/// Trials along each parameter of a search.
pub(crate) fn slices(run: &Run) -> Option<Figure> {
    let record = run.record.as_ref()?;
    (!record.slices.is_empty()).then(|| Figure {
        id: format!("{}_slices", run.row.experiment),
        caption: format!(
            "Trials of {} along each parameter, pruned ones grey at their last value. Triangles in the shaded band are of values far above the rest, off the scale; trials without a value are not drawn.",
            run.title()
        ),
        svg: figure::slices(&format!("{}: trials along each parameter", run.title()), objective(record), &record.slices),
    })
}

/// What a search minimises, as an axis.
fn objective(record: &RunRecord) -> &'static str {
    let objective = record.spec.as_ref().and_then(|spec| {
        let training = spec.get("training")?;
        Some(training.get("objective")?.as_str()? == "auc")
    });
    if objective == Some(true) {
        "1 − AUC on validation"
    } else {
        "log-loss on validation"
    }
}

/// History of a search.
pub(crate) fn history(run: &Run) -> Option<Figure> {
    let record = run.record.as_ref()?;
    let trials: Vec<(u32, Outcome, Option<f64>)> = record
        .trials
        .iter()
        .map(|trial| {
            let outcome = match trial.state.as_str() {
                "complete" => Outcome::Complete,
                "pruned" => Outcome::Pruned,
                _ => Outcome::Other,
            };
            (trial.number, outcome, trial.value)
        })
        .collect();
    (!trials.is_empty()).then(|| Figure {
        id: format!("{}_history", run.row.experiment),
        caption: format!(
            "Search history of {}, pruned trials at their last value. Marks in the shaded band have no place on the scale: triangles are of values far above the rest, crosses of trials without a value.",
            run.title()
        ),
        svg: figure::history(&format!("{}: search history", run.title()), objective(record), &trials),
    })
}

/// Importance of a search's parameters.
pub(crate) fn importance(run: &Run) -> Option<Figure> {
    let record = run.record.as_ref()?;
    (!record.importance.is_empty()).then(|| Figure {
        id: format!("{}_importance", run.row.experiment),
        caption: format!(
            "Importance of the parameters of {} by PED-ANOVA: shares in how far the best tenth of {} trials differs from all of them.",
            run.title(),
            record.trials.len()
        ),
        svg: figure::importance(&format!("{}: importance of parameters", run.title()), &record.importance),
    })
}
