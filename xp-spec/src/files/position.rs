//! Where a field of a CSV is in its text, for people who open the file in an editor.

/// Line and column, from 1, of field `field` of the record that starts at or after `byte`. Lines end in `\n`, `\r\n` or `\r`;
/// columns count characters. A field that is not there is located at the end of its record.
pub fn position(text: &str, byte: u64, field: usize) -> (u64, u64) {
    position_by(text, byte, field, ',')
}

/// [`position`] where another character separates fields.
pub fn position_by(text: &str, byte: u64, field: usize, delimiter: char) -> (u64, u64) {
    let mut start = usize::try_from(byte).unwrap_or(usize::MAX).min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    // A record's position may be that of the line end, or of the empty lines, before it.
    let blank = |c: char| c == '\n' || c == '\r';
    let rest = text.get(start..).unwrap_or_default();
    start += rest.len() - rest.trim_start_matches(blank).len();
    let mut left = field;
    let mut quoted = false;
    let mut at = text.len();
    for (offset, c) in text.get(start..).unwrap_or_default().char_indices() {
        if left == 0 || (blank(c) && !quoted) {
            at = start + offset;
            break;
        }
        if c == '"' {
            quoted = !quoted;
        } else if c == delimiter && !quoted {
            left -= 1;
        }
    }
    let before = text.get(..at).unwrap_or_default();
    let mut line = 1;
    let mut column = 1;
    let mut previous = ' ';
    for c in before.chars() {
        match c {
            '\n' if previous == '\r' => {}
            '\n' | '\r' => (line, column) = (line + 1, 1),
            _ => column += 1,
        }
        previous = c;
    }
    (line, column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_have_the_line_and_column_that_an_editor_shows() {
        let text = "date,open\n2007-01-31,1.5\r\n\n\"a,b\",2\rü,x,\n";
        let at = |needle: &str| text.find(needle).unwrap_or_default() as u64;
        for (byte, field, expected) in [
            (0, 0, (1, 1)),
            (0, 1, (1, 6)),
            (at("2007"), 1, (2, 12)),
            (at("2007") - 1, 1, (2, 12)),
            (at("\"a"), 0, (4, 1)),
            (at("\"a") - 1, 1, (4, 7)),
            (at("ü"), 1, (5, 3)),
            (at("ü"), 2, (5, 5)),
            (at("ü"), 9, (5, 5)),
            (9999, 3, (6, 1)),
        ] {
            assert_eq!(position(text, byte, field), expected, "{byte} {field}");
        }
    }
}
