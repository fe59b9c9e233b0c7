//! `run: …`: a search or a training.

use xp_spec::{experiment::Run, files::config::Defaults, nearest::nearest};

use super::{
    fields::{Fields, wrong},
    hpo::{Search, hpo},
    model::Model,
    train::{Trainings, train},
    training::TrainingFields,
};
use crate::{diagnostic::Diagnostic, syntax::Node};

/// A run, as far as it is right.
pub(crate) enum RunFields<'a> {
    Hpo(Box<Search<'a>>),
    Train(Trainings<'a>),
}

impl RunFields<'_> {
    /// The run, where nothing of it is unknown.
    pub(crate) fn resolved(&self) -> Option<Run> {
        match self {
            Self::Hpo(search) => search.resolved().map(Run::Hpo),
            Self::Train(training) => training.resolved().map(Run::Train),
        }
    }
}

pub(crate) fn run<'a>(
    fields: &Fields<'a>,
    training: &TrainingFields,
    defaults: &Defaults,
    model: &Model,
    errors: &mut Vec<Diagnostic>,
) -> Option<RunFields<'a>> {
    let node = fields.required("run", "hpo { trials: 50, … }", errors)?;
    match node {
        Node::Block(name, map) if name == "hpo" => {
            let search = hpo(map, training, defaults, model, errors);
            Some(RunFields::Hpo(Box::new(search)))
        }
        Node::Block(name, map) if name == "train" => {
            Some(RunFields::Train(train(map, training, model, errors)))
        }
        Node::Name(name) | Node::Call(name, _) | Node::Keyed(name, _)
            if name == "hpo" || name == "train" =>
        {
            errors.push(
                Diagnostic::new(name.span(), format!("`{name}` needs its fields in braces"))
                    .help(format!("`run: {name} {{ … }}`")),
            );
            None
        }
        Node::Block(name, _) | Node::Name(name) | Node::Call(name, _) | Node::Keyed(name, _) => {
            let error = Diagnostic::new(name.span(), format!("`{name}` is no run"))
                .help("`hpo { … }` or `train { … }`");
            errors.push(match nearest(&name.to_string(), ["hpo", "train"]) {
                Some(near) => error.help(format!("did you mean `{near}`?")),
                None => error,
            });
            None
        }
        other => {
            wrong(other, "`hpo { … }` or `train { … }`", errors);
            None
        }
    }
}
