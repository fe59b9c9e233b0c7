//! A value of a file as a message shows it.

use xp_spec::printable::printable;

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
