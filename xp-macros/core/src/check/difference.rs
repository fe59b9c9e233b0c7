//! Whether two texts are certainly different experiments, by their tokens: parsing is cheap, resolving is not.

use xp_spec::hash::UNHASHED_KEYS;

use crate::syntax::{Map, Node};

/// Whether two experiments certainly differ: both have a key, with values that cannot be equal.
pub(crate) fn differ(a: &Map, b: &Map) -> bool {
    a.entries
        .iter()
        // Two dates may be one border, and a tolerance may decide nothing.
        .filter(|(key, _)| {
            !UNHASHED_KEYS
                .iter()
                .chain(&["val", "test", "tolerance"])
                .any(|name| key == name)
        })
        .any(|(key, node)| {
            b.entries
                .iter()
                .any(|(other, value)| other == key && nodes_differ(node, value))
        })
}

/// Whether two values differ for certain; what is written in different ways may still mean the same.
fn nodes_differ(a: &Node, b: &Node) -> bool {
    let number = |node: &Node| match node {
        Node::Whole(value, _) => Some(*value as f64),
        Node::Real(value, _) => Some(*value),
        _ => None,
    };
    if let (Some(a), Some(b)) = (number(a), number(b)) {
        return a != b;
    }
    match (a, b) {
        (Node::Text(a, _), Node::Text(b, _)) => a != b,
        (Node::Name(a), Node::Name(b)) => a != b,
        (Node::Map(a), Node::Map(b)) => differ(a, b),
        (Node::Block(name, a), Node::Block(other, b))
        | (Node::Keyed(name, a), Node::Keyed(other, b)) => name != other || differ(a, b),
        (Node::Call(name, a), Node::Call(other, b)) => name == other && lists_differ(a, b),
        (Node::List(a, _), Node::List(b, _)) => lists_differ(a, b),
        _ => false,
    }
}

/// Lists of the same length that hold nothing which is certainly in one only; their order may or may not matter.
fn lists_differ(a: &[Node], b: &[Node]) -> bool {
    let lacks = |one: &[Node], other: &[Node]| {
        one.iter()
            .any(|item| other.iter().all(|other| nodes_differ(item, other)))
    };
    a.len() != b.len() || lacks(a, b)
}
