//! The expansion, as a person reads it.

#![allow(clippy::unwrap_used, reason = "a test may state what it believes")]

mod right;

use std::path::Path;

use right::{RIGHT, source};
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
    without_checksums(&prettyplease::unparse(&syn::parse_str(&tokens).unwrap()))
}

/// The text without the checksums of files, which change with each of them.
fn without_checksums(text: &str) -> String {
    let line = |line: &str| match line.split_once("md5: \"") {
        Some((before, after)) if after.len() == 34 => {
            assert!(
                after.bytes().take(32).all(|c| c.is_ascii_hexdigit()),
                "{line}"
            );
            format!("{before}md5: \"…\",\n")
        }
        _ => format!("{line}\n"),
    };
    text.lines().map(line).collect()
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

/// Where the idents of a token stream come from, groups included.
fn positions(tokens: proc_macro2::TokenStream, found: &mut Vec<(String, usize, usize)>) {
    for token in tokens {
        match token {
            proc_macro2::TokenTree::Group(group) => positions(group.stream(), found),
            proc_macro2::TokenTree::Ident(ident) => {
                let at = ident.span().start();
                found.push((ident.to_string(), at.line, at.column + 1));
            }
            _ => {}
        }
    }
}

/// Editors jump and complete by spans: keys, unknown ones too, and names stand in the expansion of a wrong experiment where they
/// were written.
#[test]
fn a_wrong_experiment_repeats_its_keys_with_their_spans() {
    let text = RIGHT
        .replace("horizon: 5", "horizont: 5")
        .replace("tier(20)", "teir(20)");
    let file: proc_macro2::TokenStream = text.parse().unwrap();
    let body = file
        .into_iter()
        // The doc comment before the call is a group, too.
        .filter_map(|token| match token {
            proc_macro2::TokenTree::Group(group) => Some(group.stream()),
            _ => None,
        })
        .last()
        .unwrap();
    let mut found = Vec::new();
    positions(expand(body, &source("hpo_2M_threshold_1pct")), &mut found);
    for (name, line, column) in [
        ("budget", 4, 5),
        ("threshold_1pct", 5, 11),
        ("horizont", 6, 5),
        ("teir", 9, 15),
        ("val", 11, 14),
        ("hpo", 12, 10),
        ("dropout", 19, 13),
        ("uniform", 19, 22),
    ] {
        let wanted = (name.to_owned(), line, column);
        assert!(found.contains(&wanted), "{wanted:?} in {found:?}");
    }
}
