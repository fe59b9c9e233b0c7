//! What new experiments are about, apart from budget and task.

use clap::{Args, Command, FromArgMatches as _};
use xp_spec::{task::Horizon, timescale::Timescale};

use crate::parsers;

/// Label, data, features and split.
#[derive(Args)]
pub(super) struct Subject {
    /// Trading days within which the threshold must be reached
    #[arg(long, default_value = "5", value_parser = parsers::horizon)]
    pub(super) horizon: Horizon,
    /// Trading days per bar
    #[arg(long, default_value = "daily", value_parser = parsers::timescale)]
    pub(super) timescale: Timescale,
    /// Processed data set of data/manifest.yaml
    #[arg(long, default_value = "data/processed/sp500_daily.parquet")]
    pub(super) data: String,
    /// Tier of features
    #[arg(long, default_value_t = 20)]
    pub(super) features: usize,
    /// Bars per sample
    #[arg(long, default_value_t = 20)]
    pub(super) context: u32,
    /// Bars per patch, which do not overlap
    #[arg(long, default_value_t = 5)]
    pub(super) patch: u32,
    /// First day of validation
    #[arg(long, default_value = "1995-01-01")]
    pub(super) val: String,
    /// First day of test
    #[arg(long, default_value = "2005-01-01")]
    pub(super) test: String,
}

impl Subject {
    /// The options that differ from their defaults, as words of a command.
    pub(super) fn words(&self) -> Vec<String> {
        let defaults = Self::defaults().map(|defaults| defaults.options());
        let options = self.options().into_iter().enumerate();
        options
            .filter(|(at, option)| {
                let default = defaults.as_ref().and_then(|defaults| defaults.get(*at));
                default != Some(option)
            })
            .flat_map(|(_, (name, value))| [name.to_owned(), value])
            .collect()
    }

    /// What a command line without options gives.
    fn defaults() -> Option<Self> {
        let command = Self::augment_args(Command::new("subject"));
        let matches = command.try_get_matches_from(["subject"]).ok()?;
        Self::from_arg_matches(&matches).ok()
    }

    fn options(&self) -> [(&'static str, String); 8] {
        [
            ("--horizon", self.horizon.days().to_string()),
            ("--timescale", self.timescale.to_string()),
            ("--data", self.data.clone()),
            ("--features", self.features.to_string()),
            ("--context", self.context.to_string()),
            ("--patch", self.patch.to_string()),
            ("--val", self.val.clone()),
            ("--test", self.test.clone()),
        ]
    }
}
