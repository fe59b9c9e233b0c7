//! Regenerates the report of the workspace, or compares two runs: called by `cargo xp report` and `cargo xp compare`.

use std::{io::Write as _, process::ExitCode};

use xp_clock::Clock;
use xp_report::{
    rebuild::rebuild,
    report::{self, Formats, regenerate},
};
use xp_spec::{files::Workspace, printable::printable};

fn main() -> ExitCode {
    let here = std::env::current_dir().ok();
    let Some(workspace) = here.and_then(|folder| Workspace::find(&folder)) else {
        let _ = writeln!(
            std::io::stderr(),
            "error: there is no data/manifest.yaml in this folder or above"
        );
        return ExitCode::FAILURE;
    };
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let said = match arguments.split_first() {
        Some((first, rest)) if first == "compare" => compare(&workspace, rest),
        _ => report(&workspace, &arguments),
    };
    match said {
        Ok(text) => {
            // A reader that has closed the pipe, as `head` does, is no error.
            let _ = writeln!(std::io::stdout(), "{}", printable(&text));
            ExitCode::SUCCESS
        }
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {}", printable(&error));
            ExitCode::FAILURE
        }
    }
}

/// Rebuilds the log; what came of it.
fn rebuilt(workspace: &Workspace) -> Result<String, String> {
    let rebuilt = rebuild(workspace.root()).map_err(|error| error.to_string())?;
    let mut text = format!(
        "{}: {} rows were there, {} were added from {}",
        xp_report::LOG,
        rebuilt.kept,
        rebuilt.added,
        xp_report::RUNS
    );
    if rebuilt.without_row > 0 {
        text.push_str(&format!(
            "; {} records have no row: they are of an earlier version, or cannot be read",
            rebuilt.without_row
        ));
    }
    if let Some(moved) = rebuilt.moved {
        text.push_str(&format!(
            "; the log that could not be read is now {}",
            moved.display()
        ));
    }
    Ok(text)
}

/// Writes the report; what was written.
fn report(workspace: &Workspace, arguments: &[String]) -> Result<String, String> {
    let mut formats = Formats::default();
    let mut lines = Vec::new();
    for argument in arguments {
        match argument.as_str() {
            "--rebuild-log" => lines.push(rebuilt(workspace)?),
            "--html" => formats.html = true,
            "--latex" => formats.latex = true,
            "--csv" => formats.csv = true,
            other => {
                return Err(format!(
                    "unknown option {other}; known are --html, --latex, --csv, --rebuild-log"
                ));
            }
        }
    }
    let path = regenerate(workspace.root(), Clock::system().utc(), formats)
        .map_err(|error| error.to_string())?;
    lines.push(format!("wrote {}", path.display()));
    for (wanted, path) in [
        (formats.html, xp_report::PAGE),
        (formats.latex, xp_report::LATEX),
        (formats.csv, xp_report::TABLES),
    ] {
        if wanted {
            lines.push(format!("wrote {}", workspace.root().join(path).display()));
        }
    }
    Ok(lines.join("\n"))
}

/// Compares two runs, searches or seeds; writes nothing.
fn compare(workspace: &Workspace, arguments: &[String]) -> Result<String, String> {
    let names: Vec<&str> = arguments
        .iter()
        .map(String::as_str)
        .filter(|argument| *argument != "--json")
        .collect();
    let &[a, b] = names.as_slice() else {
        return Err("compare takes two names, and --json".to_owned());
    };
    let found = report::compare(workspace.root(), a, b).map_err(|error| error.to_string())?;
    if names.len() < arguments.len() {
        return serde_json::to_string_pretty(&found).map_err(|error| error.to_string());
    }
    Ok(report::comparison_markdown(&found).trim_end().to_owned())
}
