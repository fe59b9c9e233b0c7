//! The options of new experiments, and which experiments they ask for.

use clap::Args;
use xp_spec::{budget::Budget, sampler::Sampler, task::Task, train_part::TrainPart};

use super::subject::Subject;
use crate::{failure::Failure, parsers};

/// What new experiments have.
#[derive(Args)]
pub(super) struct Request {
    /// Budgets of configs/model, such as 2M,20M
    #[arg(long, value_delimiter = ',', required = true, value_parser = parsers::budget)]
    pub(super) budget: Vec<Budget>,
    /// Tasks, such as 1pct,3pct,5pct
    #[arg(long, value_delimiter = ',', required = true, value_parser = parsers::task)]
    pub(super) task: Vec<Task>,
    #[command(flatten)]
    pub(super) subject: Subject,
    /// Parts of train, the later ones, such as 0.25,0.5 or 10y: one file for each, with d25, d50 or d10y in its name. Trainings borrow from
    /// the search on the whole of train
    #[arg(long, value_delimiter = ',', value_name = "SHARE|YEARS", value_parser = parsers::part)]
    pub(super) train: Vec<TrainPart>,
    /// A lint whose findings are meant, with the reason: outlying_columns="October 1987 is in train"; once for each lint
    #[arg(long, value_name = "LINT=REASON", value_parser = parsers::allowed)]
    pub(super) allow: Vec<(String, String)>,
    /// Phase, such as phase6a; if not specified that of the experiments with the same data, task and features
    #[arg(long)]
    pub(super) phase: Option<String>,
    /// Last part of the names, for experiments that differ in no other part of them
    #[arg(long)]
    pub(super) variant: Option<String>,
    /// Trials of a search; 50 if not specified
    #[arg(long)]
    pub(super) trials: Option<u32>,
    /// Time of a search; 4h if not specified
    #[arg(long)]
    pub(super) timeout: Option<String>,
    /// How a search chooses its trials: auto, gp, tpe, random, sobol, grid; that of configs/defaults.yaml if not specified
    #[arg(long, value_parser = parsers::sampler)]
    pub(super) sampler: Option<Sampler>,
    /// Trials of a search before its model decides; if not specified those of configs/defaults.yaml, or half of the trials where these are
    /// not more
    #[arg(long)]
    pub(super) startup_trials: Option<u32>,
    /// Seeds of a training; 1,2,3 if not specified
    #[arg(long, value_delimiter = ',')]
    pub(super) seeds: Option<Vec<u64>>,
    /// Trainings borrow between the searches of these two tasks instead of from their own task's
    #[arg(long, value_name = "TASK,TASK", value_parser = parsers::pair)]
    pub(super) between: Option<(Task, Task)>,
    /// Show what would be written
    #[arg(long)]
    pub(super) dry_run: bool,
}

/// What tells one of the new experiments from the others.
pub(super) struct One {
    pub(super) budget: Budget,
    pub(super) task: Task,
    pub(super) part: TrainPart,
    pub(super) variant: Option<String>,
}

impl Request {
    /// Every budget, task and part of train.
    pub(super) fn each(&self) -> Vec<One> {
        let parts = match self.train.as_slice() {
            [] => vec![TrainPart::Whole],
            parts => distinct(parts),
        };
        let tasks = distinct(&self.task);
        let mut all = Vec::new();
        for budget in distinct(&self.budget) {
            for &task in &tasks {
                for &part in &parts {
                    let variant = match (&self.variant, part.variant()) {
                        (Some(own), Some(part)) => Some(format!("{own}{part}")),
                        (own, part) => part.or_else(|| own.clone()),
                    };
                    all.push(One {
                        budget,
                        task,
                        part,
                        variant,
                    });
                }
            }
        }
        all
    }

    /// Tasks whose searches a training borrows from.
    pub(super) fn prerequisites(&self, task: Task) -> Vec<Task> {
        match self.between {
            Some((a, b)) => vec![a, b],
            None => vec![task],
        }
    }

    /// Refuses what a search would not consume.
    pub(super) fn check_search(&self) -> Result<(), Failure> {
        refuse(
            "a search",
            &[
                ("--seeds", self.seeds.is_some()),
                ("--between", self.between.is_some()),
            ],
        )
    }

    /// Refuses what a training would not consume.
    pub(super) fn check_training(&self) -> Result<(), Failure> {
        refuse(
            "a training",
            &[
                ("--trials", self.trials.is_some()),
                ("--timeout", self.timeout.is_some()),
                ("--sampler", self.sampler.is_some()),
                ("--startup-trials", self.startup_trials.is_some()),
            ],
        )
    }
}

fn refuse(kind: &str, others: &[(&str, bool)]) -> Result<(), Failure> {
    match others.iter().find(|(_, specified)| *specified) {
        Some((option, _)) => Err(Failure::new(format!(
            "{kind} has no `{option}`: nothing would consume it; leave it out"
        ))),
        None => Ok(()),
    }
}

/// Each value once, in order.
fn distinct<T: Copy + PartialEq>(values: &[T]) -> Vec<T> {
    let mut distinct = Vec::new();
    for value in values {
        if !distinct.contains(value) {
            distinct.push(*value);
        }
    }
    distinct
}
