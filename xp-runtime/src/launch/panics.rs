//! A panic is a fault of this program: it is printed as an error with its place and gets its row like any other, never as a backtrace.

use std::{
    panic::{self, AssertUnwindSafe, PanicHookInfo},
    sync::mpsc::channel,
};

use crate::context::RunError;

/// What a panic said and where it was.
fn text(info: &PanicHookInfo<'_>) -> String {
    let message = info.payload_as_str().unwrap_or("no message");
    let place = info
        .location()
        .map_or_else(String::new, |place| format!(" at {place}"));
    format!("{}{place}", message.replace('\n', " "))
}

/// Runs stages; a panic in them, or in a thread whose panic reaches them, is an error.
pub(super) fn caught(stages: impl FnOnce() -> Result<(), RunError>) -> Result<(), RunError> {
    let (sender, panicked) = channel();
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let text = text(info);
        tracing::debug!("panicked: {text}");
        // The receiver lives as long as the stages.
        let _ = sender.send(text);
    }));
    let result = panic::catch_unwind(AssertUnwindSafe(stages));
    panic::set_hook(before);
    result.unwrap_or_else(|_| {
        let last = panicked.try_iter().last();
        Err(RunError::Failed(format!(
            "a bug in this program: {}; finished results are kept, the same command resumes from there; please report it",
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
