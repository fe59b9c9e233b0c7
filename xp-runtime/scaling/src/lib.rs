//! Scaling laws of a loss against size: forms, fits, intervals and verdicts, and the simulation of studies whose law is known that shows
//! what the intervals cover. It reads no files and writes no text.

mod curvature;
mod exponent;
mod family;
mod held_out;
mod holm;
mod iso_flop;
mod joint;
mod law;
mod least_squares;
mod line;
mod measured;
mod points;
mod pooled;
mod power;
mod prediction;
mod profile;
mod projection;
mod saturating;
mod series;
pub mod simulation;
pub mod student;
mod verdict;

pub use exponent::Exponent;
pub use family::{Group, family};
pub use held_out::Extrapolation;
pub use iso_flop::{FiellerInterval, IsoFlopPoint, Optimum, optimum};
pub use joint::{Joint, JointPoint, joint};
pub use law::Law;
pub use points::{LawPoint, Study};
pub use power::{PowerLaw, power_law};
pub use profile::Profiled;
pub use saturating::{Saturating, saturating};
pub use series::Series;
pub use verdict::{MIN_SEEDS, MIN_SIZES, Missing, NoPowerLaw, Verdict};
