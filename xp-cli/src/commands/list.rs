//! `cargo xp list`: all experiments with parameters, samples, and what they would cost at most.

use clap::Args;
use serde_json::{Value, json};
use xp_macros_core::{Checked, Diagnostic};
use xp_spec::{files::devices::Devices, minima::counts, split::Region};

use crate::{
    cost::Cost,
    experiments::{Found, all, run_text},
    failure::Failure,
    session::Session,
};

/// Shows all experiments with parameters, samples, positives, and what they would cost
#[derive(Args)]
pub(crate) struct Options {
    /// As a JSON list, with what the lints found
    #[arg(long)]
    json: bool,
}

impl Options {
    pub(crate) fn run(&self, session: &Session) -> Result<u8, Failure> {
        let workspace = &session.workspace;
        let devices = workspace
            .devices()
            .map_err(|error| Failure::new(error.to_string()))?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let found = all(workspace)?;
        if self.json {
            let list: Vec<_> = found.iter().map(|one| entry(one, &found)).collect();
            say!("{:#}", Value::Array(list));
            return Ok(0);
        }
        say!(
            "{:<34} {:<9} {:<20} {:>13} {:>9} {:>8} {:>7} {:>9}  samples (positive)",
            "experiment",
            "phase",
            "run",
            "parameters ≤",
            "FLOP ≤",
            "cpu h ≤",
            "gpu h ≤",
            "memory ≤"
        );
        for one in &found {
            match &one.checked {
                Ok(checked) => say!("{}", row(one, checked, &found, &devices, cores)),
                Err(errors) => say!(
                    "{:<34} WRONG: {} errors, see `cargo xp check {}`",
                    one.name,
                    errors.len(),
                    one.name
                ),
            }
        }
        say!(
            "\nupper bounds without early stopping and pruning: the largest shape, the most steps, all trials; cpu: {cores} cores at {} GFLOP/s, gpu: H200 \
             at {} GFLOP/s, both of configs/devices.yaml; a search also ends at its timeout",
            devices.devices.cpu.gflops_per_core,
            devices.devices.h200.gflops
        );
        Ok(0)
    }
}

fn row(one: &Found, checked: &Checked, all: &[Found], devices: &Devices, cores: usize) -> String {
    let cost = Cost::of(checked, all);
    let flops = cost.flops;
    let hours = |gflops: f64| {
        flops.map_or_else(
            || "—".to_owned(),
            |flops| short(flops / (gflops * 1e9) / 3600.0),
        )
    };
    format!(
        "{:<34} {:<9} {:<20} {:>13} {:>9} {:>8} {:>7} {:>9}  {}",
        one.name,
        checked.experiment.phase,
        run_text(checked),
        cost.parameters
            .map_or_else(|| "—".to_owned(), xp_spec::count::group),
        flops.map_or_else(|| "—".to_owned(), |flops| format!("{flops:.1e}")),
        hours(devices.devices.cpu.gflops_per_core * cores as f64),
        hours(devices.devices.h200.gflops),
        cost.memory.map_or_else(
            || "—".to_owned(),
            |bytes| format!("{:.1} GiB", bytes as f64 / f64::from(1 << 30))
        ),
        counts(&checked.regions)
    )
}

/// An experiment in the list of `--json`; of a wrong one name, file and errors only.
fn entry(one: &Found, all: &[Found]) -> Value {
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
    json!({
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
    })
}

fn short(hours: f64) -> String {
    match hours {
        hours if hours < 0.095 => format!("{hours:.2}"),
        hours if hours < 9.5 => format!("{hours:.1}"),
        hours => format!("{hours:.0}"),
    }
}
