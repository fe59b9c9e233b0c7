//! A scaling law with its points and band.

use xp_scaling::Law;

use crate::{
    document::Figure,
    figure::{Scaling, scaling},
    report::numbers::with_interval,
};

/// Points at which laws are drawn.
const STEPS: u32 = 40;

/// A law with its points and band; `bayes` is the loss that a model beats by luck only, where it is known.
pub(crate) fn law(
    id: &str,
    name: &str,
    (loss, bayes): (&str, Option<f64>),
    axis: &str,
    law: &Law,
) -> Figure {
    let sizes: Vec<f64> = law.points.iter().map(|(n, _)| *n).collect();
    let low = sizes.iter().copied().fold(f64::INFINITY, f64::min);
    let high = sizes.iter().copied().fold(0.0, f64::max);
    let along: Vec<f64> = (0..=STEPS)
        .map(|i| low * (high / low).powf(f64::from(i) / f64::from(STEPS)))
        .collect();
    let shown = Scaling {
        seeds: law.seeds.clone(),
        means: law
            .points
            .iter()
            .map(|(n, loss)| (*n, loss.value))
            .collect(),
        law: along.iter().map(|n| (*n, law.power.at(*n))).collect(),
        band: along
            .iter()
            .map(|n| {
                let (low, high) = law.band(*n);
                (*n, low, high)
            })
            .collect(),
        saturating: law.saturating.as_ref().map_or_else(Vec::new, |found| {
            let at = |n: &f64| (*n, found.fit.at(&[*n]));
            along.iter().map(at).collect()
        }),
        bayes: bayes.map_or_else(Vec::new, |bayes| vec![(low, bayes), (high, bayes)]),
    };
    Figure {
        id: id.to_owned(),
        caption: format!(
            "Scaling of {name}: {loss} against {axis}, α = {}, verdict: {}. Points are seeds and their means, the band is of 95 %, with days, seeds and the scatter of sizes.",
            with_interval(law.power.alpha, Some(law.alpha.interval)),
            law.verdict
        ),
        svg: scaling(name, axis, loss, &shown),
    }
}
