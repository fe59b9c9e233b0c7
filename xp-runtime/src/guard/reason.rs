//! Why a training or a search is stopped: the reasons of the engine's `Flow::Stop`.

/// CRITICAL heat.
pub(crate) const HEAT: &str = "heat";
/// Memory is nearly full.
pub(crate) const MEMORY: &str = "memory";
/// A temperature that must be known has been unknown for too long.
pub(crate) const SENSOR_LOST: &str = "sensor_lost";
/// Ctrl-C or SIGTERM.
pub(crate) const INTERRUPT: &str = "interrupt";
/// The time of the run is up.
pub(crate) const TIMEOUT: &str = "timeout";
/// A pruner ended the trial.
pub(crate) const PRUNED: &str = "pruned";
