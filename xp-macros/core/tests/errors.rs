//! Mistakes and what is said of them: `line:column: message`, without rustc. Each row changes one thing of a right experiment.

#![allow(clippy::unwrap_used, reason = "a test may state what it believes")]

mod right;

use right::{RIGHT, source};
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

/// The 2B budget trains layer by layer: there is no sum of all gradients to accumulate.
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
    for (budget, parts) in [("2B", 1), ("200M", 2)] {
        let said = with(budget, parts);
        assert!(said.starts_with("valid: "), "{said}");
    }
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
        RIGHT.replace("0.1, 0.5", "0.10, 0.50"),
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
            "trials: 50, sampler: auto, pruner: successive_halving,",
        ),
    ] {
        assert_eq!(hash(&same), right, "{same}");
    }
    for other in [
        RIGHT.replace("context: 80", "context: 90"),
        RIGHT.replace("2007-01-01", "2007-01-03"),
        RIGHT.replace("0.1, 0.5", "0.1, 0.4"),
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
        RIGHT.replace("trials: 50,", "trials: 50, sampler: tpe,"),
        RIGHT.replace("trials: 50,", "trials: 50, pruner: none,"),
        RIGHT.replace("trials: 50,", "trials: 50, exclude: [{ epochs: 50 }],"),
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
    for (name, from, to) in [
        ("unknown_key", "horizon: 5", "horizont: 5"),
        (
            "variant_form",
            "budget: \"2M\"",
            "variant: \"h3\", budget: \"2M\"",
        ),
        (
            "patch_leaves_bars",
            "context: 80",
            "context: 80, patch: { length: 16, stride: 10 }",
        ),
        (
            "patch_skips_bars",
            "context: 80",
            "context: 80, patch: { length: 8, stride: 9 }",
        ),
        (
            "channels_unknown",
            "context: 80",
            "context: 80, channels: mixd",
        ),
        (
            "objective_direction",
            "context: 80",
            "context: 80, objective: maximize(log_loss)",
        ),
        (
            "objective_unknown",
            "context: 80",
            "context: 80, objective: accuracy",
        ),
        (
            "training_values",
            "context: 80",
            "context: 80, training: { loss: focal(-1.0), schedule: step, accumulation: 0, precision: fp16, patience: 0 }",
        ),
        (
            "thermal_order",
            "context: 80",
            "context: 80, thermal: { pause_above: 80, resume_below: 85 }",
        ),
        (
            "thermal_unknown",
            "context: 80",
            "context: 80, thermal: { pause_abov: 80 }",
        ),
        (
            "baselines_unknown",
            "context: 80",
            "context: 80, baselines: [forst, prior, prior]",
        ),
        (
            "baselines_none",
            "context: 80",
            "context: 80, baselines: []",
        ),
        (
            "baselines_type",
            "context: 80",
            "context: 80, baselines: prior",
        ),
        ("suffixed_budget", "budget: \"2M\"", "budget: 2M"),
        ("suffixed_timeout", "\"4h\"", "4h"),
        ("timeout_endless", "\"4h\"", "\"5000000000000000h\""),
        ("bounds_broken", "uniform(0.1, 0.5)", "uniform(.1, .5)"),
        ("date_form", "\"2007-01-01\"", "\"2007-1-1\""),
        (
            "loss_needs_gamma",
            "context: 80",
            "context: 80, training: { loss: focal }",
        ),
        (
            "min_delta_once",
            "context: 80",
            "context: 80, training: { min_delta: \"0\" }",
        ),
        ("real_for_whole", "context: 80", "context: 80.0"),
        ("device_unknown", "context: 80", "context: 80, device: gpu"),
        ("sampler_unknown", "trials: 50", "trials: 50, sampler: tpee"),
        (
            "startup_unused",
            "trials: 50",
            "trials: 50, sampler: random, startup_trials: 10",
        ),
        (
            "startup_all",
            "trials: 50",
            "trials: 50, startup_trials: 50",
        ),
        ("pruner_unknown", "trials: 50", "trials: 50, pruner: medain"),
        (
            "pruner_key",
            "trials: 50",
            "trials: 50, pruner: median { epochs: 3 }",
        ),
        (
            "pruner_never",
            "trials: 50",
            "trials: 50, pruner: successive_halving { first: 100 }",
        ),
        (
            "first_incomplete",
            "trials: 50",
            "trials: 50, first: [{ learning_rate: 3e-4, dropout: 0.2 }]",
        ),
        (
            "first_outside",
            "trials: 50",
            "trials: 50, first: [{ learning_rate: 3e-2, epochs: 60, momentum: 0.9 }]",
        ),
        (
            "exclude_continuous",
            "trials: 50",
            "trials: 50, exclude: [{ dropout: 0.2 }, { epochs: 50 }]",
        ),
        (
            "exclude_everything",
            "trials: 50",
            "trials: 50, exclude: [{ epochs: 50 }, { epochs: 75 }, { epochs: 100 }]",
        ),
        (
            "exclude_fixed",
            "trials: 50",
            "trials: 50, exclude: [{ batch_size: 32 }]",
        ),
        ("required_key_misspelt", "context: 80", "contxt: 80"),
        ("duplicate_key", "context: 80,", "context: 80, context: 60,"),
        ("missing_key", "    context: 80,\n", ""),
        ("missing_comma", "context: 80,", "context: 80"),
        ("wrong_type", "context: 80", "context: \"80\""),
        ("budget", "\"2M\"", "\"3M\""),
        ("task", "threshold_1pct", "threshold_4pct"),
        ("horizon", "horizon: 5", "horizon: 4"),
        ("name_against_horizon", "horizon: 5", "horizon: 3"),
        ("name_against_task", "threshold_1pct", "threshold_3pct"),
        ("phase_form", "\"phase6a\"", "\"6A\""),
        (
            "data_unknown",
            "nasdaq_daily.parquet",
            "nasdaq_dayly.parquet",
        ),
        ("timescale_of_data", "timescale: daily", "timescale: weekly"),
        ("feature_case", "tier(20)", "[\"ATR_14\", \"adx_14\"]"),
        ("feature_raw_price", "tier(20)", "[\"close\"]"),
        ("feature_twice", "tier(20)", "[\"atr_14\", \"atr_14\"]"),
        ("tier_unknown", "tier(20)", "tier(30)"),
        (
            "split_order",
            "val: \"2007-01-01\", test: \"2010-01-01\"",
            "val: \"2010-01-01\", test: \"2007-01-01\"",
        ),
        (
            "split_outside",
            "test: \"2010-01-01\"",
            "test: \"2030-01-01\"",
        ),
        (
            "split_too_late",
            "val: \"2007-01-01\", test: \"2010-01-01\"",
            "val: \"2018-07-02\", test: \"2018-10-01\"",
        ),
        ("context_below_patch", "context: 80", "context: 5"),
        (
            "architecture_missing",
            "            architecture: grid,\n",
            "",
        ),
        (
            "architecture_off_budget",
            "architecture: grid",
            "architecture: { d_model: 512, n_layers: 6, n_heads: 8, d_ff: 2048 }",
        ),
        (
            "heads",
            "architecture: grid",
            "architecture: { d_model: 192, n_layers: 4, n_heads: 7, d_ff: 768 }",
        ),
        (
            "d_ff_missing",
            "architecture: grid",
            "architecture: { d_model: 192, n_layers: 4, n_heads: 6 }",
        ),
        ("search_unknown", "dropout: uniform", "momentum: uniform"),
        ("bounds_reversed", "log(1e-4, 1e-3)", "log(1e-3, 1e-4)"),
        ("log_of_zero", "log(1e-4, 5e-3)", "log(0.0, 5e-3)"),
        (
            "dropout_impossible",
            "uniform(0.1, 0.5)",
            "uniform(0.1, 1.5)",
        ),
        ("epochs_not_whole", "[50, 75, 100]", "[50.5, 75]"),
        ("no_trials", "trials: 50", "trials: 0"),
        ("duration", "\"4h\"", "\"4 hours\""),
        ("run_unknown", "hpo {", "hop {"),
        ("point_first", "uniform(0.1, 0.5)", "uniform(-.1, 1.e-4)"),
        ("number_endless", "1e-3)", "1e400)"),
        ("bounds_equal", "log(1e-4, 1e-3)", "log(1e-4, 1e-4)"),
        ("log_of_zero_steps", "[100, 200, 300, 500]", "log(0, 500)"),
        ("context_too_long", "context: 80", "context: 2000"),
        (
            "embargo_too_long",
            "test: \"2010-01-01\"",
            "test: \"2008-01-01\", embargo: 240",
        ),
        (
            "last_day_as_border",
            "test: \"2010-01-01\"",
            "test: \"2018-12-31\"",
        ),
        ("trials_below_startup", "trials: 50", "trials: 3"),
        (
            "pruner_fewest",
            "trials: 50",
            "trials: 50, pruner: median { fewest: 10000 }",
        ),
        (
            "pruner_patience",
            "trials: 50",
            "trials: 50, pruner: patience { epochs: 10000, least: -5 }",
        ),
        (
            "pruner_without_keys",
            "trials: 50",
            "trials: 50, pruner: none { warmup: 3 }",
        ),
        (
            "warmup_endless",
            "[100, 200, 300, 500]",
            "[100, 200, 10000]",
        ),
        (
            "batch_above_train",
            "context: 80",
            "context: 80, training: { batch_size: 4000 }",
        ),
        (
            "accumulation_above_batch",
            "context: 80",
            "context: 80, training: { accumulation: 64 }",
        ),
        (
            "min_delta_huge",
            "context: 80",
            "context: 80, training: { min_delta: 1e300 }",
        ),
        (
            "focal_zero",
            "context: 80",
            "context: 80, training: { loss: focal(0.0) }",
        ),
        (
            "tolerance_too_small",
            "context: 80",
            "context: 80, tolerance: 0.00001",
        ),
        (
            "first_off_the_grid",
            "trials: 50",
            "trials: 50, first: [{ architecture: { d_model: 192, n_layers: 4, n_heads: 6, d_ff: 768 }, \
             learning_rate: 3e-4, weight_decay: 1e-3, dropout: 0.2, warmup_steps: 100, epochs: 50 }]",
        ),
        // One fault hides no neighbour (F17).
        (
            "neighbours_in_strategy",
            "trials: 50",
            "trials: 50, sampler: tpee, startup_trials: 0, pruner: medain, exclude: [{ epochs: 51 }]",
        ),
        (
            "neighbours_in_split",
            "val: \"2007-01-01\"",
            "val: \"2007\", embargo: 999",
        ),
        (
            "neighbours_in_thermal",
            "context: 80",
            "context: 80, thermal: { sensor: maybe, pause_above: hot, resume_below: \"80\" }, device: gpu",
        ),
        (
            "neighbours_of_the_subject",
            "tier(20)",
            "tier(21), patch: { length: 8, stride: 9 }, channels: mixd, tolerance: 2.0, variant: \"X\"",
        ),
        ("unused_bars", "context: 80", "context: 75"),
        (
            "soft_auc_without_pairs",
            "context: 80",
            "context: 80, training: { loss: soft_auc, batch_size: 1 }",
        ),
        ("rate_that_vanishes", "log(1e-4, 1e-3)", "log(1e-60, 1e-3)"),
        (
            "pruner_behind_early_stopping",
            "trials: 50",
            "trials: 50, pruner: patience { epochs: 10 }",
        ),
        (
            "exclusion_within_another",
            "trials: 50",
            "trials: 50, exclude: [{ epochs: 50 }, { epochs: 50, warmup_steps: 100 }]",
        ),
        ("equals_for_colon", "horizon: 5", "horizon = 5"),
        ("key_in_quotes", "horizon: 5", "\"horizon\": 5"),
        ("date_without_quotes", "\"2007-01-01\"", "2007-01-01"),
        (
            "rate_in_training",
            "context: 80",
            "context: 80, training: { learning_rate: 1e-3 }",
        ),
        ("number_with_type", "horizon: 5", "horizon: 5u8"),
        ("loguniform", "log(1e-4, 1e-3)", "loguniform(1e-4, 1e-3)"),
        ("bounds_without_comma", "log(1e-4, 1e-3)", "log(1e-4 1e-3)"),
        (
            "features_without_comma",
            "tier(20)",
            "[\"atr_14\" \"adx_14\"]",
        ),
        (
            "feature_that_looks_ahead",
            "tier(20)",
            "[\"future_close_5\", \"atr_14\"]",
        ),
        ("test_is_missing", ", test: \"2010-01-01\"", ""),
        ("text_of_two_lines", "\"phase6a\"", "\"phase\\n6a\""),
        (
            "startup_beside_bounds",
            "trials: 50",
            "trials: 5, startup_trials: 5, first: [{ dropout: 7.0 }]",
        ),
    ] {
        check(name, from, to);
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
    let searched = RIGHT
        .replace("    context: 80,", training)
        .replace("[50, 75, 100],", "[50, 75, 100], batch_size: [32, 64],");
    insta::assert_snapshot!(
        "unconsumed_of_searched",
        messages(&searched, "hpo_2M_threshold_1pct")
    );
}

#[test]
fn depth_is_bounded() {
    let deep = "[".repeat(3000) + &"]".repeat(3000);
    let said = messages(
        &RIGHT.replace("[50, 75, 100]", &deep),
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
        .replace("log(1e-4, 1e-3)", "log(1e-3, 1e-4)")
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
        .replace("log(1e-4, 1e-3)", "3e-4")
        .replace("log(1e-4, 5e-3)", "1e-3")
        .replace("uniform(0.1, 0.5)", "0.2");
    insta::assert_snapshot!(
        "trials_above_points",
        messages(&narrow, "hpo_2M_threshold_1pct")
    );
    let combinations: Vec<_> = [50, 75, 100]
        .iter()
        .flat_map(|epochs| {
            [100, 200, 300, 500]
                .map(|steps| format!("{{ epochs: {epochs}, warmup_steps: {steps} }}"))
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
