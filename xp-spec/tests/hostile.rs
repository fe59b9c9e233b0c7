//! Files from outside, torn and forged: every one gives a result or an error, never a panic, and never in more than bounded memory.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

use std::{fs, io::Write as _, path::Path};

use parquet_format_safe::{
    FieldRepetitionType, FileMetaData, RowGroup, SchemaElement, Type,
    thrift::protocol::TCompactOutputProtocol,
};
use xp_spec::{
    files::{
        Workspace,
        footer::{Footer, read_footer},
        read_spine,
    },
    outliers::beyond,
    split::Split,
};

fn element(name: &str, kind: Option<Type>) -> SchemaElement {
    SchemaElement {
        type_: kind,
        type_length: None,
        repetition_type: Some(FieldRepetitionType::REQUIRED),
        name: name.to_owned(),
        num_children: kind.is_none().then_some(2),
        converted_type: None,
        scale: None,
        precision: None,
        field_id: None,
        logical_type: None,
    }
}

/// A footer with a date and one feature.
fn footer(rows: i64) -> Vec<u8> {
    let metadata = FileMetaData {
        version: 1,
        schema: vec![
            element("root", None),
            element("date", Some(Type::INT32)),
            element("rsi_14", Some(Type::FLOAT)),
        ],
        num_rows: rows,
        row_groups: vec![RowGroup {
            columns: Vec::new(),
            total_byte_size: 0,
            num_rows: rows,
            sorting_columns: None,
            file_offset: None,
            total_compressed_size: None,
            ordinal: None,
        }],
        key_value_metadata: None,
        created_by: Some("a test".to_owned()),
        column_orders: None,
        encryption_algorithm: None,
        footer_signing_key_metadata: None,
    };
    let mut bytes = Vec::new();
    let mut protocol = TCompactOutputProtocol::new(&mut bytes);
    metadata.write_to_out_protocol(&mut protocol).unwrap();
    bytes
}

/// A parquet without data pages: what a build reads of it.
fn parquet(footer: &[u8]) -> Vec<u8> {
    let length = u32::try_from(footer.len()).unwrap().to_le_bytes();
    [&b"PAR1"[..], footer, &length, b"PAR1"].concat()
}

fn read(bytes: &[u8]) -> Result<Footer, String> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    read_footer(file.path())
}

/// Numbers that differ from run to run in nothing: a linear congruential generator (Knuth, MMIX).
struct Lcg(u64);

impl Lcg {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % most
    }
}

/// Copies of some bytes with a few of them changed, repeated or cut off.
fn mutations(bytes: &[u8], how_many: usize) -> Vec<Vec<u8>> {
    let mut random = Lcg(7);
    (0..how_many)
        .map(|_| {
            let mut copy = bytes.to_vec();
            for _ in 0..=random.below(4) {
                let at = random.below(copy.len());
                match random.below(4) {
                    0 => copy.truncate(at.max(1)),
                    1 => copy[at] = [0, 0xff, 0x7f, 0x80][random.below(4)],
                    2 => copy[at] ^= 1 << random.below(8),
                    _ => copy.insert(at, copy[at]),
                }
            }
            copy
        })
        .collect()
}

#[test]
fn a_footer_is_read() {
    assert_eq!(
        read(&parquet(&footer(4779))),
        Ok(Footer {
            rows: 4779,
            columns: vec![("date".to_owned(), "i32"), ("rsi_14".to_owned(), "f32")],
        })
    );
}

#[test]
fn forged_parquets_are_refused_with_a_reason() {
    let right = parquet(&footer(10));
    let end = right.len();
    let with_tail =
        |length: u32, magic: &[u8; 4]| [&right[..end - 8], &length.to_le_bytes(), magic].concat();
    // A struct in a struct in a struct …, as a field that nobody knows.
    let nested = parquet(&vec![0x1c; 100_000]);
    // A list that claims 2³¹ elements.
    let long_list = parquet(&[0x29, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07]);
    for (what, bytes, reason) in [
        ("empty", Vec::new(), "at least 12 bytes"),
        ("no magic", vec![0; 100], "does not end in PAR1"),
        ("cut off", right[..end - 1].to_vec(), "does not end in PAR1"),
        ("encrypted", with_tail(20, b"PARE"), "encrypted"),
        (
            "length beyond the file",
            with_tail(1 << 20, b"PAR1"),
            "the footer claims",
        ),
        (
            "length of 4 GiB",
            with_tail(u32::MAX, b"PAR1"),
            "the footer claims",
        ),
        ("nested", nested, "cannot be decoded"),
        ("long list", long_list, "cannot be decoded"),
        ("negative rows", parquet(&footer(-1)), "claims -1 rows"),
    ] {
        let error = read(&bytes).unwrap_err();
        assert!(error.contains(reason), "{what}: {error}");
    }
}

#[test]
fn mutated_footers_never_panic() {
    let right = footer(4779);
    let refused = mutations(&right, 3000)
        .iter()
        .filter(|bytes| read(&parquet(bytes)).is_err())
        .count();
    assert!(refused > 1000, "{refused} of 3000 were refused");
}

#[test]
fn mutated_prices_locks_and_configurations_never_panic() {
    let folder = tempfile::tempdir().unwrap();
    for part in ["data/locks", "data/raw", "configs/model"] {
        fs::create_dir_all(folder.path().join(part)).unwrap();
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let lock_path = "data/locks/nasdaq_daily.lock.json";
    let read_real = |path: &str| fs::read(root.join(path)).unwrap();
    let lock = read_real(lock_path);
    // Enough of it to be like it, and quick to read a hundred times.
    let lock = &lock[..4000];
    let put = |path: &str, bytes: &[u8]| fs::write(folder.path().join(path), bytes).unwrap();
    let manifest = read_real("data/manifest.yaml");
    put("data/manifest.yaml", &manifest);
    let workspace = || Workspace::find(folder.path()).unwrap();
    let mut refused = 0;
    for bytes in mutations(lock, 200) {
        put(lock_path, &bytes);
        refused += usize::from(workspace().lock(lock_path).is_err());
    }
    assert_eq!(refused, 200, "a lock that is cut off is none");
    for (path, real) in [
        ("configs/defaults.yaml", read_real("configs/defaults.yaml")),
        ("data/manifest.yaml", manifest),
    ] {
        let mut refused = 0;
        for bytes in mutations(&real, 300) {
            put(path, &bytes);
            let result = if path.starts_with("data") {
                workspace().manifest().map(|_| ())
            } else {
                workspace().defaults().map(|_| ())
            };
            if let Err(error) = result {
                refused += 1;
                assert_eq!(error.path, Path::new(path), "{error}");
            }
        }
        assert!(refused > 50, "{path}: {refused} of 300 were refused");
    }
    let prices = String::from_utf8(read_real("data/raw/nasdaq_daily.csv")).unwrap();
    let head: String = prices.lines().take(40).collect::<Vec<_>>().join("\n");
    let mut refused = 0;
    for bytes in mutations(head.as_bytes(), 500) {
        if let Err(error) = read_spine("prices.csv", &String::from_utf8_lossy(&bytes)) {
            refused += 1;
            assert!(error.position.is_some(), "{error}");
        }
    }
    assert!(refused > 50, "{refused} of 500 were refused");
}

/// A copy of the real locks and figures by year, changed; whether it is read, and what it says if not.
fn locked(change: impl Fn(&str) -> (String, String)) -> Result<usize, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("data/locks")).unwrap();
    fs::write(folder.path().join("data/manifest.yaml"), "version: 1\n").unwrap();
    let read = |path: &str| fs::read_to_string(root.join(path)).unwrap();
    let (lock_path, years_path) = (
        "data/locks/nasdaq_5d.lock.json",
        "data/locks/nasdaq_5d.years.json",
    );
    let years = read(years_path);
    let (lock, changed) = change(&years);
    let md5 = |text: &str| xp_spec::hash::md5_hex(text.as_bytes());
    let lock = read(lock_path)
        .replace(&md5(&years), &md5(&changed))
        .replace("\"version\": 3", &lock);
    fs::write(folder.path().join(lock_path), lock).unwrap();
    fs::write(folder.path().join(years_path), changed).unwrap();
    let workspace = Workspace::find(folder.path()).unwrap();
    let told = |error: xp_spec::files::FileError| {
        format!("{error}; {}", error.remedy.clone().unwrap_or_default())
    };
    let lock = workspace.lock(lock_path).map_err(told)?;
    let yearly = workspace.yearly(&lock).map_err(told)?;
    let names: Vec<String> = lock.columns.iter().map(|it| it.name.clone()).collect();
    let split = Split {
        val: lock.split.val,
        test: lock.split.test,
        embargo: 0,
        train: Default::default(),
    };
    let days: Vec<_> = lock.split.val.iter_days().take(900).collect();
    let found = beyond(&yearly, &names, &days, &split);
    Ok(found.iter().map(|outlier| outlier.to_string().len()).sum())
}

#[test]
fn locks_and_figures_of_other_versions_or_forged_are_refused_and_never_panic() {
    let version = "\"version\": 3".to_owned();
    let same = |years: &str| (version.clone(), years.to_owned());
    assert!(locked(same).is_ok());
    for (what, lock, parts) in [
        (
            "version 2",
            "\"version\": 2, \"unknown\": 1",
            [
                "the lock has version 2, this build reads 3",
                "run `cargo xp data build`",
            ],
        ),
        (
            "an unknown key",
            "\"version\": 3, \"unknown\": 1",
            ["unknown key `unknown`", "run `cargo xp data lock`"],
        ),
        (
            "no version",
            "\"verson\": 3",
            ["unknown key `verson`", "did you mean `version`?"],
        ),
    ] {
        let told = locked(|years| (lock.to_owned(), years.to_owned())).unwrap_err();
        assert!(
            parts.iter().all(|part| told.contains(part)),
            "{what}: {told}"
        );
    }
    let mut refused = 0;
    let years = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/locks/nasdaq_5d.years.json");
    for bytes in mutations(&fs::read(years).unwrap(), 60) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        refused += usize::from(locked(|_| (version.clone(), text.clone())).is_err());
    }
    assert!(refused > 20, "{refused} of 60 were refused");
}

/// Aliases that expand to gigabytes, and nesting without end.
#[test]
fn yaml_bombs_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("data")).unwrap();
    let bomb = (1..30).fold("a0: &a0 [x, x]\n".to_owned(), |text, level| {
        let before = level - 1;
        text + &format!("a{level}: &a{level} [*a{before}, *a{before}]\n")
    });
    for text in [
        bomb,
        "[".repeat(100_000),
        "{a: ".repeat(50_000),
        "- ".repeat(100_000),
        String::new(),
        "\0".to_owned(),
    ] {
        fs::write(folder.path().join("data/manifest.yaml"), &text).unwrap();
        let workspace = Workspace::find(folder.path()).unwrap();
        let start: String = text.chars().take(10).collect();
        assert!(workspace.manifest().is_err(), "{start}");
    }
}
