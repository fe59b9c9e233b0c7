//! `cargo xp` as a user calls it, in a copy of the workspace without cargo, libtorch or processed data.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

mod place;

use std::{fs, process::Command};

use place::Place;

/// As `cargo run --manifest-path WORKSPACE/Cargo.toml -p xp-cli` starts it in any folder.
#[test]
fn a_workspace_is_found_by_the_manifest_that_cargo_was_given() {
    let place = Place::new();
    let check = |package: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_cargo-xp"))
            .args(["check", "hpo_2M_threshold_1pct"])
            .current_dir("/")
            .env("CARGO_MANIFEST_DIR", package)
            .output()
            .unwrap();
        let text = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(text).unwrap())
    };
    let (found, said) = check(place.path("experiments").to_str().unwrap());
    assert!(
        found && said.contains("ok    hpo_2M_threshold_1pct"),
        "{said}"
    );
    let (found, said) = check("/");
    assert!(
        !found && said.contains("change into the workspace"),
        "{said}"
    );
}

#[test]
fn new_experiments_are_checked_written_once_and_indexed() {
    let place = Place::new();
    let (code, said) = place.xp("new hpo --budget 2M,20M --task 1pct,3pct --horizon 3");
    assert_eq!(code, 0, "{said}");
    for name in [
        "hpo_2M_threshold_1pct_h3",
        "hpo_2M_threshold_3pct_h3",
        "hpo_20M_threshold_1pct_h3",
        "hpo_20M_threshold_3pct_h3",
    ] {
        assert!(
            place
                .path(&format!("experiments/src/bin/{name}.rs"))
                .is_file()
        );
        let index = fs::read_to_string(place.path("experiments/README.md")).unwrap();
        assert!(index.contains(&format!("[{name}]")), "{index}");
    }
    let (code, said) =
        place.xp("new train --budget 2M --task 2pct --horizon 3 --between 1pct,3pct");
    assert_eq!(code, 0, "{said}");
    let (code, said) = place.xp("check");
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("76 experiments checked, 0 wrong, "), "{said}");

    let file = place.path("experiments/src/bin/hpo_2M_threshold_1pct_h3.rs");
    fs::write(&file, "// mine\n").unwrap();
    let (code, said) = place.xp("new hpo --budget 2M --task 1pct --horizon 3");
    assert_eq!(code, 1);
    assert!(said.contains("exists and is left as it is"), "{said}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "// mine\n");
}

#[test]
fn a_new_experiment_that_would_be_wrong_is_not_written() {
    let place = Place::keeping("_2M_");
    for (arguments, reason) in [
        (
            "new hpo --budget 2M --task 5pct --horizon 1",
            "positive samples, at least 30 are needed",
        ),
        (
            "new train --budget 2M --task 1pct --horizon 2",
            "there is no experiment `hpo_2M_threshold_1pct_h2`",
        ),
        (
            "new hpo --budget 2M --task 1pct --context 23 --variant context23",
            "leave the newest 3 of 23 bars unused",
        ),
        (
            "new hpo --budget 2M --task 1pct --variant H1",
            "\"H1\" is no variant",
        ),
    ] {
        let before = fs::read_dir(place.path("experiments/src/bin"))
            .unwrap()
            .count();
        let (code, said) = place.xp(arguments);
        assert_eq!(code, 1, "{arguments}: {said}");
        assert!(said.contains(reason), "{arguments}: {said}");
        let after = fs::read_dir(place.path("experiments/src/bin"))
            .unwrap()
            .count();
        assert_eq!(before, after, "{arguments}");
    }
}

/// A ladder of data: the later parts of train, with the search on the whole of it.
#[test]
fn a_ladder_of_data_is_written_in_one_command() {
    let place = Place::keeping("_2M_");
    let (code, said) = place.xp("new train --budget 2M --task 1pct --train 0.5,20y --allow small_training_region=ladder --allow outlying_columns=crash");
    assert_eq!(code, 0, "{said}");
    for (name, part) in [
        ("train_2M_threshold_1pct_d50", "train: fraction(0.5) }"),
        ("train_2M_threshold_1pct_d20y", "train: last(\"20y\") }"),
    ] {
        let path = place.path(&format!("experiments/src/bin/{name}.rs"));
        let text = fs::read_to_string(path).unwrap();
        assert!(
            text.contains(part) && text.contains("params: best(hpo_2M_threshold_1pct)"),
            "{text}"
        );
        let (code, said) = place.xp(&format!("explain {name}"));
        assert!(code == 0 && said.contains("split.train"), "{said}");
    }
    let samples = |name: &str| -> usize {
        let (_, said) = place.xp(&format!("explain {name}"));
        let line = said
            .lines()
            .find(|line| line.trim_start().starts_with("samples"))
            .unwrap();
        let (_, rest) = line.split_once("train ").unwrap();
        rest.split(' ')
            .next()
            .unwrap()
            .replace(',', "")
            .parse()
            .unwrap()
    };
    let (whole, half) = (
        samples("train_2M_threshold_1pct"),
        samples("train_2M_threshold_1pct_d50"),
    );
    // Half of the bars, less the purge before validation; the whole has a first context to fill, too.
    assert!(half.abs_diff(whole / 2) <= 20, "{half} of {whole}");
    let (code, said) = place.xp("new train --budget 2M --task 1pct --train 1.5");
    assert!(
        code == 2 && said.contains("a share above 0 and below 1"),
        "{said}"
    );
    // The same samples, written in two ways, are one experiment.
    let path = place.path("experiments/src/bin/train_2M_threshold_1pct_d20y.rs");
    let text = fs::read_to_string(&path).unwrap();
    let same = text
        .replace("last(\"20y\")", "fraction(0.5)")
        .replace("variant: \"d20y\"", "variant: \"twin\"");
    fs::write(
        place.path("experiments/src/bin/train_2M_threshold_1pct_twin.rs"),
        same,
    )
    .unwrap();
    let (code, said) = place.xp("check train_2M_threshold_1pct_twin");
    assert!(
        code == 1 && said.contains("train_2M_threshold_1pct_d50"),
        "{said}"
    );
}

/// What a study could tell is known before it is run: more seeds and less luck tell smaller exponents.
#[test]
fn plans_tell_what_a_study_could_tell_and_what_it_costs() {
    let place = Place::new();
    let ladder = ["2M", "20M", "200M", "2B"].map(|size| format!("train_{size}_threshold_1pct"));
    let plan =
        |options: &str| place.xp(&format!("plan {} --studies 20 {options}", ladder.join(" ")));
    let (code, said) = plan("--luck 0,0.01");
    assert_eq!(code, 0, "{said}");
    let smallest = |said: &str| -> Vec<f64> {
        said.lines()
            .filter(|line| line.contains('→'))
            .filter_map(|line| line.split_whitespace().nth(1)?.parse().ok())
            .collect()
    };
    let few = smallest(&said);
    assert!(few.len() == 2 && few[0] < few[1], "{said}");
    assert!(
        said.starts_with("1 task × 4 budgets (2M, 20M, 200M, 2B) × 3 seeds, 3844 test samples")
            && said.contains("cost at most: 2M "),
        "{said}"
    );
    let noisy = [
        "--luck 0 --seed-sd 0.05",
        "--luck 0 --seed-sd 0.05 --seeds 30",
    ];
    let [three, thirty] = noisy.map(|options| smallest(&plan(options).1));
    assert!(thirty[0] < three[0], "{thirty:?} {three:?}");
    for (arguments, expected) in [
        (
            "train_2M_threshold_1pct train_20M_threshold_1pct",
            "2 budgets with 3 seeds have no verdict",
        ),
        ("hpo_2M_threshold_1pct", "is a search"),
        (
            "train_2M_threshold_1pct train_20M_threshold_3pct",
            "different budgets",
        ),
        (
            "train_2M_threshold_1pct train_2M_threshold_1pct",
            "the same budget and task",
        ),
        (
            "train_2M_threshold_1pct train_20M_threshold_1pct_nasdaq",
            "differs from `train_2M_threshold_1pct` in data",
        ),
        (
            "train_2M_threshold_1pc",
            "did you mean `train_2M_threshold_1pct`?",
        ),
        (
            "train_2M_threshold_1pct --luck=-1",
            "is no standard deviation",
        ),
        (
            "train_2M_threshold_1pct --studies 0",
            "--studies 0 is not within",
        ),
    ] {
        let (code, said) = place.xp(&format!("plan {arguments}"));
        assert!(code == 1 && said.contains(expected), "{code} {said}");
    }
}

#[test]
fn explain_tells_the_origin_of_every_value() {
    let place = Place::keeping("_2M_");
    let (code, said) = place.xp("explain --verbose hpo_2M_threshold_1pct");
    assert_eq!(code, 0, "{said}");
    let row = |name: &str| {
        said.lines()
            .find(|line| line.contains(&format!(": {name}: ")))
            .unwrap_or_else(|| panic!("no {name} in {said}"))
    };
    for (name, value, origin) in [
        (
            "horizon",
            "5 trading days",
            "experiments/src/bin/hpo_2M_threshold_1pct.rs:6",
        ),
        ("label_price", "high", "default, configs/defaults.yaml:7"),
        (
            "channels",
            "mixed",
            "default, configs/model/patchtst_2m.yaml:7",
        ),
        ("split.embargo", "0 trading days", "default, built in"),
        (
            "run.search.dropout",
            "uniform(0, 0.5)",
            "hpo_2M_threshold_1pct.rs:20",
        ),
        (
            "training.batch_size",
            "32",
            "default, configs/defaults.yaml",
        ),
        ("parameters", "1,500,000 to 2,500,000", "derived"),
        (
            "parameters per training sample",
            "by 8030 samples)",
            "derived",
        ),
        (
            "training.evaluate",
            "auto",
            "default, configs/defaults.yaml",
        ),
        (
            "trainings",
            "1000 to 4000 steps, evaluated every 50 to 200 steps, longest warm-up 400 steps",
            "derived",
        ),
        (
            "run.pruner",
            "successive_halving { first: 600, factor: 4 }",
            "default, configs/defaults.yaml",
        ),
    ] {
        let row = row(name);
        assert!(row.contains(value) && row.contains(origin), "{row}");
    }
    // Without paths, values stand below their source, each with its line.
    let (code, said) = place.xp("explain hpo_2M_threshold_1pct");
    assert_eq!(code, 0, "{said}");
    for line in [
        "experiments/src/bin/hpo_2M_threshold_1pct.rs, by line",
        "    6  horizon                   5 trading days",
        "defaults of configs/defaults.yaml, by line",
        "    7  label_price            high",
        "built-in defaults",
        "       split.embargo  0 trading days",
        "derived",
    ] {
        assert!(said.lines().any(|found| found == line), "{line}: {said}");
    }
    let (code, said) = place.xp("explain hpo_2M_treshold_1pct");
    assert_eq!(code, 1);
    assert!(
        said.contains("did you mean `hpo_2M_threshold_1pct`?"),
        "{said}"
    );
}

#[test]
fn a_wrong_file_is_reported_with_its_position_by_every_command() {
    let place = Place::new();
    let file = place.path("experiments/src/bin/hpo_2M_threshold_1pct_f100.rs");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("tier(100)", "tier(101)")).unwrap();
    let expected = "experiments/src/bin/hpo_2M_threshold_1pct_f100.rs:9:20: error: 101 is no tier";
    let (code, said) = place.xp("check");
    assert_eq!(code, 1);
    assert!(said.contains(expected), "{said}");
    assert!(said.contains("71 experiments checked, 1 wrong"), "{said}");
    let (code, said) = place.xp("explain hpo_2M_threshold_1pct_f100");
    assert!(code == 1 && said.contains(expected), "{said}");
    let (code, said) = place.xp("list");
    assert!(
        code == 0 && said.contains("WRONG hpo_2M_threshold_1pct_f100: 1 error, see"),
        "{said}"
    );
    let (code, said) = place.xp("run hpo_2M_threshold_1pct_f100");
    assert!(code == 1 && said.contains("nothing was started"), "{said}");
}

/// A new budget is a file of configs/model, written once, and experiments of it are like any other.
#[test]
fn a_new_budget_is_written_once_and_used() {
    let place = Place::keeping("_2M_");
    let yaml = place.path("configs/model/patchtst_600k.yaml");
    let (code, said) = place.xp("new hpo --budget 600K --task 1pct");
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("`cargo xp new budget 600K` writes"), "{said}");
    let (code, said) = place.xp("new budget 600K --dry-run");
    assert!(
        code == 0 && said.contains("budget: 600K\n") && !yaml.exists(),
        "{said}"
    );
    let (code, said) = place.xp("new budget 600K");
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("written: 128·8·3·512 with 61"), "{said}");
    let written = fs::read_to_string(&yaml).unwrap();
    let (code, said) = place.xp("new budget 600K");
    assert!(
        code == 1 && said.contains("exists and is left as it is"),
        "{said}"
    );
    assert_eq!(fs::read_to_string(&yaml).unwrap(), written);
    // On a file system that tells upper from lower case, as in the file's name.
    let upper = place.path("configs/model/patchtst_600K.yaml");
    fs::rename(&yaml, &upper).unwrap();
    let (code, said) = place.xp("new hpo --budget 600K --task 1pct --horizon 3");
    assert_eq!(code, 1, "{said}");
    let rename = "rename configs/model/patchtst_600K.yaml: its name is in lower case, configs/model/patchtst_600k.yaml";
    assert!(said.contains(rename), "{said}");
    fs::rename(&upper, &yaml).unwrap();
    let (code, said) = place.xp("new hpo --budget 600K,2M --task 1pct --horizon 3");
    assert_eq!(code, 0, "{said}");
    let (code, said) = place.xp("explain --verbose hpo_600K_threshold_1pct_h3");
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("450,000 to 750,000"), "{said}");
    assert!(
        said.contains("configs/model/patchtst_600k.yaml:7"),
        "{said}"
    );
    // The smallest budget comes first.
    let index = fs::read_to_string(place.path("experiments/README.md")).unwrap();
    let at = |name: &str| index.find(&format!("[{name}]")).unwrap();
    assert!(at("hpo_600K_threshold_1pct_h3") < at("hpo_2M_threshold_1pct_h3"));
    for (arguments, reason) in [
        ("new budget 2000K", "it is written `2M`"),
        ("new budget 2MB", "a whole number and `K`, `M` or `B`"),
        ("new budget 10K", "the smallest shape, 64·4·2·128, has "),
        ("new budget 999B", "the largest shape, 4096·"),
    ] {
        let (code, said) = place.xp(arguments);
        assert!(code != 0 && said.contains(reason), "{arguments}: {said}");
    }
}

/// What a lint finds is a warning of every command, and nothing where the experiment says why it is meant.
#[test]
fn lints_warn_until_they_are_allowed() {
    let place = Place::keeping("_2M_");
    let name = "hpo_2M_threshold_1pct_h3";
    let file = place.path(&format!("experiments/src/bin/{name}.rs"));
    let (code, said) = place.xp(
        "new hpo --budget 2M --task 1pct --horizon 3 --context 80 --data data/processed/nasdaq_daily.parquet \
         --val 2003-06-01 --test 2010-01-01",
    );
    assert_eq!(code, 0, "{said}");
    let warning = ".rs:12:19: warning: small_training_region: train has ";
    assert!(said.contains(warning), "{said}");
    let (code, said) = place.xp(
        "new hpo --budget 2M --task 1pct --horizon 3 --data data/processed/nasdaq_daily.parquet --val 2003-06-01 \
         --test 2010-01-01 --variant meant --allow small_training_region=crisis",
    );
    assert!(code == 0 && !said.contains("warning"), "{said}");
    // Whatever the default is, it is not linted.
    let text = fs::read_to_string(&file).unwrap();
    let text = text.replace("context: 80,", "context: 80, normalisation: zscore,");
    let allowing = text.replace(
        "    run: hpo",
        "    allow: { small_training_region: \"a crisis is in it\" },\n    run: hpo",
    );
    for (text, warnings, allowed) in [(&text, 1, 0), (&allowing, 0, 1)] {
        fs::write(&file, text).unwrap();
        let (code, said) = place.xp(&format!("check --deny-warnings {name}"));
        assert_eq!(code, warnings, "{said}");
        assert_eq!(said.contains(warning), warnings == 1, "{said}");
        let counts = format!(
            "1 experiment checked, 0 wrong, {warnings} warning{} of lints, {allowed} allowed",
            if warnings == 1 { "" } else { "s" }
        );
        assert!(said.contains(&counts), "{said}");
        let (code, said) = place.xp(&format!("explain {name}"));
        assert_eq!(code, 0, "{said}");
        assert!(said.contains("lint small_training_region "), "{said}");
        let shown = said.contains("(allowed: a crisis is in it)");
        assert_eq!(shown, allowed == 1, "{said}");
    }
    let (code, said) = place.xp("list --json");
    assert_eq!(code, 0, "{said}");
    let list: Vec<serde_json::Value> = serde_json::from_str(&said).unwrap();
    let one = list.iter().find(|one| one["name"] == name).unwrap();
    assert_eq!(one["lints"][0]["lint"], "small_training_region");
    assert_eq!(one["lints"][0]["line"], 12);
    assert_eq!(one["lints"][0]["reason"], "a crisis is in it");
}

/// Texts of the command line are texts in the file, whatever they hold.
#[test]
fn an_option_cannot_write_fields() {
    let place = Place::keeping("_2M_");
    for option in ["--phase", "--variant", "--timeout", "--val"] {
        let (code, said) = place.xp(&format!(
            "new hpo --budget 2M --task 1pct --horizon 3 {option} x\",description:\"y"
        ));
        assert_eq!(code, 1, "{option}: {said}");
        assert!(said.contains("would be wrong and is not written"), "{said}");
        assert!(said.contains("x\",description:\"y\" is no "), "{said}");
    }
    let (code, said) = place.xp(
        "new hpo --budget 2M --task 1pct --horizon 3 --allow outlying_columns:\"x\"},description:\"y\",thermal:{z=1",
    );
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("a lint and the reason"), "{said}");
}

#[test]
fn a_file_that_is_no_text_hides_no_other() {
    let place = Place::new();
    let file = "experiments/src/bin/hpo_2M_threshold_1pct_f100.rs";
    fs::write(place.path(file), b"\xff\xfe\x00").unwrap();
    let (code, said) = place.xp("check");
    assert_eq!(code, 1);
    for part in [
        "hpo_2M_threshold_1pct_f100.rs:1:1: error: the file cannot be read: ",
        "help: write it as UTF-8 text",
        "ok    hpo_2M_threshold_3pct ",
        "71 experiments checked, 1 wrong",
    ] {
        assert!(said.contains(part), "{part}\n{said}");
    }
}

/// What a bug report needs, each part with an answer, and no name of the user in a path.
#[test]
fn doctor_tells_of_programs_machine_disks_data_and_cluster() {
    let sandbox = Place::new();
    let (code, said) = sandbox.xp("doctor");
    assert_eq!(code, 0, "{said}");
    for part in ["programs", "machine", "disks", "data", "cluster"] {
        assert!(said.lines().any(|line| line == part), "{part}: {said}");
    }
    for fact in [
        "rustc              not found",
        "processor",
        "MemTotal",
        "MiB free of",
        "nasdaq_daily: 5031 rows to 2018-12-31, as in the manifest",
        "UTC, clock source",
        "Slurm              not found",
        "study              files in outputs/hpo",
    ] {
        assert!(said.contains(fact), "{fact}: {said}");
    }
    let raw = sandbox.path("data/raw/nasdaq_daily.csv");
    fs::remove_file(&raw).unwrap();
    fs::write(raw, "date\n").unwrap();
    let (code, said) = sandbox.xp("doctor");
    assert!(
        code == 0 && said.contains("nasdaq_daily: 5031 rows to 2018-12-31, its MD5 is another"),
        "{said}"
    );
}
