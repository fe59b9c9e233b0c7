//! Pre-flight: what can only be known on the machine, in one table, before compute is spent.

mod best_file;
mod borrowed;
mod claim;
mod data;
mod device;
mod disk;
mod duration;
mod earlier_runs;
mod file_system;
mod largest;
mod lints;
mod measured;
mod memory;
mod outputs;
mod rate;
mod ready;
mod resolve;
mod samples;
mod signal;
mod temperature;

use xp_baselines::Checked as Signal;
use xp_host::{
    interrupt,
    resources::{Finding, Severity, table},
    thermal::Action,
};

use crate::{
    context::{Context, RunError},
    journal::{Heat, Journal},
};
use largest::{Largest, largest};
use resolve::resolve;
use samples::Samples;

pub use ready::Ready;

pub(crate) use claim::{require_claimed, sweep};
pub(crate) use data::ensure_built;
pub(crate) use resolve::Resolved;

/// Checks machine and data, and locks the run's folder. All findings at once; a dry run ends here and has written nothing.
pub(crate) fn preflight(context: &Context, journal: &Journal<'_>) -> Result<Ready, RunError> {
    let note = if context.overridden {
        " (overridden: results are kept apart and excluded from tables)"
    } else {
        ""
    };
    journal.info(&format!(
        "{} run {} spec {}{note}",
        context.experiment.name(),
        context.run_id,
        context.hash
    ));
    journal.note_refused(true);
    if !context.options.dry_run {
        journal.keep_output()?;
    }
    let checked = check(context, journal)?;
    if context.options.dry_run {
        return Err(RunError::NothingToDo(
            "dry run: nothing was computed or written".to_owned(),
        ));
    }
    let claimed = claim::claim_folder(context, journal, checked.resolved.as_ref())?;
    journal.note_refused(false);
    Ok(Ready {
        memory_estimate: checked
            .largest
            .and_then(|largest| memory::estimate(context, &largest)),
        resolved: checked.resolved,
        signal: checked.signal,
        continues: claimed.continues,
        heat: checked.heat,
        _lock: claimed.lock,
    })
}

/// A machine and data that were found good.
struct Checked {
    resolved: Option<Resolved>,
    largest: Option<Largest>,
    signal: Option<Signal>,
    heat: Heat,
}

/// Looks at everything and shows it; an error ends the run before it begins.
fn check(context: &Context, journal: &Journal<'_>) -> Result<Checked, RunError> {
    let monitor = temperature::monitor(context);
    let rows = xp_report::log::read(&context.workspace.root().join(xp_report::LOG));
    let (mut findings, loaded) = data::findings(context, journal);
    let samples = match &loaded {
        Some(loaded) => Some(Samples::of(&loaded.regions)),
        None => samples::counted(context),
    };
    let resolved = resolve(context, samples);
    let known = resolved.as_ref().ok().map(Option::as_ref);
    let largest = known.and_then(|resolved| largest(context, resolved));
    let signal = match loaded {
        Some(loaded) => {
            let (finding, signal) = signal::check(context, loaded)?;
            findings.push(finding);
            signal
        }
        None => None,
    };
    note(context, journal, signal.as_ref());
    let room = disk::needed(context, largest.as_ref());
    findings.extend([
        outputs::finding(context, &rows),
        disk::finding(&room),
        file_system::finding(context),
        memory::finding(context, largest.as_ref()),
    ]);
    journal.note_room(room);
    let (temperature, critical) = temperature::finding(context, &monitor);
    findings.extend([temperature, device::finding(context)]);
    findings.extend(borrowed::findings(context));
    findings.extend(lints::findings(context));
    // A log that cannot be read has its own finding.
    let rows = rows.as_deref().unwrap_or_default();
    findings.extend(earlier_runs::findings(context, journal, rows));
    let is_good = |finding: &Finding| finding.severity != Severity::Error;
    if let Some(resolved) = known.filter(|_| findings.iter().all(is_good)) {
        let of = (resolved, samples);
        findings.push(duration::finding(context, of, largest.as_ref(), rows));
    }
    // What is wrong with a search that is borrowed from is a finding of that search.
    let explained =
        |finding: &Finding| finding.subject == "borrowed" && finding.severity == Severity::Error;
    if let Err(error) = &resolved
        && !findings.iter().any(explained)
    {
        findings.push(Finding::new(Severity::Error, "params", error.to_string()));
    }
    show(journal, &findings);
    let mut heat = Heat {
        highest: monitor.highest(),
        paused_seconds: monitor.highest().map(|_| 0.0),
    };
    journal.note_heat(heat);
    refuse(&findings, critical)?;
    let resolved = resolved?;
    if !context.options.dry_run {
        let waits = monitor.action() != Action::Go;
        let waiting = context.clock.now();
        let cooled = temperature::cool_down(context, journal, &monitor);
        if waits {
            let waited = context.clock.since(waiting).as_secs_f64();
            heat = Heat {
                highest: monitor.highest(),
                paused_seconds: monitor.highest().map(|_| waited),
            };
            journal.note_heat(heat);
        }
        cooled?;
    }
    Ok(Checked {
        resolved,
        largest,
        signal,
        heat,
    })
}

/// Notes for rows and records what the data and the borrowed searches let expect (F48).
fn note(context: &Context, journal: &Journal<'_>, signal: Option<&Signal>) {
    if let Some(signal) = signal {
        journal.note_signal(signal.signal);
    }
    let removed = signal.is_some_and(|signal| signal.signal.is_removed());
    let flags = [
        (removed, signal::SIGNAL_REMOVED),
        (borrowed::from_beaten(context), xp_report::PRIOR_NOT_BEATEN),
    ];
    for (_, flag) in flags.into_iter().filter(|(is, _)| *is) {
        journal.note_flag(flag);
    }
}

/// Prints the table of findings.
fn show(journal: &Journal<'_>, findings: &[Finding]) {
    for (finding, line) in findings.iter().zip(table(findings).lines()) {
        journal.table_line(finding.subject, line, finding.severity != Severity::Good);
    }
}

/// The error of findings that refuse a run.
fn refuse(findings: &[Finding], critical: bool) -> Result<(), RunError> {
    let errors: Vec<_> = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .map(|finding| format!("{}: {}", finding.subject, finding.text))
        .collect();
    if errors.is_empty() {
        return Ok(());
    }
    let message = format!("pre-flight refused: {}", errors.join("; "));
    if interrupt::requested() {
        return Err(RunError::Interrupted(message));
    }
    // Heat alone is no failure of the experiment: it has its own exit code.
    Err(if critical && errors.len() == 1 {
        RunError::Thermal(message)
    } else {
        RunError::Failed(message)
    })
}
