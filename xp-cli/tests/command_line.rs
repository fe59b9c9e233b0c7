//! The command line itself: misspelt commands, colours, and what is passed on to other programs.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

mod place;

use std::{fs, path::Path};

use place::Place;

#[test]
fn misspelt_commands_are_guessed() {
    let place = Place::keeping("2M_threshold_1pct");
    for (typed, meant) in [
        ("rnu", "run"),
        ("chekc", "check"),
        ("lits", "list"),
        ("data bulid", "build"),
        ("data vrify", "verify"),
        ("new hop", "hpo"),
    ] {
        let (code, said) = place.xp(typed);
        assert_eq!(code, 2, "{typed}: {said}");
        let tip = format!("tip: a similar subcommand exists: '{meant}'");
        assert!(said.contains(&tip), "{typed}: {said}");
    }
    let (code, said) = place.xp("frobnicate");
    assert!(code == 2 && !said.contains("tip:"), "{said}");
}

/// The help of `cargo xp data`, which needs no build, against the source of the program that it runs.
#[test]
fn the_commands_of_data_are_those_of_its_program() {
    let place = Place::new();
    let (code, said) = place.xp_with(&["data", "--help"], &[("COLUMNS", "1000")]);
    assert_eq!(code, 0, "{said}");
    let shown: Vec<_> = said
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    let source = xp_test_support::root().join("xp-data/src/commands/mod.rs");
    let text = fs::read_to_string(source).unwrap();
    let (_, list) = text.split_once("enum Command {").unwrap();
    let (list, _) = list.split_once("\n}").unwrap();
    let mut expected = Vec::new();
    let mut about = String::new();
    for line in list.lines().map(str::trim).filter(|line| !line.is_empty()) {
        match line.strip_prefix("/// ") {
            Some(text) => about = text.trim_end_matches('.').to_owned(),
            None => {
                let (name, _) = line.split_once('(').unwrap();
                expected.push(format!("{} {about}", name.to_lowercase()));
            }
        }
    }
    assert!(expected.len() >= 6, "{expected:?}");
    assert_eq!(shown, expected);
}

/// Severities are in colour where that is asked for, and never against NO_COLOR or in a pipe.
#[test]
fn colours_are_left_out_where_nobody_sees_them() {
    let place = Place::keeping("2M_threshold_1pct");
    let file = place.path("experiments/src/bin/hpo_2M_threshold_1pct_f100.rs");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("tier(100)", "tier(101)")).unwrap();
    let check = |variables: &[(&str, &str)]| place.xp_with(&["check"], variables).1;
    let plain = check(&[]);
    assert!(!plain.contains('\u{1b}'), "{plain}");
    let forced = check(&[("CLICOLOR_FORCE", "1")]);
    for part in [
        "\u{1b}[1m\u{1b}[32mok\u{1b}[0m    hpo_2M_threshold_1pct ",
        "\u{1b}[1m\u{1b}[31mWRONG\u{1b}[0m hpo_2M_threshold_1pct_f100",
        ".rs:9:20: \u{1b}[1m\u{1b}[31merror\u{1b}[0m: 101 is no tier",
    ] {
        assert!(forced.contains(part), "{part:?}: {forced:?}");
    }
    let refused = check(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]);
    assert_eq!(refused, plain);
}

/// `study` is for searches, and passes options on, with or without `--` before them.
#[test]
fn study_passes_options_on_and_refuses_trainings() {
    let place = Place::keeping("2M_threshold_1pct");
    let (code, said) = place.xp("study train_2M_threshold_1pct");
    assert_eq!(code, 1, "{said}");
    for part in [
        "`train_2M_threshold_1pct` is a training, and only searches have a study",
        "`cargo xp study hpo_2M_threshold_1pct` shows what it borrows from",
        "`cargo xp list --status`",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!said.contains("--trials"), "{said}");
    let libtorch = place.path("libtorch");
    put_libtorch(&libtorch);
    for dashes in [&[][..], &["--"]] {
        let words = [
            &["study", "hpo_2M_threshold_1pct"],
            dashes,
            &["--max-epochs", "2"],
        ]
        .concat();
        let (code, said) = place.xp_with(
            &words,
            &[
                ("LIBTORCH", libtorch.to_str().unwrap()),
                ("CARGO", "/bin/echo"),
            ],
        );
        assert_eq!(code, 0, "{said}");
        let expected =
            "run -p experiments --bin hpo_2M_threshold_1pct --quiet -- --study --max-epochs 2";
        assert!(said.contains(expected), "{said}");
    }
}

/// A libtorch that was set up before is taken as it is, also from a folder of an image that nobody can write to.
#[test]
fn a_libtorch_that_is_there_is_not_locked() {
    let place = Place::keeping("2M_threshold_1pct");
    let cache = place.path("cache");
    let libtorch = cache.join("cargo-xp/libtorch-2.13.0-cpu");
    put_libtorch(&libtorch);
    let variables = [("XDG_CACHE_HOME", cache.to_str().unwrap())];
    let (code, said) = place.xp_with(&["setup", "--no-tools"], &variables);
    assert_eq!(code, 0, "{said}");
    let written = fs::read_to_string(place.path(".cargo/libtorch.toml")).unwrap();
    assert!(written.contains(libtorch.to_str().unwrap()), "{written}");
    let there = fs::read_dir(cache.join("cargo-xp")).unwrap();
    assert_eq!(there.count(), 1, "libtorch alone");
}

/// The files by which a libtorch is known.
fn put_libtorch(folder: &Path) {
    for file in [
        "lib/libtorch_cpu.so",
        "lib/libc10.so",
        "lib/libtorch.so",
        "include/torch/csrc/api/include/torch/torch.h",
    ] {
        let path = folder.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
    }
}
