//! Where temperatures come from: the system's sensors and NVIDIA GPUs, or a file on odd machines and in tests.

use std::{cmp::Ordering, fs, path::PathBuf};

use nvml_wrapper::{Nvml, enum_wrappers::device::TemperatureSensor};
use sysinfo::Components;

/// What one sensor says.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The chip that it is on: a processor's sensors stand and fall together.
    pub chip: String,
    /// °C, believable or not.
    pub celsius: f64,
}

/// A source of temperatures.
pub trait Source: Send {
    /// What it is, for the pre-flight table.
    fn name(&self) -> String;
    /// What the sensors that answer say.
    fn read(&mut self) -> Vec<Reading>;
}

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
            // A sensor whose file is gone is forgotten, and one whose file cannot be read is asked again: else both keep what they said
            // last for as long as the run lasts.
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

/// A file that holds one number, °C.
pub struct FileSource {
    path: PathBuf,
}

impl FileSource {
    /// Reads this file.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }
}

impl Source for FileSource {
    fn name(&self) -> String {
        format!("file {}", self.path.display())
    }

    fn read(&mut self) -> Vec<Reading> {
        let text = fs::read_to_string(&self.path).ok();
        let celsius = text.and_then(|text| text.trim().parse().ok());
        let chip = "file".to_owned();
        celsius
            .map(|celsius| Reading { chip, celsius })
            .into_iter()
            .collect()
    }
}

/// The file named by `XP_THERMAL_FILE`, else the system's sensors.
pub fn from_environment() -> Box<dyn Source> {
    match std::env::var_os("XP_THERMAL_FILE") {
        Some(path) => Box::new(FileSource::new(path)),
        None => Box::new(SystemSource::new()),
    }
}
