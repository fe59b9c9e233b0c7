//! A document as one HTML page that holds its figures: nothing is loaded from elsewhere.

use super::{
    line::{Line, Span, one_line},
    model::{Block, Document},
};

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}\
table{border-collapse:collapse;margin:.5rem 0;font-variant-numeric:tabular-nums;font-size:.9rem;display:block;overflow-x:auto}\
th,td{border-bottom:1px solid #ccc;padding:.25rem .6rem;text-align:left;vertical-align:top}th{border-bottom:2px solid #555}\
figure{margin:1rem 0}figure svg{max-width:100%;height:auto}figcaption,.caption{color:#444;font-size:.9rem}\
code{font-size:.85em;background:#f2f2f2;padding:0 .2em;overflow-wrap:anywhere}h2{border-bottom:1px solid #ccc;margin-top:2.5rem}";

/// The page.
pub fn html(document: &Document) -> String {
    let title = document.0.iter().find_map(|block| match block {
        Block::Heading(1, title) => Some(escape(title)),
        _ => None,
    });
    let mut text = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n",
        title.unwrap_or_default()
    );
    for (position, block) in document.0.iter().enumerate() {
        match block {
            Block::Heading(level, title) => {
                text.push_str(&format!("<h{level}>{}</h{level}>\n", escape(title)));
            }
            Block::Paragraph(line) => text.push_str(&format!("<p>{}</p>\n", inline(line))),
            Block::List(lines) => {
                text.push_str("<ul>\n");
                for line in lines {
                    text.push_str(&format!("<li>{}</li>\n", inline(line)));
                }
                text.push_str("</ul>\n");
            }
            Block::Table(table) => {
                text.push_str(&format!(
                    "<p class=\"caption\">{}</p>\n<table>\n<tr>",
                    inline(&table.caption)
                ));
                for name in &table.header {
                    text.push_str(&format!("<th>{}</th>", escape(name)));
                }
                text.push_str("</tr>\n");
                for row in &table.rows {
                    text.push_str("<tr>");
                    for cell in row {
                        text.push_str(&format!("<td>{}</td>", inline(cell)));
                    }
                    text.push_str("</tr>\n");
                }
                text.push_str("</table>\n");
            }
            Block::Figure(figure) => text.push_str(&format!(
                "<figure>\n{}\n<figcaption>{}</figcaption>\n</figure>\n",
                own_ids(&figure.svg, position),
                escape(&figure.caption)
            )),
        }
    }
    text.push_str("</body>\n</html>\n");
    text
}

/// Figures of one page share its ids: each gets its own. The XML declaration belongs to files only.
fn own_ids(svg: &str, position: usize) -> String {
    let start = svg.find("<svg").unwrap_or(0);
    let mut own = svg.split_at(start).1.to_owned();
    for reference in [" id=\"", "url(#", "href=\"#"] {
        own = own.replace(reference, &format!("{reference}f{position}-"));
    }
    own
}

fn inline(line: &Line) -> String {
    line.0
        .iter()
        .map(|span| match span {
            Span::Text(text) => escape(text),
            Span::Strong(text) => format!("<strong>{}</strong>", escape(text)),
            Span::Code(text) => format!("<code>{}</code>", escape(text)),
        })
        .collect()
}

fn escape(text: &str) -> String {
    one_line(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
