//! `check`, `list`, `explain` and the index: what is known of experiments without building them.

use xp_macros_core::Checked;
use xp_spec::{
    count::group,
    experiment::{Params, Run},
    files::{Workspace, write_if_changed},
    minima::counts,
};

use crate::{
    Failure,
    experiments::{Found, all, diagnostics},
};

/// The index, relative to the workspace.
const INDEX: &str = "experiments/README.md";

/// Validates experiments; 1 if one is wrong.
pub(crate) fn check(workspace: &Workspace, names: &[String]) -> Result<u8, Failure> {
    let mut found = all(workspace)?;
    if let Some(unknown) = names
        .iter()
        .find(|name| !found.iter().any(|found| found.name == **name))
    {
        return Err(unknown_name(unknown, &found));
    }
    found.retain(|found| names.is_empty() || names.contains(&found.name));
    let mut wrong = 0;
    for found in &found {
        match &found.checked {
            Ok(checked) => println!("ok    {:<36} spec {}", found.name, checked.hash),
            Err(_) => {
                wrong += 1;
                println!("WRONG {}", found.name);
                eprint!("{}", diagnostics(workspace, found));
            }
        }
    }
    let stale = names.is_empty() && wrong == 0 && !index_is_fresh(workspace, &found);
    if stale {
        eprintln!("error: {INDEX} is stale; run `cargo xp index`");
    }
    println!("{} experiments checked, {wrong} wrong", found.len());
    Ok(u8::from(wrong > 0 || stale))
}

pub(crate) fn unknown_name(name: &str, found: &[Found]) -> Failure {
    let near = xp_spec::name::nearest(name, found.iter().map(|found| found.name.as_str()));
    Failure::new(match near {
        Some(near) => format!("there is no experiment `{name}`; did you mean `{near}`?"),
        None => format!("there is no experiment `{name}`; `cargo xp list` names them"),
    })
}

/// Prints a table of all experiments.
pub(crate) fn list(workspace: &Workspace) -> Result<u8, Failure> {
    println!(
        "{:<34} {:<9} {:<22} samples (positive)",
        "experiment", "phase", "run"
    );
    for found in all(workspace)? {
        match &found.checked {
            Ok(checked) => {
                println!(
                    "{:<34} {:<9} {:<22} {}",
                    found.name,
                    checked.experiment.phase,
                    run_text(checked),
                    counts(&checked.regions)
                );
            }
            Err(errors) => println!(
                "{:<34} WRONG: {} errors, see `cargo xp check {}`",
                found.name,
                errors.len(),
                found.name
            ),
        }
    }
    Ok(0)
}

fn run_text(checked: &Checked) -> String {
    match &checked.experiment.run {
        Run::Hpo(hpo) => format!("search, {} trials", hpo.trials),
        Run::Train(train) => format!("training, {} seeds", train.seeds.len()),
    }
}

/// Prints one resolved experiment.
pub(crate) fn explain(workspace: &Workspace, name: &str) -> Result<u8, Failure> {
    let experiments = all(workspace)?;
    let found = experiments
        .iter()
        .find(|found| found.name == name)
        .ok_or_else(|| unknown_name(name, &experiments))?;
    let Ok(checked) = &found.checked else {
        eprint!("{}", diagnostics(workspace, found));
        return Ok(1);
    };
    let experiment = &checked.experiment;
    println!("{} — {}", experiment.name(), found.about);
    let line = |name: &str, value: String| println!("  {name:<16} {value}");
    line("spec hash", checked.hash.clone());
    line("run", run_text(checked));
    line(
        "budget",
        format!(
            "{} ({} to {} parameters)",
            experiment.budget,
            group(checked.model.low),
            group(checked.model.high)
        ),
    );
    line(
        "task",
        format!(
            "{}, label price {}, within {} trading days",
            experiment.task,
            experiment.label_price.name(),
            experiment.horizon.days()
        ),
    );
    line(
        "data",
        format!(
            "{} ({}), {} bars",
            experiment.data.name, experiment.data.path, experiment.timescale
        ),
    );
    line(
        "features",
        format!(
            "{}: {}",
            experiment.features.len(),
            preview(&experiment.features)
        ),
    );
    line(
        "context",
        format!(
            "{} bars, patches of {} with stride {}",
            experiment.context, experiment.patch, experiment.stride
        ),
    );
    line(
        "split",
        format!(
            "val {}, test {}, embargo {}",
            experiment.split.val, experiment.split.test, experiment.split.embargo
        ),
    );
    line("samples", counts(&checked.regions));
    line("training", format!("{:?}", experiment.training));
    match &experiment.run {
        Run::Hpo(hpo) => {
            for parameter in &hpo.space.parameters {
                line(
                    "searched",
                    format!("{}: {}", parameter.name, domain_text(&parameter.domain)),
                );
            }
            for (name, value) in &hpo.fixed {
                line("fixed", format!("{name}: {value:?}"));
            }
        }
        Run::Train(train) => {
            line("seeds", format!("{:?}", train.seeds));
            line(
                "params",
                match &train.params {
                    Params::Best(search) => format!("best of {search}"),
                    Params::Between(a, b) => format!("between {a} and {b}"),
                    Params::Fixed(params) => format!("{params:?}"),
                },
            );
        }
    }
    for file in &checked.files {
        line("depends on", file.clone());
    }
    Ok(0)
}

fn preview(features: &[String]) -> String {
    let shown: Vec<_> = features.iter().take(5).map(String::as_str).collect();
    let rest = features.len().saturating_sub(shown.len());
    if rest == 0 {
        shown.join(", ")
    } else {
        format!("{}, and {rest} more", shown.join(", "))
    }
}

fn domain_text(domain: &xp_spec::space::Domain) -> String {
    use xp_spec::space::Domain;
    match domain {
        Domain::Uniform { low, high } => format!("uniform {low} to {high}"),
        Domain::Log { low, high } => format!("log {low} to {high}"),
        Domain::Int { low, high, .. } => format!("whole {low} to {high}"),
        Domain::LogInt { low, high } => format!("whole, log {low} to {high}"),
        Domain::Choice { values } => format!("one of {values:?}"),
        Domain::Architecture { shapes } => format!("{} shapes within the budget", shapes.len()),
    }
}

/// Writes the index, or says whether it is fresh.
pub(crate) fn index(workspace: &Workspace, only_check: bool) -> Result<u8, Failure> {
    let found = all(workspace)?;
    if only_check {
        let fresh = index_is_fresh(workspace, &found);
        println!(
            "{INDEX} is {}",
            if fresh {
                "fresh"
            } else {
                "stale; run `cargo xp index`"
            }
        );
        return Ok(u8::from(!fresh));
    }
    let path = workspace.root().join(INDEX);
    write_if_changed(&path, index_text(&found).as_bytes())
        .map_err(|cause| Failure::new(format!("failed to write {INDEX}: {cause}")))?;
    println!("{INDEX} lists {} experiments", found.len());
    Ok(0)
}

fn index_is_fresh(workspace: &Workspace, found: &[Found]) -> bool {
    std::fs::read_to_string(workspace.root().join(INDEX))
        .is_ok_and(|text| text == index_text(found))
}

fn index_text(found: &[Found]) -> String {
    let mut text = "# Experiments\n\nGenerated by `cargo xp index`; do not edit. Run one with `cargo xp run NAME`.\n\n\
        | name | phase | what | run | train / val / test samples (positive) |\n|---|---|---|---|---|\n"
        .to_owned();
    for found in found {
        let Ok(checked) = &found.checked else {
            continue;
        };
        let samples: Vec<_> = checked
            .regions
            .named()
            .iter()
            .map(|(_, region)| format!("{} ({})", region.samples.len(), region.positives()))
            .collect();
        text.push_str(&format!(
            "| [{0}](src/bin/{0}.rs) | {1} | {2} | {3} | {4} |\n",
            found.name,
            checked.experiment.phase,
            found.about,
            run_text(checked),
            samples.join(" / ")
        ));
    }
    text
}
