//! What is asked for on the command line.

use clap::Args;
use xp_spec::slurm::check_options;

use crate::{
    failure::Failure,
    parsers::{self, Memory, Words},
    selection::Selection,
};

/// Submits experiments to Slurm: one array job for each, in the order of their dependencies
#[derive(Args)]
pub(crate) struct Options {
    /// Names of experiments
    pub(super) names: Vec<String>,
    #[command(flatten)]
    pub(super) group: Selection,
    /// Tasks of the array of a search; more than 1 need a database for its study. A training is one task
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(super) workers: u32,
    /// Time limit of a task, such as 4h, 90m, 2d or D-HH:MM:SS; that of the partition if not specified. A task that needs longer is requeued
    #[arg(long, value_parser = parsers::job_time)]
    pub(super) time: Option<u64>,
    /// Memory of a task: auto, by the estimate of `cargo xp list`, or such as 4G
    #[arg(long, default_value = "auto", value_parser = parsers::job_memory)]
    pub(super) mem: Memory,
    /// Cores of a task; 2 if not specified
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) cpus: Option<u16>,
    /// Trials at the same time in each task; what suits its cores if not specified
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) jobs: Option<u16>,
    /// GPUs of a task: 1 to train on one, which must be there
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=1))]
    pub(super) gpus: u8,
    /// Partition
    #[arg(long, value_parser = parsers::slurm_name)]
    pub(super) partition: Option<String>,
    /// Account that is charged
    #[arg(long, value_parser = parsers::slurm_name)]
    pub(super) account: Option<String>,
    /// Database of the studies, without a password; else that of XP_STUDY or of configs/cluster.yaml
    #[arg(long, value_name = "URL", value_parser = parsers::study_url)]
    pub(super) study_url: Option<String>,
    /// Options of the experiments, such as --run-options='--trials 3'
    #[arg(long, value_name = "OPTIONS", value_parser = parsers::words, allow_hyphen_values = true)]
    pub(super) run_options: Option<Words>,
    /// Prints the commands and scripts, as a shell could run them, and submits nothing
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Further options of sbatch, such as --constraint=avx512
    #[arg(last = true, value_name = "SBATCH OPTIONS")]
    pub(super) sbatch: Vec<String>,
}

/// Options of an experiment that this command decides on, with what to give it instead.
const OWN: [(&str, &str); 4] = [
    ("--jobs", "`--jobs`"),
    ("--threads", "`--cpus` and `--jobs`"),
    ("--device", "`--gpus`"),
    ("--study-url", "`--study-url`"),
];

impl Options {
    /// Refuses what can be seen to be wrong without the workspace.
    pub(super) fn check(&self) -> Result<(), Failure> {
        check_options(&self.sbatch).map_err(Failure::new)?;
        for word in self.run_options.iter().flat_map(|words| &words.0) {
            let name = word.split('=').next().unwrap_or_default();
            if let Some((_, instead)) = OWN.iter().find(|(own, _)| *own == name) {
                return Err(Failure::new(format!(
                    "`{name}` in --run-options would be given twice; give {instead} to `cargo xp submit`"
                )));
            }
        }
        Ok(())
    }
}
