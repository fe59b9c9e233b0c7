//! Text of a file as a message shows it: on one line, short, and without characters that move a cursor or turn the order of letters.

/// Characters of a value that are shown.
const MOST: usize = 60;

/// The beginning of a value, with what is not printable escaped.
pub(crate) fn shown(text: &str) -> String {
    let mut shown = printable(&text.chars().take(MOST).collect::<String>());
    if text.chars().nth(MOST).is_some() {
        shown.push('…');
    }
    shown
}

/// A text whose control characters are escaped, as `\u{1b}`.
pub(crate) fn printable(text: &str) -> String {
    let mut printable = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || is_direction(c) {
            printable.extend(c.escape_unicode());
        } else {
            printable.push(c);
        }
    }
    printable
}

/// Whether a character turns the direction of what follows it.
fn is_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reaches_a_terminal_that_moves_it() {
        assert_eq!(
            shown("a\u{1b}[31mb\u{9b}c\u{202e}d"),
            "a\\u{1b}[31mb\\u{9b}c\\u{202e}d"
        );
        assert_eq!(shown(&"9".repeat(1_000_000)).chars().count(), MOST + 1);
        assert_eq!(shown("119,80"), "119,80");
    }
}
