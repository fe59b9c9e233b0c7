//! Text from files in every output: it is shown, and becomes neither markup nor a command nor an escape of a terminal.

#![allow(clippy::unwrap_used, reason = "a test may state what it believes")]

use xp_report::{
    document::{Block, Document, Line, Table, csv, html, latex, markdown},
    figure::{self, Line as Curve},
    record::Slice,
};

/// Names and messages as a hostile file may have them.
const HOSTILE: [&str; 11] = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "=HYPERLINK(\"http://x\")",
    "@SUM(1)",
    "\\input{/etc/passwd}",
    "a | b",
    "one\ntwo\r\n- three",
    "\u{1b}[2J\u{1b}]0;title\u{7}",
    "\u{9b}31m\u{202e}reversed",
    "![x](javascript:alert(1)) $x$ % & # _ { } ~ ^",
    "a `code` span",
];

fn document(text: &str) -> (Document, Table) {
    let table = Table {
        id: "hostile".to_owned(),
        caption: Line::new(text),
        header: vec![text.to_owned(), "second".to_owned()],
        rows: vec![vec![
            Line::new(text),
            Line::default().code(text).strong(text),
        ]],
    };
    let blocks = vec![
        Block::Heading(1, text.to_owned()),
        Block::Paragraph(Line::new(text)),
        Block::List(vec![Line::new(text)]),
        Block::Table(table.clone()),
    ];
    (Document::new(blocks), table)
}

#[test]
fn text_of_files_is_harmless_in_every_output() {
    let (plain, _) = document("x");
    let lines = |text: &str| text.lines().count();
    for text in HOSTILE {
        let (document, table) = document(text);
        let page = html(&document);
        let marked = markdown(&document, "figures");
        let tables = latex(&document);
        let sheet = String::from_utf8(csv(&table).unwrap()).unwrap();
        for output in [&page, &marked, &tables, &sheet] {
            let moves = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
            assert!(!output.contains(moves), "{text:?}: {output:?}");
        }
        assert_eq!(
            lines(&marked),
            lines(&markdown(&plain, "figures")),
            "{text:?}"
        );
        assert_eq!(lines(&tables), lines(&latex(&plain)), "{text:?}");
        assert!(
            !page.contains("<script") && !page.contains("<img"),
            "{page}"
        );
        // What is code is shown as it is.
        let outside: String = marked.split('`').step_by(2).collect();
        assert!(
            text.contains('`') || !outside.contains("<script") && !outside.contains("<img"),
            "{marked}"
        );
        assert!(
            text.contains('`') || !outside.contains("](javascript"),
            "{marked}"
        );
        assert!(!tables.contains("\\input{"), "{tables}");
        // The cells of a row are as many as those of the header, whatever is in them.
        let cells = |line: &str| line.replace("\\|", "").matches('|').count();
        let rows: Vec<&str> = marked
            .lines()
            .filter(|line| line.starts_with("| "))
            .collect();
        assert!(
            rows.len() == 2 && rows.iter().all(|row| cells(row) == 3),
            "{marked}"
        );
        for field in sheet.lines().flat_map(|line| line.split(',')) {
            assert!(
                !field.trim_matches('"').starts_with(['=', '@', '+']),
                "{sheet}"
            );
        }
    }
}

/// Elements that figures have.
const ELEMENTS: [&str; 8] = [
    "svg", "title", "style", "g", "rect", "text", "path", "circle",
];

#[test]
fn text_of_files_is_harmless_in_figures() {
    for text in HOSTILE {
        let curves = [Curve {
            name: text.to_owned(),
            points: vec![(1.0, 0.7), (2.0, 0.6)],
        }];
        let slices = [Slice {
            name: text.to_owned(),
            log: false,
            points: vec![(1.0, 0.6, true), (2.0, 0.7, true)],
        }];
        let axes = ("step", text);
        for svg in [
            figure::curves(text, axes, &curves, None),
            figure::slices(text, text, &slices),
            figure::importance(text, &[(text.to_owned(), 0.4), ("x".to_owned(), 0.6)]),
        ] {
            let moves = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
            assert!(!svg.contains(moves), "{text:?}: {svg:?}");
            for tag in svg.split('<').skip(1) {
                let name = tag.trim_start_matches('/');
                let end = name.find(|c: char| !c.is_alphanumeric());
                let name = &name[..end.unwrap_or(name.len())];
                let is_declaration = tag.starts_with('?') || tag.starts_with('!');
                assert!(
                    is_declaration || ELEMENTS.contains(&name),
                    "{text:?}: <{name}> in {svg}"
                );
                let attributes = tag.split('>').next().unwrap_or_default();
                assert!(!attributes.contains(" on"), "{text:?}: {attributes}");
            }
            let references = svg.split('&').skip(1);
            for reference in references {
                let known = ["amp;", "lt;", "gt;", "quot;", "apos;", "#"];
                assert!(
                    known.iter().any(|name| reference.starts_with(name)),
                    "{svg}"
                );
            }
        }
    }
}
