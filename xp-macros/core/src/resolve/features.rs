//! `features: …`: names that the lock has, numeric, without gaps, proved to look back only, and none of them a price or a label (F09, F10,
//! F19, F20, F22).

use xp_spec::{
    files::lock::{CAUSAL_CUTS, LockedColumn, SchemaLock, TIERS},
    nearest::nearest,
};

use super::fields::{text, whole, wrong};
use crate::{diagnostic::Diagnostic, syntax::Node};

/// Unknown features of a list for which a nearer name is looked for.
const MOST_SUGGESTED: usize = 20;
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

/// The names of `tier(…)` or of a list, each a feature of the lock.
pub(crate) fn features(
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
            if let Some(reason) = columns.iter().find_map(|column| unusable(column)) {
                errors.push(
                    Diagnostic::new(argument.span(), reason).help("run `cargo xp data build`"),
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
                } else if let Some(error) =
                    no_feature(name, item, lock, errors.len() < before + MOST_SUGGESTED)
                {
                    errors.push(error);
                }
                names.push(name.to_owned());
            }
            (errors.len() == before && names.len() == items.len()).then_some(names)
        }
        other => {
            wrong(other, "`tier(20)` or a list of names", errors);
            None
        }
    }
}

fn unusable(column: &LockedColumn) -> Option<String> {
    let name = &column.name;
    if let Some(reason) = reserved(name) {
        return Some(reason);
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
    (column.causal_cuts < CAUSAL_CUTS).then(|| {
        format!(
            "feature `{name}` is proved causal at {} cuts, {CAUSAL_CUTS} are needed",
            column.causal_cuts
        )
    })
}

/// Beginnings of names that look ahead (F20).
const AHEAD: [&str; 5] = ["future_", "label_", "target_", "next_", "y_"];

/// Why a name is none of a feature, whatever the data.
fn reserved(name: &str) -> Option<String> {
    let lower = name.to_lowercase();
    let reserved =
        RESERVED.contains(&lower.as_str()) || AHEAD.iter().any(|start| lower.starts_with(start));
    reserved.then(|| format!("`{name}` is no feature: raw prices, labels and dates are not inputs"))
}

/// The error for a name that is no feature; where the data are not known, for a reserved one only. `suggests` a nearer name if that
/// costs little.
fn no_feature(
    name: &str,
    node: &Node,
    lock: Option<&SchemaLock>,
    suggests: bool,
) -> Option<Diagnostic> {
    if let Some(reason) = reserved(name) {
        return Some(
            Diagnostic::new(node.span(), reason)
                .help("use features relative to price, such as those of `tier(20)`"),
        );
    }
    let lock = lock?;
    let names = || lock.columns.iter().map(|column| column.name.as_str());
    let Some(column) = lock.columns.iter().find(|column| column.name == name) else {
        let error = Diagnostic::new(
            node.span(),
            format!("`{}` has no feature `{name}`", lock.name),
        );
        let lower = name.to_lowercase();
        let near = names()
            .find(|known| *known == lower)
            .or_else(|| nearest(name, names().filter(|_| suggests)));
        return Some(match near {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error.help(format!(
                "its {} features are listed in data/locks",
                lock.columns.len()
            )),
        });
    };
    unusable(column).map(|reason| Diagnostic::new(node.span(), reason))
}
