//! The command line of an experiment. What changes a trial's result makes an effective hash and a folder of its own.

use clap::Parser;
use serde_json::{Map, Value, json};
use xp_spec::{
    duration::parse_timeout,
    experiment::{Experiment, Run},
    hash::effective_hash,
};

/// Options of one run.
#[derive(Debug, Clone, PartialEq, Parser)]
#[command(
    about = "Runs one validated experiment; the same command goes on where an earlier run stopped."
)]
pub(crate) struct Arguments {
    /// Trials of the search in all; extends the same study
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) trials: Option<u32>,
    /// Time for this run, such as 4h, 90m, 30s; the study stays the same
    #[arg(long, value_parser = |text: &str| parse_timeout(text).map_err(|(what, how)| format!("{what}: {how}")))]
    pub(crate) timeout: Option<u64>,
    /// Epochs at most (overrides results: own folder, row marked `overridden`)
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) max_epochs: Option<u32>,
    /// Optimizer steps at most (overrides results)
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) max_steps: Option<u64>,
    /// Seed (overrides results)
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// cpu or cuda; the best that is there if not said
    #[arg(long, value_parser = ["cpu", "cuda"])]
    pub(crate) device: Option<String>,
    /// Threads of libtorch; all cores if not said
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
    /// Check everything and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

impl Arguments {
    /// The overrides that change results; empty for a comparable run.
    pub(crate) fn overrides(&self) -> Map<String, Value> {
        let mut map = Map::new();
        for (name, value) in [
            ("max_epochs", self.max_epochs.map(|value| json!(value))),
            ("max_steps", self.max_steps.map(|value| json!(value))),
            ("seed", self.seed.map(|value| json!(value))),
        ] {
            if let Some(value) = value {
                map.insert(name.to_owned(), value);
            }
        }
        map
    }

    /// Hash of the experiment as it will run, and whether results are overridden.
    pub(crate) fn effective(&self, experiment: &Experiment, spec_hash: &str) -> (String, bool) {
        let overrides = self.overrides();
        if overrides.is_empty() {
            return (spec_hash.to_owned(), false);
        }
        (effective_hash(experiment, &Value::Object(overrides)), true)
    }

    /// Writes trials, timeout and seed into the experiment; the error names an option that it cannot use.
    pub(crate) fn apply(&self, experiment: &mut Experiment) -> Result<(), String> {
        match &mut experiment.run {
            Run::Hpo(hpo) => {
                hpo.trials = self.trials.unwrap_or(hpo.trials);
                hpo.timeout_seconds = self.timeout.unwrap_or(hpo.timeout_seconds);
                hpo.seed = self.seed.unwrap_or(hpo.seed);
            }
            Run::Train(_) if self.trials.is_some() || self.timeout.is_some() => {
                return Err(
                    "--trials and --timeout belong to searches; a training has seeds and epochs (--max-epochs)"
                        .to_owned(),
                );
            }
            Run::Train(train) => {
                if let Some(seed) = self.seed {
                    train.seeds = vec![seed];
                }
            }
        }
        Ok(())
    }
}
