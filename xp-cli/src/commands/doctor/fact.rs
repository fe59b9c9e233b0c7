//! What was found of a thing.

/// A name and what was found of it; several lines where there are several.
pub(super) type Fact = (&'static str, String);
