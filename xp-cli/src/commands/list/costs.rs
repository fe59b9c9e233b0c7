//! What experiments cost at most, as a table of each group.

use xp_macros_core::Checked;
use xp_spec::{count::group as digits, experiment::Run, files::devices::Devices};
use xp_terminal::{Column, Table, wrapped};

use super::groups::{groups, widest};
use crate::{cost::Cost, experiments::Found};

/// What the hours are of.
pub(super) struct Machine {
    devices: Devices,
    cores: usize,
}

impl Machine {
    pub(super) fn here(devices: Devices) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self { devices, cores }
    }

    /// What the bounds leave out, and the rates of configs/devices.yaml.
    pub(super) fn assumptions(&self) -> String {
        format!(
            "upper bounds without early stopping and pruning: the largest shape, the most steps, all trials; cpu: {} cores at {} GFLOP/s, gpu: H200 at {} \
             GFLOP/s, both of configs/devices.yaml; a search also ends at its timeout",
            self.cores, self.devices.devices.cpu.gflops_per_core, self.devices.devices.h200.gflops
        )
    }
}

const COLUMNS: [Column; 5] = [
    Column::Words("experiment"),
    Column::Words("run"),
    Column::Numbers("cpu h ≤"),
    Column::Numbers("gpu h ≤"),
    Column::Numbers("memory ≤"),
];

const VERBOSE: [Column; 2] = [Column::Numbers("parameters ≤"), Column::Numbers("FLOP ≤")];

/// Prints a table of each group.
pub(super) fn show(
    shown: &[&Found],
    all: &[Found],
    (machine, verbose): (&Machine, bool),
    width: Option<usize>,
) {
    let groups = groups(shown);
    let names = widest(&groups);
    let mut columns = COLUMNS.to_vec();
    if verbose {
        columns.extend(VERBOSE);
    }
    for (at, group) in groups.iter().enumerate() {
        let mut table = Table::new(&columns);
        for (one, checked) in &group.experiments {
            let cost = Cost::of(checked, all);
            let name = format!("{:<names$}", one.name);
            let mut cells = vec![name, format!("{:<9}", run(checked))];
            cells.extend(costs(&cost, machine));
            if verbose {
                cells.push(or_absent(cost.parameters, digits));
                cells.push(or_absent(cost.flops, |flops| format!("{flops:.1e}")));
            }
            table.row(cells);
        }
        let gap = if at == 0 { "" } else { "\n" };
        say!(
            "{gap}{}\n{}",
            wrapped(&group.heading, 0, width),
            table.text(width)
        );
    }
}

/// What runs, in two words.
fn run(checked: &Checked) -> String {
    match &checked.experiment.run {
        Run::Hpo(hpo) => format!("{} trials", hpo.trials),
        Run::Train(train) => format!("{} seeds", train.seeds.len()),
    }
}

fn costs(cost: &Cost, machine: &Machine) -> [String; 3] {
    let hours = |gflops: f64| or_absent(cost.flops, |flops| short(flops / (gflops * 1e9) / 3600.0));
    [
        hours(machine.devices.devices.cpu.gflops_per_core * machine.cores as f64),
        hours(machine.devices.devices.h200.gflops),
        or_absent(cost.memory, |bytes| {
            format!("{:.1} GiB", bytes as f64 / f64::from(1 << 30))
        }),
    ]
}

fn or_absent<T>(value: Option<T>, text: impl Fn(T) -> String) -> String {
    value.map_or_else(|| "—".to_owned(), text)
}

fn short(hours: f64) -> String {
    match hours {
        // A bound is not 0.
        hours if hours < 0.095 => format!("{:.2}", hours.max(0.01)),
        hours if hours < 9.5 => format!("{hours:.1}"),
        hours => format!("{hours:.0}"),
    }
}
