//! `cargo xp explain NAME`: the resolved experiment, each value with its source.

use clap::Args;
use xp_macros_core::{Row, Source, ValueSource, explain};
use xp_terminal::{Column, Table, width, wrapped};

use crate::{
    experiments::{all, diagnostics, unknown_name},
    failure::Failure,
    session::Session,
};

/// Shows the resolved experiment, each value with its source
#[derive(Args)]
pub(crate) struct Options {
    /// Name of the binary
    name: String,
    /// A line for each value, with the path and line of its source as editors open them
    #[arg(long)]
    verbose: bool,
}

impl Options {
    pub(crate) fn run(&self, session: &Session) -> Result<u8, Failure> {
        let (workspace, name) = (&session.workspace, &self.name);
        let experiments = all(workspace)?;
        let found = experiments
            .iter()
            .find(|found| found.name == *name)
            .ok_or_else(|| unknown_name(name, &experiments))?;
        let text = std::fs::read_to_string(&found.path).map_err(|cause| {
            Failure::new(format!("failed to read {}: {cause}", found.path.display()))
        })?;
        let source = Source::within(&found.path, workspace.clone())
            .ok_or_else(|| Failure::new(format!("{} has no name", found.path.display())))?;
        let Ok((checked, rows)) = explain(&text, &source) else {
            complain!("{}", diagnostics(workspace, found).trim_end());
            return Ok(1);
        };
        let wide = width();
        let about = format!("{}: {}", checked.experiment.name(), found.about);
        say!("{}", wrapped(&about, 0, wide));
        if self.verbose {
            say!("");
            for row in &rows {
                say!("{}: {}: {}", row.source, row.name, row.value);
            }
        } else {
            for (source, rows) in by_source(&rows) {
                let heading = wrapped(&source, 0, wide);
                say!("\n{heading}\n{}", with_lines(&rows).text(wide));
            }
        }
        let files = format!("depends on: {}", checked.files.join(", "));
        say!("\n{}", wrapped(&files, 0, wide));
        for search in &checked.borrowed {
            say!("borrows from: {} (spec {})", search.file, search.hash);
        }
        Ok(0)
    }
}

/// Names and values of one source, with the lines where it has some.
fn with_lines(rows: &[&Row]) -> Table {
    let mut table = Table::new(&[Column::Numbers(""), Column::Words(""), Column::Words("")]);
    for row in rows {
        let line = line_of(row).map_or_else(String::new, |line| line.to_string());
        table.row([format!("{line:>5}"), row.name.clone(), row.value.clone()]);
    }
    table
}

/// Rows of one source together: files by line, then what the program decides.
fn by_source(rows: &[Row]) -> Vec<(String, Vec<&Row>)> {
    let mut groups: Vec<(String, Vec<&Row>)> = Vec::new();
    let (of_files, others): (Vec<&Row>, Vec<&Row>) =
        rows.iter().partition(|row| line_of(row).is_some());
    for row in of_files.into_iter().chain(others) {
        let source = match &row.source {
            ValueSource::Line {
                path,
                default: true,
                ..
            } => format!("defaults of {path}, by line"),
            ValueSource::Line { path, .. } => format!("{path}, by line"),
            ValueSource::BuiltIn => "built-in defaults".to_owned(),
            ValueSource::Derived => "derived".to_owned(),
        };
        match groups.iter_mut().find(|(known, _)| *known == source) {
            Some((_, group)) => group.push(row),
            None => groups.push((source, vec![row])),
        }
    }
    for (_, group) in &mut groups {
        group.sort_by_key(|row| line_of(row));
    }
    groups
}

fn line_of(row: &Row) -> Option<usize> {
    match row.source {
        ValueSource::Line { line, .. } => Some(line),
        ValueSource::BuiltIn | ValueSource::Derived => None,
    }
}
