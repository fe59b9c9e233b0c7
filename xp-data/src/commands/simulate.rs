//! `cargo xp data simulate`.

use chrono::NaiveDate;
use clap::Args;
use xp_data::{
    DataError,
    simulate::{Request, simulate},
};
use xp_simulation::{Expected, Question, probabilities};
use xp_spec::{
    files::Workspace,
    market::SimulatedMarket,
    task::{Horizon, LabelPrice, Task},
};

/// The horizon of the table of what can be learned.
const HORIZON: u32 = 5;

use super::{findings::say_findings, progress::say_added};

#[derive(Args)]
pub(crate) struct Simulate {
    /// Name in the manifest, such as simulated_daily.
    name: String,
    /// Standard deviation of the logarithm of volatility, 0 to 1: 0 where nothing can be learned; stock indices have .4 to .5.
    #[arg(long, default_value_t = SimulatedMarket::default().signal)]
    signal: f64,
    /// Standard deviation of daily log returns where volatility is as usual.
    #[arg(long, default_value_t = SimulatedMarket::default().volatility)]
    volatility: f64,
    /// Autocorrelation of the logarithm of volatility from a day to the next.
    #[arg(long, default_value_t = SimulatedMarket::default().persistence)]
    persistence: f64,
    /// Share of a day's variance between the last close and the open.
    #[arg(long, default_value_t = SimulatedMarket::default().overnight)]
    overnight: f64,
    /// Bars.
    #[arg(long, default_value_t = SimulatedMarket::default().days)]
    days: u32,
    /// Its bars are of the weekdays from this day on.
    #[arg(long, default_value = "1990-01-01")]
    first: NaiveDate,
    /// Seed.
    #[arg(long, default_value_t = SimulatedMarket::default().seed)]
    seed: u64,
    /// Replaces an entry of that name, whose file is renamed.
    #[arg(long)]
    replace: bool,
    /// Tells what could be learned and writes nothing.
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(workspace: &Workspace, arguments: Simulate) -> Result<(), DataError> {
    let market = SimulatedMarket {
        volatility: arguments.volatility,
        signal: arguments.signal,
        persistence: arguments.persistence,
        overnight: arguments.overnight,
        seed: arguments.seed,
        days: arguments.days,
    };
    let request = Request {
        name: arguments.name,
        market,
        first: arguments.first,
        replace: arguments.replace,
        dry_run: arguments.dry_run,
    };
    let simulated = simulate(workspace, &request)?;
    let entry = &simulated.entry;
    say_findings(&simulated.findings);
    say!(
        "{}: {} bars, {} to {}",
        request.name,
        entry.rows,
        entry.first,
        entry.last
    );
    say!("expected log-loss, by high within {HORIZON} days:");
    say!("  task            positive  class prior   Bayes");
    for (task, expected) in outlook(&market, &simulated.closes) {
        say!(
            "  {task:14}  {:6.1} %  {:11.4}  {:6.4}",
            100.0 * expected.rate,
            expected.prior,
            expected.bayes
        );
    }
    let moved = simulated.moved.as_deref();
    say_added(request.dry_run, moved, &entry.path, &request.name);
    Ok(())
}

/// What can be learned of each task, computed side by side: each takes seconds.
fn outlook(market: &SimulatedMarket, closes: &[f64]) -> Vec<(Task, Expected)> {
    let Some(horizon) = Horizon::new(HORIZON) else {
        return Vec::new();
    };
    let of = |task| {
        let question = Question {
            task,
            price: LabelPrice::High,
            horizon,
        };
        Expected::of(&probabilities(market, question, closes))
    };
    std::thread::scope(|scope| {
        let tasks = Task::ALL.map(|task| (task, scope.spawn(move || of(task))));
        let joined = tasks.into_iter();
        joined
            .filter_map(|(task, thread)| Some((task, thread.join().ok()?)))
            .collect()
    })
}
