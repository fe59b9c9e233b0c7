//! What commands say in a terminal: lines in which text of files moves no cursor, severities in colour, tables as wide as the terminal.
//! It must not know experiments or files.

mod label;
mod output;
mod table;
mod width;
mod wrap;

pub use output::{error_line, line, next};
pub use table::{Column, Table};
pub use width::width;
pub use wrap::wrapped;
