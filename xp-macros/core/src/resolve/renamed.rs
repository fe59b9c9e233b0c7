//! Earlier words of hyperparameters, `epochs` and `warmup_steps`: their values in the present words, where the text has what that takes.

use proc_macro2::Ident;
use xp_spec::renamed::{Renamed, share_of_steps, steps_of_epochs};

use crate::syntax::{Map, Node};

/// What epochs are counted on.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Passes {
    /// Samples of train.
    pub(crate) samples: Option<u64>,
    /// Samples of a batch that is not searched.
    pub(crate) batch_size: Option<u32>,
}

impl Passes {
    /// The present key and value of an earlier word's, as a sentence; `None` where it cannot be told.
    pub(crate) fn proposal(self, renamed: &Renamed, map: &Map, node: &Node) -> Option<String> {
        let batch_size = match map.get("batch_size") {
            Some(node) => single(node)?,
            None => self.batch_size?,
        };
        let samples = self.samples?;
        let steps = |epochs| steps_of_epochs(epochs, samples, batch_size);
        let (written, of, values): (_, _, Vec<String>) = match renamed.was {
            "epochs" => {
                let values = numbers(node)?;
                let converted = values.iter().map(|epochs| steps(*epochs).to_string());
                let of = format!("epochs of {samples} samples in batches of {batch_size}");
                (listed(&values), of, converted.collect())
            }
            "warmup_steps" => {
                let values = numbers(node)?;
                let epochs = || Some(numbers(map.get("epochs")?)?.into_iter().map(steps).min());
                let total = match map.get("steps") {
                    Some(node) => numbers(node)?.into_iter().min()?,
                    None => epochs()??,
                };
                let shares = values
                    .iter()
                    .map(|warmup| Some(share_of_steps(*warmup, total)?.to_string()));
                let of = format!("of {total} steps");
                (listed(&values), of, shares.collect::<Option<_>>()?)
            }
            _ => return None,
        };
        let values = match node {
            Node::List(..) => format!("[{}]", values.join(", ")),
            Node::Call(name, _) => format!("{}({})", domain(name, renamed), values.join(", ")),
            _ => values.join(", "),
        };
        Some(format!("{written} {of} are `{}: {values}`", renamed.now))
    }
}

/// Shares are no whole numbers.
fn domain(name: &Ident, renamed: &Renamed) -> String {
    match (name.to_string().as_str(), renamed.was) {
        ("int", "warmup_steps") => "uniform".to_owned(),
        (name, _) => name.to_owned(),
    }
}

fn listed(values: &[u32]) -> String {
    let values: Vec<_> = values.iter().map(ToString::to_string).collect();
    values.join(", ")
}

/// The whole numbers of a value, a list or a domain.
fn numbers(node: &Node) -> Option<Vec<u32>> {
    match node {
        Node::List(items, _) | Node::Call(_, items) if !items.is_empty() => {
            items.iter().map(single).collect()
        }
        node => Some(vec![single(node)?]),
    }
}

fn single(node: &Node) -> Option<u32> {
    match node {
        Node::Whole(value, _) => u32::try_from(*value).ok(),
        _ => None,
    }
}
