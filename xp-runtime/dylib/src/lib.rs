//! `xp-runtime` as one shared library: linked once instead of into each experiment. It adds nothing of its own.

pub use xp_runtime::*;
