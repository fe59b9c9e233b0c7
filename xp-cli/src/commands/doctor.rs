//! `cargo xp doctor`: what a bug report needs of a machine, without names and secrets.

mod cluster;
mod data;
mod disks;
mod fact;
mod machine;
mod programs;
mod redact;

use clap::Args;

use crate::{failure::Failure, session::Session};
use fact::Fact;
use redact::Redaction;

/// Prints what a bug report needs: versions, CPU, memory, disks, sensors, GPU, libtorch, data sets, clocks, Slurm; no user name, no secret
#[derive(Args)]
pub(crate) struct Options {}

/// What finds the facts of a part.
type Part = fn(&Session) -> Vec<Fact>;

/// The parts of the report. To add one, write its file and its line here.
const PARTS: [(&str, Part); 5] = [
    ("programs", programs::facts),
    ("machine", machine::facts),
    ("disks", disks::facts),
    ("data", data::facts),
    ("cluster", cluster::facts),
];

impl Options {
    pub(crate) fn run(&self, session: &Session) -> Result<u8, Failure> {
        let redaction = Redaction::of_this_machine();
        for (part, facts) in PARTS {
            say!("{part}");
            for (name, found) in facts(session) {
                let found = redaction.apply(&found);
                let mut lines = found.lines();
                say!("  {name:<18} {}", lines.next().unwrap_or("unknown"));
                for line in lines {
                    say!("  {:<18} {line}", "");
                }
            }
        }
        Ok(0)
    }
}
