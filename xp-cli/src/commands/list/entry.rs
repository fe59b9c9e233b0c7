//! An experiment in the list of `--json`.

use serde_json::{Value, json};
use xp_macros_core::Diagnostic;
use xp_spec::split::Region;

use crate::{
    cost::Cost,
    experiments::Found,
    results::{self, Outputs, Results},
};

/// An experiment in the list of `--json`; of a wrong one name, file and errors only.
pub(super) fn entry(one: &Found, all: &[Found], outputs: Option<&Outputs>) -> Value {
    let checked = match &one.checked {
        Ok(checked) => checked,
        Err(errors) => {
            let errors: Vec<_> = errors.iter().map(Diagnostic::message).collect();
            return json!({"name": one.name, "errors": errors});
        }
    };
    let experiment = &checked.experiment;
    let cost = Cost::of(checked, all);
    let region =
        |region: &Region| json!({"samples": region.samples.len(), "positives": region.positives()});
    let regions = &checked.regions;
    let findings: Vec<_> = checked
        .findings
        .iter()
        .map(|found| {
            json!({
                "lint": found.lint,
                "line": found.diagnostic.span.start().line,
                "message": found.message(),
                "reason": found.reason,
            })
        })
        .collect();
    let mut entry = json!({
        "name": one.name,
        "about": one.about,
        "phase": experiment.phase,
        "budget": experiment.budget,
        "task": experiment.task,
        "run_type": experiment.run_type(),
        "trainings": experiment.trainings(),
        "spec_hash": checked.hash,
        "borrows": checked.borrowed.iter().map(|search| &search.binary).collect::<Vec<_>>(),
        "most_parameters": cost.parameters,
        "most_flops": cost.flops,
        "most_memory_bytes": cost.memory,
        "train": region(&regions.train),
        "val": region(&regions.val),
        "test": region(&regions.test),
        "lints": findings,
    });
    if let (Some(outputs), Some(entry)) = (outputs, entry.as_object_mut()) {
        entry.insert("status".to_owned(), status(&outputs.of(checked)));
    }
    entry
}

/// What runs have left; a value that does not exist is `null`.
fn status(results: &Results) -> Value {
    let value = |value: &Option<results::Value>| {
        value
            .as_ref()
            .map(|value| json!({"measure": value.measure, "value": value.value}))
    };
    let overridden: Vec<_> = results
        .overridden
        .iter()
        .map(|run| json!({"folder": run.folder, "ended": run.ended, "best": value(&run.value)}))
        .collect();
    json!({
        "ended": results.ended,
        "of": results.of,
        "unit": results.unit,
        "best": value(&results.value),
        "earlier_version": results.earlier,
        "overridden": overridden,
    })
}
