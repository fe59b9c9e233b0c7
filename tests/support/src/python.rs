//! A Python with packages of PyPI, for tests against the programs that others use.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Packages that a test needs, at exact versions. A mirror may have the newest of a package and not yet of those that it needs, so the
/// versions should be some months old.
#[derive(Debug, Clone, Copy)]
pub struct Packages<'a> {
    /// Environment variable that names a Python that has them; `python3` without it.
    pub variable: &'a str,
    /// Python that fails where they are absent, such as `import optuna`.
    pub check: &'a str,
    /// What pip installs, such as `optuna==5.0.0`.
    pub requirements: &'a [&'a str],
}

impl Packages<'_> {
    /// A Python that has the packages. The gate (`CI` is set) and the long tests (`XP_LONG_TESTS`) get them by pip into this folder.
    ///
    /// # Errors
    /// Why there is none: what a test says that is skipped.
    ///
    /// # Panics
    /// Where pip fails.
    pub fn python(&self, folder: &Path) -> Result<PathBuf, String> {
        let named = env::var_os(self.variable).unwrap_or_else(|| "python3".into());
        let mut wanted = ["CI", "XP_LONG_TESTS"].iter();
        let may_install = wanted.any(|name| env::var_os(name).is_some());
        self.provided(Path::new(&named), folder, may_install)
    }

    fn provided(&self, python: &Path, folder: &Path, may_install: bool) -> Result<PathBuf, String> {
        if self.are_imported_by(python) {
            Ok(python.to_owned())
        } else if may_install {
            Ok(self.installed(python, folder))
        } else {
            let (python, check) = (python.display(), self.check);
            Err(format!(
                "{python} fails at `{check}`; `cargo xp test --long` gets the packages"
            ))
        }
    }

    fn are_imported_by(&self, python: &Path) -> bool {
        let output = Command::new(python).args(["-c", self.check]).output();
        output.is_ok_and(|output| output.status.success())
    }

    /// Into a folder instead of a virtual environment, which not every Python can make; a script starts Python with it.
    fn installed(&self, python: &Path, folder: &Path) -> PathBuf {
        let packages = folder.join("packages");
        let output = Command::new(python)
            .args(["-m", "pip", "install", "-q", "--target"])
            .arg(&packages)
            .args(self.requirements)
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{errors}");
        let script = format!(
            "#!/bin/sh\nPYTHONPATH='{}' exec '{}' \"$@\"\n",
            packages.display(),
            python.display()
        );
        let with_packages = folder.join("python");
        write_executable(&with_packages, &script);
        with_packages
    }
}

/// Written by another process: while this one has a program open for writing, a child that another thread starts has it open too, and then
/// nobody can start it ("Text file busy").
fn write_executable(path: &Path, script: &str) {
    let text = path.with_extension("sh");
    fs::write(&text, script).unwrap();
    let mut install = Command::new("install");
    let status = install
        .args(["-m", "755"])
        .args([text.as_path(), path])
        .status();
    assert!(status.unwrap().success());
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Instead of Python: it imports what is below `PYTHONPATH`, and its pip makes folders.
    const STUB: &str = r#"#!/bin/sh
case "$1" in
  -c) test -d "$PYTHONPATH/${2#import }" ;;
  -m) mkdir -p "$6/${7%%==*}" ;;
esac
"#;

    #[test]
    fn packages_are_imported_installed_or_refused() {
        let folder = tempfile::tempdir().unwrap();
        let python = folder.path().join("stub");
        write_executable(&python, STUB);
        let packages = Packages {
            variable: "XP_NO_PYTHON",
            check: "import optuna",
            requirements: &["optuna==5.0.0"],
        };
        let refused = packages.provided(&python, folder.path(), false);
        let reason = refused.unwrap_err();
        assert!(reason.contains("stub fails at `import optuna`; `cargo xp test --long`"));
        let provided = packages.provided(&python, folder.path(), true).unwrap();
        assert_eq!(provided, folder.path().join("python"));
        assert!(packages.are_imported_by(&provided));
        let again = packages.provided(&provided, folder.path(), false);
        assert_eq!(again, Ok(provided));
    }
}
