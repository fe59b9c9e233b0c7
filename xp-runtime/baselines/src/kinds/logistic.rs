//! Logistic regression on standardised features, by L-BFGS; the L2 penalty is chosen on validation.

use crate::{
    choice::least,
    fitted::Fitted,
    logit::{Logit, PRECISE},
    regions::Regions,
    scale::Scale,
};

/// Penalties α of ½ α ‖w‖² added to the summed log-loss; scikit-learn's C is 1 / α.
const PENALTIES: [f64; 5] = [1.0, 10.0, 100.0, 1000.0, 10_000.0];

/// Probabilities of the penalty that is best on validation.
pub(crate) fn fit(regions: &Regions<'_>) -> Result<Fitted, String> {
    let scale = Scale::of(&regions.train);
    let train = scale.rows(&regions.train);
    let val = scale.rows(&regions.val);
    let (model, alpha) = least(
        PENALTIES.iter().map(|&alpha| {
            let model = Logit::fit(&train, regions.train.labels, alpha, PRECISE, None)?;
            let probabilities = model.probabilities(&val);
            Ok(((model, alpha), probabilities))
        }),
        regions.val.labels,
    )?;
    Ok(Fitted {
        name: format!("logistic regression (L2 {alpha})"),
        scores: model.probabilities(&scale.rows(&regions.evaluated)),
        probabilities: true,
    })
}
