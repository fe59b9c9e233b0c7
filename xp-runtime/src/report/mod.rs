//! The end of a run: outputs verified, a search's row logged, the report regenerated.

mod next;

use std::{fs::metadata, io, time::SystemTime};

use xp_report::{
    LOG,
    log::Status,
    report::{Formats, regenerate},
};

use crate::{
    context::{Context, RunError, unless_interrupted},
    journal::{Conclusion, Finished, Journal},
};
use next::next;

/// Verifies the outputs, appends a search's row, and regenerates the report.
pub(crate) fn log_and_report(
    context: &Context,
    journal: &Journal<'_>,
    finished: Finished,
) -> Result<(), RunError> {
    if let Some(missing) = finished.files.iter().find(|file| !file.is_file()) {
        return Err(RunError::Failed(format!(
            "the output {} is missing: something has removed it since it was written; run the same command again, which computes what is missing",
            missing.display()
        )));
    }
    let (status, message) = match &finished.conclusion {
        Conclusion::TimedOut(message) => (Status::Incomplete, Some(message.clone())),
        Conclusion::Partial => (Status::Incomplete, None),
        _ => (Status::Success, None),
    };
    if let Some((values, record)) = &finished.search {
        journal.commit(status, values, record, message)?;
    }
    journal.close();
    drop(finished.claim);
    match finished.conclusion {
        Conclusion::Complete => reported(context, journal, false),
        Conclusion::Partial => reported(context, journal, true),
        Conclusion::TimedOut(message) => Err(RunError::Incomplete(message)),
        Conclusion::AlreadyFinished(message) => {
            refresh(context, journal)?;
            let lines: Vec<_> = [message].into_iter().chain(next(context, false)).collect();
            Err(RunError::NothingToDo(lines.join("\n")))
        }
        Conclusion::Diverged(message) => {
            refresh(context, journal)?;
            Err(RunError::Failed(message))
        }
    }
}

/// Regenerates the report, and says what would be run next.
fn reported(context: &Context, journal: &Journal<'_>, is_partial: bool) -> Result<(), RunError> {
    report(context, journal)?;
    if let Some(next) = next(context, is_partial) {
        journal.info(&next);
    }
    Ok(())
}

/// Regenerates the report where the log is newer: an earlier run may have been interrupted between the two.
fn refresh(context: &Context, journal: &Journal<'_>) -> Result<(), RunError> {
    let root = context.workspace.root();
    let changed = |path: &str| -> io::Result<SystemTime> { metadata(root.join(path))?.modified() };
    match (changed(xp_report::REPORT), changed(LOG)) {
        (Ok(report), Ok(log)) if report >= log => Ok(()),
        _ => report(context, journal),
    }
}

fn report(context: &Context, journal: &Journal<'_>) -> Result<(), RunError> {
    let _stage = journal.stage("report");
    journal.info("writing the report");
    let (root, now) = (context.workspace.root().to_owned(), context.clock.utc());
    let path = unless_interrupted(&context.clock, move || {
        regenerate(&root, now, Formats::default())
    })?
    .ok_or_else(|| {
        RunError::Interrupted(
            "interrupted while the report was made: all rows are in the log, and the same command makes it".to_owned(),
        )
    })?
    .map_err(RunError::failed)?;
    journal.info(&format!(
        "logged in {LOG}; report {}",
        path.strip_prefix(context.workspace.root())
            .unwrap_or(&path)
            .display()
    ));
    Ok(())
}
