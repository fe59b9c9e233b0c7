//! The stages that an experiment's `main` names, in their order.

use crate::{
    context::{Context, RunError},
    data::{self, Data},
    guard::ThermalGuard,
    journal::{Finished, Journal},
    preflight::{self as preflight_stage, Ready},
    report, search as search_stage, training,
};

/// Checks the machine and the data; all findings at once. A dry run ends here and has written nothing.
pub fn preflight(context: &Context, journal: &Journal<'_>) -> Result<Ready, RunError> {
    let _stage = journal.stage("preflight");
    preflight_stage::preflight(context, journal)
}

/// Loads the data that was validated at build time; refuses any other.
pub fn load_validated_data(context: &Context, journal: &Journal<'_>) -> Result<Data, RunError> {
    let _stage = journal.stage("data");
    let data = data::load(context, journal)?;
    journal.note_data(&data.md5, data.train.len() as u64);
    Ok(data)
}

/// Starts to watch the temperature and the memory.
pub fn start_thermal_guard(
    context: &Context,
    journal: &Journal<'_>,
    ready: &Ready,
) -> ThermalGuard {
    let limits = context.experiment.thermal;
    let guard = ThermalGuard::start(limits, ready.memory_estimate, &context.clock);
    if guard.heat().highest.is_none() {
        journal.note_flag("no_sensor");
    }
    guard
}

/// Searches hyperparameters; never sees test data.
pub fn search(
    context: &Context,
    journal: &Journal<'_>,
    ready: &Ready,
    data: &Data,
    mut guard: ThermalGuard,
) -> Result<Finished, RunError> {
    let _stage = journal.stage("search");
    let finished = search_stage::search(context, journal, ready, data, &mut guard);
    journal.note_heat(guard.heat().after(ready.heat));
    finished
}

/// Trains once per seed and evaluates each on test data once.
pub fn train(
    context: &Context,
    journal: &Journal<'_>,
    ready: &Ready,
    data: &Data,
    mut guard: ThermalGuard,
) -> Result<Finished, RunError> {
    let _stage = journal.stage("train");
    training::train(context, journal, ready, data, &mut guard)
}

/// Verifies the outputs, appends the rows, and regenerates the report.
pub fn log_and_report(
    context: &Context,
    journal: &Journal<'_>,
    finished: Finished,
) -> Result<(), RunError> {
    report::log_and_report(context, journal, finished)
}
