//! Where temperatures come from: the system's sensors, or a file on odd machines and in tests.

use std::{fs, path::PathBuf};

use sysinfo::Components;

use super::state::plausible;

/// A source of temperatures.
pub trait Source: Send {
    /// What it is, for the pre-flight table.
    fn name(&self) -> String;
    /// The hottest believable reading in °C; absent where there is none.
    fn read(&mut self) -> Option<f64>;
}

/// The sensors that the operating system knows (sysinfo: hwmon and thermal zones on Linux).
pub struct SystemSource {
    components: Option<Components>,
}

impl SystemSource {
    /// Finds the sensors.
    pub fn new() -> Self {
        Self {
            components: Components::new_with_refreshed_list().ok(),
        }
    }
}

impl Default for SystemSource {
    fn default() -> Self {
        Self::new()
    }
}

impl Source for SystemSource {
    fn name(&self) -> String {
        match self
            .components
            .iter()
            .flat_map(|components| components.iter())
            .count()
        {
            0 => "no sensor found".to_owned(),
            count => format!("{count} system sensors"),
        }
    }

    fn read(&mut self) -> Option<f64> {
        let components = self.components.as_mut()?;
        components.refresh(false);
        components
            .iter()
            .filter_map(|component| component.temperature().map(f64::from).and_then(plausible))
            .reduce(f64::max)
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

    fn read(&mut self) -> Option<f64> {
        fs::read_to_string(&self.path)
            .ok()?
            .trim()
            .parse()
            .ok()
            .and_then(plausible)
    }
}

/// The file named by `XP_THERMAL_FILE`, else the system's sensors.
pub fn from_environment() -> Box<dyn Source> {
    match std::env::var_os("XP_THERMAL_FILE") {
        Some(path) => Box::new(FileSource::new(path)),
        None => Box::new(SystemSource::new()),
    }
}
