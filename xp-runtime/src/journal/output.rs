//! The output of a run, as `tracing` events: plain lines on the terminal, or JSON lines with `--json`; and with times and spans in
//! `outputs/logs/{experiment}/{run_id}.log`.

use std::{
    fmt,
    fs::{self, File},
    io::{self, Write},
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use indicatif::ProgressDrawTarget;
use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    level_filters::LevelFilter,
};
use tracing_subscriber::{
    Layer, filter::filter_fn, fmt as lines, layer::Context, layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};
use xp_terminal::{error_line, line, width, wrapped};

use super::{progress::Progress, screen::target};

/// Target of events that carry a row of the log: for programs only, people have the log.
pub(super) const ROWS: &str = "xp_runtime::rows";

/// Target of lines that belong to a table.
const TABLE: &str = "xp_runtime::table";

/// How much is printed on the terminal, and in which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Verbosity {
    /// Lines for people.
    #[default]
    Plain,
    /// Warnings and errors.
    Quiet,
    /// Lines for people, with how long each stage took.
    Verbose,
    /// JSON lines on standard output.
    Json,
    /// Warnings and errors, and no log: a worker's standard output belongs to its search.
    Worker,
}

/// Whether it is an event of this program; those of libraries are not shown.
fn own(metadata: &Metadata<'_>) -> bool {
    metadata.target().starts_with("xp_")
}

/// Whether it is for people.
fn for_people(metadata: &Metadata<'_>) -> bool {
    own(metadata) && metadata.target() != ROWS
}

/// The output of a run.
#[derive(Debug, Default)]
pub(crate) struct Output {
    kept: Kept,
    terminal: Terminal,
}

impl Output {
    /// Starts the output of this process.
    pub(crate) fn new(verbosity: Verbosity) -> Self {
        let output = Self {
            kept: Kept::default(),
            terminal: Terminal::new(verbosity),
        };
        let file = (verbosity != Verbosity::Worker).then(|| {
            lines::layer()
                .with_ansi(false)
                .with_target(false)
                .log_internal_errors(false)
                .with_writer(output.kept.clone())
                .with_filter(LevelFilter::DEBUG)
                .with_filter(filter_fn(for_people))
        });
        let json = (verbosity == Verbosity::Json).then(|| {
            lines::layer()
                .json()
                .flatten_event(true)
                .with_target(false)
                .with_current_span(false)
                .log_internal_errors(false)
                .with_writer(io::stdout)
                .with_filter(LevelFilter::DEBUG)
                .with_filter(filter_fn(own))
        });
        let plain = output.terminal.clone().with_filter(filter_fn(for_people));
        // A process has one output; a second one, as in a test of this crate, prints nothing.
        let _ = tracing_subscriber::registry()
            .with(file)
            .with(json)
            .with(plain)
            .try_init();
        output
    }

    /// Begins to keep the output in a file; an unwritable folder is an error before anything is computed.
    pub(super) fn keep(&self, path: &Path) -> Result<(), String> {
        let open = || -> io::Result<File> {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            File::create_new(path)
        };
        let mut file = open().map_err(|cause| {
            format!(
                "failed to write {}: {cause}; is outputs/ writable and the disk not full?",
                path.display()
            )
        })?;
        let mut kept = self.kept.lock();
        if let Sink::Early(early) = &*kept {
            // The log row is the durable record; a line that cannot be kept must not end a run.
            let _ = file.write_all(early);
        }
        *kept = Sink::File(file);
        Ok(())
    }

    /// A line.
    pub(super) fn info(&self, line: &str) {
        tracing::info!("{line}");
    }

    /// A line of a table, about a subject that is in it. A quiet run prints those that are warnings too; they stay with the others where they
    /// are printed.
    pub(super) fn table_line(&self, subject: &str, line: &str, is_warning: bool) {
        if is_warning {
            tracing::warn!(target: TABLE, subject, "{line}");
        } else {
            tracing::info!(target: TABLE, subject, "{line}");
        }
    }

    /// A warning, for standard error.
    pub(super) fn warn(&self, line: &str) {
        tracing::warn!("{line}");
    }

    /// What shows how far a run is, on a terminal; it is never kept.
    pub(super) fn progress(&self) -> &Progress {
        &self.terminal.progress
    }
}

/// Where lines are kept: in memory until the file is open.
#[derive(Debug)]
enum Sink {
    Early(Vec<u8>),
    File(File),
}

#[derive(Debug, Clone)]
struct Kept(Arc<Mutex<Sink>>);

impl Default for Kept {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Sink::Early(Vec::new()))))
    }
}

impl Kept {
    fn lock(&self) -> MutexGuard<'_, Sink> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut *self.lock() {
            Sink::Early(early) => early.write(bytes),
            Sink::File(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> lines::MakeWriter<'a> for Kept {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Plain lines: what is good on standard output, the rest on standard error, above the rows of progress.
#[derive(Debug, Clone)]
struct Terminal {
    verbosity: Verbosity,
    progress: Progress,
}

impl Default for Terminal {
    fn default() -> Self {
        Self::new(Verbosity::default())
    }
}

impl Terminal {
    fn new(verbosity: Verbosity) -> Self {
        let target = match verbosity {
            Verbosity::Plain | Verbosity::Verbose => target(),
            Verbosity::Quiet | Verbosity::Json | Verbosity::Worker => ProgressDrawTarget::hidden(),
        };
        Self {
            verbosity,
            progress: Progress::on(target),
        }
    }
}

impl<S: Subscriber> Layer<S> for Terminal {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let level = *event.metadata().level();
        let most = match self.verbosity {
            Verbosity::Quiet | Verbosity::Worker => Level::WARN,
            Verbosity::Plain | Verbosity::Json => Level::INFO,
            Verbosity::Verbose => Level::DEBUG,
        };
        let shown = matches!(self.verbosity, Verbosity::Plain | Verbosity::Verbose);
        let is_good = level > Level::WARN || (shown && event.metadata().target() == TABLE);
        if level > most || (is_good && self.verbosity == Verbosity::Json) {
            return;
        }
        let mut message = Message::default();
        event.record(&mut message);
        let text = wrapped(&message.text, message.indent(), width());
        self.progress.above(|| {
            if is_good {
                line(&text);
            } else {
                error_line(&text);
            }
        });
    }
}

/// The text of an event, and what it is about where it is a line of a table.
#[derive(Default)]
struct Message {
    text: String,
    subject: Option<String>,
}

impl Message {
    /// Where the text of a table's line begins, after its subject; other lines go on two columns to the right.
    fn indent(&self) -> usize {
        let after = self.subject.as_ref().and_then(|subject| {
            let (before, after) = self.text.split_once(subject)?;
            let gap = after.len() - after.trim_start().len();
            Some(before.chars().count() + subject.chars().count() + gap)
        });
        after.unwrap_or(2)
    }
}

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.text = format!("{value:?}");
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "subject" {
            self.subject = Some(value.to_owned());
        }
    }
}
