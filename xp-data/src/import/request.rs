//! What a user asks an import for, and what comes back.

use xp_spec::files::manifest::RawEntry;

use crate::findings::Finding;

/// What the user says of a file.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Name in the manifest, such as `spy_daily`.
    pub name: String,
    /// Where it came from.
    pub source: Option<String>,
    /// Its licence.
    pub licence: Option<String>,
    /// Scale prices by the adjusted close.
    pub adjusted: bool,
    /// Take the place of an entry of that name; its file is kept under another name.
    pub replace: bool,
    /// Only check.
    pub dry_run: bool,
}

/// What an import found and wrote.
#[derive(Debug, Clone)]
pub struct Report {
    /// All findings; an error means that nothing was written.
    pub findings: Vec<Finding>,
    /// The manifest's entry, written or, in a dry run, as it would be.
    pub entry: Option<RawEntry>,
    /// Where the file of an earlier entry was moved.
    pub moved: Option<String>,
}
