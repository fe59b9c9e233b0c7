//! The password file, as libpq reads it. A password cannot be seen from outside, so tests see the line that it is from.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::{Path, PathBuf},
    process::Command,
};

use xp_postgres::{Environment, Origin, Settings};

fn settings(url: &str, file: &Path, is_named: bool) -> (Settings, Vec<String>) {
    let named = is_named.then(|| file.display().to_string());
    let environment = Environment {
        variable: &|name| named.clone().filter(|_| name == "PGPASSFILE"),
        exists: &|_| false,
        account: Some("me".to_owned()),
        home: file.parent().map(PathBuf::from),
    };
    let mut settings = Settings::from_url(url, &environment).unwrap();
    let warnings = settings.read_password_file();
    let warnings = warnings.iter().map(ToString::to_string).collect();
    (settings, warnings)
}

/// Lines that the hosts' passwords are from.
fn lines(settings: &Settings) -> Vec<Option<usize>> {
    let origin = |origin: &Origin| match origin {
        Origin::File { line, .. } => Some(*line),
        _ => None,
    };
    let hosts = settings.hosts.iter();
    hosts
        .map(|host| origin(host.password.as_ref()?.origin()))
        .collect()
}

fn write(path: &Path, bytes: impl AsRef<[u8]>, mode: u32) {
    fs::write(path, bytes).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

const FILE: &str = r"# host:port:database:user:password
db:5432:d:u:hidden1
db:*:*:u:hidden2
*:5433:d:*:hidden3

localhost:*:local:*:hidden4
too:few
with\:colon:*:*:*:hidden7
*:*:back\\slash:*:hidden8
*:*:empty:*:
*:*:empty:*:hid:den\:10
*:*:star\*:*:hidden
*:*:windows:*:hidden12
";

#[test]
fn the_first_line_that_fits_has_the_password() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(".pgpass");
    write(&file, FILE.replace("hidden12", "hidden12\r"), 0o600);
    for (url, expected) in [
        ("postgresql://u@db/d", &[Some(2)][..]),
        ("postgresql://u@db/other", &[Some(3)]),
        ("postgresql://u@db:5433/d", &[Some(3)]),
        ("postgresql://v@db:5433/d", &[Some(4)]),
        ("postgresql://v@db:5433/e", &[None]),
        ("postgresql://v@db/d", &[None]),
        ("postgresql://v@DB/d", &[None]),
        ("postgresql://u@db,x:5433/d", &[Some(2), Some(4)]),
        ("postgresql://localhost/local", &[Some(6)]),
        ("postgresql:///local?host=/run/x", &[Some(6)]),
        ("postgresql:///d?host=/run/x", &[None]),
        ("postgresql://with%3Acolon/d", &[Some(8)]),
        ("postgresql://h/back%5Cslash", &[Some(9)]),
        ("postgresql://h/empty", &[Some(11)]),
        ("postgresql://h/star*", &[Some(12)]),
        ("postgresql://h/stars", &[None]),
        ("postgresql://h/windows", &[Some(13)]),
        ("postgresql://u:own@db/d", &[None]),
    ] {
        for is_named in [false, true] {
            let (settings, warnings) = settings(url, &file, is_named);
            assert_eq!(lines(&settings), expected, "{url}");
            assert!(warnings.is_empty(), "{warnings:?}");
            assert!(!format!("{settings:?} {settings}").contains("hid"));
        }
    }
}

#[test]
fn files_that_are_open_large_or_no_files_are_ignored_with_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let line = "*:*:*:*:hidden\n";
    for mode in [0o640, 0o604, 0o660, 0o620] {
        write(&path(&format!("{mode:o}")), line, mode);
    }
    write(&path("large"), line.repeat(100_000), 0o600);
    symlink(path("nowhere"), path("dangling")).unwrap();
    let made = Command::new("mkfifo").arg(path("pipe")).status();
    assert!(made.unwrap().success());
    for (name, expected) in [
        ("640", "`chmod 600` it"),
        ("604", "`chmod 600` it"),
        ("660", "`chmod 600` it"),
        ("620", "`chmod 600` it"),
        ("large", "larger than 1048576 bytes"),
        (".", "no regular file"),
        ("pipe", "no regular file"),
        ("dangling", "No such file"),
        ("absent", "No such file"),
    ] {
        let (settings, warnings) = settings("postgresql://h", &path(name), true);
        assert_eq!(lines(&settings), [None], "{name}");
        assert_eq!(warnings.len(), 1, "{name}: {warnings:?}");
        assert!(warnings[0].contains(expected), "{warnings:?}");
        assert!(!warnings[0].contains("hid"), "{warnings:?}");
    }
    // The default may be absent.
    let (_, warnings) = settings("postgresql://h", &path(".pgpass"), false);
    assert!(warnings.is_empty(), "{warnings:?}");
}

#[test]
fn a_link_to_a_file_is_followed_and_a_line_that_is_no_text_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (file, link) = (folder.path().join("file"), folder.path().join("link"));
    write(&file, b"*:*:*:*:hid\xff\n*:*:*:*:hidden", 0o600);
    symlink(&file, &link).unwrap();
    let (settings, warnings) = settings("postgresql://h", &link, true);
    assert_eq!(lines(&settings), [Some(2)]);
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].ends_with("is ignored in line 1: it is no UTF-8 text"));
}
