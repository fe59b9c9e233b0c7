//! The only place that reads time or waits. Whoever judges by time is given a [`Clock`], so that its tests need neither sleep nor a quiet
//! machine; `clippy.toml` refuses every other way to the time. It must not decide anything by the time itself.

mod clock;
mod file;
mod manual;

pub use clock::Clock;
