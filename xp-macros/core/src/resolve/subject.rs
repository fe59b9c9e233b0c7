//! What is predicted from what: phase, budget, task, horizon, bars, data, features, context and split.

use xp_spec::{
    architecture::Normalisation,
    budget::Budget,
    files::{Workspace, config::Defaults},
    name::normal_phase,
    split::{Labelling, Regions, Split, regions},
    task::{Horizon, LabelPrice, Task},
    timescale::Timescale,
};

use super::{
    budget::budget,
    data::{Data, data},
    features::features,
    fields::{Fields, number, one_of, text, whole},
    normalisation::normalisation,
    split::split,
};
use crate::{diagnostic::Diagnostic, syntax::Node};

/// The data side of an experiment: what of it is right, so that one fault hides no other (F17).
pub(crate) struct Subject {
    pub(crate) phase: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) budget: Option<Budget>,
    pub(crate) tolerance: Option<f64>,
    pub(crate) task: Option<Task>,
    pub(crate) label_price: Option<LabelPrice>,
    pub(crate) horizon: Option<Horizon>,
    pub(crate) timescale: Option<Timescale>,
    pub(crate) data: Option<Data>,
    pub(crate) features: Option<Vec<String>>,
    pub(crate) context: Option<u32>,
    pub(crate) normalisation: Option<Normalisation>,
    pub(crate) split: Option<Split>,
    /// Absent where one of what decides them is.
    pub(crate) regions: Option<Regions>,
}

pub(crate) fn subject(
    fields: &Fields<'_>,
    workspace: &Workspace,
    defaults: &Defaults,
    errors: &mut Vec<Diagnostic>,
) -> Subject {
    let phase = fields
        .required("phase", "\"phase6a\"", errors)
        .and_then(|node| phase(node, errors));
    let description = fields
        .optional("description")
        .map(|node| text(node, "\"why this is run\"", errors));
    let budget = fields
        .required("budget", "\"2M\"", errors)
        .and_then(|node| budget(node, workspace, errors));
    let tolerance = match fields.optional("tolerance") {
        Some(node) => match number(node, errors) {
            Some(value) if value > 0.0 && value <= Budget::TOLERANCE => Some(value),
            Some(value) => {
                errors.push(Diagnostic::new(
                    node.span(),
                    format!(
                        "`tolerance` must be > 0 and ≤ {}, found {value}",
                        Budget::TOLERANCE
                    ),
                ));
                None
            }
            None => None,
        },
        None => Some(Budget::TOLERANCE),
    };
    let task = fields
        .required("task", "threshold_1pct", errors)
        .and_then(|node| {
            one_of(
                node,
                "task",
                &Task::ALL.map(|task| (task.name(), task)),
                errors,
            )
        });
    let label_price = match fields.optional("label_price") {
        Some(node) => one_of(
            node,
            "label price",
            &LabelPrice::ALL.map(|price| (price.name(), price)),
            errors,
        ),
        None => Some(defaults.label_price),
    };
    let horizon = fields
        .required("horizon", "5", errors)
        .and_then(|node| horizon(node, errors));
    let timescale = fields
        .required("timescale", "daily", errors)
        .and_then(|node| {
            one_of(
                node,
                "timescale",
                &Timescale::ALL.map(|scale| (scale.name(), scale)),
                errors,
            )
        });
    let context = fields
        .required("context", "80", errors)
        .and_then(|node| whole(node, 1..=10_000, errors))
        .and_then(|bars| u32::try_from(bars).ok());
    let normalisation = match fields.optional("normalisation") {
        Some(node) => normalisation(node, errors),
        None => Some(defaults.normalisation.into()),
    };
    let data = fields
        .required("data", "\"data/processed/nasdaq_daily.parquet\"", errors)
        .and_then(|node| data(node, timescale, workspace, errors));
    let lock = data.as_ref().map(|data| &*data.lock);
    let features = fields
        .required("features", "tier(20)", errors)
        .and_then(|node| features(node, lock, errors));
    let split = fields
        .required(
            "split",
            "{ val: \"2007-01-01\", test: \"2010-01-01\" }",
            errors,
        )
        .and_then(|node| {
            let spine = data.as_ref().map(|data| &*data.spine);
            split(node, spine, timescale, errors)
        });

    let subject = Subject {
        phase,
        description: description.flatten().map(str::to_owned),
        budget,
        tolerance,
        task,
        label_price,
        horizon,
        timescale,
        features,
        context,
        normalisation,
        split,
        regions: None,
        data,
    };
    let regions = subject.labelling().and_then(|labelling| {
        let data = subject.data.as_ref().filter(|data| data.fits)?;
        Some(regions(&data.spine, &labelling))
    });
    Subject { regions, ..subject }
}

impl Subject {
    /// What decides labels and regions, where all of it is right.
    pub(crate) fn labelling(&self) -> Option<Labelling> {
        Some(Labelling {
            task: self.task?,
            price: self.label_price?,
            horizon: self.horizon?,
            timescale: self.timescale?,
            context: self.context?,
            split: self.split?,
        })
    }
}

fn phase(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<String> {
    let written = text(node, "\"phase6a\"", errors)?;
    match normal_phase(written) {
        Some(normal) if normal == written => Some(normal),
        Some(normal) => {
            errors.push(
                Diagnostic::new(
                    node.span(),
                    format!("phase \"{written}\" is not in its normal form"),
                )
                .help(format!(
                    "write \"{normal}\": one phase has one name in logs and tables"
                )),
            );
            None
        }
        None => {
            errors.push(
                Diagnostic::new(node.span(), format!("\"{written}\" is no phase"))
                    .help("`phase`, a number and at most one letter, such as \"phase6a\""),
            );
            None
        }
    }
}

fn horizon(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<Horizon> {
    let days = whole(node, 1..=i64::MAX, errors)?;
    let found = u32::try_from(days).ok().and_then(Horizon::new);
    if found.is_none() {
        errors.push(
            Diagnostic::new(node.span(), format!("{days} is no horizon")).help(format!(
                "one of {} trading days",
                Horizon::ALL.map(|days| days.to_string()).join(", ")
            )),
        );
    }
    found
}
