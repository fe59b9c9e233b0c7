//! What a binary carries: the validated experiment as the macro wrote it. The binary is the frozen spec (F47).

/// A validated experiment, in a `static` of its binary.
#[derive(Debug, Clone, Copy)]
pub struct Spec {
    /// Spec hash.
    pub hash: &'static str,
    /// Folder of the workspace at build time.
    pub workspace: &'static str,
    /// The experiment's file, relative to the workspace.
    pub source: &'static str,
    /// The files that it was resolved from.
    pub inputs: &'static [Input],
    /// Searches whose results it borrows.
    pub borrowed: &'static [Borrowed],
    /// What the lints found; it changes no result.
    pub findings: &'static [Finding],
    /// The resolved experiment, JSON.
    pub experiment: &'static str,
}

/// A file that an experiment was resolved from.
#[derive(Debug, Clone, Copy)]
pub struct Input {
    /// Its path, relative to the workspace.
    pub path: &'static str,
    /// MD5 of its bytes at build time.
    pub md5: &'static str,
}

/// A search whose result is borrowed.
#[derive(Debug, Clone, Copy)]
pub struct Borrowed {
    /// Its binary.
    pub binary: &'static str,
    /// Its name in logs and paths.
    pub experiment: &'static str,
    /// Its spec hash.
    pub hash: &'static str,
}

/// What a lint found in the experiment.
#[derive(Debug, Clone, Copy)]
pub struct Finding {
    /// The lint's name.
    pub lint: &'static str,
    /// What it found.
    pub message: &'static str,
    /// Why it is meant, where the experiment allows it.
    pub reason: Option<&'static str>,
}
