//! Lines that are broken between words.

/// Columns that a text needs to be broken between its words.
const NARROWEST: usize = 20;

/// Lines that are at most so wide: what does not fit goes on below, `indent` columns to the right. Code in backticks and words are not broken,
/// so that they can be copied: what is longer than a line runs over. A terminal that has no room for that breaks lines itself.
pub fn wrapped(text: &str, indent: usize, width: Option<usize>) -> String {
    let Some(width) = width.filter(|width| *width >= indent + NARROWEST) else {
        return text.to_owned();
    };
    let below = " ".repeat(indent);
    let options = textwrap::Options::new(width)
        .subsequent_indent(&below)
        .break_words(false)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .wrap_algorithm(textwrap::WrapAlgorithm::FirstFit);
    let fitted = |line: &str| textwrap::fill(&unbroken(line), &options);
    let lines: Vec<String> = text.lines().map(fitted).collect();
    lines.join("\n").replace(UNBROKEN, " ")
}

/// A blank at which no line breaks: a code point that is no character, so that no text has it.
const UNBROKEN: char = '\u{fdd0}';

/// A line of which code in backticks has no blank to break at. A backtick without a second one begins none.
fn unbroken(line: &str) -> String {
    let last = line.matches('`').count();
    let parts = line.split('`').enumerate();
    let parts = parts.map(|(at, part)| match at % 2 {
        1 if at < last => part.replace(' ', &UNBROKEN.to_string()),
        _ => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_goes_on_below() {
        let line = "  WARN  drift  ärger with three features of twenty, largest: rsi";
        for (width, expected) in [
            (None, line.to_owned()),
            (Some(80), line.to_owned()),
            (
                Some(40),
                "  WARN  drift  ärger with three features\n               of twenty, largest: rsi"
                    .to_owned(),
            ),
            (Some(20), line.to_owned()),
        ] {
            assert_eq!(wrapped(line, 15, width), expected);
        }
        assert_eq!(
            wrapped("12 of 12 trials, of which most were pruned", 2, Some(31)),
            "12 of 12 trials, of which most\n  were pruned"
        );
        assert_eq!(
            wrapped("one two three of four and five", 0, Some(22)),
            "one two three of four\nand five"
        );
        assert_eq!(
            wrapped("one `two three of four and five", 0, Some(22)),
            "one `two three of four\nand five"
        );
        // What is to be copied stays whole.
        assert_eq!(
            wrapped(
                "FAIL  no result; run `cargo xp run hpo_2M_threshold_1pct` first",
                6,
                Some(30)
            ),
            "FAIL  no result; run\n      `cargo xp run hpo_2M_threshold_1pct`\n      first"
        );
    }
}
