//! The data of the report's figures.

pub(super) mod curve;
pub(super) mod law;
pub(super) mod of_run;
pub(super) mod over_budgets;
pub(super) mod search;

mod calibration;
