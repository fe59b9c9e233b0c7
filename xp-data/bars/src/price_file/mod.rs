//! Files of daily prices as people have them, of any provider and in any layout, to the raw format. The digits of numbers are unchanged,
//! and nothing is written.
//!
//! Bytes → [`content`] → `layout` (delimiter, header) → `columns` (which is which) → `numbers`, `dates` (how they are written) → `rows` →
//! `order` → `stock_splits` → [`Converted`].

mod columns;
mod content;
mod convert;
mod dates;
mod layout;
mod levels;
mod names;
mod numbers;
mod options;
mod order;
mod rows;
mod stock_splits;

pub use content::{Content, content};
pub use convert::{Converted, columns as from_columns, text as from_text};
pub use dates::Zone;
pub use names::is_known;
pub use numbers::Decimal;
pub use options::Options;
pub use stock_splits::StockSplit;
