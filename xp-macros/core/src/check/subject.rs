//! What is predicted from what: phase, task, data, features, context and split, checked against manifest, lock and spine.

use std::sync::Arc;

use chrono::NaiveDate;
use xp_spec::{
    architecture::Normalisation,
    budget::Budget,
    experiment::DataSet,
    files::{
        Workspace,
        config::Defaults,
        footer::read_footer,
        lock::{SchemaLock, TIERS},
        manifest::ProcessedEntry,
    },
    minima::{counts, shortages},
    name::{nearest, normal_phase},
    split::{Labelling, Regions, Spine, Split, regions},
    task::{Horizon, LabelPrice, Task},
    timescale::Timescale,
    vocabulary,
};

use super::fields::{Fields, number, one_of, quoted, text, whole, wrong};
use crate::{diagnostic::Diagnostic, syntax::Node};

/// Names that no feature may have: they are prices, labels or the index (F10, F20).
const RESERVED: [&str; 12] = [
    "date",
    "open",
    "high",
    "low",
    "close",
    "volume",
    "adj_close",
    "label",
    "target",
    "y",
    "future_return",
    "threshold",
];

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
        .and_then(|node| {
            one_of(
                node,
                "budget",
                &Budget::ALL.map(|budget| (budget.name(), budget)),
                errors,
            )
        });
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
        Some(node) => one_of(
            node,
            "normalisation",
            &[
                ("revin", Normalisation::Revin),
                ("zscore", Normalisation::Zscore),
                ("none", Normalisation::None),
            ],
            errors,
        ),
        None => Some(defaults.normalisation),
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
        .and_then(|node| split(node, data.as_ref().map(|data| &*data.spine), errors));

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
        Some(counted(fields, &data.spine, &labelling, errors))
    });
    Subject { regions, ..subject }
}

impl Subject {
    /// What decides labels and regions, where all of it is right.
    fn labelling(&self) -> Option<Labelling> {
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

/// The regions; minima that they do not meet are blamed on what would have to change (F11).
fn counted(
    fields: &Fields<'_>,
    spine: &Spine,
    labelling: &Labelling,
    errors: &mut Vec<Diagnostic>,
) -> Regions {
    let found = regions(spine, labelling);
    for shortage in shortages(&found, labelling.timescale) {
        let cured = |other: Labelling| {
            let left = shortages(&regions(spine, &other), labelling.timescale);
            left.iter()
                .all(|it| (it.region, it.class) != (shortage.region, shortage.class))
        };
        let border = |key: &str| match fields.optional("split") {
            Some(Node::Map(map)) => map.get(key).map_or(map.span, Node::span),
            _ => fields.key_span("split"),
        };
        let without_embargo = Split {
            embargo: 0,
            ..labelling.split
        };
        let (span, remedy) = if cured(Labelling {
            context: 1,
            ..*labelling
        }) {
            let span = fields
                .optional("context")
                .map_or_else(|| fields.key_span("context"), Node::span);
            (span, "a shorter `context`".to_owned())
        } else if cured(Labelling {
            split: without_embargo,
            ..*labelling
        }) {
            (border("embargo"), "a shorter `embargo`".to_owned())
        } else {
            let span = match shortage.region {
                Some("test") => border("test"),
                Some(_) => border("val"),
                None => fields
                    .optional("data")
                    .map_or_else(|| fields.key_span("data"), Node::span),
            };
            (span, shortage.remedy.to_owned())
        };
        errors.push(
            Diagnostic::new(span, shortage.message)
                .note(format!(
                    "{} within {} trading days, context {}: {}",
                    labelling.task,
                    labelling.horizon.days(),
                    labelling.context,
                    counts(&found)
                ))
                .help(remedy),
        );
    }
    found
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

/// A data set of the manifest with its lock and its daily prices.
pub(crate) struct Data {
    name: String,
    entry: ProcessedEntry,
    lock: Arc<SchemaLock>,
    spine: Arc<Spine>,
    /// Whether it has the bars that the experiment says.
    pub(crate) fits: bool,
}

impl Data {
    /// As a resolved experiment names it.
    pub(crate) fn set(&self) -> DataSet {
        DataSet {
            name: self.name.clone(),
            path: self.entry.path.clone(),
            columns_md5: self.lock.columns_md5.clone(),
            prices_md5: self.lock.spine.md5.clone(),
        }
    }

    /// Lock and daily prices, relative to the workspace.
    pub(crate) fn files(&self) -> [String; 2] {
        [self.entry.lock.clone(), self.lock.spine.path.clone()]
    }

    /// The first trading days of validation and test: two borders between the same days are one.
    pub(crate) fn borders(&self, split: &Split) -> Split {
        let snapped = |border: NaiveDate| {
            let day = self.spine.dates.partition_point(|day| *day < border);
            self.spine.dates.get(day).copied().unwrap_or(border)
        };
        Split {
            val: snapped(split.val),
            test: snapped(split.test),
            embargo: split.embargo,
        }
    }
}

fn data(
    node: &Node,
    timescale: Option<Timescale>,
    workspace: &Workspace,
    errors: &mut Vec<Diagnostic>,
) -> Option<Data> {
    let path = text(node, "\"data/processed/nasdaq_daily.parquet\"", errors)?;
    let span = node.span();
    let manifest = workspace
        .manifest()
        .map_err(|error| errors.push(Diagnostic::file(span, &error)))
        .ok()?;
    let Some((name, entry)) = manifest
        .processed
        .iter()
        .find(|(_, entry)| entry.path == path)
    else {
        let known: Vec<_> = manifest
            .processed
            .values()
            .map(|entry| entry.path.as_str())
            .collect();
        let error = Diagnostic::new(span, format!("\"{path}\" is not in data/manifest.yaml"));
        errors.push(match nearest(path, known.iter().copied()) {
            Some(near) => error.help(format!("did you mean \"{near}\"?")),
            None if known.is_empty() => {
                error.help("it has no data set yet: `cargo xp data import FILE --name NAME`")
            }
            None => error.help(format!(
                "known data sets: {}; others are made by `cargo xp data`",
                quoted(&known)
            )),
        });
        return None;
    };
    if let Err(what) = manifest.lineage(name, entry) {
        errors.push(
            Diagnostic::new(span, what).help("run `cargo xp data build`, then commit the manifest"),
        );
        return None;
    }
    let lock = workspace
        .lock(&entry.lock)
        .map_err(|error| errors.push(Diagnostic::file(span, &error)))
        .ok()?;
    if lock.md5 != entry.md5 || lock.rows != entry.rows || lock.timescale != entry.timescale {
        errors.push(
            Diagnostic::new(
                span,
                format!("the schema lock of `{name}` is stale: it and data/manifest.yaml disagree"),
            )
            .help("run `cargo xp data build`, then commit both")
            .note(format!(
                "lock: {} rows, md5 {}; manifest: {} rows, md5 {}",
                lock.rows, lock.md5, entry.rows, entry.md5
            )),
        );
        return None;
    }
    if let Some(fault) = disagreement(workspace, entry, &lock) {
        let mut error = Diagnostic::new(span, fault).help(format!(
            "run `cargo xp data build {name}`: it rebuilds the file from its raw bars"
        ));
        error.at = Some(entry.path.clone());
        errors.push(error);
        return None;
    }
    let other = timescale.filter(|wanted| wanted.name() != entry.timescale);
    if let Some(wanted) = other {
        errors.push(
            Diagnostic::new(
                span,
                format!(
                    "`{name}` has {} bars, `timescale` says {wanted}",
                    entry.timescale
                ),
            )
            .help("name the data set of that timescale, or correct `timescale`"),
        );
    }
    let spine = workspace
        .spine(&lock)
        .map_err(|error| errors.push(Diagnostic::file(span, &error)))
        .ok()?;
    if let Err(what) = lock.check(&spine) {
        let mut error =
            Diagnostic::new(span, what).help("run `cargo xp data lock`, then commit the lock");
        error.at = Some(entry.lock.clone());
        errors.push(error);
        return None;
    }
    Some(Data {
        name: name.clone(),
        entry: entry.clone(),
        lock,
        spine,
        fits: other.is_none(),
    })
}

/// What a parquet's footer and its lock disagree on; nothing where there is no parquet, which a build does not need.
fn disagreement(
    workspace: &Workspace,
    entry: &ProcessedEntry,
    lock: &SchemaLock,
) -> Option<String> {
    let path = workspace.root().join(&entry.path);
    if !path.exists() {
        return None;
    }
    match read_footer(&path) {
        Ok(footer) => lock.disagreement(&footer),
        Err(fault) => Some(fault),
    }
}

fn features(
    node: &Node,
    lock: Option<&SchemaLock>,
    errors: &mut Vec<Diagnostic>,
) -> Option<Vec<String>> {
    match node {
        Node::Call(name, arguments) if name == "tier" => {
            let [argument] = arguments.as_slice() else {
                wrong(node, "`tier(20)`, with one number", errors);
                return None;
            };
            let tier = whole(argument, 1..=i64::MAX, errors)?;
            if !TIERS.iter().any(|known| i64::from(*known) == tier) {
                errors.push(
                    Diagnostic::new(argument.span(), format!("{tier} is no tier")).help(format!(
                        "one of {}",
                        TIERS.map(|tier| tier.to_string()).join(", ")
                    )),
                );
                return None;
            }
            let lock = lock?;
            let columns: Vec<_> = lock
                .columns
                .iter()
                .filter(|column| column.tier.is_some_and(|of| i64::from(of) <= tier))
                .collect();
            if columns.len() as i64 != tier {
                errors.push(
                    Diagnostic::new(
                        argument.span(),
                        format!(
                            "`{}` has {} features of tier {tier}",
                            lock.name,
                            columns.len()
                        ),
                    )
                    .help("run `cargo xp data build`, then commit the lock"),
                );
                return None;
            }
            let unusable: Vec<_> = columns
                .iter()
                .filter_map(|column| unusable(column))
                .collect();
            if let Some(reason) = unusable.first() {
                errors.push(
                    Diagnostic::new(argument.span(), reason.clone())
                        .help("run `cargo xp data build`"),
                );
                return None;
            }
            Some(
                columns
                    .into_iter()
                    .map(|column| column.name.clone())
                    .collect(),
            )
        }
        Node::List(items, span) => {
            let before = errors.len();
            if items.is_empty() {
                errors.push(
                    Diagnostic::new(*span, "the list of features is empty")
                        .help("`tier(20)`, or names"),
                );
            }
            let mut names: Vec<String> = Vec::new();
            for item in items {
                let Some(name) = text(item, "\"atr_14\"", errors) else {
                    continue;
                };
                if names.iter().any(|earlier| earlier == name) {
                    errors.push(Diagnostic::new(
                        item.span(),
                        format!("feature `{name}` is listed twice"),
                    ));
                } else if let Some(error) = lock.and_then(|lock| unknown_feature(name, item, lock))
                {
                    errors.push(error);
                }
                names.push(name.to_owned());
            }
            (errors.len() == before).then_some(names)
        }
        other => {
            wrong(other, "`tier(20)` or a list of names", errors);
            None
        }
    }
}

fn unusable(column: &xp_spec::files::lock::LockedColumn) -> Option<String> {
    let name = &column.name;
    if RESERVED.contains(&name.to_lowercase().as_str()) {
        return Some(format!(
            "`{name}` is no feature: raw prices, labels and dates are not inputs"
        ));
    }
    if column.dtype != "f32" && column.dtype != "f64" {
        return Some(format!(
            "feature `{name}` is not numeric but {}",
            column.dtype
        ));
    }
    if column.nulls > 0 {
        return Some(format!("feature `{name}` has {} nulls", column.nulls));
    }
    (column.causal_cuts == 0).then(|| format!("feature `{name}` is not proved causal"))
}

fn unknown_feature(name: &str, node: &Node, lock: &SchemaLock) -> Option<Diagnostic> {
    if RESERVED.contains(&name.to_lowercase().as_str()) {
        return Some(
            Diagnostic::new(
                node.span(),
                format!("`{name}` is no feature: raw prices, labels and dates are not inputs"),
            )
            .help("use features relative to price, such as those of `tier(20)`"),
        );
    }
    let Some(column) = lock.columns.iter().find(|column| column.name == name) else {
        let error = Diagnostic::new(
            node.span(),
            format!("`{}` has no feature `{name}`", lock.name),
        );
        return Some(
            match nearest(name, lock.columns.iter().map(|column| column.name.as_str())) {
                Some(near) => error.help(format!("did you mean `{near}`?")),
                None => error.help(format!(
                    "its {} features are listed in data/locks",
                    lock.columns.len()
                )),
            },
        );
    };
    unusable(column).map(|reason| Diagnostic::new(node.span(), reason))
}

fn split(node: &Node, spine: Option<&Spine>, errors: &mut Vec<Diagnostic>) -> Option<Split> {
    let Node::Map(map) = node else {
        wrong(
            node,
            "`{ val: \"2007-01-01\", test: \"2010-01-01\" }`",
            errors,
        );
        return None;
    };
    let fields = Fields::new(map, "`split`", vocabulary::split::ALL, errors);
    let mut border = |key: &str| {
        let node = fields.required(key, "\"2007-01-01\"", errors)?;
        let date = date(node, errors)?;
        if let Some((first, last)) =
            spine.and_then(|spine| Some((*spine.dates.first()?, *spine.dates.last()?)))
            && !(first..=last).contains(&date)
        {
            errors.push(
                Diagnostic::new(node.span(), format!("{date} is outside the data"))
                    .help(format!("the daily prices reach from {first} to {last}")),
            );
            return None;
        }
        Some((date, node.span()))
    };
    let (val, test) = (border("val"), border("test"));
    let embargo = match fields.optional("embargo") {
        Some(node) => whole(node, 0..=250, errors),
        None => Some(0),
    };
    let ((val, _), (test, span)) = (val?, test?);
    if test <= val {
        errors.push(
            Diagnostic::new(
                span,
                format!("`test` starts on {test}, not after `val` on {val}"),
            )
            .help("the order is train, val, test"),
        );
        return None;
    }
    Some(Split {
        val,
        test,
        embargo: u32::try_from(embargo?).ok()?,
    })
}

fn date(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<NaiveDate> {
    let written = text(node, "\"2007-01-01\"", errors)?;
    // Its one normal form: chrono also takes `2007-1-1`, and equal experiments would look different.
    let found = NaiveDate::parse_from_str(written, "%Y-%m-%d")
        .ok()
        .filter(|date| date.to_string() == written);
    if found.is_none() {
        errors.push(
            Diagnostic::new(node.span(), format!("\"{written}\" is no date"))
                .help("year-month-day, such as \"2007-01-01\""),
        );
    }
    found
}
