//! A loss and what it was measured on.

use xp_spec::training::Objective;

/// A result to compare experiments of one kind by.
pub(crate) struct Value {
    /// What was measured, and on which region.
    pub(crate) measure: String,
    /// Its value; the lower the better.
    pub(crate) value: f64,
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.4} {}", self.value, self.measure)
    }
}

impl Value {
    /// A search's best trial's.
    pub(super) fn of_search(objective: Objective, value: f64) -> Self {
        let measure = match objective {
            Objective::LogLoss => "log-loss",
            Objective::Auc => "1 − AUC",
        };
        Self {
            measure: format!("validation {measure}"),
            value,
        }
    }
}

/// The mean of the seeds' test log-losses; absent of none.
pub(super) fn mean(losses: impl Iterator<Item = f64>) -> Option<Value> {
    let losses: Vec<f64> = losses.collect();
    let n = losses.len();
    (n > 0).then(|| Value {
        measure: match n {
            1 => "test log-loss, 1 seed".to_owned(),
            _ => format!("test log-loss, mean of {n} seeds"),
        },
        value: losses.iter().sum::<f64>() / n as f64,
    })
}
