//! `cargo xp new`: writes the tiny files of new experiments, and the model configuration of a new budget. Each is checked before it is written,
//! and an existing file is never touched.

mod budget;
mod experiments;
mod file;
mod phase;
mod prerequisites;
mod request;
mod shapes;
mod start;
mod subject;
mod train_of;

use clap::{Args, Subcommand};

use crate::{failure::Failure, session::Session};
use file::Kind;
use request::Request;

const EXAMPLES: &str = "Examples:
  cargo xp new hpo --budget 2M,20M --task 1pct,3pct --horizon 3
  cargo xp new train --budget 2M --task 2pct --horizon 3 --between 1pct,3pct
  cargo xp new train-of hpo_2M_threshold_1pct
  cargo xp new budget 600K";

const HPO_EXAMPLES: &str = "Examples:
  cargo xp new hpo --budget 2M,20M --task 1pct,3pct --horizon 3
  cargo xp new hpo --budget 2M --task 1pct --trials 5 --variant short
  cargo xp new hpo --budget 2M --task 1pct --sampler tpe --variant tpe";

const TRAIN_EXAMPLES: &str = "Examples:
  cargo xp new train --budget 2M --task 2pct --horizon 3 --between 1pct,3pct
  cargo xp new train --budget 2M --task 1pct --train 0.5,20y
The searches to borrow from come first: `cargo xp new hpo`, same options.";

/// Writes the files of new experiments, or the model configuration of a new budget
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Options {
    #[command(subcommand)]
    what: What,
}

/// What is written.
#[derive(Subcommand)]
enum What {
    /// Searches of hyperparameters, one file for each budget and task
    #[command(after_help = HPO_EXAMPLES)]
    Hpo(Request),
    /// Trainings with the best hyperparameters of searches, one file for each budget and task
    #[command(after_help = TRAIN_EXAMPLES)]
    Train(Request),
    TrainOf(train_of::Options),
    Budget(budget::Options),
}

impl Options {
    /// Writes what is not there yet; 1 if something could not be written.
    pub(crate) fn run(&self, session: &Session) -> Result<u8, Failure> {
        match &self.what {
            What::Hpo(request) => experiments::write(session, request, Kind::Hpo),
            What::Train(request) => experiments::write(session, request, Kind::Train),
            What::TrainOf(options) => options.run(session),
            What::Budget(options) => options.run(session),
        }
    }
}
