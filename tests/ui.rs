//! Wrong experiments under rustc: the message stands on the wrong token and no second error follows.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

#[test]
fn wrong_experiments_do_not_build() {
    trybuild::TestCases::new().compile_fail("ui/*/*.rs");
}
