//! Where temperatures come from: the system's sensors and NVIDIA GPUs, or a file on odd machines and in tests.

use std::{fs, path::PathBuf};

use nvml_wrapper::{Nvml, enum_wrappers::device::TemperatureSensor};
use sysinfo::Components;

/// A source of temperatures.
pub trait Source: Send {
    /// What it is, for the pre-flight table.
    fn name(&self) -> String;
    /// All readings in °C as the sensors say them, believable or not; none where no sensor answers.
    fn read(&mut self) -> Vec<f64>;
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

    fn gpus(&self) -> Vec<f64> {
        let Some(nvml) = &self.nvml else {
            return Vec::new();
        };
        (0..nvml.device_count().unwrap_or(0))
            .filter_map(|index| {
                let device = nvml.device_by_index(index).ok()?;
                device.temperature(TemperatureSensor::Gpu).ok()
            })
            .map(f64::from)
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

    fn read(&mut self) -> Vec<f64> {
        let mut readings = self.gpus();
        if let Some(components) = &mut self.components {
            components.refresh(false);
            readings.extend(
                components
                    .iter()
                    .filter_map(|component| component.temperature().map(f64::from)),
            );
        }
        readings
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

    fn read(&mut self) -> Vec<f64> {
        fs::read_to_string(&self.path)
            .ok()
            .and_then(|text| text.trim().parse().ok())
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
