//! Scaling laws of a loss against size: forms, fits, intervals and the verdict. It reads no files and writes no text.

mod law;
mod least_squares;
mod power;
mod saturating;
mod series;
mod study;
mod verdict;

pub use law::{Extrapolation, Law, LawPoint};
pub use power::{PowerLaw, power_law};
pub use saturating::{Saturating, saturating};
pub use series::Series;
pub use study::study;
pub use verdict::{MIN_SIZES, Verdict, verdict};
