//! What a target is.

/// What a target does with an input.
pub type Run = Box<dyn FnMut(&[u8])>;

/// A parser of files from outside.
pub struct Target {
    /// Its name, and that of its folder of seeds.
    pub name: &'static str,
    /// Files of the workspace that are seeds, too; where the input is a file of the workspace, it replaces the first of them.
    pub shipped: &'static [&'static str],
    /// Makes ready what an input is tried in.
    pub start: fn(&Self) -> Run,
}
