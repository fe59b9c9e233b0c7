//! Faults of the files of a workspace: each is reported with file and remedy, and the files that existed stay as they were.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

mod sandbox;

use std::{
    fs,
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, SystemTime},
};

use polars::prelude::*;
use sandbox::{Sandbox, request};
use xp_clock::Clock;
use xp_data::{
    DataError, Hashing,
    build::{Changed, build, ensure_processed, lock},
    features::registry,
    import::import,
    load::load,
    verify::verify,
};
use xp_spec::files::manifest::ProcessedEntry;

const PARQUET: &str = "data/processed/walk.parquet";
const LOCK: &str = "data/locks/walk.lock.json";
/// Enough for every window.
const DAYS: usize = 600;

/// An error has all parts, and no file has changed.
fn refused<T>(
    sandbox: &Sandbox,
    what: &str,
    parts: &[&str],
    act: impl FnOnce() -> Result<T, DataError>,
) {
    let before = sandbox.files();
    let message = match act() {
        Ok(_) => panic!("{what} was not refused"),
        Err(error) => error.to_string(),
    };
    for part in parts {
        assert!(message.contains(part), "{what}: {part} is not in {message}");
    }
    assert!(sandbox.files() == before, "{what}: a file has changed");
}

/// Replaces the whole parquet by a frame.
fn put_frame(sandbox: &Sandbox, change: impl FnOnce(&mut DataFrame)) {
    let file = fs::File::open(sandbox.path(PARQUET)).unwrap();
    let mut frame = ParquetReader::new(file).finish().unwrap();
    change(&mut frame);
    let file = fs::File::create(sandbox.path(PARQUET)).unwrap();
    ParquetWriter::new(file).finish(&mut frame).unwrap();
}

fn first_20() -> Vec<String> {
    registry()
        .into_iter()
        .take(20)
        .map(|feature| feature.name)
        .collect()
}

/// Reads every byte of the data set and of its raw file.
fn checked(sandbox: &Sandbox) -> Result<ProcessedEntry, DataError> {
    verify(
        &sandbox.workspace(),
        "walk",
        Hashing::Full,
        &Clock::system(),
    )
}

#[test]
fn one_builder_works_at_a_time_and_others_change_nothing() {
    let sandbox = Sandbox::built(DAYS);
    let lock_file = fs::File::options()
        .write(true)
        .open(sandbox.path("data/processed/.lease.json"))
        .unwrap();
    lock_file.lock().unwrap();
    let busy = ["another `cargo xp data` is running", "nothing was changed"];
    refused(&sandbox, "a second build", &busy, || sandbox.build());
    refused(&sandbox, "a lock", &busy, || {
        lock(&sandbox.workspace(), "walk", &mut |_, _| {})
    });
    sandbox.put("other.csv", &xp_test_support::walk(DAYS, 2));
    refused(&sandbox, "an import", &busy, || {
        import(
            &sandbox.workspace(),
            &sandbox.path("other.csv"),
            &request("other"),
        )
    });
    // A run that needs the file waits for the process that may be building it.
    fs::remove_file(sandbox.path(PARQUET)).unwrap();
    thread::scope(|scope| {
        let (told, tells) = mpsc::channel();
        let sandbox = &sandbox;
        let waits = scope.spawn(move || {
            let mut on_wait = |text: &str| told.send(text.to_owned()).unwrap();
            ensure_processed(&sandbox.workspace(), "walk", &mut on_wait, &mut |_, _| {})
        });
        let text = tells.recv().unwrap();
        assert!(text.contains("waiting for another process"), "{text}");
        lock_file.unlock().unwrap();
        assert_eq!(waits.join().unwrap().unwrap(), sandbox.entry());
    });
    checked(&sandbox).unwrap();
}

#[test]
fn builds_that_start_together_leave_one_whole_result() {
    let sandbox = Sandbox::walk(DAYS);
    let builds: Vec<_> = (0..4)
        .map(|_| {
            Command::new(env!("CARGO_BIN_EXE_xp-data"))
                .args(["build", "walk"])
                .current_dir(sandbox.root())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    let mut built = 0;
    for build in builds {
        let output = build.wait_with_output().unwrap();
        if output.status.success() {
            built += 1;
        } else {
            let message = String::from_utf8_lossy(&output.stderr);
            assert!(
                message.contains("another `cargo xp data` is running"),
                "{message}"
            );
        }
    }
    assert!(built >= 1);
    checked(&sandbox).unwrap();
    let left: Vec<_> = sandbox
        .files()
        .into_keys()
        .filter(|path| path.extension().is_some_and(|end| end == "tmp"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn what_a_killed_builder_left_is_removed_by_the_next() {
    let sandbox = Sandbox::built(DAYS);
    let before = sandbox.files();
    for part in [
        "data/processed/.walk.parquet.1.0.tmp",
        "data/locks/.walk.lock.json.1.0.tmp",
    ] {
        sandbox.put(part, "truncated");
    }
    sandbox.build().unwrap();
    assert!(sandbox.files() == before);
}

#[test]
fn f18_a_file_that_is_absent_torn_or_another_is_told_with_the_remedy() {
    let sandbox = Sandbox::built(DAYS);
    let whole = fs::read(sandbox.path(PARQUET)).unwrap();
    let entry = sandbox.entry();
    let checked = || checked(&sandbox);
    let loaded = || load(&sandbox.workspace(), &sandbox.entry(), &first_20());
    for (what, bytes) in [
        ("cut in the middle", whole[..whole.len() / 2].to_vec()),
        ("cut in its footer", whole[..whole.len() - 9].to_vec()),
        ("a few bytes", b"PAR1".to_vec()),
        ("empty", Vec::new()),
    ] {
        fs::write(sandbox.path(PARQUET), bytes).unwrap();
        refused(
            &sandbox,
            what,
            &[
                "walk.parquet has MD5",
                &entry.md5,
                "delete it and run `cargo xp data build`",
            ],
            checked,
        );
        refused(
            &sandbox,
            what,
            &[
                "failed to read",
                "walk.parquet",
                "delete it and run `cargo xp data build`",
            ],
            loaded,
        );
    }
    fs::write(sandbox.path(PARQUET), &whole).unwrap();
    put_frame(&sandbox, |frame| *frame = frame.head(Some(40)));
    let rows = format!("has 40 rows, data/manifest.yaml says {}", entry.rows);
    refused(
        &sandbox,
        "fewer rows",
        &[&rows, "delete it and run"],
        loaded,
    );
    fs::remove_file(sandbox.path(PARQUET)).unwrap();
    refused(
        &sandbox,
        "absent",
        &[
            "failed to read",
            "walk.parquet",
            "run `cargo xp data build`",
        ],
        checked,
    );
    refused(
        &sandbox,
        "an unknown name",
        &[
            "there is no data set `v1`; data/manifest.yaml has walk",
            "cargo xp data import",
        ],
        || verify(&sandbox.workspace(), "v1", Hashing::Full, &Clock::system()),
    );
    // The raw file and the lock give it back bit for bit.
    ensure_processed(&sandbox.workspace(), "walk", &mut |_| {}, &mut |_, _| {}).unwrap();
    assert!(fs::read(sandbox.path(PARQUET)).unwrap() == whole);
}

#[test]
fn f19_columns_of_another_type_and_holes_are_told_with_name_and_day() {
    let sandbox = Sandbox::built(DAYS);
    let loaded = || load(&sandbox.workspace(), &sandbox.entry(), &first_20());
    let whole = fs::read(sandbox.path(PARQUET)).unwrap();
    let day = loaded().unwrap().dates[7].to_string();
    let words = |frame: &mut DataFrame| {
        let words = Series::new("rsi_daily".into(), vec!["high"; frame.height()]);
        frame.with_column(words.into_column()).unwrap();
    };
    let holes = |value: Option<f32>| {
        move |frame: &mut DataFrame| {
            let mut values = vec![Some(0.5); frame.height()];
            values[7] = value;
            frame
                .with_column(Series::new("rsi_daily".into(), values).into_column())
                .unwrap();
        }
    };
    put_frame(&sandbox, words);
    refused(
        &sandbox,
        "words",
        &["feature `rsi_daily` is not f32 but str"],
        loaded,
    );
    for value in [None, Some(f32::NAN), Some(f32::INFINITY)] {
        fs::write(sandbox.path(PARQUET), &whole).unwrap();
        put_frame(&sandbox, holes(value));
        refused(
            &sandbox,
            "a hole",
            &[&format!("feature `rsi_daily` has no finite value on {day}")],
            loaded,
        );
    }
    put_frame(&sandbox, |frame| *frame = frame.drop("rsi_daily").unwrap());
    refused(
        &sandbox,
        "no such column",
        &["walk.parquet", "rsi_daily"],
        loaded,
    );
}

#[test]
fn f20_no_feature_is_a_price_or_a_label_and_each_is_proved_in_the_lock() {
    let sandbox = Sandbox::built(DAYS);
    let lock = sandbox.workspace().lock(LOCK).unwrap();
    assert_eq!(lock.columns.len(), 500);
    for column in &lock.columns {
        assert_eq!(
            (column.causal_cuts, column.nulls),
            (3, 0),
            "{}",
            column.name
        );
        for word in [
            "date", "open", "high", "low", "close", "volume", "label", "target", "future", "y",
        ] {
            assert_ne!(column.name, word);
        }
    }
}

#[test]
fn f21_another_raw_file_than_the_data_was_made_from_is_refused() {
    let sandbox = Sandbox::built(DAYS);
    let raw = fs::read_to_string(sandbox.path("data/raw/walk.csv")).unwrap();
    let md5 = sandbox.entry().raw_md5;
    let checked = || checked(&sandbox);
    // The prices change, the manifest does not.
    sandbox.put(
        "data/raw/walk.csv",
        &raw.replacen("1950-01-02,", "1950-01-01,", 1),
    );
    let wrong = [
        "walk.csv has MD5",
        md5.as_str(),
        "data/manifest.yaml says",
        "git",
    ];
    refused(&sandbox, "changed prices, verified", &wrong, checked);
    refused(&sandbox, "changed prices, built", &wrong, || {
        sandbox.build()
    });
    // Prices and the raw entry change, the processed entry does not.
    sandbox.put("more.csv", &xp_test_support::walk(DAYS + 5, 1));
    let replace = xp_data::import::Request {
        replace: true,
        ..request("walk")
    };
    let report = import(&sandbox.workspace(), &sandbox.path("more.csv"), &replace).unwrap();
    assert!(
        fs::read_to_string(sandbox.path(&report.moved.unwrap()))
            .unwrap()
            .contains("1950-01-01")
    );
    let stale = [
        "`walk` was made from another version of data/raw/walk.csv",
        md5.as_str(),
        "cargo xp data build walk",
    ];
    refused(&sandbox, "new prices", &stale, checked);
    sandbox.build().unwrap();
    checked().unwrap();
    // Another version of the definitions.
    sandbox.edit_manifest("builder: xp-data 2", "builder: xp-data 1");
    refused(
        &sandbox,
        "another builder",
        &["made by xp-data 1, this is xp-data 2"],
        checked,
    );
}

#[test]
fn a_manifest_with_a_wrong_hash_is_refused_and_nothing_is_built_over() {
    let sandbox = Sandbox::built(DAYS);
    let entry = sandbox.entry();
    let wrong = "0123456789abcdef0123456789abcdef";
    let manifest = fs::read_to_string(sandbox.path("data/manifest.yaml")).unwrap();
    // Of the raw file.
    sandbox.edit_manifest(
        &format!("    md5: {}", entry.raw_md5),
        &format!("    md5: {wrong}"),
    );
    sandbox.edit_manifest(
        &format!("raw_md5: {}", entry.raw_md5),
        &format!("raw_md5: {wrong}"),
    );
    refused(&sandbox, "raw", &["walk.csv has MD5", wrong], || {
        sandbox.build()
    });
    refused(&sandbox, "raw", &["walk.csv has MD5", wrong], || {
        checked(&sandbox)
    });
    // Of the processed file, and its lock with it.
    sandbox.put("data/manifest.yaml", &manifest.replace(&entry.md5, wrong));
    refused(
        &sandbox,
        "processed",
        &[
            "walk.lock.json and data/manifest.yaml disagree",
            "cargo xp data build walk",
        ],
        || checked(&sandbox),
    );
    let text = fs::read_to_string(sandbox.path(LOCK)).unwrap();
    sandbox.put(LOCK, &text.replace(&entry.md5, wrong));
    refused(
        &sandbox,
        "both",
        &["walk.parquet has MD5", wrong, "delete it and run"],
        || checked(&sandbox),
    );
    fs::remove_file(sandbox.path(PARQUET)).unwrap();
    refused(
        &sandbox,
        "absent",
        &["walk.parquet has MD5", wrong, "commit its lock"],
        || ensure_processed(&sandbox.workspace(), "walk", &mut |_| {}, &mut |_, _| {}),
    );
    // Building is the remedy that the texts name.
    sandbox.build().unwrap();
    assert_eq!(sandbox.entry(), entry);
    checked(&sandbox).unwrap();
}

#[test]
fn a_processed_file_without_its_lock_is_told_and_the_lock_comes_back() {
    let sandbox = Sandbox::built(DAYS);
    let text = fs::read(sandbox.path(LOCK)).unwrap();
    fs::remove_file(sandbox.path(LOCK)).unwrap();
    let checked = || checked(&sandbox);
    refused(
        &sandbox,
        "no lock",
        &["walk.lock.json", "the file cannot be read"],
        checked,
    );
    let changed = lock(&sandbox.workspace(), "walk", &mut |_, _| {}).unwrap();
    assert_eq!(
        changed,
        Changed {
            parquet: false,
            lock: true,
            manifest: false
        }
    );
    assert!(fs::read(sandbox.path(LOCK)).unwrap() == text);
    checked().unwrap();
    // A parquet that is not what the definitions give is not locked.
    let whole = fs::read(sandbox.path(PARQUET)).unwrap();
    fs::write(sandbox.path(PARQUET), &whole[..whole.len() / 2]).unwrap();
    refused(
        &sandbox,
        "truncated",
        &["walk.parquet has MD5", "cargo xp data build walk"],
        || lock(&sandbox.workspace(), "walk", &mut |_, _| {}),
    );
}

#[test]
fn figures_by_year_that_are_not_those_of_the_lock_are_told_and_come_back() {
    const YEARS: &str = "data/locks/walk.years.json";
    let sandbox = Sandbox::built(DAYS);
    let text = fs::read_to_string(sandbox.path(YEARS)).unwrap();
    let wrong = ["walk.years.json", "cargo xp data build walk"];
    for (what, change) in [
        (
            "another value",
            text.replacen("\"mean\":[", "\"mean\":[1", 1),
        ),
        ("truncated", text[..text.len() / 2].to_owned()),
        ("empty", String::new()),
    ] {
        sandbox.put(YEARS, &change);
        refused(&sandbox, what, &wrong, || checked(&sandbox));
        let workspace = sandbox.workspace();
        let lock = workspace.lock(LOCK).unwrap();
        let error = workspace.yearly(&lock).unwrap_err().to_string();
        assert!(
            error.contains("are not those of the lock of `walk`"),
            "{what}: {error}"
        );
        assert!(sandbox.build().unwrap().lock, "{what}");
        assert_eq!(fs::read_to_string(sandbox.path(YEARS)).unwrap(), text);
        checked(&sandbox).unwrap();
    }
    fs::remove_file(sandbox.path(YEARS)).unwrap();
    refused(&sandbox, "absent", &["walk.years.json"], || {
        checked(&sandbox)
    });
}

#[test]
fn files_are_written_only_where_their_content_changes() {
    let sandbox = Sandbox::built(DAYS);
    // Long ago, so that a file that is written again has another time of change.
    for path in sandbox.files().into_keys() {
        let file = fs::File::options().write(true).open(path).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH).unwrap();
    }
    let before = sandbox.files();
    let nothing = Changed {
        parquet: false,
        lock: false,
        manifest: false,
    };
    assert_eq!(sandbox.build().unwrap(), nothing);
    assert!(sandbox.files() == before, "a second build touched a file");
    for (part, changed) in [
        (
            PARQUET,
            Changed {
                parquet: true,
                ..nothing
            },
        ),
        (
            LOCK,
            Changed {
                lock: true,
                ..nothing
            },
        ),
        (
            "data/manifest.yaml",
            Changed {
                manifest: true,
                ..nothing
            },
        ),
    ] {
        let mut bytes = fs::read(sandbox.path(part)).unwrap();
        bytes.extend(b"\n");
        fs::write(sandbox.path(part), bytes).unwrap();
        assert_eq!(sandbox.build().unwrap(), changed, "{part}");
        let same =
            sandbox.files().into_iter().zip(&before).all(
                |((path, (bytes, _)), (earlier, (then, _)))| path == *earlier && bytes == *then,
            );
        assert!(same, "{part}");
    }
}

#[test]
fn f28_all_tiers_and_columns_share_their_rows() {
    let sandbox = Sandbox::built(DAYS);
    let names: Vec<String> = registry().into_iter().map(|feature| feature.name).collect();
    let all = load(&sandbox.workspace(), &sandbox.entry(), &names).unwrap();
    assert_eq!(all.dates.len(), DAYS - 252);
    for tier in [20, 100, 250] {
        let some = load(&sandbox.workspace(), &sandbox.entry(), &names[..tier]).unwrap();
        assert_eq!(some.dates, all.dates, "{tier}");
        let rows = some.values.chunks(tier).zip(all.values.chunks(500));
        for (few, many) in rows {
            assert_eq!(few, &many[..tier]);
        }
    }
}

#[test]
fn md5s_are_remembered_by_size_and_time_of_change() {
    let sandbox = Sandbox::built(DAYS);
    let clock = Clock::manual();
    let now = SystemTime::from(clock.utc());
    let set_time = |time: SystemTime| {
        let file = fs::File::options()
            .write(true)
            .open(sandbox.path(PARQUET))
            .unwrap();
        file.set_modified(time).unwrap();
    };
    let ok = |hashing| verify(&sandbox.workspace(), "walk", hashing, &clock).is_ok();
    let cache = sandbox.path("data/processed/.md5.json");
    let caches = |part: &str| fs::read_to_string(&cache).is_ok_and(|text| text.contains(part));
    // A file that has just changed may change again unnoticed; a dry run writes no cache.
    set_time(now);
    assert!(ok(Hashing::Cached) && !caches("walk.parquet"));
    clock.advance(Duration::from_secs(2));
    assert!(ok(Hashing::Cached) && !caches("walk.parquet"));
    clock.advance(Duration::from_millis(1));
    fs::remove_file(&cache).ok();
    assert!(ok(Hashing::ReadOnly) && !cache.exists());
    assert!(ok(Hashing::Cached) && caches("walk.parquet"));
    // A byte changes, size and time do not: the cached MD5 is used, and reading every byte finds it.
    let mut bytes = fs::read(sandbox.path(PARQUET)).unwrap();
    bytes[1000] ^= 1;
    fs::write(sandbox.path(PARQUET), &bytes).unwrap();
    set_time(now);
    assert!(ok(Hashing::Cached) && ok(Hashing::ReadOnly) && !ok(Hashing::Full));
    // Another time, or another size, is another file.
    set_time(now + Duration::from_secs(1));
    assert!(!ok(Hashing::Cached));
    bytes[1000] ^= 1;
    fs::write(sandbox.path(PARQUET), &bytes[..bytes.len() - 1]).unwrap();
    set_time(now);
    assert!(!ok(Hashing::Cached));
    fs::write(sandbox.path(PARQUET), &bytes).unwrap();
    // A truncated cache is ignored.
    fs::write(&cache, "{\"data/proc").unwrap();
    assert!(ok(Hashing::Cached) && caches("raw_md5") == caches("nothing"));
}

#[test]
fn progress_is_plain_lines_where_nobody_watches() {
    let sandbox = Sandbox::walk(DAYS);
    let output = Command::new(env!("CARGO_BIN_EXE_xp-data"))
        .args(["build", "walk"])
        .current_dir(sandbox.root())
        .output()
        .unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    let expected: String = (1..=5)
        .map(|part| format!("walk: {} of 500 features\n", part * 100))
        .collect();
    assert_eq!(message, expected);
    let lines = String::from_utf8(output.stdout).unwrap();
    let (written, next) = lines.split_once('\n').unwrap();
    assert_eq!(written, "walk: wrote parquet, lock, manifest");
    // What an experiment says of it, and the command that writes one.
    let lock = sandbox.workspace().lock(LOCK).unwrap();
    let (val, test) = (lock.split.val, lock.split.test);
    for part in [
        format!("{} rows, {} to {}, after", lock.rows, lock.first, lock.last),
        format!("data: \"{PARQUET}\", split: {{ val: \"{val}\", test: \"{test}\" }}"),
        format!("--data {PARQUET} --val {val} --test {test} --variant walk`"),
    ] {
        assert!(next.contains(&part), "{part} is not in {next}");
    }
}

#[test]
fn a_data_set_that_is_too_short_or_unknown_writes_nothing() {
    let sandbox = Sandbox::walk(252);
    refused(
        &sandbox,
        "not built",
        &["`walk` is not built yet; run `cargo xp data build walk`"],
        || checked(&sandbox),
    );
    refused(
        &sandbox,
        "252 bars",
        &["`walk` has 252 daily bars; features need more than 252"],
        || sandbox.build(),
    );
    refused(
        &sandbox,
        "weeks",
        &["`walk_weekly` has 50 weekly bars"],
        || build(&sandbox.workspace(), "walk_weekly", &mut |_, _| {}),
    );
    refused(
        &sandbox,
        "unknown",
        &["there is no data set `wolk`; data/manifest.yaml has walk"],
        || build(&sandbox.workspace(), "wolk", &mut |_, _| {}),
    );
}
