//! What a search's figures show, and the figures in its folder. It judges nothing.

use std::path::Path;

use xp_report::{
    figure::{self, Outcome},
    record::Slice,
};
use xp_search::{Trial, TrialState};
use xp_spec::{
    architecture::Architecture,
    space::{Domain, SearchSpace, Value},
};

use super::write::write;
use crate::context::RunError;

/// Trials with a value along each parameter; a shape along its width and its depth.
pub(super) fn slices(space: &SearchSpace, trials: &[Trial]) -> Vec<Slice> {
    let mut slices = Vec::new();
    for parameter in &space.parameters {
        let name = &parameter.name;
        let along = |place: &dyn Fn(&Value) -> Option<f64>| -> Vec<(f64, f64, bool)> {
            let point = |trial: &Trial| {
                let value = trial.value.filter(|value| value.is_finite())?;
                let complete = trial.state == TrialState::Complete;
                Some((place(trial.assignment.get(name)?)?, value, complete))
            };
            trials.iter().filter_map(point).collect()
        };
        let mut push = |name: String, log, points: Vec<(f64, f64, bool)>| {
            if !points.is_empty() {
                slices.push(Slice { name, log, points });
            }
        };
        match &parameter.domain {
            Domain::Uniform { .. } | Domain::Int { .. } => {
                push(name.clone(), false, along(&Value::number))
            }
            Domain::Log { .. } | Domain::LogInt { .. } => {
                push(name.clone(), true, along(&Value::number))
            }
            Domain::Choice { values } if values.iter().all(|value| value.number().is_some()) => {
                push(name.clone(), false, along(&Value::number));
            }
            Domain::Choice { values } => {
                let names: Vec<String> = (0..)
                    .zip(values)
                    .map(|(index, value): (u32, _)| format!("{index} {value}"))
                    .collect();
                let index = |value: &Value| {
                    let at = values.iter().position(|known| known == value)?;
                    Some(at as f64)
                };
                push(
                    format!("{name}: {}", names.join(", ")),
                    false,
                    along(&index),
                );
            }
            Domain::Architecture { .. } => {
                type Part = fn(&Architecture) -> u32;
                let parts: [(&str, Part); 2] = [
                    ("d_model", |shape| shape.d_model),
                    ("n_layers", |shape| shape.n_layers),
                ];
                for (part, of) in parts {
                    let size = |value: &Value| match value {
                        Value::Architecture(shape) => Some(f64::from(of(shape))),
                        _ => None,
                    };
                    push(part.to_owned(), true, along(&size));
                }
            }
        }
    }
    slices
}

/// Writes `figures/history.svg`, `importance.svg` and `slices.svg` of a search.
pub(super) fn write_all(
    folder: &Path,
    title: &str,
    label: &str,
    trials: &[Trial],
    importance: &[(String, f64)],
    slices: &[Slice],
) -> Result<(), RunError> {
    let history: Vec<(u32, Outcome, Option<f64>)> = trials
        .iter()
        .map(|trial| {
            let ended = match trial.state {
                TrialState::Complete => Outcome::Complete,
                TrialState::Pruned => Outcome::Pruned,
                _ => Outcome::Other,
            };
            (trial.number, ended, trial.value)
        })
        .collect();
    let y = format!("{label} on validation");
    let mut figures = vec![
        ("history", figure::history(title, &y, &history)),
        ("slices", figure::slices(title, &y, slices)),
    ];
    if !importance.is_empty() {
        figures.push(("importance", figure::importance(title, importance)));
    }
    for (name, svg) in figures {
        write(&folder.join(format!("figures/{name}.svg")), svg.as_bytes())?;
    }
    Ok(())
}
