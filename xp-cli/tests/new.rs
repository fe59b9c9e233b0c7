//! `cargo xp new`: what it decides by itself, and what it says to do next.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

mod place;

use std::fs;

use place::Place;

/// The line that names the next command.
fn next(said: &str) -> &str {
    let line = said.lines().find_map(|line| line.strip_prefix("Next: `"));
    line.and_then(|line| line.strip_suffix('`'))
        .unwrap_or_else(|| panic!("nothing is next: {said}"))
}

/// The grid begins at 74,689 parameters.
#[test]
fn a_budget_below_the_grid_has_the_shape_of_its_configuration() {
    let place = Place::keeping("_2M_");
    for (budget, line) in [
        ("20K", "architecture: fixed,"),
        ("2M", "architecture: grid,"),
    ] {
        let (code, said) = place.xp(&format!(
            "new hpo --budget {budget} --task 1pct --horizon 3 --dry-run"
        ));
        assert_eq!(code, 0, "{said}");
        assert!(said.contains(line), "{said}");
    }
    // The shape of the configuration is too large for them, too.
    let (code, said) = place.xp("new hpo --budget 20K --task 1pct --features 500 --dry-run");
    assert!(code == 1 && said.contains("the smallest shape"), "{said}");
}

/// Nothing differs from the search but the run.
#[test]
fn a_search_is_followed_by_its_training() {
    let place = Place::keeping("_2M_");
    let search = "hpo_2M_threshold_1pct_f100";
    let (code, said) = place.xp(&format!("new train-of {search} --seeds 4,5"));
    assert_eq!(code, 0, "{said}");
    assert_eq!(
        next(&said),
        format!("cargo xp run {search} train_2M_threshold_1pct_f100")
    );
    let lines = |name: &str| -> Vec<String> {
        let text = fs::read_to_string(place.path(&format!("experiments/src/bin/{name}.rs")));
        text.unwrap().lines().map(ToOwned::to_owned).collect()
    };
    let (search, training) = (lines(search), lines("train_2M_threshold_1pct_f100"));
    let run = "    run: train { params: best(hpo_2M_threshold_1pct_f100), seeds: [4, 5] },";
    let at = training.iter().position(|line| line == run).unwrap();
    assert_eq!(search[at], "    run: hpo {");
    assert_eq!(search[1..at], training[1..at]);
    assert!(search.ends_with(&training[at + 1..]));
    for (arguments, reason) in [
        (
            "train-of hpo_2M_threshold_1pct_f100",
            "train_2M_threshold_1pct_f100.rs exists and is left as it is\n",
        ),
        ("train-of train_2M_threshold_1pct", "is no search"),
        (
            "train-of hpo_2M_threshold_1pc",
            "did you mean `hpo_2M_threshold_1pct`?",
        ),
    ] {
        let (code, said) = place.xp(&format!("new {arguments}"));
        assert!(code == 1 && said.contains(reason), "{said}");
        assert!(
            said.starts_with("error: ") && !said.contains("error: error"),
            "{said}"
        );
    }
}

/// A search too short for the default start-up trials gets fewer, and says so; what is asked for stands as it is.
#[test]
fn start_up_trials_fit_the_trials() {
    let place = Place::keeping("_2M_");
    for (options, lines, why) in [
        ("--trials 3", "startup_trials: 1,", "half of the trials"),
        ("--trials 8", "startup_trials: 4,", "half of the trials"),
        ("--trials 9", "", ""),
        ("", "", ""),
        ("--trials 1", "sampler: sobol,", "leaves nothing to decide"),
        ("--trials 3 --sampler random", "sampler: random,", ""),
        (
            "--trials 3 --sampler tpe",
            "sampler: tpe, startup_trials: 1,",
            "half of the trials",
        ),
        (
            "--sampler gp --startup-trials 16",
            "sampler: gp, startup_trials: 16,",
            "",
        ),
    ] {
        let command = "new hpo --budget 2M --task 1pct --horizon 3 --dry-run";
        let (code, said) = place.xp(&format!("{command} {options}"));
        assert_eq!(code, 0, "{options}: {said}");
        let (_, run) = said.split_once("timeout: \"4h\",").unwrap();
        let (start, _) = run.split_once("search:").unwrap();
        let start: Vec<_> = start.split_whitespace().collect();
        assert_eq!(start.join(" "), lines, "{options}");
        let has_reason = said.contains("to decide; --");
        assert_eq!(has_reason, !why.is_empty(), "{options}: {said}");
        assert!(said.contains(why), "{options}: {said}");
    }
    for (arguments, reason) in [
        (
            "hpo --budget 2M --task 1pct --horizon 3 --trials 3 --startup-trials 3",
            "3 start-up trials of 3 leave the sampler nothing to decide",
        ),
        (
            "train --budget 2M --task 1pct --variant x --startup-trials 3",
            "a training has no `--startup-trials`",
        ),
        (
            "hpo --budget 2M --task 1pct --horizon 3 --sampler annealing",
            "one of auto, gp, tpe, random, sobol, grid",
        ),
    ] {
        let (code, said) = place.xp(&format!("new {arguments}"));
        assert!(code != 0 && said.contains(reason), "{arguments}: {said}");
    }
}

/// The search that a training borrows from comes first, and the command that writes it is in the error.
#[test]
fn a_training_without_its_search_says_how_to_write_it() {
    let place = Place::keeping("_2M_");
    for (options, search) in [
        (
            "--task 1pct --variant foo",
            "cargo xp new hpo --budget 2M --task 1pct --variant foo",
        ),
        (
            "--task 2pct --horizon 3 --between 1pct,3pct",
            "cargo xp new hpo --budget 2M --task 1pct,3pct --horizon 3",
        ),
    ] {
        let train = format!("new train --budget 2M {options}");
        let (code, said) = place.xp(&train);
        assert_eq!(code, 1, "{said}");
        let help = format!("help: write the search first: `{search}`");
        assert!(said.contains(&help), "{said}");
        assert!(!said.contains("did you mean"), "{said}");
        // Without anything else that differs it would be another search under another name.
        let is_twin = options.contains("foo");
        let note = "`hpo_2M_threshold_1pct` is the same experiment";
        assert_eq!(said.contains(note), is_twin, "{said}");
        let sampler = if is_twin { " --sampler tpe" } else { "" };
        let search = format!("{search}{sampler}");
        let (code, said) = place.xp(search.strip_prefix("cargo xp ").unwrap());
        assert_eq!(code, 0, "{said}");
        let (code, said) = place.xp(&train);
        assert_eq!(code, 0, "{said}");
        // Neither has been run.
        assert!(next(&said).starts_with("cargo xp run hpo_2M_threshold_1pct_"));
        assert!(next(&said).contains(" train_2M_threshold_"), "{said}");
    }
}

/// What is reported together has one phase; what is on another data set has one of its own.
#[test]
fn a_phase_is_that_of_the_same_data_and_task() {
    let place = Place::new();
    let nasdaq = "--data data/processed/nasdaq_daily.parquet --val 2003-06-01 --test 2010-01-01";
    let simulated =
        "--data data/processed/simulated_daily.parquet --val 2004-01-01 --test 2007-01-01";
    let phase = |options: &str| {
        let (code, said) = place.xp(&format!(
            "new hpo --budget 2M {options} --horizon 3 --dry-run"
        ));
        assert_eq!(code, 0, "{options}: {said}");
        let (_, rest) = said.split_once("phase: \"").unwrap();
        rest.split('"').next().unwrap().to_owned()
    };
    for (options, expected) in [
        ("--task 1pct", "phase6a"),
        ("--task 2pct", "phase6b"),
        ("--task 5pct", "phase6d"),
        (&format!("--task 2pct {nasdaq}"), "phase8b"),
        ("--task 3pct --features 100", "phase7"),
        (&format!("--task 3pct {simulated}"), "phase10a"),
        ("--task 2pct --phase phase3", "phase3"),
    ] {
        assert_eq!(phase(options), expected, "{options}");
    }
    for file in fs::read_dir(place.path("experiments/src/bin")).unwrap() {
        let path = file.unwrap().path();
        if path.to_string_lossy().contains("K_threshold") {
            fs::remove_file(path).unwrap();
        }
    }
    // Of the phases 6 to 9 that are left none is of that data set.
    assert_eq!(phase(&format!("--task 3pct {simulated}")), "phase10c");
}

#[test]
fn each_step_names_the_next_one() {
    let place = Place::keeping("_2M_");
    let write = "new hpo --budget 2M --task 1pct --horizon 3";
    let (_, said) = place.xp(&format!("{write} --dry-run"));
    assert_eq!(next(&said), format!("cargo xp {write}"));
    let (_, said) = place.xp(write);
    assert_eq!(next(&said), "cargo xp run hpo_2M_threshold_1pct_h3");
    let (_, said) = place.xp("new budget 600K");
    assert_eq!(next(&said), "cargo xp new hpo --budget 600K --task 1pct");
    let (_, said) = place.xp("index");
    assert_eq!(next(&said), "cargo xp list --status");
    let (_, said) = place.xp("check");
    assert_eq!(next(&said), "cargo xp list --status");
    let (_, said) = place.xp("check train_2M_threshold_2pct");
    assert_eq!(
        next(&said),
        "cargo xp run hpo_2M_threshold_1pct hpo_2M_threshold_3pct train_2M_threshold_2pct"
    );
    let wrong = place.path("experiments/src/bin/hpo_2M_threshold_1pct_h3.rs");
    fs::write(wrong, "// nothing\n").unwrap();
    let (code, said) = place.xp("check");
    assert!(code == 1 && !said.contains("Next"), "{said}");
}

/// What the help shows can be typed.
#[test]
fn the_examples_of_the_help_work() {
    let place = Place::keeping("_2M_");
    let mut tried = 0;
    for help in ["new --help", "new hpo --help", "new train --help"] {
        let (_, said) = place.xp(help);
        for line in said.lines() {
            assert!(line.chars().count() <= 100, "{line}");
            let Some(example) = line.strip_prefix("  cargo xp ") else {
                continue;
            };
            let (code, said) = place.xp(example);
            let is_there = said.contains("exists and is left as it is");
            assert!(code == 0 || is_there, "{example}: {said}");
            tried += 1;
        }
    }
    assert!(tried >= 7, "{tried}");
}
