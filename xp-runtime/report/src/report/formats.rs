//! Formats of a report.

/// Formats to write in addition to Markdown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Formats {
    /// One self-contained page.
    pub html: bool,
    /// Tables as LaTeX.
    pub latex: bool,
    /// Tables as CSV, a file each.
    pub csv: bool,
}
