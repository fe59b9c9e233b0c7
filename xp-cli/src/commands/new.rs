//! `cargo xp new`: writes the tiny files of new experiments, and the model configuration of a new budget. Each is checked before it is written,
//! and an existing file is never touched.

mod budget;

use std::{fs::OpenOptions, io::Write as _, path::PathBuf};

use clap::{Args, Subcommand};
use xp_macros_core::{Source, analyse_file};
use xp_spec::{
    budget::Budget,
    files::{EXPERIMENTS, Workspace},
    name::{NameFields, binary_name},
    task::{Horizon, Task},
    timescale::Timescale,
    train_part::TrainPart,
};

use super::index;
use crate::{
    experiments::{all, located, located_warnings},
    failure::Failure,
    session::Session,
};

/// Writes the files of new experiments, or the model configuration of a new budget
#[derive(Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    what: What,
}

/// What is written.
#[derive(Subcommand)]
enum What {
    /// Searches of hyperparameters, one file for each budget and task
    Hpo(Experiments),
    /// Trainings with the best hyperparameters of searches, one file for each budget and task
    Train(Experiments),
    Budget(budget::Options),
}

impl Options {
    /// Writes what is not there yet; 1 if something could not be written.
    pub(crate) fn run(&self, session: &Session) -> Result<u8, Failure> {
        match &self.what {
            What::Hpo(experiments) => experiments.run(session, Kind::Hpo),
            What::Train(experiments) => experiments.run(session, Kind::Train),
            What::Budget(options) => options.run(session),
        }
    }
}

/// What new experiments have.
#[derive(Args)]
struct Experiments {
    /// Budgets of configs/model, such as 2M,20M
    #[arg(long, value_delimiter = ',', required = true, value_parser = budget::parse)]
    budget: Vec<Budget>,
    /// Tasks, such as 1pct,3pct,5pct
    #[arg(long, value_delimiter = ',', required = true, value_parser = task)]
    task: Vec<Task>,
    /// Trading days within which the threshold must be reached
    #[arg(long, default_value = "5", value_parser = horizon)]
    horizon: Horizon,
    /// Trading days per bar
    #[arg(long, default_value = "daily", value_parser = timescale)]
    timescale: Timescale,
    /// Processed data set of data/manifest.yaml
    #[arg(long, default_value = "data/processed/sp500_daily.parquet")]
    data: String,
    /// Tier of features
    #[arg(long, default_value_t = 20)]
    features: usize,
    /// Bars per sample
    #[arg(long, default_value_t = 20)]
    context: u32,
    /// Bars per patch, which do not overlap
    #[arg(long, default_value_t = 5)]
    patch: u32,
    /// First day of validation
    #[arg(long, default_value = "1995-01-01")]
    val: String,
    /// First day of test
    #[arg(long, default_value = "2005-01-01")]
    test: String,
    /// Parts of train, the later ones, such as 0.25,0.5 or 10y: one file for each, with d25, d50 or d10y in its name. Trainings borrow from
    /// the search on the whole of train
    #[arg(long, value_delimiter = ',', value_name = "SHARE|YEARS", value_parser = part)]
    train: Vec<TrainPart>,
    /// A lint whose findings are meant, with the reason: outlying_columns="October 1987 is in train"; once for each lint
    #[arg(long, value_name = "LINT=REASON", value_parser = allowed)]
    allow: Vec<(String, String)>,
    /// Phase; phase6a for searches and phase6b for trainings if not specified
    #[arg(long)]
    phase: Option<String>,
    /// Ends the names, to tell apart what differs in no other part of them
    #[arg(long)]
    variant: Option<String>,
    /// Trials of a search; 50 if not specified
    #[arg(long)]
    trials: Option<u32>,
    /// Time of a search; 4h if not specified
    #[arg(long)]
    timeout: Option<String>,
    /// Seeds of a training; 1,2,3 if not specified
    #[arg(long, value_delimiter = ',')]
    seeds: Option<Vec<u64>>,
    /// Trainings borrow between the searches of these two tasks instead of from their own task's
    #[arg(long, value_name = "TASK,TASK", value_parser = pair)]
    between: Option<(Task, Task)>,
    /// Show what would be written
    #[arg(long)]
    dry_run: bool,
}

/// What tells one of the new experiments from the others.
struct One {
    budget: Budget,
    task: Task,
    part: TrainPart,
    variant: Option<String>,
}

/// What the experiments do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Hpo,
    Train,
}

fn task(text: &str) -> Result<Task, String> {
    Task::ALL
        .into_iter()
        .find(|task| task.name() == text || format!("{}pct", task.percent()) == text)
        .ok_or_else(|| "one of 1pct, 2pct, 3pct, 5pct".to_owned())
}

fn pair(text: &str) -> Result<(Task, Task), String> {
    let (a, b) = text
        .split_once(',')
        .ok_or_else(|| "two tasks such as 1pct,3pct".to_owned())?;
    Ok((task(a)?, task(b)?))
}

fn allowed(text: &str) -> Result<(String, String), String> {
    text.split_once('=')
        // A name and nothing else, since it stands in the file as it is.
        .filter(|(lint, _)| lint.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
        .map(|(lint, reason)| (lint.to_owned(), reason.to_owned()))
        .ok_or_else(|| "a lint and the reason, such as outlying_columns=\"…\"".to_owned())
}

fn part(text: &str) -> Result<TrainPart, String> {
    let share = || TrainPart::fraction(text.parse().ok()?);
    TrainPart::last(text).or_else(share).ok_or_else(|| {
        "a share above 0 and below 1, such as 0.25, or years, such as 10y".to_owned()
    })
}

fn horizon(text: &str) -> Result<Horizon, String> {
    text.parse().ok().and_then(Horizon::new).ok_or_else(|| {
        format!(
            "one of {}",
            Horizon::ALL.map(|days| days.to_string()).join(", ")
        )
    })
}

fn timescale(text: &str) -> Result<Timescale, String> {
    Timescale::parse(text)
        .ok_or_else(|| format!("one of {}", Timescale::ALL.map(Timescale::name).join(", ")))
}

impl Experiments {
    /// Writes the files that are not there yet and refreshes the index; 1 if one could not be written.
    fn run(&self, session: &Session, kind: Kind) -> Result<u8, Failure> {
        let workspace = &session.workspace;
        self.check(kind)?;
        let defaults = workspace
            .defaults()
            .map_err(|error| Failure::new(error.to_string()))?;
        let (mut written, mut refused) = (0, 0);
        for one in self.each() {
            let name = |search, task, variant: Option<&str>| {
                binary_name(
                    &NameFields {
                        search,
                        budget: one.budget,
                        task,
                        horizon: self.horizon.days(),
                        timescale: self.timescale,
                        n_features: self.features,
                        variant,
                    },
                    &defaults.name,
                )
            };
            // A part of train borrows from the search on the whole.
            let search_of = |task| name(true, task, self.variant.as_deref());
            let text = file_text((self, kind), &one, &search_of);
            let own = name(kind == Kind::Hpo, one.task, one.variant.as_deref());
            let path = workspace.root().join(EXPERIMENTS).join(format!("{own}.rs"));
            match write(workspace, self, &path, &text) {
                Ok(done) => {
                    say!("{done}");
                    written += 1;
                }
                Err(reason) => {
                    complain!("{reason}");
                    refused += 1;
                }
            }
        }
        if written > 0 && !self.dry_run {
            index::write(workspace, &all(workspace)?)?;
            say!("{} refreshed", index::PATH);
        }
        Ok(u8::from(refused > 0))
    }

    /// Every budget, task and part of train.
    fn each(&self) -> Vec<One> {
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

    /// Refuses what nothing would consume.
    fn check(&self, kind: Kind) -> Result<(), Failure> {
        let (kind, other) = match kind {
            Kind::Hpo => (
                "a search",
                [
                    ("--seeds", self.seeds.is_some()),
                    ("--between", self.between.is_some()),
                ],
            ),
            Kind::Train => (
                "a training",
                [
                    ("--trials", self.trials.is_some()),
                    ("--timeout", self.timeout.is_some()),
                ],
            ),
        };
        match other.into_iter().find(|(_, specified)| *specified) {
            Some((option, _)) => Err(Failure::new(format!(
                "{kind} has no `{option}`: nothing would consume it; leave it out"
            ))),
            None => Ok(()),
        }
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

/// Checks a file's text and writes it; the error is the reason why not.
fn write(
    workspace: &Workspace,
    options: &Experiments,
    path: &PathBuf,
    text: &str,
) -> Result<String, String> {
    let shown = path
        .strip_prefix(workspace.root())
        .unwrap_or(path)
        .display();
    if path.exists() {
        return Err(format!("{shown} exists and is left as it is"));
    }
    let source = Source::within(path, workspace.clone())
        .ok_or_else(|| format!("{shown} is no file name"))?;
    let checked = analyse_file(text, &source).map_err(|errors| {
        format!(
            "{shown} would be wrong and is not written\n{}",
            located(&shown.to_string(), &errors)
        )
    })?;
    let (_, mut warnings) = located_warnings(&shown.to_string(), &checked);
    if !warnings.is_empty() {
        warnings.push_str("  help: `--allow LINT=REASON` writes why a finding is meant\n");
    }
    if options.dry_run {
        return Ok(format!("{shown} would be\n\n{text}{warnings}"));
    }
    // Creates it or fails: another process may have been faster.
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|cause| format!("failed to write {shown}: {cause}"))?;
    Ok(format!("{shown} written\n{warnings}").trim_end().to_owned())
}

/// The file of one experiment.
fn file_text(
    (options, kind): (&Experiments, Kind),
    one: &One,
    search_of: &dyn Fn(Task) -> String,
) -> String {
    let (budget, task) = (one.budget, one.task);
    let (what, phase) = match kind {
        Kind::Hpo => ("Search", "phase6a"),
        Kind::Train => ("Training", "phase6b"),
    };
    let days = match options.horizon.days() {
        1 => "within one trading day".to_owned(),
        2 => "within two trading days".to_owned(),
        3 => "within three trading days".to_owned(),
        5 => "within five trading days".to_owned(),
        7 => "within seven trading days".to_owned(),
        days => format!("within {days} trading days"),
    };
    let mut text = format!(
        "//! {what} of the {budget}-parameter PatchTST for the +{} % task, {days}.\n",
        task.percent()
    );
    text.push_str("xp_macros::experiment! {\n");
    let mut line = |line: String| text.push_str(&format!("    {line}\n"));
    line(format!(
        "phase: \"{}\",",
        options.phase.as_deref().unwrap_or(phase).escape_default()
    ));
    if let Some(variant) = &one.variant {
        line(format!("variant: \"{}\",", variant.escape_default()));
    }
    line(format!("budget: \"{budget}\","));
    line(format!("task: {task},"));
    line(format!(
        "horizon: {}, // trading days",
        options.horizon.days()
    ));
    line(match options.timescale.name() {
        // A name cannot start with a digit.
        name if name.starts_with(|c: char| c.is_ascii_digit()) => format!("timescale: \"{name}\","),
        name => format!("timescale: {name},"),
    });
    line(format!("data: \"{}\",", options.data.escape_default()));
    line(format!("features: tier({}),", options.features));
    line(format!("context: {},", options.context));
    line(format!(
        "patch: {{ length: {0}, stride: {0} }},",
        options.patch
    ));
    let train = match one.part {
        TrainPart::Whole => String::new(),
        part => format!(", train: {part}"),
    };
    line(format!(
        "split: {{ val: \"{}\", test: \"{}\"{train} }},",
        options.val.escape_default(),
        options.test.escape_default()
    ));
    match kind {
        Kind::Hpo => text.push_str(&format!(
            "    run: hpo {{
        trials: {},
        timeout: \"{}\",
        search: {{
            architecture: grid, // every shape within ±25 % of the budget
            learning_rate: log(3e-6, 1e-3),
            weight_decay: log(1e-4, 5e-3),
            dropout: uniform(0.0, 0.5),
            warmup: [0.02, 0.05, 0.1],
            steps: [1000, 2000, 4000],
        }},
    }},\n",
            options.trials.unwrap_or(50),
            options.timeout.as_deref().unwrap_or("4h").escape_default()
        )),
        Kind::Train => {
            let params = match options.between {
                Some((a, b)) => format!("between({}, {})", search_of(a), search_of(b)),
                None => format!("best({})", search_of(task)),
            };
            let seeds = options.seeds.as_deref().unwrap_or(&[1, 2, 3]);
            let seeds: Vec<_> = seeds.iter().map(ToString::to_string).collect();
            text.push_str(&format!(
                "    run: train {{ params: {params}, seeds: [{}] }},\n",
                seeds.join(", ")
            ));
        }
    }
    if !options.allow.is_empty() {
        let lints = options
            .allow
            .iter()
            .map(|(lint, reason)| format!("{lint}: \"{}\"", reason.escape_default()));
        let lints: Vec<_> = lints.collect();
        text.push_str(&format!("    allow: {{ {} }},\n", lints.join(", ")));
    }
    text.push_str("}\n");
    text
}
