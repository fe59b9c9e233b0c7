//! The version of libtorch, once.

/// Version of libtorch that tch 0.26 wants.
pub(crate) const VERSION: &str = "2.13.0";
