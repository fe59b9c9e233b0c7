//! Tables without lines, as wide as what shows them: a cell that does not fit goes on below itself.

use comfy_table::{CellAlignment, ContentArrangement, presets::NOTHING};

/// Columns that a text needs to be broken between its words.
const NARROWEST: usize = 20;
/// Spaces after a column.
const GAP: u16 = 2;

/// A column by its heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// Words, to the left.
    Words(&'static str),
    /// Numbers, to the right.
    Numbers(&'static str),
}

impl Column {
    fn heading(self) -> &'static str {
        match self {
            Self::Words(heading) | Self::Numbers(heading) => heading,
        }
    }
}

/// Rows of cells.
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table of these columns; it has no line of headings where all are empty.
    pub fn new(columns: &[Column]) -> Self {
        Self {
            columns: columns.to_vec(),
            rows: Vec::new(),
        }
    }

    /// Adds a row, a cell for each column.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The lines, each at most so wide; as wide as its cells where no width is given.
    pub fn text(&self, width: Option<usize>) -> String {
        let mut table = comfy_table::Table::new();
        table.load_style(NOTHING);
        if let Some(width) = width {
            table.set_content_arrangement(ContentArrangement::Dynamic);
            table.set_width(u16::try_from(width).unwrap_or(u16::MAX));
        }
        let headings: Vec<_> = self.columns.iter().map(|column| column.heading()).collect();
        if headings.iter().any(|heading| !heading.is_empty()) {
            table.set_header(headings);
        }
        table.add_rows(&self.rows);
        let last = self.columns.len().saturating_sub(1);
        for (at, (column, kind)) in table.column_iter_mut().zip(&self.columns).enumerate() {
            column.set_padding((0, if at == last { 0 } else { GAP }));
            if matches!(kind, Column::Numbers(_)) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        table.trim_fmt()
    }
}

/// A text of lines that are at most so wide, broken between words.
pub fn paragraph(text: &str, width: Option<usize>) -> String {
    let mut table = Table::new(&[Column::Words("")]);
    table.row([text.to_owned()]);
    table.text(width)
}

/// Lines that are at most so wide: what does not fit goes on below, `indent` columns to the right. Code in backticks and words are not broken,
/// so that they can be copied: what is longer than a line runs over. A terminal that has no room for that breaks lines itself.
pub fn hanging(text: &str, indent: usize, width: Option<usize>) -> String {
    let Some(width) = width.filter(|width| *width >= indent + NARROWEST) else {
        return text.to_owned();
    };
    let below = " ".repeat(indent);
    let options = textwrap::Options::new(width)
        .subsequent_indent(&below)
        .break_words(false)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .wrap_algorithm(textwrap::WrapAlgorithm::FirstFit);
    let fitted = |line: &str| textwrap::fill(&unbroken(line), &options);
    let lines: Vec<String> = text.lines().map(fitted).collect();
    lines.join("\n").replace(UNBROKEN, " ")
}

/// A blank at which no line breaks: a character of private use.
const UNBROKEN: char = '\u{e000}';

/// A line of which code in backticks has no blank to break at.
fn unbroken(line: &str) -> String {
    let parts = line.split('`').enumerate();
    let parts = parts.map(|(at, part)| match at % 2 {
        1 => part.replace(' ', &UNBROKEN.to_string()),
        _ => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_goes_on_below() {
        let line = "  WARN  drift  ärger with three features of twenty, largest: rsi";
        for (width, expected) in [
            (None, line.to_owned()),
            (Some(80), line.to_owned()),
            (
                Some(40),
                "  WARN  drift  ärger with three features\n               of twenty, largest: rsi"
                    .to_owned(),
            ),
            (Some(20), line.to_owned()),
        ] {
            assert_eq!(hanging(line, 15, width), expected);
        }
        assert_eq!(
            hanging("12 of 12 trials, of which most were pruned", 2, Some(31)),
            "12 of 12 trials, of which most\n  were pruned"
        );
        // What is to be copied stays whole.
        assert_eq!(
            hanging(
                "FAIL  no result; run `cargo xp run hpo_2M_threshold_1pct` first",
                6,
                Some(30)
            ),
            "FAIL  no result; run\n      `cargo xp run hpo_2M_threshold_1pct`\n      first"
        );
    }

    fn table() -> Table {
        let mut table = Table::new(&[
            Column::Words("name"),
            Column::Numbers("n"),
            Column::Words("found"),
        ]);
        table.row(["one".into(), "1".into(), "a value of several words".into()]);
        table.row(["eleven".into(), "11".into(), "日本".into()]);
        table
    }

    #[test]
    fn cells_are_aligned_and_wrap_below_themselves() {
        for (width, expected) in [
            (
                None,
                "name     n  found\n\
                 one      1  a value of several words\n\
                 eleven  11  日本",
            ),
            (
                Some(25),
                "name     n  found\n\
                 one      1  a value of\n            \
                             several words\n\
                 eleven  11  日本",
            ),
        ] {
            assert_eq!(table().text(width), expected);
        }
    }

    #[test]
    fn no_line_is_wider_than_asked() {
        for width in [20, 40, 80] {
            for line in table().text(Some(width)).lines() {
                assert!(line.chars().count() <= width, "{width}: {line}");
            }
        }
    }

    #[test]
    fn paragraphs_break_between_words() {
        assert_eq!(paragraph("one two three", Some(8)), "one two\nthree");
        assert_eq!(paragraph("one two three", None), "one two three");
    }
}
