//! `experiment!` as a plain library: parse (recovering, all errors at once) → resolve (each field by itself) → check (the
//! fields together, and against other experiments; rules of `xp-spec`) → lint (what is right and yet doubtful) → emit. The macro, the command line and the tests call the same
//! functions; it must never reach polars or libtorch.

mod analyse;
mod check;
mod checked;
mod diagnostic;
mod editor;
mod emit;
mod expand;
mod explain;
mod file;
mod finding;
mod lint;
mod resolve;
mod siblings;
mod source;
mod syntax;

pub use analyse::analyse_file;
pub use checked::{Borrowed, Checked, ModelFacts};
pub use diagnostic::Diagnostic;
pub use expand::{expand, expand_without_source};
pub use explain::{Row, ValueSource, explain};
pub use finding::Finding;
pub use source::Source;
