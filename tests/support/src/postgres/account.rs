//! Whom the server runs as: PostgreSQL refuses to run as root.

use std::{
    fs,
    os::unix::{
        fs::{MetadataExt as _, chown},
        process::CommandExt as _,
    },
    path::Path,
    process::Command,
};

/// Accounts that may own a server, the first that exists.
const NAMES: [&str; 2] = ["postgres", "nobody"];

/// An account that a test of root gives its server to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Account {
    user: u32,
    group: u32,
}

impl Account {
    /// Absent where the process that made this folder may run a server itself, since it is not root.
    pub(crate) fn beside_root(folder: &Path) -> Option<Self> {
        if fs::metadata(folder).unwrap().uid() != 0 {
            return None;
        }
        let found = NAMES.iter().find_map(|name| {
            let user = id("-u", name)?;
            Some(Self {
                user,
                group: id("-g", name)?,
            })
        });
        let found = found.unwrap_or_else(|| {
            panic!("PostgreSQL does not run as root, and there is no account {NAMES:?}")
        });
        Some(found)
    }

    /// Lets the command run as this account, without the groups of root.
    pub(crate) fn runs(self, command: &mut Command) {
        command.uid(self.user).gid(self.group);
    }

    pub(crate) fn owns(self, path: &Path) {
        chown(path, Some(self.user), Some(self.group)).unwrap();
    }
}

fn id(flag: &str, name: &str) -> Option<u32> {
    let output = Command::new("id").args([flag, name]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.trim().parse().ok()
}
