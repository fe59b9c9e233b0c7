//! What a run says, as `tracing` events: plain lines on the terminal, or JSON lines with `--json`; and with times and spans in
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

/// Target of events that carry a row of the log: for programs only, people have the log.
pub(crate) const ROWS: &str = "xp_runtime::rows";

/// Target of lines that are warnings and belong to a table.
const TABLE: &str = "xp_runtime::table";

/// How much is said on the terminal, and in which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Voice {
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

/// Whether it is the run that speaks; what libraries say is not.
fn own(metadata: &Metadata<'_>) -> bool {
    metadata.target().starts_with("xp_")
}

/// Whether it is for people.
fn for_people(metadata: &Metadata<'_>) -> bool {
    own(metadata) && metadata.target() != ROWS
}

/// The voice of a run.
#[derive(Debug, Default)]
pub(crate) struct Output {
    kept: Kept,
    terminal: Terminal,
}

impl Output {
    /// Begins to speak.
    pub(crate) fn new(voice: Voice) -> Self {
        let output = Self {
            kept: Kept::default(),
            terminal: Terminal {
                voice,
                live: Arc::default(),
            },
        };
        let file = (voice != Voice::Worker).then(|| {
            lines::layer()
                .with_ansi(false)
                .with_target(false)
                .log_internal_errors(false)
                .with_writer(output.kept.clone())
                .with_filter(LevelFilter::DEBUG)
                .with_filter(filter_fn(for_people))
        });
        let json = (voice == Voice::Json).then(|| {
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
        // A process speaks once; a second voice, as in a test of this crate, says nothing.
        let _ = tracing_subscriber::registry()
            .with(file)
            .with(json)
            .with(plain)
            .try_init();
        output
    }

    /// Begins to keep what is said; an unwritable folder is an error before anything is computed.
    pub(crate) fn keep(&self, path: &Path) -> Result<(), String> {
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
    pub(crate) fn say(&self, line: &str) {
        tracing::info!("{line}");
    }

    /// A line of a table that a quiet run says too; it stays with the others where they are said.
    pub(crate) fn found(&self, line: &str) {
        tracing::warn!(target: TABLE, "{line}");
    }

    /// A warning, for standard error.
    pub(crate) fn complain(&self, line: &str) {
        tracing::warn!("{line}");
    }

    /// Progress inside a trial: rewritten in place on a terminal, not shown when piped, never kept.
    pub(crate) fn live(&self, line: &str) {
        let shown = matches!(self.terminal.voice, Voice::Plain | Voice::Verbose);
        if shown && io::stderr().is_terminal() {
            // Progress that cannot be shown must not end a run.
            let mut terminal = io::stderr();
            let _ = write!(terminal, "\r\x1b[2K{line}").and_then(|()| terminal.flush());
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
    voice: Voice,
    /// Whether a line that rewrites itself stands on the terminal.
    live: Arc<AtomicBool>,
}

impl<S: Subscriber> Layer<S> for Terminal {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let level = *event.metadata().level();
        let most = match self.voice {
            Voice::Quiet | Voice::Worker => Level::WARN,
            Voice::Plain | Voice::Json => Level::INFO,
            Voice::Verbose => Level::DEBUG,
        };
        let shown = matches!(self.voice, Voice::Plain | Voice::Verbose);
        let is_good = level > Level::WARN || (shown && event.metadata().target() == TABLE);
        if level > most || (is_good && self.voice == Voice::Json) {
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
            self.0 = format!("{value:?}");
        }
    }
}
