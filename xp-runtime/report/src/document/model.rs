//! What a document is made of. Ids of figures and tables are file names, unique in a document.

use std::collections::BTreeSet;

use super::line::Line;

/// A table.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Its file name and label, unique in a document.
    pub id: String,
    /// What it shows.
    pub caption: Line,
    /// Names of the columns.
    pub header: Vec<String>,
    /// As wide as the header.
    pub rows: Vec<Vec<Line>>,
}

/// A figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// Its file name without `.svg`, unique in a document.
    pub id: String,
    /// What it shows.
    pub caption: String,
    /// The picture.
    pub svg: String,
}

/// A part of a document.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// Level from 1 and text.
    Heading(u8, String),
    /// A heading whose content, up to the next heading of its level or above, is folded where a reader can open it.
    Fold(u8, String),
    /// A paragraph.
    Paragraph(Line),
    /// A list without numbers.
    List(Vec<Line>),
    /// A table.
    Table(Table),
    /// A figure.
    Figure(Figure),
}

/// Longest id, in characters: file systems allow names of 255 bytes.
const LONGEST_ID: usize = 180;

/// A document.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Document(pub(super) Vec<Block>);

impl Document {
    /// A document of these blocks. Ids of figures and tables are file names: other characters than letters, digits and `_.+-` become
    /// `_`, and a repeated id gets a number.
    pub fn new(mut blocks: Vec<Block>) -> Self {
        let mut taken: BTreeSet<String> = BTreeSet::new();
        for block in &mut blocks {
            let id = match block {
                Block::Table(table) => &mut table.id,
                Block::Figure(figure) => &mut figure.id,
                Block::Heading(..) | Block::Fold(..) | Block::Paragraph(_) | Block::List(_) => {
                    continue;
                }
            };
            let allowed = |c: char| c.is_ascii_alphanumeric() || "_.+-".contains(c);
            let name: String = id
                .chars()
                .take(LONGEST_ID)
                .map(|c| if allowed(c) { c } else { '_' })
                .collect();
            let numbered = (2..).map(|n| format!("{name}_{n}"));
            let mut free = std::iter::once(name.clone()).chain(numbered);
            *id = free.find(|id| !taken.contains(id)).unwrap_or(name);
            taken.insert(id.clone());
        }
        Self(blocks)
    }

    /// Its figures.
    pub fn figures(&self) -> impl Iterator<Item = &Figure> {
        self.0.iter().filter_map(|block| match block {
            Block::Figure(figure) => Some(figure),
            _ => None,
        })
    }

    /// Its tables.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.0.iter().filter_map(|block| match block {
            Block::Table(table) => Some(table),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_file_names_and_each_is_there_once() {
        let figure = |id: &str| {
            Block::Figure(Figure {
                id: id.to_owned(),
                caption: String::new(),
                svg: String::new(),
            })
        };
        let ids = ["a_curve", "../../a", "a_curve", "a_curve_2", "a_curve"];
        let document = Document::new(ids.map(figure).to_vec());
        let found: Vec<&str> = document
            .figures()
            .map(|figure| figure.id.as_str())
            .collect();
        assert_eq!(
            found,
            [
                "a_curve",
                ".._.._a",
                "a_curve_2",
                "a_curve_2_2",
                "a_curve_3"
            ]
        );
    }
}
