//! `cargo xp plan NAME…`: what a study of these trainings could detect, and what it costs, before it is run.

use std::collections::{BTreeMap, BTreeSet};

use clap::Args;
use xp_macros_core::Checked;
use xp_scaling::{
    MIN_SEEDS, MIN_SIZES,
    simulation::{Noise, POWER, Truth, smallest_exponent},
};
use xp_spec::{
    budget::Budget,
    experiment::{Run, block_length},
};
use xp_terminal::{width, wrapped};

use crate::{
    cost::Cost,
    experiments::{Found, all, unknown_name},
    failure::Failure,
    session::Session,
};

/// Shows the smallest exponent that a study of these trainings could detect, by simulation, and what it costs
#[derive(Args)]
pub(crate) struct Options {
    /// Trainings: the same budgets for each task
    #[arg(required = true)]
    names: Vec<String>,
    /// Seeds of each instead of the fewest that the experiments have
    #[arg(long)]
    seeds: Option<usize>,
    /// Standard deviation of a seed's loss
    #[arg(long, default_value_t = 0.003)]
    seed_sd: f64,
    /// Standard deviation of a day's loss of one size beyond what the day does to all sizes
    #[arg(long, default_value_t = 0.1)]
    day_sd: f64,
    /// Standard deviations of a size's loss beyond seeds and days, from its own hyperparameters and shape
    #[arg(long, value_delimiter = ',', default_values_t = [0.0, 0.003, 0.01])]
    luck: Vec<f64>,
    /// Simulated studies for each exponent that is tried
    #[arg(long, default_value_t = 200)]
    studies: usize,
}

/// Largest number of simulated studies.
const MOST_STUDIES: usize = 100_000;
/// Replicates of days in a simulated study.
const REPLICATES: usize = 200;

/// The trainings of one task, by budget.
type Ladder<'a> = BTreeMap<Budget, (&'a Found, &'a Checked)>;

impl Options {
    pub(crate) fn run(&self, session: &Session) -> Result<u8, Failure> {
        self.valid()?;
        let workspace = &session.workspace;
        let experiments = all(workspace)?;
        let tasks = self.tasks(&experiments)?;
        let (Some(ladder), Some((_, first))) = (
            tasks.values().next(),
            tasks.values().flat_map(BTreeMap::values).next(),
        ) else {
            return Err(Failure::new("there is nothing to plan"));
        };
        let seeds = self.seeds.unwrap_or_else(|| fewest_seeds(&tasks));
        let sizes: Vec<f64> = ladder
            .keys()
            .map(|budget| budget.nominal() as f64)
            .collect();
        if sizes.len() < MIN_SIZES || seeds < MIN_SEEDS {
            return Err(Failure::new(format!(
                "{} budgets with {seeds} seeds have no verdict, which needs at least {MIN_SIZES} budgets and {MIN_SEEDS} seeds; name more trainings, or try --seeds {MIN_SEEDS}",
                sizes.len()
            )));
        }
        let horizon = first.experiment.horizon.days();
        let block = block_length(horizon, first.experiment.timescale.days());
        let days = first.regions.test.samples.len();
        let losses: Vec<f64> = tasks.values().filter_map(prior_loss).collect();
        say_wrapped(&format!(
            "{} task{} × {} budgets ({}) × {seeds} seeds, {days} test samples, horizon {horizon}, blocks of {block} samples",
            tasks.len(),
            if tasks.len() == 1 { "" } else { "s" },
            sizes.len(),
            ladder
                .keys()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(", ")
        ));
        say_wrapped(&format!(
            "assumed: sd of a seed {}, of a day {}; losses of the smallest budget like the class prior's on validation, {}\n",
            self.seed_sd,
            self.day_sd,
            losses
                .iter()
                .map(|loss| format!("{loss:.3}"))
                .collect::<Vec<_>>()
                .join(", ")
        ));
        say!("sd of a size's luck   smallest detectable α    loss of the first task, by size");
        for luck in &self.luck {
            let noise = Noise {
                seeds,
                seed: self.seed_sd,
                luck: vec![*luck; losses.len()],
                day: self.day_sd,
                market: 0.0,
                slope: 0.0,
                days,
                horizon: horizon as usize,
                block,
                replicates: REPLICATES,
            };
            let truth = Truth {
                sizes: sizes.clone(),
                alpha: 0.0,
                losses: losses.clone(),
            };
            let (alpha, fall) = match smallest_exponent(&truth, &noise, self.studies) {
                Some(alpha) => (format!("{alpha:.3}"), fall(alpha, &sizes, &losses)),
                None => ("none up to .32".to_owned(), String::new()),
            };
            say!("{luck:<21} {alpha:<24} {fall}");
        }
        say_wrapped(&format!(
            "\nwith power {POWER}, two-sided at 5 % after correction for {} verdict{}, by {} simulated studies each",
            losses.len(),
            if losses.len() == 1 { "" } else { "s" },
            self.studies
        ));
        self.costs(session, &tasks, &experiments, seeds)?;
        Ok(0)
    }

    fn valid(&self) -> Result<(), Failure> {
        let sds = [self.seed_sd, self.day_sd];
        let wrong = sds
            .iter()
            .chain(&self.luck)
            .find(|sd| !(sd.is_finite() && **sd >= 0.0 && **sd < 10.0));
        if let Some(wrong) = wrong {
            return Err(Failure::new(format!(
                "{wrong} is no standard deviation of a loss; expected a number from 0 to 10"
            )));
        }
        if self.studies == 0 || self.studies > MOST_STUDIES {
            return Err(Failure::new(format!(
                "--studies {} is not within 1 and {MOST_STUDIES}",
                self.studies
            )));
        }
        if self.seeds.is_some_and(|seeds| seeds > 1000) {
            return Err(Failure::new("--seeds is at most 1000"));
        }
        Ok(())
    }

    /// The trainings by task; they must be comparable, and have the same budgets for each task.
    fn tasks<'a>(&self, experiments: &'a [Found]) -> Result<BTreeMap<u32, Ladder<'a>>, Failure> {
        let mut tasks: BTreeMap<u32, Ladder<'a>> = BTreeMap::new();
        let mut horizon = None;
        for name in &self.names {
            let found = experiments
                .iter()
                .find(|found| found.name == *name)
                .ok_or_else(|| unknown_name(name, experiments))?;
            let Ok(checked) = &found.checked else {
                return Err(Failure::new(format!(
                    "`{name}` is wrong; see `cargo xp check {name}`"
                )));
            };
            let experiment = &checked.experiment;
            if !matches!(experiment.run, Run::Train(_)) {
                return Err(Failure::new(format!(
                    "`{name}` is a search; only trainings are evaluated on test, and laws are fitted to them"
                )));
            }
            let asked = (
                experiment.horizon,
                experiment.timescale,
                &experiment.data.name,
            );
            if horizon.get_or_insert(asked) != &asked {
                return Err(Failure::new(format!(
                    "`{name}` differs from `{}` in data, horizon or timescale: no law is fitted over both",
                    self.names.first().map_or("", String::as_str)
                )));
            }
            let ladder = tasks.entry(experiment.task.percent()).or_default();
            if let Some((other, _)) = ladder.insert(experiment.budget, (found, checked)) {
                return Err(Failure::new(format!(
                    "`{name}` and `{}` have the same budget and task",
                    other.name
                )));
            }
        }
        let mut budgets = tasks
            .values()
            .map(|ladder| ladder.keys().copied().collect::<BTreeSet<_>>());
        let one = budgets.next();
        if budgets.any(|other| Some(&other) != one.as_ref()) {
            return Err(Failure::new(
                "the tasks have different budgets; name the same budgets for each task",
            ));
        }
        Ok(tasks)
    }

    /// Hours of each budget on this machine's cores, at the rate of configs/devices.yaml.
    fn costs(
        &self,
        session: &Session,
        tasks: &BTreeMap<u32, Ladder<'_>>,
        experiments: &[Found],
        seeds: usize,
    ) -> Result<(), Failure> {
        let devices = session
            .workspace
            .devices()
            .map_err(|error| Failure::new(error.to_string()))?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let rate = devices.devices.cpu.gflops_per_core * cores as f64 * 1e9;
        let mut hours: BTreeMap<Budget, Option<f64>> = BTreeMap::new();
        for (budget, (_, checked)) in tasks.values().flatten() {
            let trainings = checked.experiment.trainings().max(1) as f64;
            let flops = Cost::of(checked, experiments).flops;
            let cost = flops.map(|flops| flops / trainings * seeds as f64 / rate / 3600.0);
            let sum = hours.entry(*budget).or_insert(Some(0.0));
            *sum = sum.zip(cost).map(|(sum, cost)| sum + cost);
        }
        let text = |hours: Option<f64>| {
            hours.map_or_else(|| "unknown".to_owned(), |hours| format!("{hours:.1} h"))
        };
        let total = hours
            .values()
            .try_fold(0.0, |sum, cost| Some(sum + (*cost)?));
        let each: Vec<String> = hours
            .iter()
            .map(|(budget, cost)| format!("{budget} {}", text(*cost)))
            .collect();
        say_wrapped(&format!(
            "cost at most: {}; together {} on {cores} cores at {} GFLOP/s each (configs/devices.yaml), without early stopping",
            each.join(", "),
            text(total),
            devices.devices.cpu.gflops_per_core
        ));
        Ok(())
    }
}

/// A sentence, broken where the terminal ends.
fn say_wrapped(text: &str) {
    say!("{}", wrapped(text, 0, width()));
}

fn fewest_seeds(tasks: &BTreeMap<u32, Ladder<'_>>) -> usize {
    tasks
        .values()
        .flat_map(BTreeMap::values)
        .map(|(_, checked)| checked.experiment.trainings())
        .min()
        .map_or(0, |seeds| usize::try_from(seeds).unwrap_or(usize::MAX))
}

/// Log-loss of the class prior of validation.
fn prior_loss(ladder: &Ladder<'_>) -> Option<f64> {
    let (_, checked) = ladder.values().next()?;
    let region = &checked.regions.val;
    let p = region.positives() as f64 / region.samples.len() as f64;
    Some(-(p * p.ln() + (1.0 - p) * (1.0 - p).ln()))
}

/// The losses between which a law of this exponent leads.
fn fall(alpha: f64, sizes: &[f64], losses: &[f64]) -> String {
    let (Some(low), Some(high), Some(loss)) = (sizes.first(), sizes.last(), losses.first()) else {
        return String::new();
    };
    format!("{loss:.4} → {:.4}", loss * (high / low).powf(-alpha))
}
