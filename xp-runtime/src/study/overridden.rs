//! Searches of the same experiment that options of the command line have changed: their folders stand beside its own, and nothing borrows
//! from them.

use serde_json::{Map, Value};
use xp_search::Study;
use xp_spec::files::{SEARCHES, overridden_searches};

use super::{
    ranking::{best_trial, ended},
    settings::STUDY,
};
use crate::context::Context;

/// A search that options have changed.
pub(crate) struct Overridden {
    /// Its folder, relative to the workspace.
    pub(crate) folder: String,
    /// The options that changed it: `--max-epochs 2`.
    pub(crate) options: String,
    /// Hash of the experiment as it was with these options.
    pub(crate) spec_hash: String,
    /// The options as they are hashed.
    pub(crate) overrides: Map<String, Value>,
    pub(crate) ended: usize,
    /// Value of its best trial.
    pub(crate) best: Option<f64>,
}

impl Overridden {
    /// Its options, trials, best value and folder.
    pub(crate) fn text(&self) -> String {
        let trials = if self.ended == 1 { "trial" } else { "trials" };
        let best = self
            .best
            .map_or_else(String::new, |value| format!(", best {value:.4}"));
        format!(
            "{} {trials} with {}{best}, in {}",
            self.ended, self.options, self.folder
        )
    }
}

/// The searches that options have changed, of an experiment as logs and paths name it. A folder whose study cannot be read is left out.
pub(crate) fn overridden(context: &Context, experiment: &str) -> Vec<Overridden> {
    overridden_searches(context.workspace.root(), experiment)
        .into_iter()
        .filter_map(|name| read(context, format!("{SEARCHES}/{name}")))
        .collect()
}

fn read(context: &Context, folder: String) -> Option<Overridden> {
    let file = context.workspace.root().join(&folder).join(STUDY);
    let mut study = Study::open_read_only(&file, &context.clock).ok()?;
    let trials = study.trials().ok()?.to_vec();
    let best = best_trial(&mut study, &trials).ok()?;
    let overrides = study.identity().spec.get("overrides");
    let overrides = overrides.and_then(Value::as_object).cloned();
    let overrides = overrides.unwrap_or_default();
    Some(Overridden {
        options: options(&overrides),
        spec_hash: study.identity().spec_hash.clone(),
        overrides,
        ended: ended(&trials),
        best: best.and_then(|(trial, _)| trial.value),
        folder,
    })
}

/// Overrides as they stand on a command line.
fn options(overrides: &Map<String, Value>) -> String {
    let options = overrides
        .iter()
        .map(|(name, value)| format!("--{} {value}", name.replace('_', "-")));
    options.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::options;

    #[test]
    fn overrides_read_as_they_were_typed() {
        let overrides: Map<_, _> = [
            ("max_epochs".to_owned(), json!(2)),
            ("seed".to_owned(), json!(7)),
        ]
        .into_iter()
        .collect();
        assert_eq!(options(&overrides), "--max-epochs 2 --seed 7");
    }
}
