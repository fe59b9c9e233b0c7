//! A panic is a fault of this program: it is told as an error with its place and gets its row like any other, never as a backtrace.

use std::{
    panic::{self, AssertUnwindSafe, PanicHookInfo},
    sync::{Mutex, PoisonError},
};

use crate::error::RunError;

/// What the last panic said and where it was.
static LAST: Mutex<Option<String>> = Mutex::new(None);

fn note(info: &PanicHookInfo<'_>) {
    let said = info.payload_as_str().unwrap_or("no message");
    let place = info
        .location()
        .map_or_else(String::new, |place| format!(" at {place}"));
    let text = format!("{}{place}", said.replace('\n', " "));
    tracing::debug!("panicked: {text}");
    *LAST.lock().unwrap_or_else(PoisonError::into_inner) = Some(text);
}

/// Runs stages; a panic in them, or in a thread whose panic reaches them, is an error.
pub(crate) fn caught(stages: impl FnOnce() -> Result<(), RunError>) -> Result<(), RunError> {
    let before = panic::take_hook();
    panic::set_hook(Box::new(note));
    let ended = panic::catch_unwind(AssertUnwindSafe(stages));
    panic::set_hook(before);
    ended.unwrap_or_else(|_| {
        let last = LAST.lock().unwrap_or_else(PoisonError::into_inner).take();
        Err(RunError::Failed(format!(
            "a fault of this program: {}; what was finished is kept, the same command goes on from there; please report it",
            last.unwrap_or_else(|| "no message".to_owned())
        )))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::panic, reason = "it is what is tested")]
    fn a_panic_is_an_error_with_its_place() {
        let error = caught(|| panic!("index {} of\n{}", 3, 2)).unwrap_err();
        let said = error.to_string();
        assert!(
            said.contains("index 3 of 2 at ") && said.contains("panics.rs:"),
            "{said}"
        );
        assert!(error.status().is_some(), "it gets a row");
        let other = RunError::Failed("x".to_owned());
        assert_eq!(caught(|| Err(other.clone())), Err(other));
    }
}
