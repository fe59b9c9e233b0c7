//! The class prior: the share of positives on train, for every row.

use xp_metrics::base_rate;

use crate::{fitted::Fitted, regions::Regions};

/// The same probability for every row.
pub(crate) fn fit(regions: &Regions<'_>) -> Result<Fitted, String> {
    Ok(Fitted {
        name: "class prior".to_owned(),
        scores: vec![base_rate(regions.train.labels); regions.evaluated.len()],
        probabilities: true,
    })
}
