//! What a run says on the terminal and keeps in its log: plain lines, nothing but warnings, or JSON.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

mod sandbox;

use std::{fs, process::Stdio};

use sandbox::{SEARCH, Sandbox};
use serde_json::Value;
use xp_test_support::files;

/// A search of one trial of two steps, which is another run for each voice.
const SHORT: [&str; 6] = ["--trials", "1", "--max-epochs", "1", "--max-steps", "2"];

#[test]
fn json_lines_hold_every_event_and_the_row() {
    let sandbox = Sandbox::new();
    let arguments = [&SHORT[..], &["--json"]].concat();
    let output = sandbox.command(SEARCH, &arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", sandbox::text(&output));
    let printed = String::from_utf8(output.stdout).unwrap();
    let events: Vec<Value> = printed
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|cause| panic!("{cause}: {line}")))
        .collect();
    for event in &events {
        for key in ["timestamp", "level", "message"] {
            assert!(event[key].is_string(), "{event} has no {key}");
        }
    }
    let row = events
        .iter()
        .find_map(|event| event["row"].as_str())
        .unwrap_or_else(|| panic!("no row in {printed}"));
    let row: Value = serde_json::from_str(row).unwrap();
    assert_eq!(row["status"], "success");
    assert_eq!(row["run_id"], sandbox.log()[0]["run_id"].as_str());
    let stages: Vec<&str> = events
        .iter()
        .filter(|event| event["seconds"].is_number())
        .filter_map(|event| event["message"].as_str()?.split(' ').next())
        .collect();
    assert_eq!(stages, ["preflight", "data", "search", "report"]);
}

#[test]
fn quiet_says_warnings_only_and_the_log_keeps_all_with_times_and_spans() {
    let sandbox = Sandbox::new();
    let arguments = [&SHORT[..], &["--quiet"]].concat();
    let output = sandbox.command(SEARCH, &arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", sandbox::text(&output));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    let logs = files(&sandbox.path("outputs/logs"));
    assert_eq!(logs.len(), 1, "{logs:?}");
    let kept = fs::read_to_string(&logs[0]).unwrap();
    for line in kept.lines() {
        assert!(
            line.starts_with("20") && line.contains("Z "),
            "no time: {line}"
        );
    }
    let run_id = &sandbox.log()[0]["run_id"];
    let first_trial = kept.lines().find(|line| line.contains("data nasdaq_daily"));
    assert!(
        first_trial.is_some_and(|line| line.contains("run{id=")
            && line.contains(run_id.as_str())
            && line.contains("stage{name=\"data\"}")),
        "{kept}"
    );
    assert!(
        kept.contains("samples/s ("),
        "pre-flight tells a duration: {kept}"
    );
    // The same command again finds nothing to do, and says what to run next unless others follow.
    for (queued, says_next) in [(&[][..], true), (&["--queued"], false)] {
        let (code, printed) = sandbox.run(SEARCH, &[&SHORT[..], queued].concat());
        assert_eq!(
            (code, printed.contains("Next: ")),
            (0, says_next),
            "{printed}"
        );
    }
}

/// `… | head -1` closes the pipe in the middle of a run.
#[test]
fn a_reader_that_goes_away_does_not_end_a_run() {
    let sandbox = Sandbox::new();
    let mut child = sandbox
        .command(SEARCH, &SHORT)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop((child.stdout.take(), child.stderr.take()));
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(sandbox.log().len(), 1);
    let printed = sandbox.logs();
    // Behind the warning of a clock that a test moves.
    assert!(
        printed
            .lines()
            .nth(1)
            .is_some_and(|line| line.contains("phase8a_hpo_2M_threshold_1pct_nasdaq run ")),
        "{printed}"
    );
}
