//! What a model of a group beats by luck only, where the market is a simulated one.

use super::fit::short;
use crate::report::trained::Trained;

/// The Bayes log-loss of the group's test days; of the other loss it is not known.
pub(crate) fn bayes(loss: &str, members: &[&Trained<'_>]) -> Option<f64> {
    let of_log_loss = short(loss) == "loss";
    let first = members.first().filter(|_| of_log_loss)?;
    Some(first.bayes.as_ref()?.value)
}
