//! Processes that a test starts. None outlives its test: a process is killed when it goes out of scope.

use std::{
    io::{BufRead as _, BufReader, Read},
    os::unix::process::CommandExt as _,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex},
    thread::{self, JoinHandle},
};

use crate::wait::has_come;

/// A signal of POSIX.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Ctrl-C.
    Interrupt,
    /// What `kill` and service managers send.
    Terminate,
    /// What batch systems send where they are told to.
    User,
    /// The other one of these.
    SecondUser,
    /// The end, without a chance to clean up.
    Kill,
    /// Makes a process stand still.
    Stop,
    /// Lets it go on.
    Continue,
}

impl Signal {
    /// Exit code of a run that ends cleanly by it; absent where it ends none so.
    pub fn exit_code(self) -> Option<i32> {
        match self {
            Self::Interrupt => Some(130),
            Self::Terminate | Self::User | Self::SecondUser => Some(75),
            Self::Kill | Self::Stop | Self::Continue => None,
        }
    }

    /// The argument of `kill`.
    fn argument(self) -> &'static str {
        match self {
            Self::Interrupt => "-INT",
            Self::Terminate => "-TERM",
            Self::User => "-USR1",
            Self::SecondUser => "-USR2",
            Self::Kill => "-KILL",
            Self::Stop => "-STOP",
            Self::Continue => "-CONT",
        }
    }
}

/// Sends a process a signal.
///
/// # Panics
/// Where there is no such process.
pub fn signal(pid: u32, signal: Signal) {
    let sent = kill(&pid.to_string(), signal);
    assert!(sent, "process {pid} cannot be sent {signal:?}");
}

/// Whether `kill` found whom it was to send a signal: a process, or a group by its negative number.
fn kill(target: &str, signal: Signal) -> bool {
    let mut command = Command::new("kill");
    command.args([signal.argument(), "--", target]);
    command.stderr(Stdio::null()).status().unwrap().success()
}

/// A process of a test.
#[derive(Debug)]
pub struct Process {
    child: Mutex<Child>,
    pid: u32,
    is_group: bool,
    output: Arc<Mutex<String>>,
    readers: Vec<JoinHandle<()>>,
}

impl Process {
    /// Starts a command whose output goes nowhere.
    ///
    /// # Panics
    /// Where it does not start; so do the others.
    pub fn silent(command: &mut Command) -> Self {
        let silenced = command.stdout(Stdio::null()).stderr(Stdio::null());
        Self::new(silenced.spawn().unwrap(), false)
    }

    /// The same, as a process group of its own: whatever the command starts ends with it.
    pub fn silent_group(command: &mut Command) -> Self {
        let grouped = command.process_group(0);
        let silenced = grouped.stdout(Stdio::null()).stderr(Stdio::null());
        Self::new(silenced.spawn().unwrap(), true)
    }

    /// Starts a command whose output is recorded.
    pub fn recorded(command: &mut Command) -> Self {
        let piped = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = Self::new(piped.spawn().unwrap(), false);
        let child = process.child.get_mut().unwrap();
        let (out, errors) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        process.readers = vec![
            record(out, &process.output),
            record(errors, &process.output),
        ];
        process
    }

    fn new(child: Child, is_group: bool) -> Self {
        Self {
            pid: child.id(),
            child: Mutex::new(child),
            is_group,
            output: Arc::default(),
            readers: Vec::new(),
        }
    }

    /// Its number.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Whole lines of both streams so far, where they are recorded.
    pub fn output(&self) -> String {
        self.output.lock().unwrap().clone()
    }

    /// How it exited; absent while it runs.
    pub fn exited(&self) -> Option<ExitStatus> {
        self.child.lock().unwrap().try_wait().unwrap()
    }

    /// Sends it a signal.
    ///
    /// # Panics
    /// Where it has been waited for.
    pub fn signal(&self, wanted: Signal) {
        signal(self.pid, wanted);
    }

    /// Waits until a condition holds, however long that takes.
    ///
    /// # Panics
    /// Where the process has exited and it still does not hold, with the recorded output.
    pub fn wait_for(&self, what: &str, condition: impl FnMut() -> bool) {
        let came = has_come(|| self.exited().is_some(), condition);
        assert!(came, "it exited before {what}: {}", self.output());
    }

    /// Waits for its end.
    pub fn wait(&self) -> ExitStatus {
        self.child.lock().unwrap().wait().unwrap()
    }

    /// Waits for its end: exit code, −1 after a signal, and all that was recorded.
    pub fn finish(mut self) -> (i32, String) {
        let status = self.wait();
        for reader in self.readers.drain(..) {
            reader.join().unwrap();
        }
        (status.code().unwrap_or(-1), self.output())
    }

    /// Kills it, `kill -9`, and waits for its end.
    pub fn kill(&self) -> ExitStatus {
        if self.is_group {
            kill(&format!("-{}", self.pid), Signal::Kill);
        }
        let mut child = self.child.lock().unwrap();
        child.kill().unwrap();
        child.wait().unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.exited().is_none() || self.is_group {
            self.kill();
        }
    }
}

fn record(pipe: impl Read + Send + 'static, output: &Arc<Mutex<String>>) -> JoinHandle<()> {
    let output = Arc::clone(output);
    thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            *output.lock().unwrap() += &(line + "\n");
        }
    })
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::process::ExitStatusExt as _};

    use super::*;
    use crate::{running::is_running, wait::wait_until};

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]).stdin(Stdio::null());
        command
    }

    #[test]
    fn output_is_recorded_and_waited_for() {
        let process = Process::recorded(
            shell("echo $WORD; echo error >&2; kill -STOP $$; exit 3").env("WORD", "one"),
        );
        process.wait_for("both lines", || process.output().lines().count() == 2);
        assert_eq!(process.exited(), None);
        process.signal(Signal::Continue);
        let (code, output) = process.finish();
        assert_eq!(code, 3);
        assert!(
            output.contains("one\n") && output.contains("error\n"),
            "{output}"
        );
    }

    #[test]
    #[should_panic(expected = "it exited before a second line: first\n")]
    fn an_event_of_a_process_that_exited_does_not_come() {
        let process = Process::recorded(&mut shell("echo first"));
        process.wait();
        // Its lines are read by threads of their own.
        wait_until("the line", || false, || process.output() == "first\n");
        process.wait_for("a second line", || process.output().lines().count() == 2);
    }

    #[test]
    fn signals_end_a_process() {
        for (wanted, number) in [
            (Signal::Interrupt, 2),
            (Signal::Terminate, 15),
            (Signal::Kill, 9),
        ] {
            // A shell that starts the tests in the background lets them, and all that they start, ignore an interrupt.
            let process = Process::silent(Command::new("env").args([
                "--default-signal=INT",
                "sleep",
                "100000",
            ]));
            process.signal(wanted);
            assert_eq!(process.wait().signal(), Some(number));
        }
    }

    #[test]
    fn a_process_and_its_group_end_with_their_scope() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pid");
        let script = format!(
            "sleep 100000 & echo $! > '{0}.new'; mv '{0}.new' '{0}'; wait",
            file.display()
        );
        let process = Process::silent_group(&mut shell(&script));
        process.wait_for("its child", || file.exists());
        let child: u32 = fs::read_to_string(&file).unwrap().trim().parse().unwrap();
        let pid = process.pid();
        assert!(is_running(pid) && is_running(child));
        drop(process);
        assert!(!is_running(pid));
        wait_until("the end of its child", || false, || !is_running(child));
    }
}
