//! Mutated URLs and password files: they are refused or read, in a bounded time, and no message has the password.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

use std::{fs, os::unix::fs::PermissionsExt as _, path::PathBuf};

use xp_postgres::{Environment, Settings};
use xp_test_support::Random;

/// Bytes that mean something to the parsers.
const BYTES: &[u8] = b":/?@&=,[]%*\\#\n\r\0 ~0f\xff\xc3";
const ROUNDS: u32 = 20_000;

fn below(random: &mut Random, limit: usize) -> usize {
    usize::try_from(random.bits() % u64::try_from(limit.max(1)).unwrap()).unwrap()
}

fn mutated(seed: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=below(random, 5) {
        let at = below(random, bytes.len());
        let byte = BYTES[below(random, BYTES.len())];
        match below(random, 4) {
            0 => bytes.insert(at, byte),
            1 if !bytes.is_empty() => drop(bytes.remove(at)),
            2 if !bytes.is_empty() => bytes[at] = byte,
            _ => {
                let from = below(random, bytes.len());
                let copy = bytes[from..].to_vec();
                bytes.splice(at..at, copy);
                bytes.truncate(4096);
            }
        }
    }
    bytes
}

fn nothing() -> Environment<'static> {
    Environment {
        variable: &|_| None,
        exists: &|_| false,
        account: Some("me".to_owned()),
        home: None,
    }
}

#[test]
fn mutated_urls_are_read_or_refused() {
    let seeds = [
        "postgresql://user:QZ7QZ7QZ7@host:5432,other:1/database?sslmode=require&port=1,2",
        "postgresql://u:QZ7QZ7QZ7@[::1]:5432/d%20e?options=-c%20a%3Db&connect_timeout=3",
        "postgres://u:QZ7QZ7QZ7@%2Ftmp%2Fx/d?application_name=x",
    ];
    let mut random = Random(7);
    let (mut read, mut refused) = (0, 0);
    for round in 0..ROUNDS {
        let seed = seeds[usize::try_from(round).unwrap() % seeds.len()];
        let bytes = mutated(seed.as_bytes(), &mut random);
        let url = String::from_utf8_lossy(&bytes);
        match Settings::from_url(&url, &nothing()) {
            Ok(settings) => {
                read += 1;
                let shown = settings.to_string();
                assert!(!shown.contains(char::is_control), "{url:?}: {shown:?}");
                let again = Settings::from_url(&shown, &nothing()).unwrap();
                assert_eq!(again.to_string(), shown, "{url:?}");
            }
            Err(error) => {
                refused += 1;
                let text = format!("{error} {error:?}");
                assert!(!text.contains("QZ7"), "{url:?}: {text}");
            }
        }
    }
    assert!(read > 1000 && refused > 1000, "{read} and {refused}");
}

#[test]
fn mutated_password_files_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let seed =
        b"# comment\nhost:5432:database:me:QZ7QZ7\n*:*:a\\:b\\\\c:*:QZ7QZ7\nlocalhost:*:*:*:QZ7\n";
    let mut random = Random(11);
    let mut found = 0;
    fs::write(&path, "").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let mut settings = Settings::from_url("postgresql://host/database", &nothing()).unwrap();
    settings.password_file = Some(PathBuf::from(&path));
    for _ in 0..ROUNDS / 20 {
        fs::write(&path, mutated(seed, &mut random)).unwrap();
        let mut settings = settings.clone();
        let warnings = settings.read_password_file();
        let text = format!("{warnings:?} {settings:?} {settings}");
        assert!(!text.contains("QZ7"), "{text}");
        found += u32::from(settings.hosts[0].password.is_some());
    }
    assert!(found > 100, "{found}");
}
