//! A file as a source of temperatures, on machines whose sensors the system does not know and in tests.

use std::{fs, path::PathBuf};

use super::source::{Reading, Source};

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
