//! What one training needs beside data and model. A checkpoint belongs to exactly one configuration.

use serde::{Deserialize, Serialize};
use xp_spec::{execution::Execution, hyper::Hyperparameters, plan::Plan, training::Training};

/// What one training needs beside data and model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FitConfig {
    /// Learning rate, weight decay, dropout, …
    pub hyper: Hyperparameters,
    /// Loss and stopping.
    pub training: Training,
    /// Seed of initialisation, order and dropout.
    pub seed: u64,
    /// Optimizer steps at most, for trying things out.
    pub max_steps: Option<u64>,
    /// How steps are computed.
    pub execution: Execution,
}

impl FitConfig {
    /// Its steps on so many training samples.
    pub fn plan(&self, samples: u64) -> Plan {
        Plan::new(&self.hyper, &self.training, samples).cut(self.max_steps)
    }
}
