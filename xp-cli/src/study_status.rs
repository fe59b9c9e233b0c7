//! What an experiment's binary says of its study with `--study-status`: one JSON object. It is asked, never built.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    process::{Command, Stdio},
};

use serde::Deserialize;
use xp_spec::files::{Workspace, read_at_most};

use crate::cargo;

/// Longest answer that is read, in bytes.
const LONGEST: u64 = 16 << 20;

/// How far a search or a training is.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Study {
    /// Trials or seeds that it shall have.
    pub(crate) wanted: Option<u64>,
    /// How many are in which state.
    states: BTreeMap<String, u64>,
    /// Trials that run.
    pub(crate) running: Vec<Trial>,
    /// Trials that end in an hour.
    pub(crate) trials_per_hour: Option<f64>,
    /// Seconds until all have ended.
    pub(crate) seconds_left: Option<f64>,
    /// The best trial.
    pub(crate) best: Option<Best>,
    /// Where the study is.
    pub(crate) study: Option<String>,
}

/// A trial that runs.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Trial {
    /// Its number in the study.
    pub(crate) number: u64,
    /// Machine that it runs on.
    pub(crate) host: Option<String>,
    /// Job of Slurm that it runs in, such as `17_3`.
    pub(crate) job: Option<String>,
    /// Since its process was seen to live.
    pub(crate) seconds_since_heartbeat: Option<f64>,
}

/// The best trial.
#[derive(Debug, Deserialize)]
pub(crate) struct Best {
    /// Its number in the study.
    pub(crate) number: u64,
    /// Its objective.
    pub(crate) value: f64,
}

impl Study {
    /// Trials or seeds in one of these states.
    pub(crate) fn count(&self, states: &[&str]) -> u64 {
        let of =
            |(state, n): (&String, &u64)| states.contains(&&*state.to_lowercase()).then_some(*n);
        self.states.iter().filter_map(of).sum()
    }
}

/// Variable of libpq with the seconds that a connection may take, and those of `status` where it is not set.
const PATIENCE: (&str, &str) = ("PGCONNECT_TIMEOUT", "5");
/// Why there may be no study.
pub(crate) const NO_ANSWER: &str = "no answer from its study";

/// Asks the binary of an experiment, as jobs do by the container's command where there is one; the error says in a few words why there is no
/// answer. A database that does not let it connect is waited for 5 s, or what `PGCONNECT_TIMEOUT` says.
pub(crate) fn ask(
    workspace: &Workspace,
    name: &str,
    (url, container): (Option<&str>, &[String]),
) -> Result<Study, &'static str> {
    let binary = cargo::binary(workspace, name);
    if !binary.is_file() {
        return Err("not built");
    }
    let mut words = container.iter().map(OsStr::new).chain([binary.as_os_str()]);
    let mut command = Command::new(words.next().unwrap_or(binary.as_os_str()));
    command.args(words);
    if std::env::var_os(PATIENCE.0).is_none_or(|seconds| seconds.is_empty()) {
        command.env(PATIENCE.0, PATIENCE.1);
    }
    command.arg("--study-status").current_dir(workspace.root());
    if let Some(url) = url {
        command.args(["--study-url", url]);
    }
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let Ok(mut child) = command.spawn() else {
        return Err(match container.is_empty() {
            true => "its binary does not start",
            false => "the container's command does not start",
        });
    };
    let text = child
        .stdout
        .take()
        .map(|mut stdout| read_at_most(&mut stdout, LONGEST));
    let succeeded = child.wait().is_ok_and(|status| status.success());
    match text {
        Some(Ok(text)) if succeeded => parse(&text).ok_or("its answer cannot be read"),
        _ => Err(NO_ANSWER),
    }
}

/// The object of an answer; other lines are passed over.
fn parse(text: &[u8]) -> Option<Study> {
    let mut lines = text.split(|byte| *byte == b'\n');
    lines.find_map(|line| serde_json::from_slice(line).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_may_lack_what_is_not_known() {
        let study = parse(b"warning\n{\"name\":\"x\",\"wanted\":3,\"states\":{\"COMPLETE\":1,\"pruned\":2,\"fail\":4},\"best\":null,\"running\":[{\"number\":4,\"host\":null}]}\n").unwrap();
        assert_eq!(study.count(&["complete", "pruned"]), 3);
        assert_eq!((study.count(&["fail"]), study.count(&["waiting"])), (4, 0));
        assert!(study.best.is_none() && study.running[0].host.is_none());
        for text in ["", "{", "[]x", "{\"wanted\":-1}"] {
            assert!(parse(text.as_bytes()).is_none(), "{text}");
        }
    }
}
