//! No two files are the same experiment (F13).

use std::path::Path;

use xp_spec::files::EXPERIMENTS;

use super::{candidate::Candidate, difference::differ};
use crate::{
    diagnostic::Diagnostic,
    file::File,
    siblings::{names, text},
    syntax::{Map, Node, parse},
};

/// Other experiments that would give the same numbers.
pub(crate) fn check(candidate: &Candidate<'_>) -> Vec<Diagnostic> {
    let (resolved, checked) = (candidate.resolved, candidate.checked);
    let binary = &checked.experiment.binary;
    // What is equal in all parts of a name has the same name up to its variant.
    let variant = match resolved.fields.optional("variant") {
        Some(Node::Text(text, _)) => format!("_{text}"),
        _ => String::new(),
    };
    let stem = binary.strip_suffix(&variant).unwrap_or(binary);
    let folder = candidate.siblings.folder.as_path();
    let home = resolved.source.workspace.root().join(EXPERIMENTS);
    let others = candidate
        .siblings
        .names
        .iter()
        .filter(|name| *name != binary)
        .map(|name| (folder, name.clone()));
    // In another folder, the same name is another file.
    let elsewhere = (home != folder).then_some(home.as_path());
    let there = elsewhere
        .into_iter()
        .flat_map(|home| names(home).into_iter().map(move |name| (home, name)));
    others
        .chain(there)
        .filter(|(folder, name)| {
            // Parsing is cheap, resolving is not: with many variants it would take seconds per experiment.
            let differs =
                || body(folder, name).is_some_and(|other| differ(resolved.fields.map(), &other));
            name.starts_with(stem)
                && !differs()
                && candidate
                    .read(folder, name)
                    .is_some_and(|other| other.equivalence == checked.equivalence)
        })
        .map(|(folder, name)| {
            Diagnostic::new(
                resolved.fields.key_span("run"),
                format!("`{name}` is the same experiment: it would give the same numbers"),
            )
            .help("delete one of the two files, or change what makes it different")
            .note(candidate.relative(folder, &name))
        })
        .collect()
}

/// The body of another experiment's call, without its meaning.
fn body(folder: &Path, name: &str) -> Option<Map> {
    let (body, span) = File::parse(&text(folder, name)?).ok()?.call()?;
    Some(parse(body, span, &mut Vec::new()))
}
