//! Worker processes: started, spoken to by lines of text, measured and ended. It knows nothing of what they work on.
//!
//! A worker ends with the process that started it, however that one ended: its standard input is a pipe that the operating
//! system closes then, and [`listen`] ends the worker when it does. The Ctrl-C of a terminal reaches the starter only, since
//! each worker has a process group of its own.

use std::{
    collections::VecDeque,
    io::{self, BufRead as _, BufReader, Read, Write as _},
    os::unix::process::{CommandExt as _, ExitStatusExt as _},
    process::{Child, ChildStdin, Command, Stdio},
    sync::{Arc, Mutex, PoisonError, mpsc::Sender},
    thread,
    time::Duration,
};

use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};
use xp_clock::Clock;

/// Lines of a worker's standard error that are kept.
const COMPLAINTS: usize = 20;

/// What a worker did, with the number that its starter gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A line on its standard output.
    Line(u64, String),
    /// Its standard output ended: it is dead or about to be.
    Gone(u64),
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// By itself, with this code.
    Code(i32),
    /// By a signal.
    Signal(i32),
}

impl std::fmt::Display for Exit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Code(code) => write!(f, "exit code {code}"),
            Self::Signal(signal) => match signal_name(*signal) {
                Some(name) => write!(f, "signal {signal} ({name})"),
                None => write!(f, "signal {signal}"),
            },
        }
    }
}

fn signal_name(signal: i32) -> Option<&'static str> {
    Some(match signal {
        1 => "SIGHUP",
        2 => "SIGINT",
        4 => "SIGILL",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL",
        11 => "SIGSEGV",
        15 => "SIGTERM",
        _ => return None,
    })
}

/// What a process uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Resident memory, bytes.
    pub memory: u64,
    /// Processor time since its start, of all threads.
    pub processor: Duration,
}

/// A running worker; dropping it ends it.
#[derive(Debug)]
pub struct Worker {
    child: Child,
    input: Option<ChildStdin>,
    complaints: Arc<Mutex<VecDeque<String>>>,
}

impl Worker {
    /// Starts a command as worker `number`; what it does arrives at `events`.
    pub fn start(mut command: Command, number: u64, events: Sender<Event>) -> io::Result<Self> {
        let mut child = command
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let complaints = Arc::new(Mutex::new(VecDeque::new()));
        if let Some(output) = child.stdout.take() {
            thread::spawn(move || {
                each_line(output, |line| {
                    // A starter that is gone needs no events.
                    let _ = events.send(Event::Line(number, line));
                });
                let _ = events.send(Event::Gone(number));
            });
        }
        if let Some(errors) = child.stderr.take() {
            let kept = Arc::clone(&complaints);
            thread::spawn(move || {
                each_line(errors, |line| {
                    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                    if kept.len() == COMPLAINTS {
                        kept.pop_front();
                    }
                    kept.push_back(line);
                });
            });
        }
        Ok(Self {
            input: child.stdin.take(),
            child,
            complaints,
        })
    }

    /// Process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a line.
    pub fn send(&mut self, line: &str) -> io::Result<()> {
        let input = self
            .input
            .as_mut()
            .ok_or_else(|| io::Error::from(io::ErrorKind::BrokenPipe))?;
        input.write_all(format!("{line}\n").as_bytes())?;
        input.flush()
    }

    /// Ends it at once (SIGKILL) and says how it had ended or ended now.
    pub fn end(&mut self) -> Exit {
        self.input = None;
        // It may have ended by itself; either way it is waited for.
        let _ = self.child.kill();
        match self.child.wait() {
            Ok(status) => match (status.code(), status.signal()) {
                (Some(code), _) => Exit::Code(code),
                (None, signal) => Exit::Signal(signal.unwrap_or(9)),
            },
            Err(_) => Exit::Signal(9),
        }
    }

    /// How a worker that closed its output ended: it is given `patience` to end by itself before it is ended.
    pub fn wait(&mut self, patience: Duration, clock: &Clock) -> Exit {
        let asked = clock.now();
        while clock.since(asked) < patience && matches!(self.child.try_wait(), Ok(None)) {
            clock.sleep(Duration::from_millis(5));
        }
        self.end()
    }

    /// The last lines of its standard error.
    pub fn complaints(&self) -> String {
        let kept = self
            .complaints
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        kept.iter().cloned().collect::<Vec<_>>().join("\n")
    }

    /// What it uses now; absent where the system does not tell.
    pub fn usage(&self) -> Option<Usage> {
        let pid = Pid::from_u32(self.pid());
        let mut system = System::new().ok()?;
        system.refresh_processes_specifics(
            ProcessesToUpdate::Some(&[pid]),
            true,
            ProcessRefreshKind::nothing()
                .with_memory()
                .with_cpu()
                .without_tasks(),
        );
        let process = system.process(pid)?;
        Some(Usage {
            memory: process.memory(),
            processor: Duration::from_millis(process.accumulated_cpu_time()),
        })
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.end();
    }
}

/// Lines of a pipe until it closes; bytes that are no text are replaced.
fn each_line(pipe: impl Read, mut handle: impl FnMut(String)) {
    let mut reader = BufReader::new(pipe);
    let mut bytes = Vec::new();
    while reader.read_until(b'\n', &mut bytes).is_ok_and(|n| n > 0) {
        handle(String::from_utf8_lossy(&bytes).trim_end().to_owned());
        bytes.clear();
    }
}

/// In a worker: hands each line of standard input to `handle`, on a thread of its own, and ends this process when the
/// starter is gone.
pub fn listen(mut handle: impl FnMut(String) + Send + 'static) {
    thread::spawn(move || {
        each_line(io::stdin(), &mut handle);
        end_at_once();
    });
}

/// Ends this process without running anything else of it: other threads may be in the middle of native code.
pub fn end_at_once() -> ! {
    let pid = Pid::from_u32(std::process::id());
    if let Ok(mut system) = System::new() {
        system.refresh_processes_specifics(
            ProcessesToUpdate::Some(&[pid]),
            true,
            ProcessRefreshKind::nothing(),
        );
        if let Some(process) = system.process(pid) {
            process.kill();
        }
    }
    std::process::abort()
}

/// How often the kernel has ended a process of this machine or control group for want of memory; absent where it does not
/// tell.
pub fn out_of_memory_kills() -> Option<u64> {
    let count = |path: &str| -> Option<u64> {
        let text = std::fs::read_to_string(path).ok()?;
        let mut lines = text.lines();
        lines.find_map(|line| line.strip_prefix("oom_kill ")?.trim().parse().ok())
    };
    let counts = ["/proc/vmstat", "/sys/fs/cgroup/memory.events"].map(count);
    counts
        .into_iter()
        .flatten()
        .reduce(|sum, count| sum + count)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_worker_answers_and_its_end_is_told_apart() {
        for (script, said, exit) in [
            ("read a; echo $a$a; read b; exit 3", "xx", Exit::Code(3)),
            ("read a; echo $a; kill -SEGV $$", "x", Exit::Signal(11)),
        ] {
            let (sender, events) = mpsc::channel();
            let mut worker = Worker::start(shell(script), 7, sender).unwrap();
            worker.send("x").unwrap();
            assert_eq!(events.recv(), Ok(Event::Line(7, said.to_owned())));
            // The second may be gone before it is written to.
            let _ = worker.send("y");
            assert_eq!(events.recv(), Ok(Event::Gone(7)));
            assert_eq!(worker.wait(Duration::MAX, &Clock::system()), exit);
        }
        assert_eq!(Exit::Signal(11).to_string(), "signal 11 (SIGSEGV)");
    }

    #[test]
    fn a_dropped_worker_is_dead_and_its_complaints_are_kept() {
        let (sender, events) = mpsc::channel();
        let script = "for i in $(seq 30); do echo line $i >&2; done; echo ready; exec sleep 1000";
        let mut worker = Worker::start(shell(script), 1, sender).unwrap();
        assert_eq!(events.recv(), Ok(Event::Line(1, "ready".to_owned())));
        while !worker.complaints().ends_with("line 30") {
            let running = matches!(worker.child.try_wait(), Ok(None));
            assert!(running, "{}", worker.complaints());
            Clock::system().sleep(Duration::from_millis(5));
        }
        assert!(worker.complaints().starts_with("line 11\n"));
        assert!(worker.usage().is_some_and(|usage| usage.memory > 0));
        let pid = worker.pid();
        drop(worker);
        assert!(!std::path::Path::new(&format!("/proc/{pid}")).exists());
    }
}
