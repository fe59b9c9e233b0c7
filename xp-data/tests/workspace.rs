//! What goes wrong with the files of a workspace: each is told with file and remedy, and what was there stays as it was.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

mod place;

use std::{
    fs,
    process::{Command, Stdio},
    thread,
    time::{Duration, SystemTime},
};

use place::{Place, request};
use polars::prelude::*;
use xp_data::{
    DataError, Hashing,
    build::{Changed, build, ensure_processed, lock},
    features::registry,
    import::import,
    load::load,
    verify::verify,
};

const PARQUET: &str = "data/processed/walk.parquet";
const LOCK: &str = "data/locks/walk.lock.json";
/// Enough for every window.
const DAYS: usize = 600;

/// An error has all parts, and no file has changed.
fn refused<T>(
    place: &Place,
    what: &str,
    parts: &[&str],
    act: impl FnOnce() -> Result<T, DataError>,
) {
    let before = place.files();
    let said = match act() {
        Ok(_) => panic!("{what} was not refused"),
        Err(error) => error.to_string(),
    };
    for part in parts {
        assert!(said.contains(part), "{what}: {part} is not in {said}");
    }
    assert!(place.files() == before, "{what}: a file has changed");
}

/// Replaces the whole parquet by a frame.
fn put_frame(place: &Place, change: impl FnOnce(&mut DataFrame)) {
    let file = fs::File::open(place.path(PARQUET)).unwrap();
    let mut frame = ParquetReader::new(file).finish().unwrap();
    change(&mut frame);
    let file = fs::File::create(place.path(PARQUET)).unwrap();
    ParquetWriter::new(file).finish(&mut frame).unwrap();
}

fn first_20() -> Vec<String> {
    registry()
        .into_iter()
        .take(20)
        .map(|feature| feature.name)
        .collect()
}

#[test]
fn one_builder_works_at_a_time_and_others_change_nothing() {
    let place = Place::built(DAYS);
    let held = fs::File::options()
        .write(true)
        .open(place.path("data/processed/.lock"))
        .unwrap();
    held.lock().unwrap();
    let busy = ["another `cargo xp data` is at work", "nothing was changed"];
    refused(&place, "a second build", &busy, || place.build());
    refused(&place, "a lock", &busy, || {
        lock(&place.workspace(), "walk", &mut |_, _| {})
    });
    place.put("other.csv", &xp_test_support::walk(DAYS, 2));
    refused(&place, "an import", &busy, || {
        import(
            &place.workspace(),
            &place.path("other.csv"),
            &request("other"),
        )
    });
    // A run that needs the file waits for the one who may be making it.
    fs::remove_file(place.path(PARQUET)).unwrap();
    thread::scope(|scope| {
        let waits = scope.spawn(|| ensure_processed(&place.workspace(), "walk", &mut |_, _| {}));
        thread::sleep(Duration::from_millis(200));
        assert!(!waits.is_finished());
        held.unlock().unwrap();
        assert_eq!(waits.join().unwrap().unwrap(), place.entry());
    });
    verify(&place.workspace(), "walk", Hashing::Full).unwrap();
}

#[test]
fn builds_that_start_together_leave_one_whole_result() {
    let place = Place::walk(DAYS);
    let builds: Vec<_> = (0..4)
        .map(|_| {
            Command::new(env!("CARGO_BIN_EXE_xp-data"))
                .args(["build", "walk"])
                .current_dir(place.root())
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
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(
                said.contains("another `cargo xp data` is at work"),
                "{said}"
            );
        }
    }
    assert!(built >= 1);
    verify(&place.workspace(), "walk", Hashing::Full).unwrap();
    let left: Vec<_> = place
        .files()
        .into_keys()
        .filter(|path| path.extension().is_some_and(|end| end == "tmp"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn what_a_killed_builder_left_is_removed_by_the_next() {
    let place = Place::built(DAYS);
    let before = place.files();
    for part in [
        "data/processed/.walk.parquet.1.0.tmp",
        "data/locks/.walk.lock.json.1.0.tmp",
    ] {
        place.put(part, "torn");
    }
    place.build().unwrap();
    assert!(place.files() == before);
}

#[test]
fn f18_a_file_that_is_absent_torn_or_another_is_told_with_the_remedy() {
    let place = Place::built(DAYS);
    let whole = fs::read(place.path(PARQUET)).unwrap();
    let entry = place.entry();
    let checked = || verify(&place.workspace(), "walk", Hashing::Full);
    let loaded = || load(&place.workspace(), &place.entry(), &first_20());
    for (what, bytes) in [
        ("cut in the middle", whole[..whole.len() / 2].to_vec()),
        ("cut in its footer", whole[..whole.len() - 9].to_vec()),
        ("a few bytes", b"PAR1".to_vec()),
        ("empty", Vec::new()),
    ] {
        fs::write(place.path(PARQUET), bytes).unwrap();
        refused(
            &place,
            what,
            &[
                "walk.parquet has MD5",
                &entry.md5,
                "delete it and run `cargo xp data build`",
            ],
            checked,
        );
        refused(
            &place,
            what,
            &[
                "failed to read",
                "walk.parquet",
                "delete it and run `cargo xp data build`",
            ],
            loaded,
        );
    }
    fs::write(place.path(PARQUET), &whole).unwrap();
    put_frame(&place, |frame| *frame = frame.head(Some(40)));
    let rows = format!("has 40 rows, data/manifest.yaml says {}", entry.rows);
    refused(&place, "fewer rows", &[&rows, "delete it and run"], loaded);
    fs::remove_file(place.path(PARQUET)).unwrap();
    refused(
        &place,
        "absent",
        &[
            "failed to read",
            "walk.parquet",
            "run `cargo xp data build`",
        ],
        checked,
    );
    refused(
        &place,
        "an unknown name",
        &[
            "there is no data set `v1`; data/manifest.yaml has walk",
            "cargo xp data import",
        ],
        || verify(&place.workspace(), "v1", Hashing::Full),
    );
    // The raw file and the lock give it back bit for bit.
    ensure_processed(&place.workspace(), "walk", &mut |_, _| {}).unwrap();
    assert!(fs::read(place.path(PARQUET)).unwrap() == whole);
}

#[test]
fn f19_columns_of_another_type_and_holes_are_told_with_name_and_day() {
    let place = Place::built(DAYS);
    let loaded = || load(&place.workspace(), &place.entry(), &first_20());
    let whole = fs::read(place.path(PARQUET)).unwrap();
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
    put_frame(&place, words);
    refused(
        &place,
        "words",
        &["feature `rsi_daily` is not f32 but str"],
        loaded,
    );
    for value in [None, Some(f32::NAN), Some(f32::INFINITY)] {
        fs::write(place.path(PARQUET), &whole).unwrap();
        put_frame(&place, holes(value));
        refused(
            &place,
            "a hole",
            &[&format!("feature `rsi_daily` has no finite value on {day}")],
            loaded,
        );
    }
    put_frame(&place, |frame| *frame = frame.drop("rsi_daily").unwrap());
    refused(
        &place,
        "no such column",
        &["walk.parquet", "rsi_daily"],
        loaded,
    );
}

#[test]
fn f20_no_feature_is_a_price_or_a_label_and_each_is_proved_in_the_lock() {
    let place = Place::built(DAYS);
    let lock = place.workspace().lock(LOCK).unwrap();
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
    let place = Place::built(DAYS);
    let raw = fs::read_to_string(place.path("data/raw/walk.csv")).unwrap();
    let md5 = place.entry().raw_md5;
    let checked = || verify(&place.workspace(), "walk", Hashing::Full);
    // The prices change, the manifest does not.
    place.put(
        "data/raw/walk.csv",
        &raw.replacen("1950-01-02,", "1950-01-01,", 1),
    );
    let wrong = [
        "walk.csv has MD5",
        md5.as_str(),
        "data/manifest.yaml says",
        "git",
    ];
    refused(&place, "changed prices, verified", &wrong, checked);
    refused(&place, "changed prices, built", &wrong, || place.build());
    // Prices and the raw entry change, the processed entry does not.
    place.put("more.csv", &xp_test_support::walk(DAYS + 5, 1));
    let replace = xp_data::import::Request {
        replace: true,
        ..request("walk")
    };
    let report = import(&place.workspace(), &place.path("more.csv"), &replace).unwrap();
    assert!(
        fs::read_to_string(place.path(&report.moved.unwrap()))
            .unwrap()
            .contains("1950-01-01")
    );
    let stale = [
        "`walk` was made from another version of data/raw/walk.csv",
        md5.as_str(),
        "cargo xp data build walk",
    ];
    refused(&place, "new prices", &stale, checked);
    place.build().unwrap();
    checked().unwrap();
    // Another version of the definitions.
    place.edit_manifest("builder: xp-data 1", "builder: xp-data 0");
    refused(
        &place,
        "another builder",
        &["made by xp-data 0, this is xp-data 1"],
        checked,
    );
}

#[test]
fn a_manifest_with_a_wrong_hash_is_refused_and_nothing_is_built_over() {
    let place = Place::built(DAYS);
    let entry = place.entry();
    let wrong = "0123456789abcdef0123456789abcdef";
    let manifest = fs::read_to_string(place.path("data/manifest.yaml")).unwrap();
    // Of the raw file.
    place.edit_manifest(
        &format!("    md5: {}", entry.raw_md5),
        &format!("    md5: {wrong}"),
    );
    place.edit_manifest(
        &format!("raw_md5: {}", entry.raw_md5),
        &format!("raw_md5: {wrong}"),
    );
    refused(&place, "raw", &["walk.csv has MD5", wrong], || {
        place.build()
    });
    refused(&place, "raw", &["walk.csv has MD5", wrong], || {
        verify(&place.workspace(), "walk", Hashing::Full)
    });
    // Of the processed file, and its lock with it.
    place.put("data/manifest.yaml", &manifest.replace(&entry.md5, wrong));
    refused(
        &place,
        "processed",
        &[
            "walk.lock.json and data/manifest.yaml disagree",
            "cargo xp data build walk",
        ],
        || verify(&place.workspace(), "walk", Hashing::Full),
    );
    let text = fs::read_to_string(place.path(LOCK)).unwrap();
    place.put(LOCK, &text.replace(&entry.md5, wrong));
    refused(
        &place,
        "both",
        &["walk.parquet has MD5", wrong, "delete it and run"],
        || verify(&place.workspace(), "walk", Hashing::Full),
    );
    fs::remove_file(place.path(PARQUET)).unwrap();
    refused(
        &place,
        "absent",
        &["walk.parquet has MD5", wrong, "commit its lock"],
        || ensure_processed(&place.workspace(), "walk", &mut |_, _| {}),
    );
    // Building is the remedy that the texts name.
    place.build().unwrap();
    assert_eq!(place.entry(), entry);
    verify(&place.workspace(), "walk", Hashing::Full).unwrap();
}

#[test]
fn a_processed_file_without_its_lock_is_told_and_the_lock_comes_back() {
    let place = Place::built(DAYS);
    let text = fs::read(place.path(LOCK)).unwrap();
    fs::remove_file(place.path(LOCK)).unwrap();
    let checked = || verify(&place.workspace(), "walk", Hashing::Full);
    refused(
        &place,
        "no lock",
        &["walk.lock.json", "the file cannot be read"],
        checked,
    );
    let changed = lock(&place.workspace(), "walk", &mut |_, _| {}).unwrap();
    assert_eq!(
        changed,
        Changed {
            parquet: false,
            lock: true,
            manifest: false
        }
    );
    assert!(fs::read(place.path(LOCK)).unwrap() == text);
    checked().unwrap();
    // A parquet that is not what the definitions give is not locked.
    let torn = fs::read(place.path(PARQUET)).unwrap();
    fs::write(place.path(PARQUET), &torn[..torn.len() / 2]).unwrap();
    refused(
        &place,
        "torn",
        &["walk.parquet has MD5", "cargo xp data build walk"],
        || lock(&place.workspace(), "walk", &mut |_, _| {}),
    );
}

#[test]
fn files_are_written_only_where_their_content_changes() {
    let place = Place::built(DAYS);
    let before = place.files();
    let nothing = Changed {
        parquet: false,
        lock: false,
        manifest: false,
    };
    thread::sleep(Duration::from_millis(20));
    assert_eq!(place.build().unwrap(), nothing);
    assert!(place.files() == before, "a second build touched a file");
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
        let mut bytes = fs::read(place.path(part)).unwrap();
        bytes.extend(b"\n");
        fs::write(place.path(part), bytes).unwrap();
        assert_eq!(place.build().unwrap(), changed, "{part}");
        let same =
            place.files().into_iter().zip(&before).all(
                |((path, (bytes, _)), (earlier, (then, _)))| path == *earlier && bytes == *then,
            );
        assert!(same, "{part}");
    }
}

#[test]
fn f28_all_tiers_and_columns_share_their_rows() {
    let place = Place::built(DAYS);
    let names: Vec<String> = registry().into_iter().map(|feature| feature.name).collect();
    let all = load(&place.workspace(), &place.entry(), &names).unwrap();
    assert_eq!(all.dates.len(), DAYS - 252);
    for tier in [20, 100, 250] {
        let some = load(&place.workspace(), &place.entry(), &names[..tier]).unwrap();
        assert_eq!(some.dates, all.dates, "{tier}");
        let rows = some.values.chunks(tier).zip(all.values.chunks(500));
        for (few, many) in rows {
            assert_eq!(few, &many[..tier]);
        }
    }
}

#[test]
fn md5s_are_remembered_by_size_and_time_of_change() {
    let place = Place::built(DAYS);
    let set_time = |seconds| {
        let file = fs::File::options()
            .write(true)
            .open(place.path(PARQUET))
            .unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
            .unwrap();
    };
    let ok = |hashing| verify(&place.workspace(), "walk", hashing).is_ok();
    let memory = place.path("data/processed/.md5.json");
    let remembers = |part: &str| fs::read_to_string(&memory).is_ok_and(|text| text.contains(part));
    // What has just changed may change again unseen; what a dry run hashes it does not write down.
    assert!(ok(Hashing::Remembered) && !remembers("walk.parquet"));
    set_time(1_000_000_000);
    fs::remove_file(&memory).ok();
    assert!(ok(Hashing::ReadOnly) && !memory.exists());
    assert!(ok(Hashing::Remembered) && remembers("walk.parquet"));
    // A byte changes, size and time do not: remembered, and found by who reads every byte.
    let mut bytes = fs::read(place.path(PARQUET)).unwrap();
    bytes[1000] ^= 1;
    fs::write(place.path(PARQUET), &bytes).unwrap();
    set_time(1_000_000_000);
    assert!(ok(Hashing::Remembered) && ok(Hashing::ReadOnly) && !ok(Hashing::Full));
    // Another time, or another size, is another file.
    set_time(1_000_000_001);
    assert!(!ok(Hashing::Remembered));
    bytes[1000] ^= 1;
    fs::write(place.path(PARQUET), &bytes[..bytes.len() - 1]).unwrap();
    set_time(1_000_000_000);
    assert!(!ok(Hashing::Remembered));
    fs::write(place.path(PARQUET), &bytes).unwrap();
    // A torn memory is none.
    fs::write(&memory, "{\"data/proc").unwrap();
    assert!(ok(Hashing::Remembered) && remembers("raw_md5") == remembers("nothing"));
}

#[test]
fn progress_is_plain_lines_where_nobody_watches() {
    let place = Place::walk(DAYS);
    let output = Command::new(env!("CARGO_BIN_EXE_xp-data"))
        .args(["build", "walk"])
        .current_dir(place.root())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    let expected: String = (1..=5)
        .map(|part| format!("walk: {} of 500 features\n", part * 100))
        .collect();
    assert_eq!(said, expected);
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "walk: wrote parquet, lock, manifest\n"
    );
}

#[test]
fn a_data_set_that_is_too_short_or_unknown_writes_nothing() {
    let place = Place::walk(252);
    refused(
        &place,
        "not built",
        &["`walk` is not built yet; run `cargo xp data build walk`"],
        || verify(&place.workspace(), "walk", Hashing::Full),
    );
    refused(
        &place,
        "252 bars",
        &["`walk` has 252 daily bars; features need more than 252"],
        || place.build(),
    );
    refused(
        &place,
        "weeks",
        &["`walk_weekly` has 50 weekly bars"],
        || build(&place.workspace(), "walk_weekly", &mut |_, _| {}),
    );
    refused(
        &place,
        "unknown",
        &["there is no data set `wolk`; data/manifest.yaml has walk"],
        || build(&place.workspace(), "wolk", &mut |_, _| {}),
    );
}
