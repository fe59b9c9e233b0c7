//! Wrong experiments under rustc: the message stands on the wrong token and no second error follows.

#[test]
fn wrong_experiments_do_not_build() {
    trybuild::TestCases::new().compile_fail("ui/*/*.rs");
}
