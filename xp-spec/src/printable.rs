//! Text from files, as it may be printed: without characters that move a cursor, hide text or turn the order of letters.

/// A text whose control characters, but line ends and tabs, and marks of direction are escaped, as `\u{1b}`.
pub fn printable(text: &str) -> String {
    let mut printable = String::with_capacity(text.len());
    for c in text.chars() {
        if (c.is_control() && c != '\n' && c != '\t') || is_direction(c) {
            printable.extend(c.escape_unicode());
        } else {
            printable.push(c);
        }
    }
    printable
}

/// Whether a character turns the direction of what follows it.
fn is_direction(c: char) -> bool {
    matches!(
        c,
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moves_a_terminal_is_escaped_and_nothing_else() {
        for (text, expected) in [
            (
                "a\u{1b}[31mb\u{7}\r\u{9b}",
                "a\\u{1b}[31mb\\u{7}\\u{d}\\u{9b}",
            ),
            ("\u{202e}abc\u{2066}", "\\u{202e}abc\\u{2066}"),
            (
                "one\n\ttwo — 3 °C, α ≤ .5, 日本",
                "one\n\ttwo — 3 °C, α ≤ .5, 日本",
            ),
        ] {
            assert_eq!(printable(text), expected);
        }
    }
}
