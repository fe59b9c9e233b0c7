//! Worker processes: started, controlled by lines of text, measured and killed. It knows nothing of their work.
//!
//! A worker exits with the process that started it, however that one exited: its standard input is a pipe that the operating
//! system closes then, and [`listen`] kills the worker when it does. The Ctrl-C of a terminal reaches the parent only, since
//! each worker has a process group of its own.

use std::{
    collections::VecDeque,
    io::{self, BufRead as _, BufReader, Read, Write as _},
    os::unix::process::{CommandExt as _, ExitStatusExt as _},
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    sync::{Arc, Mutex, PoisonError, mpsc::Sender},
    thread,
    time::Duration,
};

use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};
use xp_clock::Clock;

use crate::control_group::{self, keyed};

pub use crate::exit::Exit;

/// Lines of a worker's standard error that are retained, the newest.
const STDERR_LINES: usize = 20;

/// An event of a worker, with the number that its parent gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A line on its standard output.
    Line(u64, String),
    /// Its standard output was closed: it has exited or is about to.
    Exited(u64),
}

/// What a process uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Resident memory, bytes.
    pub memory: u64,
    /// Processor time since its start, of all threads.
    pub processor: Duration,
}

/// A running worker; dropping it kills it.
#[derive(Debug)]
pub struct Worker {
    child: Child,
    input: Option<ChildStdin>,
    stderr_tail: Arc<Mutex<VecDeque<String>>>,
}

impl Worker {
    /// Starts a command as worker `number`; its events are sent to `events`.
    pub fn start(mut command: Command, number: u64, events: Sender<Event>) -> io::Result<Self> {
        let mut child = command
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let stderr_tail = Arc::new(Mutex::new(VecDeque::new()));
        if let Some(output) = child.stdout.take() {
            thread::spawn(move || {
                each_line(output, |line| {
                    // A parent that has dropped the receiver needs no events.
                    let _ = events.send(Event::Line(number, line));
                });
                let _ = events.send(Event::Exited(number));
            });
        }
        if let Some(errors) = child.stderr.take() {
            let tail = Arc::clone(&stderr_tail);
            thread::spawn(move || {
                each_line(errors, |line| {
                    let mut tail = tail.lock().unwrap_or_else(PoisonError::into_inner);
                    if tail.len() == STDERR_LINES {
                        tail.pop_front();
                    }
                    tail.push_back(line);
                });
            });
        }
        Ok(Self {
            input: child.stdin.take(),
            child,
            stderr_tail,
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

    /// Kills it (SIGKILL) and returns how it had exited before, or exited now.
    pub fn kill(&mut self) -> Exit {
        self.input = None;
        // It may have exited by itself; either way it is waited for.
        let _ = self.child.kill();
        match self.child.wait() {
            Ok(status) => match (status.code(), status.signal()) {
                (Some(code), _) => Exit::Code(code),
                (None, signal) => Exit::Signal(signal.unwrap_or(9)),
            },
            Err(_) => Exit::Signal(9),
        }
    }

    /// Waits for a worker that closed its output and returns how it exited; one that still runs after `timeout` is killed.
    pub fn wait(&mut self, timeout: Duration, clock: &Clock) -> Exit {
        let started = clock.now();
        while clock.since(started) < timeout && matches!(self.child.try_wait(), Ok(None)) {
            clock.sleep(Duration::from_millis(5));
        }
        self.kill()
    }

    /// The last lines of its standard error.
    pub fn stderr_tail(&self) -> String {
        let tail = self
            .stderr_tail
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        tail.iter().cloned().collect::<Vec<_>>().join("\n")
    }

    /// What it uses now; absent where the system does not report it.
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
        self.kill();
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

/// In a worker: hands each line of standard input to `handle`, on a thread of its own, and kills this process when the
/// parent has exited.
pub fn listen(mut handle: impl FnMut(String) + Send + 'static) {
    thread::spawn(move || {
        each_line(io::stdin(), &mut handle);
        kill_self();
    });
}

/// Kills this process without running any of its exit handlers: other threads may be in the middle of native code.
fn kill_self() -> ! {
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

/// How many processes of this machine or control group the kernel has killed for lack of memory; absent where it does not report it.
pub fn out_of_memory_kills() -> Option<u64> {
    let counts = [
        keyed(Path::new("/proc/vmstat"), "oom_kill"),
        control_group::out_of_memory_kills(),
    ];
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
        for (script, answer, exit) in [
            ("read a; echo $a$a; read b; exit 3", "xx", Exit::Code(3)),
            ("read a; echo $a; kill -SEGV $$", "x", Exit::Signal(11)),
        ] {
            let (sender, events) = mpsc::channel();
            let mut worker = Worker::start(shell(script), 7, sender).unwrap();
            worker.send("x").unwrap();
            assert_eq!(events.recv(), Ok(Event::Line(7, answer.to_owned())));
            // The second may have exited before it is written to.
            let _ = worker.send("y");
            assert_eq!(events.recv(), Ok(Event::Exited(7)));
            assert_eq!(worker.wait(Duration::MAX, &Clock::system()), exit);
        }
    }

    #[test]
    fn a_dropped_worker_is_dead_and_its_standard_error_is_kept() {
        let (sender, events) = mpsc::channel();
        let script = "for i in $(seq 30); do echo line $i >&2; done; echo ready; exec sleep 1000";
        let mut worker = Worker::start(shell(script), 1, sender).unwrap();
        assert_eq!(events.recv(), Ok(Event::Line(1, "ready".to_owned())));
        while !worker.stderr_tail().ends_with("line 30") {
            let running = matches!(worker.child.try_wait(), Ok(None));
            assert!(running, "{}", worker.stderr_tail());
            Clock::system().sleep(Duration::from_millis(5));
        }
        assert!(worker.stderr_tail().starts_with("line 11\n"));
        assert!(worker.usage().is_some_and(|usage| usage.memory > 0));
        let pid = worker.pid();
        drop(worker);
        assert!(!std::path::Path::new(&format!("/proc/{pid}")).exists());
    }
}
