//! Gradient-boosted trees with log-loss, by forust; the number of trees is chosen on validation.

use forust_ml::{Matrix, gradientbooster::GradientBooster, metric::Metric};

use crate::{fitted::Fitted, regions::Regions, rows::Rows};

const MOST_TREES: usize = 400;
/// Fitting stops after this many trees without a better validation loss.
const PATIENCE: usize = 40;
const LEARNING_RATE: f32 = 0.05;
const DEPTH: usize = 3;

/// Probabilities of the ensemble that is best on validation.
pub(crate) fn fit(regions: &Regions<'_>) -> Result<Fitted, String> {
    let (train, val) = (regions.train.columns(), regions.val.columns());
    let weights = vec![1.0; regions.train.len()];
    let val_weights = vec![1.0; regions.val.len()];
    let mut model = GradientBooster::default()
        .set_iterations(MOST_TREES)
        .set_learning_rate(LEARNING_RATE)
        .set_max_depth(DEPTH)
        .set_parallel(false)
        .set_initialize_base_score(true)
        .set_evaluation_metric(Some(Metric::LogLoss))
        .set_early_stopping_rounds(Some(PATIENCE));
    model
        .fit(
            &matrix(&regions.train, &train),
            regions.train.labels,
            &weights,
            Some(vec![(
                matrix(&regions.val, &val),
                regions.val.labels,
                &val_weights,
            )]),
        )
        .map_err(|cause| cause.to_string())?;
    let evaluated = regions.evaluated.columns();
    let logits = model.predict(&matrix(&regions.evaluated, &evaluated), false);
    let trees = model.best_iteration.map_or(MOST_TREES, |best| best + 1);
    Ok(Fitted {
        name: format!("gradient boosting ({trees} trees of depth {DEPTH})"),
        scores: logits
            .iter()
            .map(|logit| 1.0 / (1.0 + (-logit).exp()))
            .collect(),
        probabilities: true,
    })
}

fn matrix<'a>(rows: &Rows<'_>, columns: &'a [f64]) -> Matrix<'a, f64> {
    Matrix::new(columns, rows.len(), rows.names.len())
}
