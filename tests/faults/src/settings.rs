//! What the environment asks for. Nothing here allocates: a write may come from a signal handler.

use std::ffi::CStr;

/// What happens at the chosen change.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The run is killed before it.
    Kill,
    /// The run is killed after half of the bytes of a write; before any other change.
    Tear,
    /// It fails with this error number.
    Error(i32),
}

/// The value of an environment variable.
#[allow(
    unsafe_code,
    reason = "std's own function allocates; the value of a variable stays where it is, since no run changes its environment"
)]
pub(crate) fn variable(name: &CStr) -> Option<&'static CStr> {
    // SAFETY: `name` ends in a zero byte, and `getenv` returns null or a string that does.
    unsafe {
        let value = libc::getenv(name.as_ptr());
        (!value.is_null()).then(|| CStr::from_ptr(value))
    }
}

fn number(name: &CStr) -> Option<u64> {
    variable(name)?.to_str().ok()?.parse().ok()
}

/// What is to happen at a change of this number.
pub(crate) fn fault_at(change: u64) -> Option<Fault> {
    let at = number(c"XP_FAULTS_AT")?;
    match variable(c"XP_FAULTS_DO")?.to_bytes() {
        b"kill" => (change == at).then_some(Fault::Kill),
        b"tear" => (change == at).then_some(Fault::Tear),
        _ => {
            let times = number(c"XP_FAULTS_TIMES").unwrap_or(1);
            let error = number(c"XP_FAULTS_DO").and_then(|error| i32::try_from(error).ok())?;
            (at..at.saturating_add(times))
                .contains(&change)
                .then_some(Fault::Error(error))
        }
    }
}
