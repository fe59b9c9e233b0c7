//! A document as one HTML page that holds its figures: nothing is loaded from elsewhere, and nothing is a program.

mod contents;

use contents::{addresses, contents};

use super::{
    line::{Line, Span},
    model::{Block, Document, Figure, Table},
    svg::inline,
};
use crate::{figure, markup::escape};

const STYLE: &str = include_str!("page.css");

/// Figures one after another that a reader looks at at once; more are folded.
const FIGURES_AT_ONCE: usize = 8;

/// The page.
pub fn html(document: &Document) -> String {
    let addresses = addresses(document);
    let mut page = Page {
        text: head(document),
        addresses: addresses.iter(),
        contents: contents(document, &addresses),
        fold: None,
    };
    let figures = |block: &Block| matches!(block, Block::Figure(_));
    for blocks in document.0.chunk_by(|a, b| figures(a) && figures(b)) {
        page.blocks(blocks);
    }
    page.finish()
}

/// What comes before the first block.
fn head(document: &Document) -> String {
    let title = document.0.iter().find_map(|block| match block {
        Block::Heading(1, title) => Some(escape(title)),
        _ => None,
    });
    let figures = figure::sheet("figure ");
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{}</title>\n<style>\n{STYLE}{figures}\n</style>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#main\">Skip to the results</a>\n<main id=\"main\" tabindex=\"-1\">\n",
        title.unwrap_or_default()
    )
}

/// A page as far as it is written.
struct Page<'a> {
    text: String,
    /// Of the headings to come.
    addresses: std::slice::Iter<'a, String>,
    /// Until they are written, above the first section.
    contents: String,
    /// Level of the fold that is open.
    fold: Option<u8>,
}

impl Page<'_> {
    fn finish(mut self) -> String {
        self.end_fold(1);
        self.text.push_str("</main>\n</body>\n</html>\n");
        self.text
    }

    /// One block, or figures one after another.
    fn blocks(&mut self, blocks: &[Block]) {
        match blocks {
            [Block::Heading(level, title)] => self.heading(*level, title),
            [Block::Fold(level, title)] => self.fold(*level, title),
            [Block::Paragraph(line)] => self.line("p", line),
            [Block::List(lines)] => {
                self.text.push_str("<ul>\n");
                for line in lines {
                    self.line("li", line);
                }
                self.text.push_str("</ul>\n");
            }
            [Block::Table(one)] => self.text.push_str(&table(one)),
            figures => self.figures(figures),
        }
    }

    fn line(&mut self, element: &str, line: &Line) {
        let text = spans(line);
        self.text
            .push_str(&format!("<{element}>{text}</{element}>\n"));
    }

    fn heading(&mut self, level: u8, title: &str) {
        self.end_fold(level);
        if level > 1 {
            self.text.push_str(&std::mem::take(&mut self.contents));
        }
        let id = self.addresses.next().map_or("", String::as_str);
        let title = escape(title);
        self.text
            .push_str(&format!("<h{level} id=\"{id}\">{title}</h{level}>\n"));
    }

    fn fold(&mut self, level: u8, title: &str) {
        self.end_fold(level);
        let id = self.addresses.next().map_or("", String::as_str);
        let title = escape(title);
        self.text.push_str(&format!(
            "<details id=\"{id}\">\n<summary><h{level}>{title}</h{level}></summary>\n"
        ));
        self.fold = Some(level);
    }

    /// Ends the open fold where a heading of this level does.
    fn end_fold(&mut self, level: u8) {
        if self.fold.is_some_and(|open| level <= open) {
            self.text.push_str("</details>\n");
            self.fold = None;
        }
    }

    fn figures(&mut self, figures: &[Block]) {
        let (start, end) = if figures.len() > FIGURES_AT_ONCE {
            let n = figures.len();
            let start = format!("<details>\n<summary>{n} figures</summary>\n");
            (start, "</details>\n")
        } else {
            (String::new(), "")
        };
        self.text.push_str(&start);
        self.text.push_str("<div class=\"figures\">\n");
        for block in figures {
            if let Block::Figure(one) = block {
                self.text.push_str(&drawn(one));
            }
        }
        self.text.push_str("</div>\n");
        self.text.push_str(end);
    }
}

fn drawn(figure: &Figure) -> String {
    format!(
        "<figure id=\"f-{}\">\n{}\n<figcaption>{}</figcaption>\n</figure>\n",
        figure.id,
        inline(figure),
        escape(&figure.caption)
    )
}

/// A table that scrolls by itself where the page is narrower; the keyboard can scroll it too.
fn table(table: &Table) -> String {
    let id = &table.id;
    let mut text = format!(
        "<figure id=\"t-{id}\">\n<figcaption id=\"c-{id}\">{}</figcaption>\n\
         <div class=\"scroll\" role=\"group\" aria-labelledby=\"c-{id}\" tabindex=\"0\">\n<table aria-labelledby=\"c-{id}\">\n<thead><tr>",
        spans(&table.caption)
    );
    for name in &table.header {
        // A header without a name heads nothing.
        text.push_str(&if name.is_empty() {
            "<td></td>".to_owned()
        } else {
            format!("<th scope=\"col\">{}</th>", escape(name))
        });
    }
    text.push_str("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        text.push_str("<tr>");
        for (column, cell) in row.iter().enumerate() {
            let cell = spans(cell);
            // The first cell names its row.
            text.push_str(&if column == 0 && !cell.is_empty() {
                format!("<th scope=\"row\">{cell}</th>")
            } else {
                format!("<td>{cell}</td>")
            });
        }
        text.push_str("</tr>\n");
    }
    text.push_str("</tbody>\n</table>\n</div>\n</figure>\n");
    text
}

fn spans(line: &Line) -> String {
    line.0
        .iter()
        .map(|span| match span {
            Span::Text(text) => escape(text),
            Span::Strong(text) => format!("<strong>{}</strong>", escape(text)),
            Span::Code(text) => format!("<code>{}</code>", escape(text)),
        })
        .collect()
}
