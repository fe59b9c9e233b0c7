//! `allow: { … }`: lints whose findings are meant, each with its reason.

use proc_macro2::Span;
use xp_spec::vocabulary;

use super::fields::{Fields, text, wrong};
use crate::{diagnostic::Diagnostic, syntax::Node};

/// A lint whose findings are meant.
pub(crate) struct Allowance {
    pub(crate) lint: String,
    /// The lint's token.
    pub(crate) span: Span,
    /// Not empty.
    pub(crate) reason: String,
}

/// What an experiment allows, as far as it is right.
pub(crate) fn allowances(fields: &Fields<'_>, errors: &mut Vec<Diagnostic>) -> Vec<Allowance> {
    let map = match fields.optional("allow") {
        None => return Vec::new(),
        Some(Node::Map(map)) => map,
        Some(other) => {
            wrong(other, EXAMPLE, errors);
            return Vec::new();
        }
    };
    let known = Fields::new(map, "`allow`", vocabulary::allow::ALL, errors);
    let mut found = Vec::new();
    for (key, node) in &known.map().entries {
        let Some(reason) = text(node, "\"why it is meant\"", errors) else {
            continue;
        };
        if reason.trim().is_empty() {
            errors.push(
                Diagnostic::new(node.span(), format!("`{key}` is allowed without a reason"))
                    .help("write why it is meant: the reason stands in the log and in the report"),
            );
            continue;
        }
        found.push(Allowance {
            lint: key.to_string(),
            span: key.span(),
            reason: reason.trim().to_owned(),
        });
    }
    found
}

const EXAMPLE: &str = "lints with reasons such as `{ small_training_region: \"why it is meant\" }`";
