//! A probability forest (Malley et al., Methods Inf. Med. 2012): regression trees on 0/1 labels, whose mean is the probability; by
//! smartcore, whose classifier votes and has no probabilities. The smallest leaf is chosen on validation.

use smartcore::{
    ensemble::random_forest_regressor::{RandomForestRegressor, RandomForestRegressorParameters},
    linalg::basic::matrix::DenseMatrix,
};

use crate::{choice::least, fitted::Fitted, regions::Regions, scale::Scale};

const TREES: usize = 200;
const LEAVES: [usize; 2] = [5, 25];
const SEED: u64 = 42;

/// Probabilities of the leaf size that is best on validation.
pub(crate) fn fit(regions: &Regions<'_>) -> Result<Fitted, String> {
    let scale = Scale::of(&regions.train);
    let train = scale.matrix(&regions.train)?;
    let labels: Vec<f64> = regions.train.labels.to_vec();
    let val = scale.matrix(&regions.val)?;
    // √p features a split, as usual for classification.
    let features = (regions.train.names.len() as f64).sqrt().round().max(1.0) as usize;
    let (model, leaf) = least(
        LEAVES.iter().map(|&leaf| {
            let parameters = RandomForestRegressorParameters::default()
                .with_n_trees(TREES)
                .with_min_samples_leaf(leaf)
                .with_m(features)
                .with_seed(SEED);
            let model = RandomForestRegressor::fit(&train, &labels, parameters)
                .map_err(|cause| cause.to_string())?;
            let probabilities = predict(&model, &val)?;
            Ok(((model, leaf), probabilities))
        }),
        regions.val.labels,
    )?;
    Ok(Fitted {
        name: format!("random forest ({TREES} trees, leaves of {leaf})"),
        scores: predict(&model, &scale.matrix(&regions.evaluated)?)?,
        probabilities: true,
    })
}

fn predict(
    model: &RandomForestRegressor<f64, f64, DenseMatrix<f64>, Vec<f64>>,
    rows: &DenseMatrix<f64>,
) -> Result<Vec<f64>, String> {
    model.predict(rows).map_err(|cause| cause.to_string())
}
