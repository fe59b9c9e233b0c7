//! Values of the command line, each by the rule that experiments have for it.

use xp_spec::{
    budget::Budget,
    sampler::Sampler,
    slurm,
    study_url::check_study_url,
    task::{Horizon, Task},
    timescale::Timescale,
    train_part::TrainPart,
};

/// A budget.
pub(crate) fn budget(text: &str) -> Result<Budget, String> {
    Budget::parse(text).map_err(|fault| fault.to_string())
}

/// A task by its name or its percentage.
pub(crate) fn task(text: &str) -> Result<Task, String> {
    Task::ALL
        .into_iter()
        .find(|task| task.name() == text || short(*task) == text)
        .ok_or_else(|| format!("one of {}", Task::ALL.map(short).join(", ")))
}

/// A task as the command line writes it, such as `1pct`.
pub(crate) fn short(task: Task) -> String {
    format!("{}pct", task.percent())
}

/// Two tasks.
pub(crate) fn pair(text: &str) -> Result<(Task, Task), String> {
    let (a, b) = text
        .split_once(',')
        .ok_or_else(|| "two tasks such as 1pct,3pct".to_owned())?;
    Ok((task(a)?, task(b)?))
}

/// A lint and why its findings are meant.
pub(crate) fn allowed(text: &str) -> Result<(String, String), String> {
    text.split_once('=')
        // A name and nothing else, since it stands in the file as it is.
        .filter(|(lint, _)| lint.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
        .map(|(lint, reason)| (lint.to_owned(), reason.to_owned()))
        .ok_or_else(|| "a lint and the reason, such as outlying_columns=\"…\"".to_owned())
}

/// A part of train.
pub(crate) fn part(text: &str) -> Result<TrainPart, String> {
    let share = || TrainPart::fraction(text.parse().ok()?);
    TrainPart::last(text).or_else(share).ok_or_else(|| {
        "a share above 0 and below 1, such as 0.25, or years, such as 10y".to_owned()
    })
}

/// A horizon in trading days.
pub(crate) fn horizon(text: &str) -> Result<Horizon, String> {
    text.parse().ok().and_then(Horizon::new).ok_or_else(|| {
        format!(
            "one of {}",
            Horizon::ALL.map(|days| days.to_string()).join(", ")
        )
    })
}

/// A timescale.
pub(crate) fn timescale(text: &str) -> Result<Timescale, String> {
    Timescale::parse(text)
        .ok_or_else(|| format!("one of {}", Timescale::ALL.map(Timescale::name).join(", ")))
}

/// A sampler.
pub(crate) fn sampler(text: &str) -> Result<Sampler, String> {
    let mut all = Sampler::ALL.into_iter();
    all.find(|(name, _)| *name == text)
        .map(|(_, sampler)| sampler)
        .ok_or_else(|| format!("one of {}", Sampler::ALL.map(|(name, _)| name).join(", ")))
}

/// Seconds of a job.
pub(crate) fn job_time(text: &str) -> Result<u64, String> {
    slurm::parse_time(text)
}

/// An amount of memory as Slurm reads it; absent for `auto`.
pub(crate) fn job_memory(text: &str) -> Result<Memory, String> {
    match text {
        "auto" => Ok(Memory(None)),
        _ => slurm::check_memory(text).map(|()| Memory(Some(text.to_owned()))),
    }
}

/// Memory of a job; absent where it is estimated.
#[derive(Debug, Clone)]
pub(crate) struct Memory(pub(crate) Option<String>);

/// Name of a partition or an account.
pub(crate) fn slurm_name(text: &str) -> Result<String, String> {
    slurm::check_name(text).map(|()| text.to_owned())
}

/// Address of a database without a password.
pub(crate) fn study_url(text: &str) -> Result<String, String> {
    check_study_url(text).map(|()| text.to_owned())
}

/// Options of an experiment, split as a shell does it.
pub(crate) fn words(text: &str) -> Result<Words, String> {
    shlex::split(text)
        .map(Words)
        .ok_or_else(|| "a quote that nothing closes".to_owned())
}

/// Words of a command line.
#[derive(Debug, Clone, Default)]
pub(crate) struct Words(pub(crate) Vec<String>);
