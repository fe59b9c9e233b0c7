//! `cargo xp data import`.

use std::path::PathBuf;

use clap::Args;
use xp_data::{
    DataError,
    findings::table,
    import::{Request, import},
};
use xp_spec::files::Workspace;

use super::progress::say_added;

#[derive(Args)]
pub(crate) struct Import {
    /// The file.
    file: PathBuf,
    /// Name in the manifest, such as spy_daily; required without --dry-run.
    #[arg(long, required_unless_present = "dry_run")]
    name: Option<String>,
    /// Source of the file.
    #[arg(long)]
    source: Option<String>,
    /// Its licence.
    #[arg(long)]
    licence: Option<String>,
    /// Scales all prices by the adjusted close.
    #[arg(long)]
    adjusted: bool,
    /// Replaces an entry of that name, whose file is renamed.
    #[arg(long)]
    replace: bool,
    /// Checks and writes nothing.
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(workspace: &Workspace, arguments: Import) -> Result<(), DataError> {
    let file = &arguments.file;
    let request = Request {
        name: arguments.name.unwrap_or_else(|| "unnamed".to_owned()),
        source: arguments.source,
        licence: arguments.licence,
        adjusted: arguments.adjusted,
        replace: arguments.replace,
        dry_run: arguments.dry_run,
    };
    let report = import(workspace, file, &request)?;
    say!("{}", table(&report.findings).trim_end());
    let Some(entry) = report.entry else {
        return Err(DataError::Content(format!(
            "{} is refused because of the errors above; nothing was written",
            file.display()
        )));
    };
    let format = entry
        .imported
        .map(|imported| format!("{} columns, dates {}", imported.style, imported.dates))
        .unwrap_or_default();
    say!(
        "{}: {} bars, {} to {} ({format})",
        file.display(),
        entry.rows,
        entry.first,
        entry.last
    );
    let moved = report.moved.as_deref();
    say_added(request.dry_run, moved, &entry.path, &request.name);
    Ok(())
}
