//! Severities in colour: the word that begins a line, or follows a position in a file.

use anstyle::{AnsiColor, Style};

/// A severity's colour.
const fn bold(colour: AnsiColor) -> Style {
    colour.on_default().bold()
}

/// Words as they stand in lines.
const LABELS: [(&str, Style); 11] = [
    ("error", bold(AnsiColor::Red)),
    ("FAIL", bold(AnsiColor::Red)),
    ("WRONG", bold(AnsiColor::Red)),
    ("warning", bold(AnsiColor::Yellow)),
    ("WARN", bold(AnsiColor::Yellow)),
    ("help", bold(AnsiColor::Cyan)),
    ("note", Style::new().bold()),
    ("ok", bold(AnsiColor::Green)),
    ("OK", bold(AnsiColor::Green)),
    ("Next", bold(AnsiColor::Cyan)),
    ("tip", bold(AnsiColor::Cyan)),
];

/// A text with the labels of its lines in colour.
pub(crate) fn coloured(text: &str) -> String {
    text.split_inclusive('\n').map(coloured_line).collect()
}

fn coloured_line(line: &str) -> String {
    let start = line.len() - line.trim_start().len();
    let found = label(line, start).or_else(|| label(line, after_position(line)?));
    let Some((at, word, style)) = found else {
        return line.to_owned();
    };
    let (before, rest) = line.split_at(at);
    let after = rest.get(word.len()..).unwrap_or_default();
    format!("{before}{style}{word}{style:#}{after}")
}

/// The label at a place: a colon follows it or, unless it is in capitals, the gap of a table: a sentence that begins with such a word has none.
fn label(line: &str, at: usize) -> Option<(usize, &'static str, Style)> {
    let rest = line.get(at..)?;
    let is_label = |word: &&(&str, Style)| {
        let after = rest.strip_prefix(word.0);
        let gap = if is_capital(word.0) { " " } else { "  " };
        after.is_some_and(|after| after.starts_with(':') || after.starts_with(gap))
    };
    let (word, style) = LABELS.iter().find(is_label)?;
    Some((at, word, *style))
}

fn is_capital(word: &str) -> bool {
    word.starts_with("WARN") || word.starts_with("FAIL") || word.starts_with("WRONG")
}

/// Where the message of `path:line:column: message` begins.
fn after_position(line: &str) -> Option<usize> {
    let colon = line.find(": ")?;
    let has_position = line[..colon].ends_with(|c: char| c.is_ascii_digit());
    has_position.then_some(colon + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severities_are_coloured_where_they_are_labels() {
        for (text, expected) in [
            ("error: no file", "<error>: no file"),
            (
                "a/b.rs:9:20: error: 101 is no tier\n  help: did you mean 100?\n",
                "a/b.rs:9:20: <error>: 101 is no tier\n  <help>: did you mean 100?\n",
            ),
            ("  warning  gaps  3", "  <warning>  gaps  3"),
            ("ok    name", "<ok>    name"),
            ("WRONG name", "<WRONG> name"),
            ("WRONGLY so", "WRONGLY so"),
            ("errors are listed", "errors are listed"),
            ("note that it is so", "note that it is so"),
            ("name: error", "name: error"),
            ("a: error: b", "a: error: b"),
            ("日本: error", "日本: error"),
        ] {
            let marked = coloured(text)
                .replace("\u{1b}[0m", ">")
                .replace("\u{1b}[1m", "<");
            let marked = ["31", "32", "33", "36"].iter().fold(marked, |text, code| {
                text.replace(&format!("\u{1b}[{code}m"), "")
            });
            assert_eq!(marked, expected);
        }
    }
}
