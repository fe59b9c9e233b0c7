//! Values of the command line, each by the rule that experiments have for it.

use xp_spec::{
    budget::Budget,
    sampler::Sampler,
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
