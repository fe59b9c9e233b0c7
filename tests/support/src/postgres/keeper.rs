//! A server ends with its test, also where the test is killed: a shell waits until the pipe from the test closes, stops the server and removes its folder.

use std::{
    os::unix::process::CommandExt as _,
    path::Path,
    process::{Child, Command, Stdio},
};

/// `$1` is `pg_ctl`, `$2` the folder of the cluster and all that is its.
const SCRIPT: &str = r#"cat; "$1" stop -w -m immediate -D "$2/cluster"; cd /; rm -rf "$2""#;

/// Stops a server when it goes out of scope, or when its process has ended.
#[derive(Debug)]
pub(crate) struct Keeper(Child);

impl Keeper {
    /// `shell` is a command that runs `sh` as the server's owner. A group of its own, which the Ctrl-C of a terminal does not reach.
    pub(crate) fn begin(mut shell: Command, pg_ctl: &Path, folder: &Path) -> Self {
        let child = shell
            .args(["-c", SCRIPT, "keeper"])
            .args([pg_ctl, folder])
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        Self(child.unwrap())
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        // Nothing to be done about one that cannot be waited for; a panic here would hide the test's own.
        self.0.wait().ok();
    }
}
