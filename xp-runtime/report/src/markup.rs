//! Text from files as text of a page or a figure: one line, and no markup.

use xp_spec::printable::printable;

/// A line as one line: line breaks of a message would end a list item or a table's row, and control characters move a terminal.
pub(crate) fn one_line(text: &str) -> String {
    printable(&text.replace(['\n', '\r'], " "))
}

/// A text, or the value of an attribute, of HTML and of XML.
pub(crate) fn escape(text: &str) -> String {
    one_line(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
