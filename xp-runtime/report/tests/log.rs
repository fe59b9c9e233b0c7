//! The experiment log under what happens to logs: many processes, crashes, hostile texts, older and foreign files.

#![allow(clippy::unwrap_used, reason = "a test may state what it believes")]

mod synthetic;

use std::{env, fs, path::Path, process::Command};

use xp_report::{
    log::{COLUMNS, LogError, LogRow, Status, append, read},
    rebuild::rebuild,
    record::{self, RunRecord},
};

fn row(run_id: &str) -> LogRow {
    LogRow {
        val_loss: Some(0.1 + 0.2),
        hyperparameters: Some(r#"{"epochs":50,"note":"a, \"b\""}"#.to_owned()),
        run_id: run_id.to_owned(),
        seed: Some(u64::MAX),
        device: Some("cpu".to_owned()),
        ..synthetic::row()
    }
}

/// Set for the processes that the test starts: the log that they append to.
const WRITER_LOG: &str = "XP_REPORT_TEST_WRITER_LOG";

#[test]
fn a_hundred_processes_lose_and_mix_nothing() {
    let mark = |process: u32, n: u32| format!("{process}-{n}");
    if let Some(log) = env::var_os(WRITER_LOG) {
        for n in 0..20 {
            assert!(!append(Path::new(&log), &row(&mark(std::process::id(), n))).unwrap());
        }
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let fresh = folder.path().join("results/experiment_log.csv");
    let older = folder.path().join("older.csv");
    fs::write(&older, format!("{}\n", COLUMNS[..17].join(","))).unwrap();
    // Of an older log, one of them replaces the file while the others wait for its lock.
    for (path, processes) in [(fresh, 100), (older, 12)] {
        appended_by(&path, processes, mark);
    }
}

fn appended_by(path: &Path, processes: usize, mark: fn(u32, u32) -> String) {
    let mut writers: Vec<_> = (0..processes)
        .map(|_| {
            Command::new(env::current_exe().unwrap())
                .args(["--exact", "a_hundred_processes_lose_and_mix_nothing", "-q"])
                .env(WRITER_LOG, path)
                .stdout(std::process::Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    let mut expected: Vec<String> = writers
        .iter()
        .flat_map(|writer| (0..20).map(|n| mark(writer.id(), n)))
        .collect();
    for writer in &mut writers {
        assert!(writer.wait().unwrap().success());
    }
    let mut found: Vec<String> = read(path).unwrap().into_iter().map(|r| r.run_id).collect();
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
    let text = fs::read_to_string(path).unwrap();
    assert_eq!(text.matches("timestamp,").count(), 1);
    assert_eq!(text.lines().count(), 20 * processes + 1);
}

#[test]
fn hostile_texts_and_absent_values_survive() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.csv");
    let mut rows = vec![row("plain")];
    for message in [
        "two\nlines",
        "\"quoted\", with commas,\r\nand \"\"more\"\"",
        "\"",
        "Grüße, °C\n",
        " leading and trailing ",
    ] {
        rows.push(LogRow {
            error_message: Some(message.to_owned()),
            status: Status::Failed,
            ..row(message)
        });
    }
    for row in &rows {
        assert!(!append(&path, row).unwrap());
    }
    assert_eq!(read(&path).unwrap(), rows);
}

#[test]
fn a_row_torn_anywhere_is_set_aside_and_nothing_else_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.csv");
    let first = row("first");
    append(&path, &first).unwrap();
    let complete = fs::read(&path).unwrap();
    let torn = LogRow {
        error_message: Some("a\n\"b\", c".to_owned()),
        ..row("torn")
    };
    append(&path, &torn).unwrap();
    let whole = fs::read(&path).unwrap();
    for cut in (complete.len() + 1)..whole.len() {
        fs::write(&path, &whole[..cut]).unwrap();
        let _ = fs::remove_file(path.with_extension("csv.torn"));
        assert_eq!(
            read(&path).unwrap(),
            std::slice::from_ref(&first),
            "cut at {cut}"
        );
        assert!(append(&path, &row("second")).unwrap(), "cut at {cut}");
        assert_eq!(read(&path).unwrap(), [first.clone(), row("second")]);
        let aside = fs::read(path.with_extension("csv.torn")).unwrap();
        assert_eq!(aside[..aside.len() - 1], whole[complete.len()..cut]);
    }
    fs::write(&path, &complete[..20]).unwrap();
    assert_eq!(read(&path).unwrap(), []);
    assert!(append(&path, &first).unwrap());
    assert_eq!(fs::read(&path).unwrap(), complete);
}

#[test]
fn an_older_log_is_migrated_and_kept_beside() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.csv");
    let old = format!(
        "{}\n2026-01-02T03:04:05Z,e,phase6a,2M,threshold_1pct,5,daily,s.rs,training,failed,2.5,,,{{}},\"a\nb\",,\n",
        COLUMNS[..17].join(",")
    );
    fs::write(&path, &old).unwrap();
    let before = read(&path).unwrap();
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        old,
        "reading changes nothing"
    );
    assert!(!append(&path, &row("new")).unwrap());
    let after = read(&path).unwrap();
    assert_eq!(after.len(), 2);
    assert_eq!(after[0], before[0]);
    assert_eq!(after[0].error_message.as_deref(), Some("a\nb"));
    assert_eq!(after[0].seed, None);
    // Nobody knows whether its result was changed on the command line: it must not enter a table or a fit.
    assert!(after[0].overridden);
    assert_eq!(after[0].flags.as_deref(), Some("migrated"));
    assert_eq!(after[1], row("new"));
    let backup = path.with_extension("csv.17-columns");
    assert_eq!(fs::read_to_string(backup).unwrap(), old);
}

/// A spreadsheet that opened and saved the log.
#[test]
fn a_log_saved_by_a_spreadsheet_is_read_and_appended_to() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.csv");
    append(&path, &row("a")).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    let saved = format!("\u{feff}{}", text.replace('\n', "\r\n")).replace(",false,", ",FALSE,");
    assert!(saved.contains("FALSE"));
    fs::write(&path, &saved).unwrap();
    append(&path, &row("b")).unwrap();
    assert_eq!(read(&path).unwrap(), [row("a"), row("b")]);
    assert!(fs::read_to_string(&path).unwrap().starts_with(&saved));
    // What it cannot mean is told with its column; what is no number is absent.
    for (from, to, message) in [
        (
            ",false,",
            ",VRAI,",
            "`overridden` must be true or false, found `VRAI`",
        ),
        (",5,daily", ",five,daily", "(column `horizon`)"),
    ] {
        fs::write(&path, text.replace(from, to)).unwrap();
        let error = read(&path).unwrap_err().to_string();
        assert!(
            error.contains(message) && error.contains("line: 2"),
            "{error}"
        );
    }
    fs::write(&path, text.replace("0.30000000000000004", "NaN")).unwrap();
    assert_eq!(read(&path).unwrap()[0].val_loss, None);
    fs::write(&path, text.replace(",1.5,", ",inf,")).unwrap();
    let error = read(&path).unwrap_err().to_string();
    assert!(error.contains("line: 2: duration_seconds"), "{error}");
}

#[test]
fn foreign_files_are_refused_and_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.csv");
    let longer = format!("{},more\n", COLUMNS.join(","));
    let shorter = format!("{}\n", COLUMNS[..16].join(","));
    // Saved by a spreadsheet of a country with decimal commas; with columns that were moved.
    let semicolons = format!("{}\r\n", COLUMNS.join(";"));
    let moved = format!("{},{}\n", COLUMNS[1..].join(","), COLUMNS[0]);
    for text in [
        semicolons.as_str(),
        moved.as_str(),
        "date,close\n2020-01-01,1\n",
        longer.as_str(),
        shorter.as_str(),
        "\n",
        "my notes, without a newline",
        "timestamp,experiment,phase;",
    ] {
        fs::write(&path, text).unwrap();
        assert!(
            matches!(append(&path, &row("x")), Err(LogError::Foreign { .. })),
            "{text:?}"
        );
        assert!(
            matches!(read(&path), Err(LogError::Foreign { .. })),
            "{text:?}"
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
    fs::write(&path, format!("{}\n1,2\n", COLUMNS.join(","))).unwrap();
    let error = read(&path).unwrap_err().to_string();
    assert!(
        error.contains("log.csv") && error.contains("line: 2"),
        "{error}"
    );
}

/// One quote too few would take all later rows for the tail of a crash.
#[test]
fn a_damaged_row_is_named_and_nothing_is_moved() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.csv");
    for name in ["a", "b", "c"] {
        let row = LogRow {
            error_message: Some("said \"so\"".to_owned()),
            ..row(name)
        };
        append(&path, &row).unwrap();
    }
    let whole = fs::read_to_string(&path).unwrap();
    // The second row loses one quote.
    let at = whole.match_indices("\"\"so").nth(1).unwrap().0;
    let damaged = format!("{}{}", &whole[..at], &whole[at + 1..]);
    fs::write(&path, &damaged).unwrap();
    for error in [
        read(&path).unwrap_err(),
        append(&path, &row("d")).unwrap_err(),
    ] {
        assert!(error.to_string().contains("log.csv:3: a quote"), "{error}");
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), damaged);
    assert!(!path.with_extension("csv.torn").exists());
}

/// A log that was emptied, removed, or saved as another format by a spreadsheet is rebuilt from the records; nothing is lost.
#[test]
fn a_lost_log_is_rebuilt_from_the_records() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let log = root.join(xp_report::LOG);
    let runs = root.join(xp_report::RUNS);
    fs::create_dir_all(&runs).unwrap();
    let rows: Vec<LogRow> = ["b", "a", "c"]
        .iter()
        .zip(1..)
        .map(|(id, second)| LogRow {
            timestamp: format!("2026-11-30T00:00:0{second}Z"),
            ..row(id)
        })
        .collect();
    for row in &rows {
        append(&log, row).unwrap();
        let record = RunRecord {
            run_id: row.run_id.clone(),
            experiment: row.experiment.clone(),
            row: Some(row.clone()),
            ..RunRecord::default()
        };
        record::write(&runs, &record).unwrap();
    }
    fs::write(
        runs.join("older.json"),
        r#"{"run_id": "older", "experiment": "x"}"#,
    )
    .unwrap();
    fs::write(runs.join("torn.json"), "{\"run_id\": ").unwrap();
    let whole = fs::read(&log).unwrap();
    let unchanged = rebuild(root).unwrap();
    assert_eq!(
        (unchanged.added, unchanged.kept, unchanged.without_row),
        (0, 3, 2)
    );
    assert!(fs::read(&log).unwrap() == whole);

    fs::write(&log, "").unwrap();
    let rebuilt = rebuild(root).unwrap();
    assert_eq!((rebuilt.added, rebuilt.kept, rebuilt.moved), (3, 0, None));
    assert!(fs::read(&log).unwrap() == whole);

    // Semicolons of a spreadsheet: refused by name when it is read, and kept when it is rebuilt.
    let saved = String::from_utf8(whole.clone()).unwrap().replace(',', ";");
    for number in ["", "-2"] {
        fs::write(&log, &saved).unwrap();
        let error = read(&log).unwrap_err().to_string();
        assert!(error.contains("cargo xp report --rebuild-log"), "{error}");
        let rebuilt = rebuild(root).unwrap();
        let moved = log.with_extension(format!("csv.unreadable{number}"));
        assert_eq!((rebuilt.added, rebuilt.moved.as_ref()), (3, Some(&moved)));
        assert_eq!(fs::read_to_string(moved).unwrap(), saved);
        assert!(fs::read(&log).unwrap() == whole);
    }
}
