//! A real Slurm of two nodes on this machine, for tests of what only a real one decides.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{running::is_running, workspace::root};

/// Programs that it is made of.
const PROGRAMS: [&str; 4] = ["slurmctld", "slurmd", "sbatch", "munged"];

/// A Slurm that ends with its test.
pub struct Slurm {
    folder: PathBuf,
}

impl Slurm {
    /// Starts one that has its files in a folder, with these further lines of its configuration.
    ///
    /// # Errors
    /// Which program is absent: what a test says that is skipped.
    ///
    /// # Panics
    /// Where it does not start, or where a program is absent and the gate (`CI`) or `XP_CLUSTER_TESTS` wants the test.
    pub fn start(folder: &Path, lines: &str) -> Result<Self, String> {
        let is_there = |program: &str| {
            let path = env::var("PATH").unwrap_or_default() + ":/usr/sbin:/sbin";
            env::split_paths(&path).any(|folder| folder.join(program).is_file())
        };
        if let Some(absent) = PROGRAMS.into_iter().find(|program| !is_there(program)) {
            let wanted = ["CI", "XP_CLUSTER_TESTS"].map(|name| env::var_os(name).is_some());
            let reason = format!(
                "there is no {absent}; `apt install slurmctld slurmd slurm-client munge` brings it"
            );
            assert!(!wanted.contains(&true), "{reason}");
            return Err(reason);
        }
        let slurm = Self {
            folder: folder.to_owned(),
        };
        let started = slurm.script("start", lines);
        assert!(started, "Slurm did not start in {}", folder.display());
        Ok(slurm)
    }

    /// Its configuration, which `SLURM_CONF` names to its commands.
    pub fn configuration(&self) -> PathBuf {
        self.folder.join("slurm.conf")
    }

    /// Whether its controller still runs.
    pub fn is_running(&self) -> bool {
        let pid = fs::read_to_string(self.folder.join("slurmctld.pid")).ok();
        pid.and_then(|pid| pid.trim().parse().ok())
            .is_some_and(is_running)
    }

    /// What one of its commands prints.
    ///
    /// # Panics
    /// Where it cannot be started or fails.
    pub fn run(&self, program: &str, arguments: &[&str]) -> String {
        let output = Command::new(program)
            .args(arguments)
            .env("SLURM_CONF", self.configuration())
            .current_dir(&self.folder)
            .output()
            .unwrap();
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        assert!(output.status.success(), "{program} {arguments:?}: {said}");
        said
    }

    fn script(&self, action: &str, lines: &str) -> bool {
        let status = Command::new(root().join("tests/cluster/slurm.sh"))
            .arg(action)
            .args([&self.folder, Path::new(lines)])
            .status();
        status.is_ok_and(|status| status.success())
    }
}

impl Drop for Slurm {
    fn drop(&mut self) {
        self.script("stop", "");
    }
}
