//! The grammar without its meaning: [`parse`] makes nodes of tokens. It knows no key and no rule.

mod node;
mod parser;

pub(crate) use node::{Map, Node};
pub(crate) use parser::parse;
