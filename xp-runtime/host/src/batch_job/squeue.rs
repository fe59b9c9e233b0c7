//! Asks `squeue`, and waits for some seconds at most: a controller that does not answer must not hold a run up.

use std::{
    io::Read as _,
    process::{Command, Stdio},
    sync::mpsc::channel,
    thread,
    time::Duration,
};

use xp_clock::Clock;

/// How long its answer is waited for; a controller under load takes seconds.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often it is asked whether it has exited.
const STEP: Duration = Duration::from_millis(5);
/// The most bytes that are read of an answer.
const MOST: u64 = 1 << 12;

/// A field of a job, in the format of `squeue -o`; absent where there is no answer.
pub(super) fn ask(job: &str, format: &str, clock: &Clock) -> Option<String> {
    let mut command = Command::new("squeue");
    command.args(["--noheader", "--jobs", job, "--format", format]);
    answer(command, PATIENCE, clock)
}

/// What a command writes, where it succeeds in time. It is killed otherwise.
fn answer(mut command: Command, patience: Duration, clock: &Clock) -> Option<String> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let output = child.stdout.take();
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut text = String::new();
        let read = output.map(|output| output.take(MOST).read_to_string(&mut text));
        // Whoever does not wait any more needs no answer.
        let _ = sender.send(matches!(read, Some(Ok(_))).then_some(text));
    });
    let started = clock.now();
    let text = clock.receive(&receiver, patience);
    // One that has closed its output is about to exit.
    while text.is_some() && matches!(child.try_wait(), Ok(None)) && clock.since(started) < patience
    {
        clock.sleep(STEP);
    }
    // It may have exited by itself, which this does not change; either way it is waited for.
    let _ = child.kill();
    let status = child.wait().ok()?;
    text.flatten().filter(|_| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn only_the_answer_of_a_success_counts() {
        // Each answers or ends at once: the patience is for a machine that hangs.
        let clock = Clock::system();
        let ask = |command| answer(command, Duration::from_secs(3600), &clock);
        assert_eq!(ask(shell("echo 4:59")).as_deref(), Some("4:59\n"));
        assert_eq!(ask(shell("echo 4:59; exit 1")), None);
        assert_eq!(ask(shell("printf '\\377'")), None);
        assert_eq!(ask(Command::new("/nowhere/squeue")), None);
    }

    #[test]
    fn one_that_does_not_answer_is_killed() {
        // A manual clock does not wait; the command would wait for ever, with its output open.
        let started = Clock::manual();
        assert_eq!(
            answer(shell("exec tail -f /dev/null"), PATIENCE, &started),
            None
        );
    }
}
