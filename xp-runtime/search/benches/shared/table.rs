//! Trials per second by workers and finished trials, ours and Optuna's in turn, each round from a fresh copy of the same database.

use std::{path::Path, process::Command};

use xp_spec::strategy::STARTUP_TRIALS;
use xp_test_support::Packages;

use crate::{Plan, filled::Databases, median, searched::STUDY, team::Team, worker};

/// A Python that has Optuna and a driver of PostgreSQL.
const OPTUNA: Packages = Packages {
    variable: "XP_OPTUNA_PYTHON",
    check: "import optuna, psycopg2; assert optuna.__version__ == '5.0.0'",
    requirements: &["optuna==5.0.0", "psycopg2-binary==2.9.10"],
};

pub(crate) fn run(plan: &Plan) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let python = OPTUNA.python(folder.path());
    let python = python.inspect_err(|reason| eprintln!("without Optuna: {reason}"));
    let python = python.ok();
    let Some(databases) = Databases::begin() else {
        return;
    };
    println!("PostgreSQL {}", databases.version());
    println!("| finished trials | workers | xp | Optuna | ratio |\n|---|---|---|---|---|");
    for trials in &plan.trials {
        databases.fill(*trials);
        for workers in &plan.workers {
            let cell = Cell {
                databases: &databases,
                trials: *trials,
                workers: *workers,
                limits: [
                    (trials + plan.most.max(4 * workers)).to_string(),
                    plan.seconds.to_string(),
                ],
            };
            // Where a storage of Optuna has read so many trials, so many of them do not fit into memory.
            let python = python.as_ref().filter(|_| trials * workers <= plan.held);
            let (mut ours, mut theirs) = (Vec::new(), Vec::new());
            for _ in 0..plan.rounds {
                ours.push(cell.ours());
                theirs.extend(python.map(|python| cell.theirs(python)));
            }
            let (ours, theirs) = (median(ours), median(theirs));
            let text =
                |rate: Option<f64>| rate.map_or("—".to_owned(), |rate| format!("{rate:.2}"));
            let ratio = ours.zip(theirs).map(|(ours, theirs)| ours / theirs);
            let [ours, theirs, ratio] = [ours, theirs, ratio].map(text);
            println!("| {trials} | {workers} | {ours} | {theirs} | {ratio} |");
        }
    }
}

/// So many workers from so many finished trials.
struct Cell<'a> {
    databases: &'a Databases,
    trials: u32,
    workers: u32,
    limits: [String; 2],
}

impl Cell<'_> {
    fn ours(&self) -> f64 {
        let url = self.databases.copy(self.trials);
        let commands = (0..self.workers).map(|_| (our_worker(&url, &self.limits), 1));
        Team::begin(commands.collect()).rate()
    }

    fn theirs(&self, python: &Path) -> f64 {
        let url = self.databases.copy(self.trials);
        let mut command = Command::new(python);
        command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/shared/optuna_workers.py"));
        command.args([&url, STUDY]).args(&self.limits);
        command.args([self.workers, STARTUP_TRIALS].map(|number| number.to_string()));
        Team::begin(vec![(command, self.workers)]).rate()
    }
}

fn our_worker(url: &str, limits: &[String]) -> Command {
    let own = std::env::current_exe().expect("its own path");
    let mut command = Command::new(own);
    command.args([worker::NAME, url]).args(limits);
    command
}
