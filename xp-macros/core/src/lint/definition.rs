//! What a lint is, and what it sees.

use crate::{checked::Checked, diagnostic::Diagnostic, resolve::Resolved};

/// A rule about science, not about types: what it finds is right and yet doubtful.
pub(crate) struct Lint {
    /// As `allow` has it; a word of `xp_spec::vocabulary::allow`, which says what the lint finds.
    pub(crate) name: &'static str,
    /// Why that is doubtful.
    pub(crate) why: &'static str,
    /// What to do instead.
    pub(crate) remedy: &'static str,
    /// What it finds, each on the smallest token to blame; why and remedy are added.
    pub(crate) check: fn(&Judged<'_>) -> Vec<Diagnostic>,
}

impl Lint {
    /// Its findings, with why and remedy.
    pub(crate) fn findings(&self, judged: &Judged<'_>) -> Vec<Diagnostic> {
        let name = self.name;
        (self.check)(judged)
            .into_iter()
            .map(|found| {
                found.help(self.remedy).note(self.why).note(format!(
                    "where it is meant: `allow: {{ {name}: \"the reason\" }}`"
                ))
            })
            .collect()
    }
}

/// A right experiment with its tokens.
pub(crate) struct Judged<'a> {
    /// The tokens to blame, and the lock of the data.
    pub(crate) resolved: &'a Resolved<'a>,
    pub(crate) checked: &'a Checked,
}
