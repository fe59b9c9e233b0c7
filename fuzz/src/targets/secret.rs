//! The password of seeds, by which targets see whether a message shows a part of it.

/// What the passwords of all seeds consist of: three letters of a password that is shown have it in them, wherever it was cut.
const MARK: &str = "QZ7";

/// Whether a text shows a password.
pub(super) fn shows_password(text: &str) -> bool {
    text.contains(MARK)
}
