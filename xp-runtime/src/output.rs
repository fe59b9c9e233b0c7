//! What a run says: on the terminal, and kept in `outputs/logs/{experiment}/{run_id}.log`.

use std::{
    cell::RefCell,
    fs::{self, File},
    io::{IsTerminal as _, Write as _},
    path::Path,
};

/// The voice of a run.
#[derive(Debug, Default)]
pub(crate) struct Output {
    file: RefCell<Option<File>>,
    /// Said before the file was open: its first lines.
    early: RefCell<Vec<String>>,
    /// Whether a line that rewrites itself stands on the terminal.
    live: RefCell<bool>,
    /// Whether nothing is said at all.
    silent: bool,
}

impl Output {
    /// Says nothing: a worker's standard output belongs to its search.
    pub(crate) fn silent() -> Self {
        Self {
            silent: true,
            ..Self::default()
        }
    }

    /// Begins to keep what is said; an unwritable folder is an error before anything is computed.
    pub(crate) fn keep(&self, path: &Path) -> Result<(), String> {
        let open = || -> std::io::Result<File> {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            File::create_new(path)
        };
        let file = open().map_err(|cause| {
            format!(
                "failed to write {}: {cause}; is outputs/ writable and the disk not full?",
                path.display()
            )
        })?;
        *self.file.borrow_mut() = Some(file);
        for line in self.early.take() {
            self.write(&line);
        }
        Ok(())
    }

    /// A line.
    pub(crate) fn say(&self, line: &str) {
        if self.silent {
            return;
        }
        self.clear_live();
        // A reader that went away, as `head` does, must not end a run.
        let _ = writeln!(std::io::stdout(), "{line}");
        self.write(line);
    }

    /// A line for standard error.
    pub(crate) fn complain(&self, line: &str) {
        self.clear_live();
        let _ = writeln!(std::io::stderr(), "{line}");
        self.write(line);
    }

    /// Progress inside a trial: rewritten in place on a terminal, not shown when piped, never kept.
    pub(crate) fn live(&self, line: &str) {
        if std::io::stderr().is_terminal() {
            // Progress that cannot be shown must not end a run.
            let mut terminal = std::io::stderr();
            let _ = write!(terminal, "\r\x1b[2K{line}").and_then(|()| terminal.flush());
            self.live.replace(true);
        }
    }

    fn clear_live(&self) {
        if self.live.replace(false) {
            let _ = write!(std::io::stderr(), "\r\x1b[2K");
        }
    }

    fn write(&self, line: &str) {
        if let Some(file) = self.file.borrow_mut().as_mut() {
            // The log row is the durable record; a line that cannot be kept must not end a run.
            let _ = writeln!(file, "{line}");
        } else {
            self.early.borrow_mut().push(line.to_owned());
        }
    }
}
