//! Tables without lines, as wide as what shows them: a cell that does not fit goes on below itself.

use comfy_table::{CellAlignment, ContentArrangement, presets::NOTHING};

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

#[cfg(test)]
mod tests {
    use super::*;

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
}
