//! The request of an import and its report.

use xp_spec::files::manifest::RawEntry;

use crate::findings::Finding;

/// A file to import, as the user describes it.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Name in the manifest, such as `spy_daily`.
    pub name: String,
    /// Its source.
    pub source: Option<String>,
    /// Its licence.
    pub licence: Option<String>,
    /// Scale prices by the adjusted close.
    pub adjusted: bool,
    /// Replace an entry of that name; its file is renamed.
    pub replace: bool,
    /// Check only.
    pub dry_run: bool,
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
