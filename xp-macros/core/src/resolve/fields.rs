//! Reading a map by its keys: unknown, missing and duplicate keys, and values of the wrong type, each on its token.

use proc_macro2::{Ident, Span};
use xp_spec::{
    nearest::nearest,
    renamed::{self, Renamed},
    vocabulary,
};

use super::renamed::Passes;

use crate::{
    diagnostic::Diagnostic,
    syntax::{Map, Node},
};

/// A map whose keys are known.
pub(crate) struct Fields<'a> {
    map: &'a Map,
    what: &'static str,
    /// Known keys that an unknown one was probably meant to be: not reported as missing a second time.
    meant: Vec<String>,
}

impl<'a> Fields<'a> {
    /// Reports unknown and duplicate keys of `map`.
    pub(crate) fn new(
        map: &'a Map,
        what: &'static str,
        known: &[&str],
        errors: &mut Vec<Diagnostic>,
    ) -> Self {
        Self::with_earlier(map, what, known, (&[], Passes::default()), errors)
    }

    /// As [`Fields::new`], of a map of hyperparameters: earlier words are told with the present ones.
    pub(crate) fn hyperparameters(
        map: &'a Map,
        what: &'static str,
        passes: Passes,
        errors: &mut Vec<Diagnostic>,
    ) -> Self {
        let known = vocabulary::hyperparameters::ALL;
        let earlier = (&renamed::HYPERPARAMETERS[..], passes);
        Self::with_earlier(map, what, known, earlier, errors)
    }

    /// As [`Fields::new`]; words that were known earlier are told with the present ones.
    pub(crate) fn with_earlier(
        map: &'a Map,
        what: &'static str,
        known: &[&str],
        (earlier, passes): (&[Renamed], Passes),
        errors: &mut Vec<Diagnostic>,
    ) -> Self {
        let mut meant = Vec::new();
        for (position, (key, node)) in map.entries.iter().enumerate() {
            let name = key.to_string();
            let renamed = earlier
                .iter()
                .find(|word| word.was == name && known.contains(&word.now));
            if let Some(word) = renamed {
                meant.push(word.now.to_owned());
                let headline = format!("`{name}` is now `{}`, {}", word.now, word.means);
                let error = Diagnostic::new(key.span(), headline);
                errors.push(match passes.proposal(word, map, node) {
                    Some(proposal) => error.help(proposal),
                    None => error,
                });
            } else if !known.contains(&name.as_str()) {
                let error = Diagnostic::new(key.span(), format!("unknown key `{name}` in {what}"));
                errors.push(match nearest(&name, known.iter().copied()) {
                    Some(near) => {
                        meant.push(near.to_owned());
                        error.help(format!("did you mean `{near}`?"))
                    }
                    None if known.is_empty() => error.help(format!("{what} has no keys")),
                    None => error.help(format!("known keys: {}", quoted(known))),
                });
            } else if map
                .entries
                .iter()
                .take(position)
                .any(|(earlier, _)| *earlier == name)
            {
                errors.push(
                    Diagnostic::new(key.span(), format!("`{name}` is specified twice in {what}"))
                        .help("keep one: a value is specified once"),
                );
            }
        }
        Self { map, what, meant }
    }

    /// The map itself.
    pub(crate) fn map(&self) -> &'a Map {
        self.map
    }

    /// The value of a key, if it is there.
    pub(crate) fn optional(&self, key: &str) -> Option<&'a Node> {
        self.map.get(key)
    }

    /// The token of a key, or the map's.
    pub(crate) fn key_span(&self, key: &str) -> Span {
        self.key(key).map_or(self.map.span, Ident::span)
    }

    /// The token of a key's value, or the key's, or the map's.
    pub(crate) fn value_span(&self, key: &str) -> Span {
        self.optional(key)
            .map_or_else(|| self.key_span(key), Node::span)
    }

    /// The token of a value in the map of a key, or that map's, or the key's.
    pub(crate) fn nested_span(&self, key: &str, inner: &str) -> Span {
        match self.optional(key) {
            Some(Node::Map(map)) => map.get(inner).map_or(map.span, Node::span),
            _ => self.key_span(key),
        }
    }

    fn key(&self, key: &str) -> Option<&'a Ident> {
        self.map
            .entries
            .iter()
            .find(|(name, _)| name == key)
            .map(|(name, _)| name)
    }

    /// The value of a key that must be there.
    pub(crate) fn required(
        &self,
        key: &str,
        example: &str,
        errors: &mut Vec<Diagnostic>,
    ) -> Option<&'a Node> {
        let found = self.optional(key);
        if found.is_none() && !self.map.malformed && !self.meant.iter().any(|name| name == key) {
            errors.push(
                Diagnostic::new(
                    self.map.span,
                    format!("`{key}` is missing in {}", self.what),
                )
                .help(format!("add `{key}: {example},`")),
            );
        }
        found
    }
}

/// Names in backticks, separated by commas.
pub(crate) fn quoted<S: AsRef<str>>(names: &[S]) -> String {
    let names: Vec<_> = names
        .iter()
        .map(|name| format!("`{}`", name.as_ref()))
        .collect();
    names.join(", ")
}

/// Reports a value of the wrong type.
pub(crate) fn wrong(node: &Node, expected: &str, errors: &mut Vec<Diagnostic>) {
    if matches!(node, Node::Broken(_)) {
        return;
    }
    errors.push(Diagnostic::new(
        node.span(),
        format!("expected {expected}, found {}", node.describe()),
    ));
}

/// A text in quotes.
pub(crate) fn text<'a>(
    node: &'a Node,
    example: &str,
    errors: &mut Vec<Diagnostic>,
) -> Option<&'a str> {
    if let Node::Text(text, _) = node {
        return Some(text);
    }
    wrong(node, &format!("a text such as {example}"), errors);
    None
}

/// A whole number in a range.
pub(crate) fn whole(
    node: &Node,
    range: std::ops::RangeInclusive<i64>,
    errors: &mut Vec<Diagnostic>,
) -> Option<i64> {
    match node {
        Node::Whole(value, _) if range.contains(value) => Some(*value),
        _ => {
            let expected = match (*range.start(), *range.end()) {
                (start, i64::MAX) => format!("a whole number ≥ {start}"),
                (start, end) => format!("a whole number from {start} to {end}"),
            };
            wrong(node, &expected, errors);
            None
        }
    }
}

/// A number, whole or not.
pub(crate) fn number(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<f64> {
    match node {
        Node::Whole(value, _) => Some(*value as f64),
        Node::Real(value, _) => Some(*value),
        _ => {
            wrong(node, "a number", errors);
            None
        }
    }
}

/// `true` or `false`.
pub(crate) fn flag(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<bool> {
    if let Node::Name(name) = node
        && let Ok(value) = name.to_string().parse()
    {
        return Some(value);
    }
    wrong(node, "`true` or `false`", errors);
    None
}

/// A name, with or without quotes, from a list of known ones.
pub(crate) fn one_of<T: Copy>(
    node: &Node,
    what: &str,
    known: &[(&str, T)],
    errors: &mut Vec<Diagnostic>,
) -> Option<T> {
    let name = match node {
        Node::Broken(_) => return None,
        Node::Text(text, _) => text.clone(),
        Node::Name(name) => name.to_string(),
        Node::Whole(value, _) => value.to_string(),
        _ => String::new(),
    };
    if let Some((_, value)) = known.iter().find(|(known, _)| *known == name) {
        return Some(*value);
    }
    let names: Vec<_> = known.iter().map(|(name, _)| *name).collect();
    let headline = if name.is_empty() {
        format!("expected a {what}, found {}", node.describe())
    } else {
        format!("`{name}` is no {what}")
    };
    let error = Diagnostic::new(node.span(), headline).help(format!("one of {}", quoted(&names)));
    errors.push(match nearest(&name, names) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error,
    });
    None
}
