//! An experiment that is right by itself, about to be compared with others.

use std::path::Path;

use xp_spec::experiment::Run;

use crate::{
    checked::{Borrowed, Checked},
    resolve::Resolved,
    siblings::{Siblings, file, text},
    source::Source,
};

/// Checks a text by itself, without other experiments.
pub(crate) type CheckSingle = fn(&str, &Source) -> Option<Checked>;

/// What a check against other experiments sees.
pub(crate) struct Candidate<'a> {
    /// The tokens to blame.
    pub(crate) resolved: &'a Resolved<'a>,
    pub(crate) checked: &'a Checked,
    pub(crate) siblings: &'a Siblings,
    /// Searches that it borrows from, by name; `None` where one has errors.
    pub(crate) sources: Vec<(&'a str, Option<Checked>)>,
    check_single: CheckSingle,
}

impl<'a> Candidate<'a> {
    /// Reads the searches that an experiment borrows from.
    pub(crate) fn new(
        resolved: &'a Resolved<'a>,
        checked: &'a Checked,
        siblings: &'a Siblings,
        check_single: CheckSingle,
    ) -> Self {
        let mut candidate = Self {
            resolved,
            checked,
            siblings,
            sources: Vec::new(),
            check_single,
        };
        if let Run::Train(train) = &checked.experiment.run {
            let read = |name| (name, candidate.read(&siblings.folder, name));
            candidate.sources = train.params.sources().into_iter().map(read).collect();
        }
        candidate
    }

    /// Another experiment by itself; `None` where it has errors.
    pub(crate) fn read(&self, folder: &Path, name: &str) -> Option<Checked> {
        let workspace = self.resolved.source.workspace.clone();
        let source = Source::within(&file(folder, name), workspace)?;
        (self.check_single)(&text(folder, name)?, &source)
    }

    /// The file of another experiment, relative to the workspace.
    pub(crate) fn relative(&self, folder: &Path, name: &str) -> String {
        let path = file(folder, name);
        let root = self.resolved.source.workspace.root();
        let relative = path.strip_prefix(root).unwrap_or(&path);
        relative.to_string_lossy().into_owned()
    }

    /// The searches that it borrows from, as far as they are right.
    pub(crate) fn borrowed(&self) -> Vec<Borrowed> {
        self.sources
            .iter()
            .filter_map(|(name, source)| {
                let source = source.as_ref()?;
                Some(Borrowed {
                    binary: (*name).to_owned(),
                    experiment: source.experiment.name(),
                    hash: source.hash.clone(),
                    file: self.relative(&self.siblings.folder, name),
                })
            })
            .collect()
    }
}
