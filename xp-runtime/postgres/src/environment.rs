//! What surrounds a process and completes its settings. It is passed in, so that a test can make one up.

use std::{
    env,
    path::{Path, PathBuf},
};

/// Variables, account, home and files.
pub struct Environment<'a> {
    /// Value of an environment variable; one that is no UTF-8 counts as absent.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// Whether there is a file, such as a server's socket.
    pub exists: &'a dyn Fn(&Path) -> bool,
    /// Name of the account that the process runs as.
    pub account: Option<String>,
    /// Its home folder.
    pub home: Option<PathBuf>,
}

impl Environment<'static> {
    /// That of this process.
    pub fn of_process() -> Self {
        Self {
            variable: &|name| env::var(name).ok(),
            exists: &|path| path.exists(),
            account: whoami::username().ok(),
            home: env::home_dir(),
        }
    }
}

impl Environment<'_> {
    /// A variable that is set to something: an empty one counts as absent.
    pub(crate) fn set(&self, name: &str) -> Option<String> {
        (self.variable)(name).filter(|value| !value.is_empty())
    }

    /// A file in the home folder.
    pub(crate) fn at_home(&self, path: &str) -> Option<PathBuf> {
        self.home.as_ref().map(|home| home.join(path))
    }
}
