//! The device that a run computes on.

use tch::{Cuda, Device};
use xp_spec::machine::DeviceChoice;

/// The device that the command line, or else the experiment, asks for; or why it is not there.
pub(crate) fn device(option: Option<&str>, declared: DeviceChoice) -> Result<Device, String> {
    let wanted = match option {
        Some("cpu") => DeviceChoice::Cpu,
        Some(_) => DeviceChoice::Cuda,
        None => declared,
    };
    match wanted {
        DeviceChoice::Cpu => Ok(Device::Cpu),
        DeviceChoice::Cuda if !Cuda::is_available() => Err(
            "no CUDA device: this libtorch or this machine has none; use --device cpu, or `cargo xp setup --cuda`".to_owned(),
        ),
        DeviceChoice::Auto | DeviceChoice::Cuda => Ok(Device::cuda_if_available()),
    }
}

/// Its name in the log.
pub(crate) fn device_name(device: Device) -> String {
    match device {
        Device::Cuda(index) => format!("cuda:{index}"),
        _ => "cpu".to_owned(),
    }
}
