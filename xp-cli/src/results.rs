//! What runs have left of each experiment, read from the files of docs/formats.md.

mod log;
mod search;
mod value;

use std::path::PathBuf;

use xp_macros_core::Checked;
use xp_spec::{
    experiment::{Experiment, Run},
    files::{SEARCHES, TRAININGS, Workspace, overridden_name, overridden_searches},
};

use crate::failure::Failure;
use log::Row;
pub(crate) use value::Value;
use value::mean;

/// The outputs of a workspace.
pub(crate) struct Outputs {
    root: PathBuf,
    log: Vec<Row>,
}

/// How far an experiment is.
pub(crate) struct Results {
    /// Trials or seeds that have ended.
    pub(crate) ended: u64,
    /// Those that the experiment has.
    pub(crate) of: u64,
    /// `trials` or `seeds`.
    pub(crate) unit: &'static str,
    /// What is known to be best.
    pub(crate) value: Option<Value>,
    /// Whether its folder holds results of an earlier version, which its next run moves aside.
    pub(crate) earlier: bool,
    /// Runs whose command line changed results.
    pub(crate) overridden: Vec<Overridden>,
}

/// What runs with the same overrides have left.
pub(crate) struct Overridden {
    /// Relative to the workspace.
    pub(crate) folder: String,
    /// Trials or seeds that have ended.
    pub(crate) ended: u64,
    /// What is known to be best.
    pub(crate) value: Option<Value>,
}

impl Results {
    /// Whether running it would compute nothing.
    pub(crate) fn is_done(&self) -> bool {
        self.ended >= self.of
    }

    /// So many trials or seeds.
    pub(crate) fn counted(&self, n: u64) -> String {
        let unit = match n {
            1 => self.unit.trim_end_matches('s'),
            _ => self.unit,
        };
        format!("{n} {unit}")
    }

    /// How far it is, in words.
    pub(crate) fn state(&self) -> String {
        match self.ended {
            0 if self.earlier => "not run (results of an earlier version)".to_owned(),
            0 => "not run".to_owned(),
            ended if self.is_done() => format!("done, {}", self.counted(ended)),
            ended => format!("partial, {ended} of {} {}", self.of, self.unit),
        }
    }
}

impl Outputs {
    /// Reads the log; the folders are read as they are asked for.
    pub(crate) fn read(workspace: &Workspace) -> Result<Self, Failure> {
        Ok(Self {
            root: workspace.root().to_owned(),
            log: log::read(workspace.root())?,
        })
    }

    /// Those of an experiment.
    pub(crate) fn of(&self, checked: &Checked) -> Results {
        let experiment = &checked.experiment;
        match &experiment.run {
            Run::Hpo(_) => self.of_search(experiment, &checked.hash),
            Run::Train(train) => self.of_training(experiment, &checked.hash, &train.seeds),
        }
    }

    fn of_search(&self, experiment: &Experiment, hash: &str) -> Results {
        let own = search::read(&self.root, &experiment.name(), experiment.budget);
        let earlier = own
            .as_ref()
            .is_some_and(|own| own.spec_hash.as_deref() != Some(hash));
        let own = own.filter(|_| !earlier);
        let overridden = overridden_searches(&self.root, &experiment.name())
            .into_iter()
            .filter_map(|folder| {
                let found = search::read(&self.root, &folder, experiment.budget)?;
                Some(Overridden {
                    folder: format!("{SEARCHES}/{folder}"),
                    ended: found.ended,
                    value: found.value,
                })
            })
            .collect();
        Results {
            ended: own.as_ref().map_or(0, |own| own.ended),
            of: experiment.trainings(),
            unit: "trials",
            value: own.and_then(|own| own.value),
            earlier,
            overridden,
        }
    }

    /// A seed has finished where the log has a success of this spec, and its weights are in the folder: what other hyperparameters gave was
    /// moved aside.
    fn of_training(&self, experiment: &Experiment, hash: &str, seeds: &[u64]) -> Results {
        let name = experiment.name();
        let finished = |hash: &str, folder: &str, seed: u64| {
            let weights = format!("{folder}/seed_{seed}.safetensors");
            let is_there = self.root.join(weights).is_file();
            let mut rows = self.log.iter().rev();
            rows.find(|row| row.is_success_of(&name, hash, seed))
                .filter(|_| is_there)
        };
        let folder = format!("{TRAININGS}/{name}");
        let own: Vec<_> = seeds
            .iter()
            .filter_map(|seed| finished(hash, &folder, *seed))
            .collect();
        let earlier = own.is_empty()
            && self
                .log
                .iter()
                .any(|row| row.experiment == name && !row.is_overridden() && row.succeeded());
        let mut overridden = Vec::new();
        for (hash, seeds) in log::overridden(&self.log, &name) {
            let folder = overridden_name(&folder, &hash);
            let rows: Vec<_> = seeds
                .into_iter()
                .filter_map(|seed| finished(&hash, &folder, seed))
                .collect();
            if !rows.is_empty() {
                overridden.push(Overridden {
                    folder,
                    ended: rows.len() as u64,
                    value: mean(rows.iter().filter_map(|row| row.test_loss)),
                });
            }
        }
        Results {
            ended: own.len() as u64,
            of: seeds.len() as u64,
            unit: "seeds",
            value: mean(own.iter().filter_map(|row| row.test_loss)),
            earlier,
            overridden,
        }
    }
}
