//! The messages that docs/dsl.md and README.md show are those of the program. `INSTA_UPDATE=always` rewrites docs/dsl.md.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

mod right;

use std::fmt::Write as _;

use right::{source, workspace};
use xp_macros_core::analyse_file;

/// What was meant, what was written instead, in the shipped search of the 2M budget.
const MISTAKES: [(&str, &str, &str); 10] = [
    ("A key is misspelt", "context: 20", "contxt: 20"),
    (
        "A feature in the wrong case",
        "tier(20)",
        "[\"ATR_14\", \"adx_14\"]",
    ),
    (
        "Raw prices as features",
        "tier(20)",
        "[\"close\", \"atr_14\"]",
    ),
    (
        "A field contradicts the file's name",
        "horizon: 5",
        "horizon: 3",
    ),
    (
        "A test region with too few days",
        "test: \"2005-01-01\"",
        "test: \"2020-01-01\"",
    ),
    (
        "A shape off its budget",
        "architecture: grid",
        "architecture: { d_model: 256, n_layers: 8, n_heads: 8, d_ff: 1024 }",
    ),
    (
        "Heads that do not divide",
        "architecture: grid",
        "architecture: { d_model: 192, n_layers: 4, n_heads: 7, d_ff: 768 }",
    ),
    (
        "A feed-forward width left to a default",
        "architecture: grid",
        "architecture: { d_model: 192, n_layers: 4, n_heads: 6 }",
    ),
    ("Bounds reversed", "log(3e-6, 1e-3)", "log(1e-3, 3e-6)"),
    (
        "A search parameter that nothing consumes",
        "dropout: uniform(0.0, 0.5)",
        "dropout: uniform(0.0, 0.5), momentum: uniform(0.8, 0.99)",
    ),
];

const FILE: &str = "experiments/src/bin/hpo_2M_threshold_1pct.rs";

fn message(from: &str, to: &str) -> String {
    let shipped = std::fs::read_to_string(workspace().root().join(FILE)).unwrap();
    assert!(shipped.contains(from), "{from}");
    let text = shipped.replacen(from, to, 1);
    analyse_file(&text, &source("hpo_2M_threshold_1pct"))
        .unwrap_err()
        .iter()
        .map(|error| error.located(FILE))
        .collect()
}

#[test]
fn the_ten_most_likely_mistakes_are_shown_with_their_output() {
    let mut section = String::new();
    for (title, from, to) in MISTAKES {
        write!(
            section,
            "**{title}.** `{to}` for `{from}`:\n\n```text\n{}```\n\n",
            message(from, to)
        )
        .unwrap();
    }
    let path = workspace().root().join("docs/dsl.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once("<!-- mistakes -->\n").unwrap();
    let (shown, after) = rest.split_once("<!-- /mistakes -->").unwrap();
    if std::env::var("INSTA_UPDATE").as_deref() == Ok("always") {
        let new = format!("{before}<!-- mistakes -->\n{section}<!-- /mistakes -->{after}");
        std::fs::write(&path, new).unwrap();
        return;
    }
    assert_eq!(shown, section, "run this test with INSTA_UPDATE=always");
}

#[test]
fn the_readme_shows_a_real_error() {
    let (_, from, to) = MISTAKES[5];
    let text = std::fs::read_to_string(workspace().root().join("README.md")).unwrap();
    let said = message(from, to);
    let (_, said) = said.split_once("error: ").unwrap();
    for line in said.lines() {
        assert!(text.contains(line.trim()), "{line}");
    }
}
