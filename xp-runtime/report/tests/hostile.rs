//! Text from files in every output: it is shown, and becomes neither markup nor a command nor an escape of a terminal.

#![allow(clippy::unwrap_used, reason = "a test may state what it believes")]

use xp_report::document::{Block, Document, Line, Table, csv, html, latex, markdown};

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
