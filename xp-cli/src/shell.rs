//! Commands that are shown to be typed.

/// A command of these words, those quoted that a shell would read otherwise.
pub(crate) fn command(words: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let words: Vec<_> = words
        .into_iter()
        .map(|word| quoted(word.as_ref()))
        .collect();
    words.join(" ")
}

/// A word as a shell reads it.
pub(crate) fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./,:=@%+".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::command;

    #[test]
    fn words_are_quoted_where_a_shell_needs_it() {
        assert_eq!(
            command(["cargo", "--allow", "x=a reason", "it's", "", "2M,20M"]),
            r"cargo --allow 'x=a reason' 'it'\''s' '' 2M,20M"
        );
    }
}
