//! Test data is sealed: a search that opens it does not compile.

use std::{fs, process::Command};

use crate::workspace::root;

/// F39, on the very file of the runtime in a crate of its own: a training opens test data, and a search that tries does not compile.
#[test]
fn a_search_that_opens_test_data_does_not_compile() {
    let sealed = root().join("xp-runtime/src/training/sealed.rs");
    let compiles = |search: &str| {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("sealed.rs");
        let text = format!(
            "#![allow(dead_code)]
extern crate self as xp_engine;
pub mod train {{ #[derive(Debug)] pub struct Fitted; #[derive(Debug)] pub struct Region {{ pub labels: Vec<f32> }} }}
mod training {{
    #[path = {sealed:?}]
    mod sealed;
    pub(crate) use sealed::SealedTest;
    fn judge(test: &SealedTest, model: &crate::train::Fitted) -> usize {{ test.open(model).labels.len() }}
}}
mod search {{
    use crate::{{train::Fitted, training::SealedTest}};
    fn search(test: &SealedTest, model: &Fitted) -> usize {{ {search} }}
}}
"
        );
        fs::write(&file, text).unwrap();
        let output = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
            .args([
                "--edition",
                "2024",
                "--crate-type",
                "lib",
                "--emit",
                "metadata",
            ])
            .arg("--out-dir")
            .args([folder.path(), &file])
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() {
            Ok(())
        } else {
            Err(errors)
        }
    };
    compiles("let _ = (test, model); 0").unwrap();
    for (search, code) in [
        ("test.open(model).labels.len()", "E0624"),
        ("let _ = model; test.0.labels.len()", "E0616"),
        (
            "let SealedTest(inside) = test; let _ = model; inside.labels.len()",
            "E0532",
        ),
    ] {
        let errors = compiles(search).unwrap_err();
        assert!(
            errors.contains(code) && errors.contains("private"),
            "{errors}"
        );
    }
}
