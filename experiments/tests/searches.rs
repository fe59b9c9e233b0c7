//! Real searches, run as a user runs them, on the shipped data in a workspace of their own; trainings are in `trainings.rs`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

mod sandbox;

use std::{fs, path::PathBuf, process::Command};

use sandbox::{SEARCH, Sandbox, leftovers, text, walk};
use xp_test_support::{Process, Signal, files};

/// A search of two short trials.
const SHORT: [&str; 6] = ["--trials", "2", "--max-epochs", "1", "--max-steps", "2"];

#[test]
fn a_search_is_logged_reported_resumed_and_extended() {
    let sandbox = Sandbox::new();
    let (code, printed) = sandbox.run(SEARCH, &SHORT);
    assert_eq!(code, 0, "{printed}");
    assert!(
        printed.contains("built data/processed/nasdaq_daily.parquet"),
        "{printed}"
    );
    assert!(
        printed.contains(
            "train 1675 (1150 positive), val 751 (536 positive), test 2259 (1377 positive)"
        ),
        "{printed}"
    );
    let rows = sandbox.log();
    assert_eq!(rows.len(), 1);
    let row = &rows[0];
    for (column, expected) in [
        ("experiment", "phase8a_hpo_2M_threshold_1pct_nasdaq"),
        ("status", "success"),
        ("overridden", "true"),
        ("run_type", "hpo"),
        ("horizon", "5"),
        ("test_accuracy", ""),
        ("test_loss", ""),
        ("error_message", ""),
        ("val_samples", "751"),
        ("n_features", "20"),
        (
            "script_path",
            "experiments/src/bin/hpo_2M_threshold_1pct_nasdaq.rs",
        ),
    ] {
        assert_eq!(row[column], expected, "{column}");
    }
    assert_eq!(row["data_md5"].len(), 32);
    let report = fs::read_to_string(sandbox.path("docs/experiment_results.md")).unwrap();
    for part in [
        "# Experiment Results",
        "### Summary Table",
        "### Scaling Analysis",
        "### Individual Results",
        "Overridden",
        "class prior",
    ] {
        assert!(report.contains(part), "{part}");
    }
    assert!(
        fs::read_to_string(sandbox.path("docs/figures/learning_curve.svg"))
            .unwrap()
            .contains("<svg")
    );
    assert_eq!(sandbox.trials().len(), 2);
    best_value_has_its_predictions_and_interval(&sandbox, &row["run_id"]);
    let border = border_of_the_warm_up(&sandbox);
    // Inside, no border of it is told.
    let is_told = |printed: &str| {
        let mut lines = printed
            .lines()
            .filter(|line| line.contains("may lie beyond"));
        let told = lines.find(|line| line.trim_start().starts_with("`warmup` "));
        assert_eq!(told.is_some(), !border.is_empty(), "{printed}");
        assert!(told.is_none_or(|line| line.contains(border)), "{printed}");
    };
    is_told(&printed);
    let (code, printed) = sandbox.run(SEARCH, &[&SHORT[..], &["--study"]].concat());
    assert_eq!(code, 0, "{printed}");
    is_told(&printed);

    let (code, printed) = sandbox.run(SEARCH, &SHORT);
    assert!(
        code == 0 && printed.contains("finished: 2 of 2 trials"),
        "{printed}"
    );
    assert_eq!(sandbox.log().len(), 1, "a finished search is no second row");

    let mut longer = SHORT;
    longer[1] = "3";
    let (code, printed) = sandbox.run(SEARCH, &longer);
    assert!(
        code == 0 && printed.contains("resumed: 2 of 3 trials had ended"),
        "{printed}"
    );
    assert_eq!((sandbox.trials().len(), sandbox.log().len()), (3, 2));
}

/// Where the best trial's warm-up lies in `[0.02, 0.05, 0.1]`, in words; empty inside (F50).
fn border_of_the_warm_up(sandbox: &Sandbox) -> &'static str {
    let best = fs::read(walk(&sandbox.path("outputs/hpo"), "2M_best.json")).unwrap();
    let best: serde_json::Value = serde_json::from_slice(&best).unwrap();
    match best["best_params"]["warmup"].as_f64().unwrap() {
        0.02 => "0.02 is the smallest of [0.02, 0.05, 0.1]",
        0.1 => "0.1 is the largest of [0.02, 0.05, 0.1]",
        _ => "",
    }
}

/// The predictions that the record keeps are those whose log-loss the search calls its best, and the interval is around it.
fn best_value_has_its_predictions_and_interval(sandbox: &Sandbox, run_id: &str) {
    let json = |path: &str| -> serde_json::Value {
        serde_json::from_slice(&fs::read(sandbox.path(path)).unwrap()).unwrap()
    };
    let numbers = |value: &serde_json::Value| -> Vec<f64> {
        let list = value.as_array().unwrap().iter();
        list.map(|number| number.as_f64().unwrap()).collect()
    };
    let best = files(&sandbox.path("outputs/hpo"))
        .into_iter()
        .find(|file| file.ends_with("2M_best.json"))
        .unwrap();
    let best = json(
        best.strip_prefix(sandbox.folder.path())
            .unwrap()
            .to_str()
            .unwrap(),
    );
    let value = best["best_value"].as_f64().unwrap();
    let interval = numbers(&best["best_value_interval"]);
    assert!(interval[0] < value && value < interval[1], "{best}");
    let record = json(&format!("outputs/runs/{run_id}.json"));
    let p = numbers(&record["val"]["probabilities"]);
    let y = numbers(&record["val"]["labels"]);
    assert_eq!(
        (p.len(), record["val"]["dates"].as_array().unwrap().len()),
        (751, 751)
    );
    let losses = p
        .iter()
        .zip(&y)
        .map(|(p, y)| -(y * p.ln() + (1.0 - y) * (1.0 - p).ln()));
    let mean = losses.sum::<f64>() / y.len() as f64;
    assert!((mean - value).abs() < 1e-6, "{mean} is not {value}");
    sandbox::is_beside_its_references(&best, &record);
}

#[test]
fn a_dry_run_writes_nothing() {
    let sandbox = Sandbox::new();
    let (code, printed) = sandbox.run(SEARCH, &["--dry-run"]);
    assert!(code == 0 && printed.contains("dry run"), "{printed}");
    assert!(
        !sandbox.path("outputs").exists()
            && !sandbox.path("docs").exists()
            && !sandbox.path("data/processed").exists()
    );
}

#[test]
fn wrong_data_is_refused_and_left_alone() {
    let sandbox = Sandbox::new();
    fs::create_dir_all(sandbox.path("data/processed")).unwrap();
    let parquet = sandbox.path("data/processed/nasdaq_daily.parquet");
    fs::write(&parquet, "PAR1 torn").unwrap();
    let (code, printed) = sandbox.run(SEARCH, &SHORT);
    assert_eq!(code, 1, "{printed}");
    assert!(
        printed.contains("nasdaq_daily.parquet has MD5") && printed.contains("cargo xp data build"),
        "{printed}"
    );
    assert_eq!(fs::read_to_string(&parquet).unwrap(), "PAR1 torn");
    assert_eq!(sandbox.log().len(), 1);
    assert_eq!(sandbox.log()[0]["status"], "failed");
    assert!(
        !sandbox.path("docs/experiment_results.md").exists(),
        "a failure leaves the report alone"
    );

    fs::remove_file(&parquet).unwrap();
    fs::write(sandbox.path("data/raw/nasdaq_daily.csv"), "date,open\n").unwrap();
    let (code, printed) = sandbox.run(SEARCH, &SHORT);
    assert!(
        code == 1 && printed.contains("data/manifest.yaml says"),
        "{printed}"
    );
    assert!(!parquet.exists());
}

/// What was cut off between the last trial and its row is made up for by the same command.
#[test]
fn a_finished_search_without_its_row_or_best_file_is_written_down() {
    let sandbox = Sandbox::new();
    let (code, printed) = sandbox.run(SEARCH, &SHORT);
    assert_eq!(code, 0, "{printed}");
    let log = sandbox.path("outputs/results/experiment_log.csv");
    let best = walk(&sandbox.path("outputs/hpo"), "2M_best.json");
    // All but which run wrote it.
    let found = || -> String {
        let text = fs::read_to_string(&best).unwrap();
        let lines = text.lines().filter(|line| !line.contains("\"run_id\""));
        lines.collect()
    };
    let good = found();
    fs::remove_file(&log).unwrap();
    fs::write(&best, "{").unwrap();
    let (code, printed) = sandbox.run(SEARCH, &SHORT);
    assert_eq!(code, 0, "{printed}");
    assert_eq!(sandbox.log().len(), 1);
    assert_eq!(found(), good);
    assert_eq!(
        sandbox.log()[0]["overrides"],
        r#"{"max_epochs":1,"max_steps":2}"#
    );

    // A log that cannot take the row is refused before anything is computed, and left as it is.
    let mut text = fs::read_to_string(&log).unwrap();
    let row = text.lines().nth(1).unwrap().to_owned();
    text.push_str(&row.replacen("\"\"", "\"", 1));
    text.push_str(&format!("\n{row}\n"));
    fs::write(&log, &text).unwrap();
    let mut longer = SHORT;
    longer[1] = "3";
    let (code, printed) = sandbox.run(SEARCH, &longer);
    assert!(
        code == 1 && printed.contains("experiment_log.csv:3"),
        "{printed}"
    );
    assert_eq!(fs::read_to_string(&log).unwrap(), text);
    assert_eq!(sandbox.trials().len(), 2);

    // The row of an earlier end of the same study is not that of the last trials.
    let header = text.lines().next().unwrap();
    fs::write(&log, format!("{header}\n{row}\n")).unwrap();
    for expected in [2, 2] {
        let (code, printed) = sandbox.run(SEARCH, &longer);
        assert_eq!(code, 0, "{printed}");
        assert_eq!(sandbox.log().len(), expected);
    }
    fs::write(&log, format!("{header}\n{row}\n")).unwrap();
    let (code, printed) = sandbox.run(SEARCH, &longer);
    assert_eq!(code, 0, "{printed}");
    assert_eq!((sandbox.log().len(), sandbox.trials().len()), (2, 3));

    // Pre-flight tells what is there, by which code.
    let mut command = longer.to_vec();
    command.push("--dry-run");
    let (code, printed) = sandbox.run(SEARCH, &command);
    let newest = sandbox.log()[1]["run_id"].clone();
    assert!(
        code == 0 && printed.contains(&format!("run {newest} finished this spec on this data at ")),
        "{printed}"
    );
}

#[test]
fn heat_is_refused_at_the_start_and_a_missing_sensor_is_said() {
    let sandbox = Sandbox::new();
    let celsius = sandbox.path("celsius");
    fs::write(&celsius, "99").unwrap();
    let output = sandbox
        .command(SEARCH, &SHORT)
        .env("XP_THERMAL_FILE", &celsius)
        .output()
        .unwrap();
    assert!(
        output.status.code() == Some(4) && text(&output).contains("above 95 °C"),
        "{}",
        text(&output)
    );
    let output = sandbox
        .command(SEARCH, &["--dry-run"])
        .env("XP_THERMAL_FILE", sandbox.path("absent"))
        .output()
        .unwrap();
    assert!(
        output.status.success() && text(&output).contains("UNKNOWN"),
        "{}",
        text(&output)
    );
}

#[test]
fn critical_heat_during_a_trial_ends_it_as_thermal_abort_and_it_goes_on() {
    let sandbox = Sandbox::new();
    let celsius = sandbox.path("celsius");
    fs::write(&celsius, "50").unwrap();
    let process = Process::silent(
        sandbox
            .command(SEARCH, &["--trials", "1", "--max-epochs", "2"])
            .env("XP_THERMAL_FILE", &celsius),
    );
    process.wait_for("a trial that trains", || {
        sandbox.logs().contains("trial 0: started in process")
    });
    sandbox::while_stopped(&process, || fs::write(&celsius, "98").unwrap());
    assert_eq!(process.wait().code(), Some(4));
    let trial = fs::read_to_string(&sandbox.trials()[0]).unwrap();
    assert!(trial.contains(r#""state": "thermal""#), "{trial}");
    let row = &sandbox.log()[0];
    assert_eq!(
        (row["status"].as_str(), row["thermal_max_temp"].as_str()),
        ("thermal_abort", "98.0")
    );
    let (code, printed) = sandbox.run(SEARCH, &["--trials", "1", "--max-epochs", "2"]);
    assert!(code == 0 && printed.contains("1 of 1 trials"), "{printed}");
}

#[test]
fn a_killed_search_goes_on_and_a_second_process_is_told_who_works() {
    let sandbox = Sandbox::new();
    let arguments = ["--trials", "2", "--max-epochs", "1"];
    let start = || Process::silent(&mut sandbox.command(SEARCH, &arguments));
    let process = start();
    process.wait_for("a trial of the study", || study_has_a_trial(&sandbox));
    // It holds the folder however fast the machine is.
    process.signal(Signal::Stop);
    let (code, printed) = sandbox.run(SEARCH, &arguments);
    assert!(
        code == 1 && printed.contains("another process works on this experiment: pid"),
        "{printed}"
    );
    process.kill();
    let trials = || sandbox.logged(": started in process ");
    let before = trials();
    let process = start();
    process.wait_for("a trial that is resumed", || trials() > before);
    process.signal(Signal::Interrupt);
    let interrupted = process.wait().code();
    let (code, printed) = sandbox.run(SEARCH, &arguments);
    assert!(code == 0 && printed.contains("of 2 trials"), "{printed}");
    assert_eq!(sandbox.trials().len(), 2, "every trial once");
    if interrupted == Some(130) {
        assert!(
            sandbox
                .log()
                .iter()
                .any(|row| row["status"] == "interrupted")
        );
    }
    let rows = sandbox.log();
    assert_eq!(rows.last().unwrap()["status"], "success");
    assert!(
        leftovers(sandbox.folder.path()).is_empty(),
        "temporary files are gone"
    );
}

/// The study of a changed experiment is refused with the difference, continued from where it fits, and never changed.
#[test]
fn a_changed_search_is_refused_or_continued_from() {
    let sandbox = Sandbox::new();
    let arguments = ["--trials", "2", "--max-epochs", "1"];
    let (code, printed) = sandbox.run(SEARCH, &["--study", "--max-epochs", "1"]);
    assert!(code == 0 && printed.contains("no study yet"), "{printed}");
    let (code, printed) = sandbox.run(SEARCH, &arguments);
    assert_eq!(code, 0, "{printed}");
    let entries = fs::read_dir(sandbox.path("outputs/hpo")).unwrap();
    let folder = entries.last().unwrap().unwrap().path();

    // As if the binary had been built from another file then: trial 0 lies outside what is searched now.
    let script = r#"
import json, sqlite3, sys
c = sqlite3.connect(sys.argv[1] + "/study.db")
c.execute("UPDATE study_user_attributes SET value_json = ? WHERE key = 'spec_hash'", [json.dumps("other")])
(text,) = c.execute("SELECT value_json FROM study_user_attributes WHERE key = 'search_space'").fetchone()
space = json.loads(text)
for parameter in space["parameters"]:
    if parameter["name"] == "learning_rate":
        parameter["domain"]["high"] = 0.5
c.execute("UPDATE study_user_attributes SET value_json = ? WHERE key = 'search_space'", [json.dumps(space)])
c.execute("UPDATE trial_params SET param_value = 0.4, distribution_json = replace(distribution_json, ?, ?) WHERE param_name = 'learning_rate' AND trial_id = 1", ['"high":0.001', '"high":0.5'])
c.commit()
c.close()
path = sys.argv[1] + "/identity.json"
identity = json.load(open(path))
identity["spec_hash"] = "other"
json.dump(identity, open(path, "w"))
"#;
    let changed = Command::new("python3")
        .args(["-c", script])
        .arg(&folder)
        .status()
        .unwrap();
    assert!(changed.success());
    let study = fs::read(folder.join("study.db")).unwrap();
    let (code, printed) = sandbox.run(SEARCH, &["--study", "--max-epochs", "1"]);
    assert!(
        code == 0 && printed.contains("a run would be refused"),
        "{printed}"
    );
    let (code, printed) = sandbox.run(SEARCH, &arguments);
    assert_eq!(code, 1, "{printed}");
    for part in [
        "holds 2 trials of the experiment as it was",
        "`learning_rate` was log(3e-6, 0.5), is log(3e-6, 1e-3)",
        "--new-study",
        "--continue-from",
    ] {
        assert!(printed.contains(part), "{part}: {printed}");
    }
    assert_eq!(fs::read(folder.join("study.db")).unwrap(), study);

    let from = folder.to_str().unwrap();
    let continued = [&arguments[..], &["--continue-from", from]].concat();
    let (code, printed) = sandbox.run(SEARCH, &continued);
    assert!(
        code == 0 && printed.contains("imported 1 of 2 trials"),
        "{printed}"
    );
    assert!(printed.contains("skipped trial 0: "), "{printed}");
    let aside = PathBuf::from(format!("{from}@other"));
    assert_eq!(fs::read(aside.join("study.db")).unwrap(), study);
    // From elsewhere as well: refused, not forgotten.
    let copy = sandbox.path("outputs/hpo/copy");
    fs::create_dir(&copy).unwrap();
    for name in ["study.db", "identity.json"] {
        fs::copy(aside.join(name), copy.join(name)).unwrap();
    }
    let elsewhere = [&arguments[..], &["--continue-from", copy.to_str().unwrap()]].concat();
    let (code, printed) = sandbox.run(SEARCH, &elsewhere);
    assert!(
        code == 1 && printed.contains("already continues from"),
        "{printed}"
    );
    // The same command again: nothing comes twice.
    let (code, printed) = sandbox.run(SEARCH, &continued);
    assert!(
        code == 0 && printed.contains("finished: 2 of 2"),
        "{printed}"
    );
    let (code, printed) = sandbox.run(SEARCH, &["--study", "--max-epochs", "1", "--trials", "3"]);
    assert!(code == 0 && printed.contains("best: trial"), "{printed}");
    for part in [
        "importance: not with fewer than",
        "would start 1 new trials",
    ] {
        assert!(printed.contains(part), "{printed}");
    }
    for figure in ["history", "slices"] {
        assert!(folder.join(format!("figures/{figure}.svg")).is_file());
    }
}

fn study_has_a_trial(sandbox: &Sandbox) -> bool {
    let Ok(studies) = fs::read_dir(sandbox.path("outputs/hpo")) else {
        return false;
    };
    studies.flatten().any(|study| {
        fs::metadata(study.path().join("study.db")).is_ok_and(|file| file.len() > 0)
            && study.path().join("study.db-wal").exists()
    })
}
