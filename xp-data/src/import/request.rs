//! The request of an import and its report.

use chrono::NaiveDate;
use xp_bars::{Finding, price_file::Options};
use xp_spec::files::manifest::RawEntry;

/// A file to import, as the user describes it.
#[derive(Debug, Clone)]
pub struct Request {
    /// Name in the manifest, such as `spy_daily`.
    pub name: String,
    /// Its source.
    pub source: Option<String>,
    /// Its licence.
    pub licence: Option<String>,
    /// How the file is to be read.
    pub options: Options,
    /// Replace an entry of that name; its file is renamed.
    pub replace: bool,
    /// Check only.
    pub dry_run: bool,
}

impl Request {
    /// An import of which nothing is said but the name and today's date.
    pub fn new(name: &str, today: NaiveDate) -> Self {
        Self {
            name: name.to_owned(),
            source: None,
            licence: None,
            options: Options::new(today),
            replace: false,
            dry_run: false,
        }
    }
}

/// Findings of an import, and the files it wrote.
#[derive(Debug, Clone)]
pub struct Report {
    /// All findings; an error means that nothing was written.
    pub findings: Vec<Finding>,
    /// The manifest's entry, written or, in a dry run, as it would be.
    pub entry: Option<RawEntry>,
    /// New path of the file of an earlier entry.
    pub moved: Option<String>,
}
