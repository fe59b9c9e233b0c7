//! The best single feature: its rank order, in the direction that is better on train.

use xp_metrics::roc_auc;

use crate::{fitted::Fitted, regions::Regions};

/// The feature whose AUC on train is farthest from ½.
pub(crate) fn fit(regions: &Regions<'_>) -> Result<Fitted, String> {
    let train = &regions.train;
    let (feature, auc) = (0..train.names.len())
        .filter_map(|feature| Some((feature, roc_auc(&train.column(feature), train.labels)?)))
        .max_by(|a, b| (a.1 - 0.5).abs().total_cmp(&(b.1 - 0.5).abs()))
        .ok_or_else(|| "train has one class, or no feature".to_owned())?;
    let sign = if auc < 0.5 { -1.0 } else { 1.0 };
    Ok(Fitted {
        name: format!(
            "best single feature ({})",
            train.names.get(feature).map_or("", String::as_str)
        ),
        scores: regions
            .evaluated
            .column(feature)
            .iter()
            .map(|x| sign * x)
            .collect(),
        probabilities: false,
    })
}
