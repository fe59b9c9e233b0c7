//! Jobs that have ended, by `sacct`, on sites with accounting. On others there is none, which is no error.

use std::path::Path;

use xp_spec::slurm::{ACCOUNTING_FIELDS, Ended, parse_accounting};

use super::program::quiet_output;

/// How far back is looked.
const SINCE: &str = "now-7days";

/// The jobs of the last week that were submitted from a workspace; absent where the site has no accounting.
pub(crate) fn ended(root: &Path) -> Option<Vec<Ended>> {
    let since = format!("--starttime={SINCE}");
    let format = format!("--format={ACCOUNTING_FIELDS}");
    let arguments = [
        "--noheader",
        "--parsable2",
        "--allocations",
        &since,
        &format,
    ];
    let text = quiet_output(root, "sacct", &arguments)?;
    let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    Some(parse_accounting(&text, &root))
}
