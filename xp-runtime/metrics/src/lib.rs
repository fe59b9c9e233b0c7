//! Metrics of predicted probabilities against labels, each with n, positives and an interval. Pure numbers: it must not know files, the
//! log, experiments or tensors. A metric that one class does not define is absent.

pub mod metrics;

mod baseline;
mod block;
mod bootstrap;
mod classified;
mod confusion;
mod difference;
mod draws;
mod estimate;
mod evaluate;
mod influence;
mod metric;
mod predicted;
mod ranks;
mod signal;
mod threshold;
mod value;
mod wilson;

pub use baseline::BaselineResult;
pub use block::optimal_block;
pub use bootstrap::{Blocks, REPLICATES, interval, percentiles};
pub use confusion::{Confusion, confusion};
pub use difference::{Difference, auc_difference, loss_difference};
pub use draws::Draws;
pub use estimate::Estimate;
pub use evaluate::{Measurement, evaluate};
pub use influence::auc_influence;
pub use metric::{Counted, Metric};
pub use metrics::{
    accuracy::accuracy,
    base_rate::{base_rate, entropy},
    brier::brier,
    calibration::{BINS, bin, calibration_error},
    delong::delong,
    log_loss::{log_loss, log_losses},
    pr_auc::{average_precision, average_precision_replicates},
    roc_auc::{roc_auc, roc_auc_replicates},
    spread::spread,
};
pub use signal::{Gain, Signal};
pub use threshold::{Threshold, best_f1_threshold};
pub use wilson::wilson;
