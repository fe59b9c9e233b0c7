//! The expansion, as a person reads it.

#![allow(clippy::unwrap_used, reason = "a test may state what it believes")]

use std::path::Path;

use xp_macros_core::{Source, expand};

fn expansion(binary: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap();
    let path = root
        .join("experiments/src/bin")
        .join(format!("{binary}.rs"));
    let text = std::fs::read_to_string(&path).unwrap();
    let file = syn::parse_file(&text).unwrap();
    let syn::Item::Macro(call) = &file.items[0] else {
        unreachable!("an experiment is one macro call")
    };
    let tokens = expand(call.mac.tokens.clone(), &Source::of(&path).unwrap());
    // Before it is laid out: lines break by length, and the workspace may lie anywhere.
    let tokens = tokens
        .to_string()
        .replace(&root.to_string_lossy().into_owned(), "$WORKSPACE");
    prettyplease::unparse(&syn::parse_str(&tokens).unwrap())
}

#[test]
fn a_search_expands_to_its_stages() {
    insta::assert_snapshot!(
        "search",
        expansion("hpo_2B_threshold_1pct").replace(&shapes(), "…")
    );
}

/// The list of shapes of the 2B grid, too long to review.
fn shapes() -> String {
    let text = expansion("hpo_2B_threshold_1pct");
    let start = text.find("\"shapes\":[").unwrap() + "\"shapes\":[".len();
    let end = text[start..].find(']').unwrap() + start;
    text[start..end].to_owned()
}

#[test]
fn a_borrowing_training_expands_to_its_stages() {
    insta::assert_snapshot!("training", expansion("train_2M_threshold_2pct"));
}
