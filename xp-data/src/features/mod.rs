//! The features: 20 fixed ones and 60 families over windows, 500 in all, in the order that tiers are cut from.
//!
//! These are fixed, since tiers are compared over years. Families of a user's own are registered in [`own`]: behind the 500, in no tier.
//! Every feature is proved causal when a data set is built ([`crate::build`]).

mod adx;
mod candle;
mod drawdown;
mod families;
pub(crate) mod family;
mod feature;
mod fixed;
mod own;
mod prepared;
mod registry;
mod returns;
pub(crate) mod scalar;
pub(crate) mod series;
mod traded;
mod volatility;
mod window;

pub use feature::Feature;
pub use prepared::Prepared;
pub use registry::registry;
