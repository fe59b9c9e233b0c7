//! `~/.pgpass`, read for connections that it has passwords of and for others.

use std::{fs, os::unix::fs::PermissionsExt as _};

use xp_postgres::{Environment, Settings};

use super::{secret::shows_password, target::Target};

/// Connections: to a server, to several, by a socket, and with characters that the file escapes.
const URLS: [&str; 4] = [
    "postgresql://me@host/database",
    "postgresql://me@host,[::1]:5433/database",
    "postgresql:///database?host=/tmp",
    "postgresql://a%3Ab@host/c%5Cd",
];

pub(super) const TARGET: Target = Target {
    name: "password_file",
    shipped: &[],
    start: |_| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        let environment = Environment {
            variable: &|_| None,
            exists: &|_| false,
            account: Some("me".to_owned()),
            home: None,
        };
        let settings = URLS.map(|url| {
            let mut settings = Settings::from_url(url, &environment).unwrap();
            settings.password_file = Some(path.clone());
            settings
        });
        Box::new(move |input| {
            // The folder is removed with the target.
            let path = folder.path().join("file");
            fs::write(path, input).unwrap();
            for mut settings in settings.clone() {
                let warnings = settings.read_password_file();
                let warnings: Vec<_> = warnings.iter().map(ToString::to_string).collect();
                let text = format!("{warnings:?} {settings:?} {settings}");
                assert!(!shows_password(&text), "{text}");
            }
        })
    },
};
