//! A document as GitHub's Markdown.

use super::{
    line::{Line, Span},
    model::{Block, Document},
};
use crate::markup::one_line;

/// The document; figures lie in `figures`, relative to it.
pub fn markdown(document: &Document, figures: &str) -> String {
    let mut text = String::new();
    for block in &document.0 {
        if !text.is_empty() {
            text.push('\n');
        }
        match block {
            Block::Heading(level, title) | Block::Fold(level, title) => {
                let marks = "#".repeat(usize::from(*level));
                text.push_str(&format!("{marks} {}\n", escape(title)));
            }
            Block::Paragraph(line) => text.push_str(&format!("{}\n", inline(line))),
            Block::List(lines) => {
                for line in lines {
                    text.push_str(&format!("- {}\n", inline(line)));
                }
            }
            Block::Table(table) => {
                text.push_str(&format!("{}\n\n", inline(&table.caption)));
                let header: Vec<String> = table.header.iter().map(|name| escape(name)).collect();
                text.push_str(&format!("| {} |\n", header.join(" | ")));
                text.push_str(&format!("|{}\n", "---|".repeat(header.len())));
                for row in &table.rows {
                    let cells: Vec<String> = row.iter().map(inline).collect();
                    text.push_str(&format!("| {} |\n", cells.join(" | ")));
                }
            }
            Block::Figure(figure) => {
                let caption = escape(&figure.caption);
                text.push_str(&format!(
                    "![{caption}]({figures}/{}.svg)\n\n*{caption}*\n",
                    figure.id
                ));
            }
        }
    }
    text
}

fn inline(line: &Line) -> String {
    line.0
        .iter()
        .map(|span| match span {
            Span::Text(text) => escape(text),
            Span::Strong(text) => format!("**{}**", escape(text)),
            Span::Code(text) => code(text),
        })
        .collect()
}

/// Escapes the markup of Markdown and HTML. Underscores inside words are not markup on GitHub.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let text = one_line(text);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let entity = |next: &char| next.is_ascii_alphabetic() || *next == '#';
        match character {
            '&' if characters.peek().is_some_and(entity) => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '\\' | '`' | '*' | '|' | '[' | ']' | '#' => {
                // Intervals are many and harmless: a bracket needs no mark unless a parenthesis could follow it.
                if !matches!(character, '[' | ']') {
                    out.push('\\');
                }
                out.push(character);
            }
            '(' if out.ends_with(']') => out.push_str("\\("),
            _ => out.push(character),
        }
    }
    out
}

/// Code in a fence longer than any run of backticks in it, which therefore cannot end it; a bar would end a table's cell.
fn code(text: &str) -> String {
    let text = one_line(text).replace('|', "\\|");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    if longest == 0 {
        return format!("`{text}`");
    }
    let fence = "`".repeat(longest + 1);
    format!("{fence} {text} {fence}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_its_code_or_becomes_markup() {
        for (text, expected) in [
            ("plain", "`plain`"),
            ("a ` b", "`` a ` b ``"),
            ("a `` b ```", "```` a `` b ``` ````"),
            ("x | y", "`x \\| y`"),
        ] {
            assert_eq!(code(text), expected);
        }
        assert_eq!(
            escape("&lt;b> <i> & R&#68;"),
            "&amp;lt;b> &lt;i> & R&amp;\\#68;"
        );
    }
}
