//! What is wrong with a file that experiments depend on: where, and what to do.

use std::path::PathBuf;

use crate::nearest::nearest;

/// A file that experiments depend on is absent, unreadable or wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} ({}{})", path.display(), position.map(|(line, column)| format!(":{line}:{column}")).unwrap_or_default())]
pub struct FileError {
    /// The file, relative to the workspace where possible.
    pub path: PathBuf,
    /// Line and column, from 1.
    pub position: Option<(u64, u64)>,
    /// What is wrong with it.
    pub what: String,
    /// What to do.
    pub remedy: Option<String>,
}

/// A fault of a whole file.
pub(super) fn error(path: &str, what: String, remedy: &str) -> FileError {
    FileError {
        path: path.into(),
        position: None,
        what,
        remedy: Some(remedy.to_owned()),
    }
}

/// serde's message in plain words, without the position, which is separate; and what to do.
pub(super) fn reworded(message: &str) -> (String, Option<String>) {
    let line = message.lines().next().unwrap_or_default();
    let line = line.split_once(" at line ").map_or(line, |(line, _)| line);
    let quoted = |text: &str| text.split('`').nth(1).unwrap_or_default().to_owned();
    if let Some((unknown, known)) = line.split_once(", expected one of ") {
        let (name, known) = (quoted(unknown), known.replace('`', ""));
        let what = match unknown.split_whitespace().nth(1) {
            Some("field") => format!("unknown key `{name}`"),
            _ => format!("unknown value `{name}`"),
        };
        let remedy = match nearest(&name, known.split(", ")) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("one of {known}"),
        };
        return (what, Some(remedy));
    }
    if let Some(rest) = line.strip_prefix("duplicate mapping key: ") {
        let key = rest.split(',').next().unwrap_or_default();
        return (
            format!("key `{key}` is specified twice"),
            Some("keep one".to_owned()),
        );
    }
    if let Some(rest) = line.strip_prefix("missing field ") {
        return (format!("key {rest} is missing"), None);
    }
    let kind = match line.strip_prefix("invalid ") {
        Some("u8" | "u16" | "u32" | "u64" | "usize") => "a whole number ≥ 0",
        Some("i8" | "i16" | "i32" | "i64" | "isize") => "a whole number",
        Some("f32" | "f64") => "a number",
        _ => return (line.to_owned(), None),
    };
    (format!("expected {kind}"), None)
}
