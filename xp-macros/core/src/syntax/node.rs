//! What an experiment is written in, without its meaning: maps, lists, calls, names and literals, each with its tokens.

use proc_macro2::{Ident, Span};

/// A value in an experiment.
#[derive(Debug, Clone)]
pub(crate) enum Node {
    /// `"2B"`.
    Text(String, Span),
    /// `50`, also negative.
    Whole(i64, Span),
    /// `1e-4`, also negative.
    Real(f64, Span),
    /// `grid`.
    Name(Ident),
    /// `log(3e-6, 1e-3)`.
    Call(Ident, Vec<Node>),
    /// `revin(level: true)`.
    Keyed(Ident, Map),
    /// `["rsi_14", "atr_14"]`.
    List(Vec<Node>, Span),
    /// `{ val: "2007-01-01" }`.
    Map(Map),
    /// `hpo { trials: 50 }`.
    Block(Ident, Map),
    /// What is not a value, and was reported as such; its key is there.
    Broken(Span),
}

/// `key: value` pairs in the order they were written.
#[derive(Debug, Clone)]
pub(crate) struct Map {
    /// The pairs, duplicates included.
    pub(crate) entries: Vec<(Ident, Node)>,
    /// The braces or brackets, or the call itself.
    pub(crate) span: Span,
    /// Whether something in it was no `key: value` and was reported: what seems missing may be there.
    pub(crate) malformed: bool,
}

impl Map {
    /// The first value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entries
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, node)| node)
    }
}

impl Node {
    /// The token to blame for the whole value.
    pub(crate) fn span(&self) -> Span {
        match self {
            Self::Text(_, span)
            | Self::Whole(_, span)
            | Self::Real(_, span)
            | Self::List(_, span)
            | Self::Broken(span) => *span,
            Self::Name(name)
            | Self::Call(name, _)
            | Self::Keyed(name, _)
            | Self::Block(name, _) => name.span(),
            Self::Map(map) => map.span,
        }
    }

    /// What it is, for "expected …, found …".
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Text(text, _) => format!("the text \"{text}\""),
            Self::Whole(value, _) => format!("the number {value}"),
            // With its point: `80.0` is not what `80` is.
            Self::Real(value, _) => format!("the number {value:?}"),
            Self::Name(name) => format!("the name `{name}`"),
            Self::Call(name, _) | Self::Keyed(name, _) => format!("`{name}(…)`"),
            Self::List(..) => "a list".to_owned(),
            Self::Map(_) => "a map in braces".to_owned(),
            Self::Block(name, _) => format!("`{name} {{…}}`"),
            Self::Broken(_) => "no value".to_owned(),
        }
    }
}
