//! The output of a run, as `tracing` events: plain lines on the terminal, or JSON lines with `--json`; and with times and spans in
//! `outputs/logs/{experiment}/{run_id}.log`.

use std::{
    fmt,
    fs::{self, File},
    io::{self, IsTerminal as _, Write},
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::AtomicBool, atomic::Ordering},
};

use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    level_filters::LevelFilter,
};
use tracing_subscriber::{
    Layer, filter::filter_fn, fmt as lines, layer::Context, layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};
use xp_spec::printable::printable;

/// Target of events that carry a row of the log: for programs only, people have the log.
pub(super) const ROWS: &str = "xp_runtime::rows";

/// Target of lines that are warnings and belong to a table.
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
            terminal: Terminal {
                verbosity,
                live: Arc::default(),
            },
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

    /// A line of a table that a quiet run prints too; it stays with the others where they are printed.
    pub(super) fn warn_in_table(&self, line: &str) {
        tracing::warn!(target: TABLE, "{line}");
    }

    /// A warning, for standard error.
    pub(super) fn warn(&self, line: &str) {
        tracing::warn!("{line}");
    }

    /// Progress: rewritten in place on a terminal, not shown when piped, never kept.
    pub(super) fn progress(&self, line: &str) {
        let shown = matches!(
            self.terminal.verbosity,
            Verbosity::Plain | Verbosity::Verbose
        );
        if shown && io::stderr().is_terminal() {
            // Progress that cannot be shown must not end a run.
            let mut terminal = io::stderr();
            let _ =
                write!(terminal, "\r\x1b[2K{}", printable(line)).and_then(|()| terminal.flush());
            self.terminal.live.store(true, Ordering::Relaxed);
        }
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

/// Plain lines: what is good on standard output, the rest on standard error.
#[derive(Debug, Clone, Default)]
struct Terminal {
    verbosity: Verbosity,
    /// Whether a line that rewrites itself stands on the terminal.
    live: Arc<AtomicBool>,
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
        let mut message = Message(String::new());
        event.record(&mut message);
        if self.live.swap(false, Ordering::Relaxed) {
            let _ = write!(io::stderr(), "\r\x1b[2K");
        }
        // A reader that went away, as `head` does, must not end a run.
        let _ = if is_good {
            writeln!(io::stdout(), "{}", message.0)
        } else {
            writeln!(io::stderr(), "{}", message.0)
        };
    }
}

/// The text of an event, without its other fields.
struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.0 = printable(&format!("{value:?}"));
        }
    }
}
