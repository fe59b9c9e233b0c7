//! A report as data: headings, paragraphs, lists, tables, figures. Renderers turn it into Markdown, HTML, LaTeX and CSV; they escape, so
//! that texts from outside stay texts.

mod csv;
mod html;
mod latex;
mod line;
mod markdown;
mod model;
mod svg;

pub use csv::csv;
pub use html::html;
pub use latex::latex;
pub use line::{Line, Span};
pub use markdown::markdown;
pub use model::{Block, Document, Figure, Table};
pub use svg::svg;
