//! A table as CSV.

use super::model::Table;
use crate::markup::one_line;

/// The table with its header.
pub fn csv(table: &Table) -> std::io::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(table.header.iter().map(|name| guarded(one_line(name))))?;
    for row in &table.rows {
        writer.write_record(row.iter().map(|cell| guarded(one_line(&cell.plain()))))?;
    }
    writer.into_inner().map_err(|cause| cause.into_error())
}

/// A text that a spreadsheet would read as a formula gets an apostrophe, which makes it a text there; numbers stay numbers.
fn guarded(text: String) -> String {
    let mut characters = text.chars();
    let formula = match characters.next() {
        Some('=' | '@' | '\t' | '\r') => true,
        Some('+' | '-') => {
            !characters.next().is_some_and(|next| next.is_ascii_digit())
                || text.contains(['|', '!', '=', '('])
        }
        _ => false,
    };
    if formula { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_become_texts_and_numbers_stay() {
        for (text, expected) in [
            ("=HYPERLINK(\"http://x\")", "'=HYPERLINK(\"http://x\")"),
            ("@SUM(1)", "'@SUM(1)"),
            ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
            ("-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"),
            ("-0.0512 [-0.1, 0.0]", "-0.0512 [-0.1, 0.0]"),
            ("+1.5 % [-0.2 %, +3.1 %]", "+1.5 % [-0.2 %, +3.1 %]"),
            ("0.6 = x", "0.6 = x"),
            ("", ""),
        ] {
            assert_eq!(guarded(text.to_owned()), expected);
        }
    }
}
