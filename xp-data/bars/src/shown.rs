//! A value of a file as a message shows it.

use xp_spec::printable::printable;

/// Characters of a value that are shown.
const MOST: usize = 60;
/// Characters of a text that are shown.
const MOST_OF_TEXT: usize = 80;

/// The beginning of a value, with what is not printable escaped.
pub(crate) fn shown(text: &str) -> String {
    beginning(text, MOST)
}

/// The beginning of a text of several lines or blanks, on one line.
pub(crate) fn excerpt(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    beginning(&line, MOST_OF_TEXT)
}

fn beginning(text: &str, most: usize) -> String {
    let mut shown = printable(&text.chars().take(most).collect::<String>());
    if text.chars().nth(most).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_short_and_harmless() {
        assert_eq!(shown("a\u{1b}[31mb"), "a\\u{1b}[31mb");
        assert_eq!(shown(&"9".repeat(1_000_000)).chars().count(), MOST + 1);
        assert_eq!(shown("119,80"), "119,80");
    }
}
