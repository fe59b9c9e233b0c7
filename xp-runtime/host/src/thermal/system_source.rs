//! The system's sensors and NVIDIA GPUs as a source of temperatures.

use std::cmp::Ordering;

use nvml_wrapper::{Nvml, enum_wrappers::device::TemperatureSensor};
use sysinfo::Components;

use super::source::{Reading, Source};

/// The sensors that the operating system knows (sysinfo: hwmon and thermal zones on Linux), and those of NVIDIA GPUs by NVML, which
/// is loaded at run time and may be absent.
pub struct SystemSource {
    components: Option<Components>,
    nvml: Option<Nvml>,
}

impl SystemSource {
    /// Finds the sensors.
    pub fn new() -> Self {
        Self {
            components: Components::new_with_refreshed_list().ok(),
            nvml: Nvml::init().ok(),
        }
    }

    fn gpus(&self) -> Vec<Reading> {
        let Some(nvml) = &self.nvml else {
            return Vec::new();
        };
        (0..nvml.device_count().unwrap_or(0))
            .filter_map(|index| {
                let device = nvml.device_by_index(index).ok()?;
                let celsius = f64::from(device.temperature(TemperatureSensor::Gpu).ok()?);
                let chip = format!("gpu{index}");
                Some(Reading { chip, celsius })
            })
            .collect()
    }
}

impl Default for SystemSource {
    fn default() -> Self {
        Self::new()
    }
}

impl Source for SystemSource {
    fn name(&self) -> String {
        let system = self.components.as_ref().map_or(0, |all| all.iter().count());
        match (system, self.gpus().len()) {
            (0, 0) => "no sensor found".to_owned(),
            (system, 0) => format!("{system} system sensors"),
            (0, gpus) => format!("{gpus} GPUs by NVML"),
            (system, gpus) => format!("{system} system sensors, {gpus} GPUs by NVML"),
        }
    }

    fn read(&mut self) -> Vec<Reading> {
        let mut readings = self.gpus();
        if let Some(components) = &mut self.components {
            // A sensor whose file has disappeared is dropped, and one whose file cannot be read is asked again: else both would repeat
            // their last reading for as long as the run lasts.
            components.refresh(true);
            let system = components.iter_mut().filter_map(|component| {
                component.refresh();
                Some(Reading {
                    chip: chip(component.id().unwrap_or(component.label())).to_owned(),
                    celsius: f64::from(component.temperature()?),
                })
            });
            readings.extend(system);
        }
        // Folders are listed in any order.
        readings.sort_by(|a, b| {
            (&a.chip, a.celsius)
                .partial_cmp(&(&b.chip, b.celsius))
                .unwrap_or(Ordering::Equal)
        });
        readings
    }
}

/// `hwmon3` of the sensor `hwmon3_1`; a thermal zone is a chip of its own.
fn chip(sensor: &str) -> &str {
    match sensor.strip_prefix("hwmon") {
        Some(_) => sensor.split('_').next().unwrap_or(sensor),
        None => sensor,
    }
}
