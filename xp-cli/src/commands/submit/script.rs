//! The batch script of an experiment: what Slurm is asked for, the site's set-up, the experiment, and what follows its exit code.

use std::fmt::Write as _;

use xp_spec::{
    exit_code,
    files::{SLURM_LOGS, cluster::Slurm},
    slurm::time_text,
};

use super::{request::Options, resources::Resources};
use crate::shell;

/// How the script runs the command, and what it does with its exit code; the same for all.
const RUN: &str = include_str!("run.sh");
/// Seconds before its time limit at which a job is told to write its checkpoint: Slurm may be a minute late, and a checkpoint takes 30 s.
const NOTICE: u32 = 120;
/// How often a job may requeue itself, so that one that makes no progress ends.
const MOST_RESTARTS: u32 = 200;

/// What a script is made of.
pub(super) struct Script<'a> {
    /// Name of the experiment, and of its job.
    pub(super) name: &'a str,
    /// Tasks of the array.
    pub(super) tasks: u32,
    pub(super) resources: &'a Resources,
    pub(super) options: &'a Options,
    /// Database of the studies.
    pub(super) study_url: Option<&'a str>,
    /// What `configs/cluster.yaml` has.
    pub(super) site: &'a Slurm,
    /// The folder in which it runs.
    pub(super) root: &'a str,
    /// The experiment's binary.
    pub(super) binary: &'a str,
}

impl Script<'_> {
    /// The text.
    pub(super) fn text(&self) -> String {
        let mut text = "#!/bin/bash\n".to_owned();
        for option in self.asked() {
            let _ = writeln!(text, "#SBATCH --{option}");
        }
        text.push_str("# Written by `cargo xp submit`; docs/cluster.md explains it.\n\n");
        for line in self.set_up() {
            let _ = writeln!(text, "{line}");
        }
        text + RUN
    }

    /// Options of `sbatch`.
    fn asked(&self) -> Vec<String> {
        let Resources { cores, memory, .. } = self.resources;
        let or_site = |given: &Option<String>, site: &Option<xp_spec::files::cluster::Name>| {
            given
                .clone()
                .or_else(|| site.as_ref().map(|name| name.0.clone()))
        };
        let mut asked = vec![
            format!("job-name={}", self.name),
            format!("array=1-{}", self.tasks),
            format!("cpus-per-task={cores}"),
            format!("mem={memory}"),
        ];
        let time = self
            .options
            .time
            .map(|seconds| format!("time={}", time_text(seconds)));
        asked.extend(time);
        if self.options.gpus > 0 {
            asked.push(format!("gpus={}", self.options.gpus));
        }
        let partition = or_site(&self.options.partition, &self.site.partition);
        asked.extend(partition.map(|name| format!("partition={name}")));
        let account = or_site(&self.options.account, &self.site.account);
        asked.extend(account.map(|name| format!("account={name}")));
        asked.extend([
            "requeue".to_owned(),
            "open-mode=append".to_owned(),
            format!("signal=B:USR1@{NOTICE}"),
            format!("output={SLURM_LOGS}/%x-%A_%a.out"),
        ]);
        asked
    }

    /// Lines before the command, and the command.
    fn set_up(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let modules = self.site.modules.iter().flatten();
        for (at, module) in modules.enumerate() {
            if at == 0 {
                lines.push("type module > /dev/null 2>&1 || . /etc/profile".to_owned());
            }
            lines.push(format!(
                "module load {} || exit 1",
                shell::quoted(&module.0)
            ));
        }
        let set_up = self.site.setup.iter().flatten();
        lines.extend(set_up.map(|line| line.0.trim_end().to_owned()));
        lines.push(format!("cd -- {} || exit 1", shell::quoted(self.root)));
        if let Some(url) = self.study_url {
            lines.push(format!("export XP_STUDY={}", shell::quoted(url)));
        }
        lines.push(format!("command=({})", shell::command(self.command())));
        lines.push(format!("requeue_code={}", exit_code::REQUEUE));
        lines.push(format!("most_restarts={MOST_RESTARTS}"));
        lines
    }

    /// The experiment with its options, in the site's container.
    fn command(&self) -> Vec<String> {
        let mut words = Vec::new();
        if let Some(container) = &self.site.container {
            words.extend(container.0.clone());
        }
        words.push(self.binary.to_owned());
        if let Some(jobs) = self.resources.jobs {
            words.extend(["--jobs".to_owned(), jobs.to_string()]);
        }
        words.extend(["--threads".to_owned(), self.resources.threads.to_string()]);
        if self.options.gpus > 0 {
            words.extend(["--device".to_owned(), "cuda".to_owned()]);
        }
        words.extend(
            self.options
                .run_options
                .iter()
                .flat_map(|words| words.0.clone()),
        );
        words
    }
}
