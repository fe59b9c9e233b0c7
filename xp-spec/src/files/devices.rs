//! `configs/devices.yaml`: rates that estimates assume of machines.

use serde::{Deserialize, Serialize};

/// `configs/devices.yaml`: rates assumed of machines in estimates.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Devices {
    /// Format version, 1.
    pub version: u32,
    /// The machines.
    pub devices: DeviceRates,
}

/// Rates of the known machines.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceRates {
    /// Processors.
    pub cpu: CpuRate,
    /// NVIDIA's H200.
    pub h200: GpuRate,
}

/// Rate of a processor.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CpuRate {
    /// Sustained GFLOP/s of one core in training.
    pub gflops_per_core: f64,
}

/// Rate of a graphics processor.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GpuRate {
    /// Sustained GFLOP/s in training.
    pub gflops: f64,
    /// Memory in GiB.
    pub memory_gib: f64,
}
