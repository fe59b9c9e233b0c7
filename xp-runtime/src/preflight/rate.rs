//! How fast a training will be: as in an earlier run of the log, or estimated from the operations and the device's rate.

use tch::Device;
use xp_engine::train::CHECKPOINT_SHARE;
use xp_report::log::{LogRow, Status};
use xp_spec::flops::training_flops;

use super::largest::Largest;
use crate::context::{Context, device_name};

/// Parameter counts this near are of one speed.
const ALIKE: f64 = 0.1;

/// Samples that are validated in the time of one that is trained on, where nothing was measured: a step costs three forward passes.
pub(super) const FORWARD: f64 = 3.0;

/// Training samples per second, and how they are known.
pub(super) struct Rate {
    pub(super) samples_per_second: f64,
    pub(super) basis: String,
    /// Samples that are validated in the time of one that is trained on.
    pub(super) validated: f64,
    /// Power while steps were measured, and what measured it.
    pub(super) power: Option<(f64, &'static str)>,
}

impl Rate {
    /// Seconds for so many samples that are trained on and validated, with the checkpoints.
    pub(super) fn seconds(&self, (trained, validated): (f64, f64)) -> f64 {
        let seconds = (trained + validated / self.validated) / self.samples_per_second;
        seconds * (1.0 + 1.0 / f64::from(CHECKPOINT_SHARE))
    }
}

/// The newest success of a model of this size on this device with as many threads.
pub(super) fn earlier(context: &Context, largest: &Largest, rows: &[LogRow]) -> Option<Rate> {
    let device = device_name(context.device);
    let threads = u32::try_from(tch::get_num_threads()).ok();
    let alike = |row: &&LogRow| {
        let near = row
            .param_count
            .is_some_and(|count| (count as f64 / largest.count as f64 - 1.0).abs() <= ALIKE);
        // A few steps are mostly their beginning.
        let short = row
            .overrides
            .as_ref()
            .is_some_and(|overrides| overrides.contains("\"max_steps\""));
        row.status == Status::Success
            && !short
            && row.device.as_ref() == Some(&device)
            && row.threads == threads
            && row.n_features == Some(context.experiment.features.len() as u64)
            && near
    };
    let row = rows.iter().rev().find(alike)?;
    Some(Rate {
        samples_per_second: row.samples_per_second.filter(|rate| *rate > 0.0)?,
        basis: format!("as in run {}", row.run_id),
        validated: FORWARD,
        power: None,
    })
}

/// The rate by the operations of a sample and the device's sustained rate.
pub(super) fn estimated(context: &Context, largest: &Largest) -> Option<Rate> {
    let flops = device_flops(context)?;
    let of_sample = training_flops(&largest.shape, &context.experiment.input());
    Some(Rate {
        samples_per_second: flops / of_sample,
        basis: format!(
            "estimated, {:.0} GFLOP/s by configs/devices.yaml",
            flops / 1e9
        ),
        validated: FORWARD,
        power: None,
    })
}

/// Sustained floating-point operations per second of the run's device.
pub(super) fn device_flops(context: &Context) -> Option<f64> {
    let rates = context.workspace.devices().ok()?.devices;
    Some(match context.device {
        Device::Cpu => {
            let threads = f64::from(tch::get_num_threads().max(1));
            1e9 * rates.cpu.gflops_per_core * threads
        }
        _ => 1e9 * rates.h200.gflops,
    })
}
