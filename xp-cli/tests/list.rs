//! `cargo xp list`: groups, widths, and what runs have left.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

mod place;

use std::fs;

use place::Place;
use serde_json::{Value, json};

#[test]
fn list_bounds_what_runs_cost_and_says_what_it_assumes() {
    let place = Place::new();
    let (code, said) = place.xp("list");
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("configs/devices.yaml"), "{said}");
    // Samples are said once for each group.
    for (samples, groups) in [("train 1675", 5), ("train 8030", 6)] {
        let lines = said.lines().filter(|line| line.contains(samples));
        assert_eq!(lines.count(), groups, "{samples}: {said}");
    }
    let largest = said
        .lines()
        .find(|line| line.starts_with("hpo_2B_threshold_1pct "))
        .unwrap();
    let (before, _) = largest.split_once(" GiB").unwrap();
    let gib: f64 = before.rsplit(' ').next().unwrap().parse().unwrap();
    // Weights alone are 9.3; 20 GB are 18.6.
    assert!(
        gib > 10.0 && gib < 18.6,
        "the 2B budget trains on a machine with 24 GB: {largest}"
    );
}

/// A line that is wider than the terminal breaks its columns.
#[test]
fn tables_fit_the_terminal() {
    let place = Place::keeping("2M_threshold_1pct");
    for width in [40, 80, 120] {
        for command in [
            "list",
            "list --verbose",
            "list --status",
            "explain hpo_2M_threshold_1pct",
        ] {
            let words: Vec<_> = command.split(' ').collect();
            let (code, said) = place.xp_with(&words, &[("COLUMNS", &width.to_string())]);
            assert_eq!(code, 0, "{said}");
            for line in said.lines().filter(|line| !line.starts_with("Next: ")) {
                let columns = line.chars().count();
                // A path is not broken, so that it can be copied.
                let is_word = !line.trim().contains(' ');
                assert!(
                    columns <= width || is_word,
                    "{command}: {columns} of {width}: {line}"
                );
            }
        }
    }
}

#[test]
fn a_group_is_listed_alone() {
    let place = Place::keeping("_2M_");
    let names = |options: &str| -> Vec<String> {
        let (code, said) = place.xp(&format!("list --json {options}"));
        assert_eq!(code, 0, "{said}");
        let list: Vec<Value> = serde_json::from_str(&said).unwrap();
        list.iter()
            .map(|one| one["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        names("--budget 2M --task 3pct --kind hpo"),
        ["hpo_2M_threshold_3pct", "hpo_2M_threshold_3pct_nasdaq"]
    );
    assert_eq!(names("--phase phase7").len(), 3);
    assert_eq!(names("").len(), 20);
    for (options, reason) in [
        ("--phase phase99", "no experiment matches"),
        ("--budget 2MB", "a whole number and `K`, `M` or `B`"),
        ("--task 4pct", "one of 1pct, 2pct, 3pct, 5pct"),
    ] {
        let (code, said) = place.xp(&format!("list {options}"));
        assert!(code != 0 && said.contains(reason), "{options}: {said}");
    }
}

/// What runs have written, by docs/formats.md.
struct Outputs<'a> {
    place: &'a Place,
    log: String,
}

impl<'a> Outputs<'a> {
    fn new(place: &'a Place) -> Self {
        Self {
            place,
            log: "timestamp,experiment,status,run_id,spec_hash,overridden,seed,test_loss\n"
                .to_owned(),
        }
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.place.path(&format!("outputs/{path}"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Trials of these states; the best file where a value is known.
    fn search(&self, folder: &str, hash: &str, states: &[&str], best: Option<f64>) {
        let folder = format!("hpo/{folder}");
        self.write(
            &format!("{folder}/identity.json"),
            &json!({"spec_hash": hash}).to_string(),
        );
        for (number, state) in states.iter().enumerate() {
            self.write(
                &format!("{folder}/trials/{number:04}.json"),
                &json!({"number": number, "state": state, "value": null}).to_string(),
            );
        }
        if let Some(value) = best {
            self.write(
                &format!("{folder}/2M_best.json"),
                &json!({"objective": "log_loss", "best_value": value}).to_string(),
            );
        }
    }

    fn seed(&mut self, (folder, experiment): (&str, &str), hash: &str, seed: u64, loss: f64) {
        self.write(&format!("training/{folder}/seed_{seed}.safetensors"), "");
        let overridden = folder.contains('+');
        self.log.push_str(&format!(
            "2026-11-30T10:00:00Z,{experiment},success,r{seed},{hash},{overridden},{seed},{loss}\n"
        ));
        self.write("results/experiment_log.csv", &self.log);
    }
}

fn hash_of(place: &Place, name: &str) -> String {
    let (_, said) = place.xp(&format!("check {name}"));
    let (_, rest) = said.split_once("spec ").unwrap();
    rest.split_whitespace().next().unwrap().to_owned()
}

#[test]
fn status_tells_done_partial_and_overridden() {
    let place = Place::keeping("_2M_");
    let mut outputs = Outputs::new(&place);
    let (first, third) = (
        "phase6a_hpo_2M_threshold_1pct",
        "phase6c_hpo_2M_threshold_3pct",
    );
    let hash = hash_of(&place, "hpo_2M_threshold_1pct");
    let states = ["complete", "pruned", "nan", "interrupted", "thermal"];
    outputs.search(first, &hash, &states, Some(0.61234));
    outputs.search(&format!("{first}+abc"), "abc", &["complete"; 8], Some(0.65));
    outputs.search(&format!("{first}@old"), "old", &["complete"; 50], Some(0.1));
    outputs.search(third, "old", &["complete"; 50], Some(0.1));
    let hash = hash_of(&place, "hpo_2M_threshold_5pct");
    outputs.search(
        "phase6d_hpo_2M_threshold_5pct",
        &hash,
        &["complete"; 50],
        Some(0.2),
    );
    let train = "phase6a_train_2M_threshold_1pct";
    let hash = hash_of(&place, "train_2M_threshold_1pct");
    outputs.seed((train, train), &hash, 1, 0.66);
    outputs.seed((train, train), &hash, 3, 0.68);
    outputs.seed((&format!("{train}+def"), train), "def", 1, 0.7);
    // Of other hyperparameters, whose weights were moved aside.
    outputs.seed((train, train), &hash, 2, 0.5);
    fs::remove_file(place.path(&format!("outputs/training/{train}/seed_2.safetensors"))).unwrap();
    let (code, said) = place.xp("list --status");
    assert_eq!(code, 0, "{said}");
    for (start, rest) in [
        (
            "hpo_2M_threshold_1pct ",
            "partial, 3 of 50 trials 0.6123 validation log-loss",
        ),
        (
            "hpo_2M_threshold_3pct ",
            "not run (results of an earlier version) —",
        ),
        (
            "hpo_2M_threshold_5pct ",
            "done, 50 trials 0.2000 validation log-loss",
        ),
        ("hpo_2M_threshold_1pct_f100 ", "not run —"),
        (
            "train_2M_threshold_1pct ",
            "partial, 2 of 3 seeds 0.6700 test log-loss, mean of 2 seeds",
        ),
        (
            "overridden, beside hpo_2M",
            &format!("8 trials, 0.6500 validation log-loss (outputs/hpo/{first}+abc)"),
        ),
        (
            "overridden, beside train_2M",
            &format!("1 seed, 0.7000 test log-loss, 1 seed (outputs/training/{train}+def)"),
        ),
    ] {
        let line = said.lines().find(|line| line.starts_with(start)).unwrap();
        let words: Vec<_> = line.split_whitespace().collect();
        assert!(words.join(" ").ends_with(rest), "{line}");
    }
    // What has begun comes first.
    assert!(
        said.contains("Next: `cargo xp run hpo_2M_threshold_1pct`"),
        "{said}"
    );
    let (_, said) =
        place.xp("list --status --json --budget 2M --task 1pct --kind train --phase phase6a");
    let list: Vec<Value> = serde_json::from_str(&said).unwrap();
    assert_eq!(list[0]["status"]["ended"], 2);
    assert_eq!(list[0]["status"]["of"], 3);
    assert_eq!(list[0]["status"]["best"]["value"], 0.67);
    assert_eq!(list[0]["status"]["overridden"][0]["ended"], 1);
    // What borrows from a search comes after it, unless it borrows from one that is not done; and the report at the end.
    let (_, said) = place.xp("check hpo_2M_threshold_5pct");
    assert!(
        said.contains("Next: `cargo xp run train_2M_threshold_5pct`"),
        "{said}"
    );
    let train = "phase6d_train_2M_threshold_5pct";
    let hash = hash_of(&place, "train_2M_threshold_5pct");
    for seed in 1..=3 {
        outputs.seed((train, train), &hash, seed, 0.6);
    }
    let (_, said) = place.xp("check hpo_2M_threshold_5pct");
    assert!(said.contains("Next: `cargo xp report`"), "{said}");
    let hash = hash_of(&place, "hpo_2M_threshold_3pct");
    outputs.search(third, &hash, &["complete"; 50], Some(0.1));
    let (_, said) = place.xp("check hpo_2M_threshold_3pct");
    assert!(
        said.contains("Next: `cargo xp run train_2M_threshold_3pct`"),
        "{said}"
    );
}

/// A torn last line is no row, and a log that is none is said to be none.
#[test]
fn a_log_is_read_as_far_as_it_is_whole() {
    let place = Place::keeping("_2M_");
    let mut outputs = Outputs::new(&place);
    let hash = hash_of(&place, "train_2M_threshold_1pct");
    let train = "phase6a_train_2M_threshold_1pct";
    outputs.seed((train, train), &hash, 1, 0.66);
    let torn = format!("{}2026-11-30T10:00:00Z,phase6a_tr", outputs.log);
    outputs.write("results/experiment_log.csv", &torn);
    let (code, said) = place.xp("list --status");
    assert!(code == 0 && said.contains("1 of 3 seeds"), "{said}");
    outputs.write("results/experiment_log.csv", "a;b\n1;2\n");
    let (code, said) = place.xp("list --status");
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("`cargo xp report --rebuild-log` writes it anew"),
        "{said}"
    );
}
