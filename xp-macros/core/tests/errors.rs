//! Mistakes and what is said of them: `line:column: message`, without rustc. Each row changes one thing of a right experiment.

#![allow(clippy::unwrap_used, reason = "a test may state what it believes")]

mod right;
mod table;

use right::{RIGHT, source};
use table::rows;
use xp_macros_core::analyse_file;

/// All messages of a text, `line:column: message`.
fn messages(text: &str, binary: &str) -> String {
    match analyse_file(text, &source(binary)) {
        Ok(checked) => format!("valid: {}", checked.hash),
        Err(errors) => {
            let lines: Vec<_> = errors
                .iter()
                .map(|error| {
                    format!(
                        "{}:{}: {}",
                        error.span.start().line,
                        error.span.start().column + 1,
                        error.message()
                    )
                })
                .collect();
            lines.join("\n")
        }
    }
}

fn check(name: &str, from: &str, to: &str) {
    assert!(RIGHT.contains(from), "{from}");
    insta::assert_snapshot!(
        name,
        messages(&RIGHT.replacen(from, to, 1), "hpo_2M_threshold_1pct")
    );
}

#[test]
fn the_right_experiment_is_valid() {
    assert!(messages(RIGHT, "hpo_2M_threshold_1pct").starts_with("valid: "));
}

/// The 2B budget trains layer by layer: there is no sum of all gradients to accumulate. Pairs of samples need the whole batch.
#[test]
fn accumulation_is_refused_where_layers_take_turns() {
    let with = |budget: &str, parts: u32| {
        let text = RIGHT
            .replace("budget: \"2M\"", &format!("budget: \"{budget}\""))
            .replace(
                "    context: 80,",
                &format!("    context: 80, training: {{ accumulation: {parts} }},"),
            );
        messages(&text, &format!("hpo_{budget}_threshold_1pct"))
    };
    assert_eq!(
        with("2B", 2),
        "10:44: budget 2B: `accumulation: 2` keeps the sum of all gradients, and this model trains layer by layer, compact moments\n\
         help: leave `accumulation` out, or set a smaller `batch_size`"
    );
    let pairs = messages(
        &RIGHT.replace(
            "    context: 80,",
            "    context: 80, training: { loss: soft_auc, accumulation: 2 },",
        ),
        "hpo_2M_threshold_1pct",
    );
    assert_eq!(
        pairs,
        "10:60: budget 2M: `soft_auc` compares all pairs of samples in a batch, and the parts of `accumulation: 2` have only the pairs within each\n\
         help: leave `accumulation` out, or set a smaller `batch_size`"
    );
    for (budget, parts) in [("2B", 1), ("200M", 2)] {
        let said = with(budget, parts);
        assert!(said.starts_with("valid: "), "{said}");
    }
}

#[test]
fn each_normalisation_is_an_experiment_of_its_own() {
    let hash = |normalisation: &str| {
        let text = format!("    context: 80, normalisation: {normalisation},");
        let found = messages(
            &RIGHT.replace("    context: 80,", &text),
            "hpo_2M_threshold_1pct",
        );
        assert!(found.starts_with("valid: "), "{normalisation}: {found}");
        found
    };
    assert_eq!(hash("revin(level: false)"), hash("revin"));
    assert_eq!(hash("zscore"), messages(RIGHT, "hpo_2M_threshold_1pct"));
    let mut all = ["revin", "revin(level: true)", "zscore", "none"].map(hash);
    all.sort_unstable();
    assert!(all.windows(2).all(|two| two[0] != two[1]), "{all:?}");
}

#[test]
fn the_hash_sees_results_only() {
    let hash = |text: &str| messages(text, "hpo_2M_threshold_1pct");
    let right = hash(RIGHT);
    for same in [
        RIGHT.replace("phase6a", "phase9"),
        RIGHT.replace("trials: 50", "trials: 60"),
        RIGHT.replace("\"4h\"", "\"240m\""),
        RIGHT
            .replace("    context: 80,\n", "")
            .replace("    horizon: 5,", "    context: 80, horizon: 5,"),
        RIGHT.replace("0.0, 0.5", "0.00, 0.50"),
        // What is wanted of the machine changes no result.
        RIGHT.replace("    context: 80,", "    context: 80, device: cpu,"),
        RIGHT.replace(
            "    context: 80,",
            "    context: 80, thermal: { pause_above: 75, resume_below: 65 },",
        ),
        // Nor does what they are compared with.
        RIGHT.replace(
            "    context: 80,",
            "    context: 80, baselines: [prior, logistic],",
        ),
        // A default that is said is the same as one that is left out.
        RIGHT.replace(
            "    context: 80,",
            "    context: 80, objective: minimize(log_loss),",
        ),
        RIGHT.replace(
            "trials: 50,",
            "trials: 50, sampler: auto, pruner: successive_halving { first: 600 },",
        ),
    ] {
        assert_eq!(hash(&same), right, "{same}");
    }
    for other in [
        RIGHT.replace("context: 80", "context: 90"),
        RIGHT.replace(
            "test: \"2010-01-01\"",
            "test: \"2010-01-01\", train: fraction(0.5)",
        ),
        RIGHT.replace("2007-01-01", "2007-01-03"),
        RIGHT.replace("0.0, 0.5", "0.0, 0.4"),
        RIGHT.replace("    context: 80,", "    context: 80, label_price: close,"),
        RIGHT.replace("    context: 80,", "    context: 80, objective: auc,"),
        RIGHT.replace(
            "    context: 80,",
            "    context: 80, channels: independent,",
        ),
        RIGHT.replace(
            "    context: 80,",
            "    context: 80, patch: { length: 8, stride: 8 },",
        ),
        RIGHT.replace(
            "    context: 80,",
            "    context: 80, training: { schedule: linear, accumulation: 2 },",
        ),
        RIGHT.replace(
            "    context: 80,",
            "    context: 80, training: { precision: bf16 },",
        ),
        RIGHT.replace(
            "    context: 80,",
            "    context: 80, training: { evaluate: each_epoch },",
        ),
        RIGHT.replace("trials: 50,", "trials: 50, sampler: tpe,"),
        RIGHT.replace("trials: 50,", "trials: 50, pruner: none,"),
        RIGHT.replace("trials: 50,", "trials: 50, exclude: [{ steps: 1000 }],"),
    ] {
        let changed = hash(&other);
        assert!(
            changed.starts_with("valid: ") && changed != right,
            "{changed}"
        );
    }
}

#[test]
fn mistakes_are_told_on_their_token() {
    for [name, from, to] in rows(include_str!("mistakes.txt")) {
        check(&name, &from, &to);
    }
}

/// F01, F04: a value that the run says or borrows itself would be ignored.
#[test]
fn what_nothing_consumes_is_refused() {
    let training = "    context: 80, training: { batch_size: 64, seed: 7 },";
    let head = RIGHT
        .split("    run:")
        .next()
        .unwrap()
        .replace("    context: 80,", training);
    let borrowed = format!(
        "{head}    run: train {{ params: best(hpo_2M_threshold_1pct), seeds: [1, 2, 3] }},\n}}\n"
    );
    insta::assert_snapshot!(
        "unconsumed_of_borrowed",
        messages(&borrowed, "train_2M_threshold_1pct")
    );
    let searched = RIGHT.replace("    context: 80,", training).replace(
        "[1000, 2000, 4000],",
        "[1000, 2000, 4000], batch_size: [32, 64],",
    );
    insta::assert_snapshot!(
        "unconsumed_of_searched",
        messages(&searched, "hpo_2M_threshold_1pct")
    );
}

#[test]
fn depth_is_bounded() {
    let deep = "[".repeat(3000) + &"]".repeat(3000);
    let said = messages(
        &RIGHT.replace("[1000, 2000, 4000]", &deep),
        "hpo_2M_threshold_1pct",
    );
    assert!(
        said.contains("brackets and braces inside one another"),
        "{said}"
    );
}

#[test]
fn every_error_of_a_file_is_told_at_once() {
    let text = RIGHT
        .replace("horizon: 5", "horizon: 4")
        .replace("log(3e-6, 1e-3)", "log(1e-3, 3e-6)")
        .replace("\"4h\"", "4");
    insta::assert_snapshot!("all_at_once", messages(&text, "hpo_2M_threshold_1pct"));
}

#[test]
fn nothing_panics_on_broken_text() {
    let characters: Vec<char> = RIGHT.chars().collect();
    for cut in 0..characters.len() {
        let torn: String = characters.iter().take(cut).collect();
        let without: String = characters
            .iter()
            .enumerate()
            .filter(|(i, _)| *i != cut)
            .map(|(_, c)| *c)
            .collect();
        for text in [torn, without] {
            let said = messages(&text, "hpo_2M_threshold_1pct");
            assert!(!said.is_empty());
        }
    }
}

/// A space may have fewer points than trials, and exclusions may leave none, taken together.
#[test]
fn trials_need_points() {
    let narrow = RIGHT
        .replace("architecture: grid", "architecture: fixed")
        .replace("log(3e-6, 1e-3)", "3e-4")
        .replace("log(1e-4, 5e-3)", "1e-3")
        .replace("uniform(0.0, 0.5)", "0.2");
    insta::assert_snapshot!(
        "trials_above_points",
        messages(&narrow, "hpo_2M_threshold_1pct")
    );
    let combinations: Vec<_> = [1000, 2000, 4000]
        .iter()
        .flat_map(|steps| {
            [0.02, 0.05, 0.1].map(|warmup| format!("{{ steps: {steps}, warmup: {warmup} }}"))
        })
        .collect();
    let exclude = format!("trials: 9, exclude: [{}]", combinations.join(", "));
    insta::assert_snapshot!(
        "exclude_all_combinations",
        messages(
            &narrow.replace("trials: 50", &exclude),
            "hpo_2M_threshold_1pct"
        )
    );
}

/// More negatives come with a larger threshold, not with a smaller one.
#[test]
fn the_remedy_of_a_shortage_helps() {
    let text = RIGHT
        .replace("horizon: 5", "horizon: 7")
        .replace("2007-01-01", "2009-03-10");
    insta::assert_snapshot!(
        "negatives_short",
        messages(&text, "hpo_2M_threshold_1pct_h7")
    );
}

/// What stands around the call: two calls, a `main`, a condition, no Rust.
#[test]
fn the_file_around_the_call_is_checked() {
    for (name, text) in [
        ("file_two_calls", format!("{RIGHT}{RIGHT}")),
        ("file_main", format!("{RIGHT}\nfn main() {{}}\n")),
        (
            "file_condition",
            RIGHT.replace("xp_macros", "#[cfg(any())]\nxp_macros"),
        ),
        (
            "file_silencer",
            RIGHT.replace("xp_macros", "#![allow(dead_code, deprecated)]\nxp_macros"),
        ),
        ("file_unclosed", RIGHT.replacen("search: {", "search: ", 1)),
        ("file_emoji", RIGHT.replace("budget:", "🙂 budget:")),
        ("file_empty", String::new()),
    ] {
        insta::assert_snapshot!(name, messages(&text, "hpo_2M_threshold_1pct"));
    }
}

#[test]
fn lists_are_bounded() {
    let seeds = vec!["\"a\""; 100_000].join(", ");
    let said = messages(
        &RIGHT.replace("tier(20)", &format!("[{seeds}]")),
        "hpo_2M_threshold_1pct",
    );
    assert!(
        said.ends_with("more errors are not shown"),
        "{}",
        said.len()
    );
}
