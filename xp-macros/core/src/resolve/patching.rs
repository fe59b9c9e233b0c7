//! `patch: { … }`: bars per patch and between patches.

use xp_spec::{files::model_config::ModelConfig, vocabulary};

use super::fields::{Fields, whole, wrong};
use crate::{diagnostic::Diagnostic, syntax::Node};

/// Bars per patch and between patches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Patching {
    pub(crate) length: u32,
    pub(crate) stride: u32,
}

impl Patching {
    /// Whether patches start after one another without a gap.
    pub(crate) fn is_dense(self) -> bool {
        (1..=self.length).contains(&self.stride)
    }

    /// The newest bars of a context that lie in no patch; absent where none fits.
    pub(crate) fn unused(self, context: u32) -> Option<u32> {
        context.checked_sub(self.length)?.checked_rem(self.stride)
    }

    /// Whether patches cover a context.
    pub(crate) fn fits(self, context: u32) -> bool {
        self.is_dense() && self.unused(context) == Some(0)
    }
}

/// Those of the experiment, or of the model configuration.
pub(crate) fn patching(
    fields: &Fields<'_>,
    config: Option<&ModelConfig>,
    errors: &mut Vec<Diagnostic>,
) -> Option<Patching> {
    match fields.optional("patch") {
        Some(Node::Map(map)) => {
            let inner = Fields::new(map, "`patch`", vocabulary::patch::ALL, errors);
            let mut bars = |key: &str| {
                let node = inner.required(key, "10", errors)?;
                u32::try_from(whole(node, 1..=10_000, errors)?).ok()
            };
            let (length, stride) = (bars("length"), bars("stride"));
            let (length, stride) = (length?, stride?);
            if stride > length {
                errors.push(
                    Diagnostic::new(
                        inner.optional("stride").map_or(map.span, Node::span),
                        format!("a stride of {stride} skips bars between patches of {length}"),
                    )
                    .help(format!("`stride` ≤ {length}")),
                );
                return None;
            }
            Some(Patching { length, stride })
        }
        Some(other) => {
            wrong(other, "`{ length: 10, stride: 10 }`", errors);
            None
        }
        None => config.map(|config| Patching {
            length: config.patch,
            stride: config.stride,
        }),
    }
}
