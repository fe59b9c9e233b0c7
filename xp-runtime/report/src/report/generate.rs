//! Reads the log and the records, and writes the report and its figures.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};
use xp_spec::files::write_if_changed;

use super::{compose::compose, error::ReportError, flags, formats::Formats};
use crate::{FIGURES, LATEX, LOG, PAGE, REPORT, RUNS, TABLES, document, log, record};

/// Regenerates the report and its figures; returns the report's path.
pub fn regenerate(
    workspace: &Path,
    generated: DateTime<Utc>,
    formats: Formats,
) -> Result<PathBuf, ReportError> {
    // One report at a time: a newer report must not be replaced by one that started earlier.
    let _lock = lock(workspace);
    let runs = flags::with_records(log::read(&workspace.join(LOG))?, |row| {
        record::read(&workspace.join(RUNS), &row.run_id, &row.experiment)
    });
    let document = compose(&runs, generated);
    let write = |path: PathBuf, text: &[u8]| {
        write_if_changed(&path, text).map_err(|cause| ReportError::Write {
            path: path.clone(),
            cause,
        })?;
        Ok::<_, ReportError>(path)
    };
    for figure in document.figures() {
        let path = workspace.join(FIGURES).join(format!("{}.svg", figure.id));
        write(path, document::svg(figure).as_bytes())?;
    }
    if formats.html {
        write(workspace.join(PAGE), document::html(&document).as_bytes())?;
    }
    if formats.latex {
        write(workspace.join(LATEX), document::latex(&document).as_bytes())?;
    }
    if formats.csv {
        for table in document.tables() {
            let path = workspace.join(TABLES).join(format!("{}.csv", table.id));
            let text = document::csv(table).map_err(|cause| ReportError::Write {
                path: path.clone(),
                cause,
            })?;
            write(path, &text)?;
        }
    }
    write(
        workspace.join(REPORT),
        document::markdown(&document, "figures").as_bytes(),
    )
}

/// The lock on the report, held until it is dropped; absent where nothing can be written, which writing the report then reports.
fn lock(workspace: &Path) -> Option<File> {
    let path = workspace.join(LOG).with_file_name(".report.lock");
    fs::create_dir_all(path.parent()?).ok()?;
    let file = File::create(path).ok()?;
    file.lock().ok()?;
    Some(file)
}
