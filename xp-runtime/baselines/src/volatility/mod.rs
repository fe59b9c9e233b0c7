//! The quant's baseline: how likely a price reaches a threshold within h days, by a forecast of its daily variance. A kind of forecast fits
//! a [`Process`] on the returns of train; everything else is shared here. No forecast uses a close after its own day.

mod calibration;
mod crossing;
mod forecast;
mod minimum;
mod process;

pub(crate) use forecast::{Forecast, fit};
pub(crate) use minimum::minimum;
pub(crate) use process::Process;
