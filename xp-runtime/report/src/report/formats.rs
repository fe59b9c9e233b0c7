//! What a report is written as.

/// What to write beside the Markdown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Formats {
    /// One self-contained page.
    pub html: bool,
    /// Tables as LaTeX.
    pub latex: bool,
    /// Tables as CSV, a file each.
    pub csv: bool,
}
