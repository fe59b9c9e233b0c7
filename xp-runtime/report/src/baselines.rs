//! Baselines on the same rows, label and split: a deep model that does not beat them is reported as such (F40).
//! Class prior and best single feature; logistic regression, boosting and forest follow with the training engine.

use serde::{Deserialize, Serialize};

use crate::metrics::{Blocks, REPLICATES, base_rate, interval, log_loss, roc_auc};

/// Features at the last bar of each sample, `[samples, features]` row-major, and labels.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    /// Values.
    pub values: &'a [f32],
    /// Names of the columns.
    pub names: &'a [String],
    /// Labels, 0 or 1.
    pub labels: &'a [f64],
}

impl Rows<'_> {
    fn column(&self, feature: usize) -> Vec<f64> {
        self.values
            .iter()
            .skip(feature)
            .step_by(self.names.len().max(1))
            .map(|x| f64::from(*x))
            .collect()
    }
}

/// A baseline's metrics on one region.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    /// Which one, with the feature that was chosen on train.
    pub name: String,
    /// ROC-AUC, absent for one class.
    pub auc: Option<f64>,
    /// 95 % interval of the AUC by moving-block bootstrap; absent for the class prior, whose AUC is so by definition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auc_interval: Option<(f64, f64)>,
    /// Mean log-loss, absent for a baseline without probabilities.
    pub loss: Option<f64>,
    /// 95 % interval of the mean log-loss by moving-block bootstrap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss_interval: Option<(f64, f64)>,
    /// Samples.
    pub n: usize,
    /// Positive samples.
    pub positives: usize,
}

/// Blocks are max(20, 2h) trading days, so 20 for every horizon up to this one, the longest there is.
const LONGEST_HORIZON: u32 = 7;

/// Class prior of train, and the feature whose rank order is best on train, judged on another region.
pub fn baselines(train: Rows<'_>, judged: Rows<'_>) -> Vec<Baseline> {
    let n = judged.labels.len();
    let positives = judged.labels.iter().filter(|y| **y == 1.0).count();
    let prior = base_rate(train.labels);
    let blocks = Blocks::new(n, LONGEST_HORIZON, REPLICATES);
    let pick = |values: &[f64], drawn: &[usize]| -> Vec<f64> {
        drawn
            .iter()
            .filter_map(|&i| values.get(i).copied())
            .collect()
    };
    let mut found = vec![Baseline {
        name: "class prior".to_owned(),
        auc: (positives > 0 && positives < n).then_some(0.5),
        auc_interval: None,
        loss_interval: interval(&blocks, |drawn| {
            (!drawn.is_empty())
                .then(|| log_loss(&vec![prior; drawn.len()], &pick(judged.labels, drawn)))
        }),
        loss: (n > 0).then(|| log_loss(&vec![prior; n], judged.labels)),
        n,
        positives,
    }];
    let best = (0..train.names.len())
        .filter_map(|feature| Some((feature, roc_auc(&train.column(feature), train.labels)?)))
        .max_by(|a, b| (a.1 - 0.5).abs().total_cmp(&(b.1 - 0.5).abs()));
    if let Some((feature, auc)) = best {
        let sign = if auc < 0.5 { -1.0 } else { 1.0 };
        let scores: Vec<f64> = judged.column(feature).iter().map(|x| sign * x).collect();
        found.push(Baseline {
            name: format!(
                "best single feature ({})",
                train.names.get(feature).map_or("", String::as_str)
            ),
            auc: roc_auc(&scores, judged.labels),
            auc_interval: interval(&blocks, |drawn| {
                roc_auc(&pick(&scores, drawn), &pick(judged.labels, drawn))
            }),
            loss: None,
            loss_interval: None,
            n,
            positives,
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_feature_is_chosen_on_train_and_its_sign_kept() {
        let names = ["noise".to_owned(), "signal".to_owned()];
        let labels = [1.0, 0.0, 1.0, 0.0];
        let train = [0.3, -1.0, 0.2, 1.0, 0.1, -2.0, 0.4, 2.0];
        let test = [0.0, -3.0, 1.0, 0.5, 0.0, 1.0, 0.0, 2.0];
        let rows = |values| Rows {
            values,
            names: &names,
            labels: &labels,
        };
        let found = baselines(rows(&train), rows(&test));
        assert_eq!(found[0].loss, Some(std::f64::consts::LN_2));
        assert_eq!(found[1].name, "best single feature (signal)");
        assert_eq!(found[1].auc, Some(0.75));
        assert_eq!((found[1].n, found[1].positives), (4, 2));
    }
}
