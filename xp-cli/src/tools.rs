//! Tools for people: cargo-insta, pinned to the library's version.

use std::process::Command;

use crate::failure::Failure;

const INSTA: &str = "1.49.0";

/// Installs cargo-insta where it is absent.
pub(crate) fn cargo_insta() -> Result<(), Failure> {
    let present = Command::new("cargo-insta")
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success());
    if present {
        return Ok(());
    }
    say!("installing cargo-insta {INSTA}");
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(program)
        .args(["install", "--locked", "--version", INSTA, "cargo-insta"])
        .status();
    match status {
        Ok(status) if status.success() => Ok(()),
        _ => Err(Failure::new(format!(
            "failed to install cargo-insta {INSTA}; is crates.io reachable? `cargo xp setup --no-tools` leaves it out"
        ))),
    }
}
