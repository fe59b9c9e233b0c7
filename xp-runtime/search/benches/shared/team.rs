//! Worker processes that begin at the same time. It knows nothing of studies.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdout, Command, Stdio},
};

/// A process with its workers.
struct Member {
    child: Child,
    output: BufReader<ChildStdout>,
    workers: u32,
}

/// Processes that are ready.
pub(crate) struct Team(Vec<Member>);

impl Team {
    /// Starts processes with so many workers each, and waits until all are ready.
    pub(crate) fn begin(commands: Vec<(Command, u32)>) -> Self {
        let begun = commands.into_iter().map(|(mut command, workers)| {
            command.stdin(Stdio::piped()).stdout(Stdio::piped());
            let mut child = command.spawn().expect("a process starts");
            let output = BufReader::new(child.stdout.take().expect("it is piped"));
            Member {
                child,
                output,
                workers,
            }
        });
        let mut team = Self(begun.collect());
        for member in &mut team.0 {
            for _ in 0..member.workers {
                assert_eq!(member.line(), "ready");
            }
        }
        team
    }

    /// Trials per second of all.
    pub(crate) fn rate(mut self) -> f64 {
        for member in &mut self.0 {
            let input = member.child.stdin.as_mut().expect("it is piped");
            input.write_all(b"go\n").expect("it listens");
        }
        let (mut finished, mut longest) = (0, 0.0_f64);
        for member in &mut self.0 {
            for _ in 0..member.workers {
                let line = member.line();
                let (trials, seconds) = line.split_once(' ').expect("two numbers");
                finished += trials.parse::<u32>().expect("a number");
                longest = longest.max(seconds.parse().expect("a number"));
            }
            member.child.wait().expect("it ends");
        }
        f64::from(finished) / longest
    }
}

impl Member {
    fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).expect("it speaks");
        line.trim().to_owned()
    }
}
