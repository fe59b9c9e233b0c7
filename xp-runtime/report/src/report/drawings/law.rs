//! A scaling law with its points and band.

use xp_scaling::{Law, Verdict};

use crate::{
    document::Figure,
    figure::{Scaling, scaling},
    report::{
        laws::{interpretation, probability},
        levels::levels,
        losses::Loss,
        numbers::with_interval,
        phase::Phase,
        trained::Trained,
    },
};

/// Points at which laws are drawn.
const STEPS: u32 = 40;

/// A law by `loss` of these models against `axis`, with what they are measured by.
pub(crate) fn law(
    id: &str,
    name: &str,
    axis: &str,
    (loss, law): (&Loss, &Law),
    (phase, members): (&Phase<'_>, &[&Trained<'_>]),
) -> Figure {
    let sizes: Vec<f64> = law.points.iter().map(|(n, _)| *n).collect();
    let low = sizes.iter().copied().fold(f64::INFINITY, f64::min);
    let high = sizes.iter().copied().fold(0.0, f64::max);
    let along: Vec<f64> = (0..=STEPS)
        .map(|i| low * (high / low).powf(f64::from(i) / f64::from(STEPS)))
        .collect();
    let measured = levels(phase, members, loss);
    let alpha = with_interval(law.power.alpha, Some(law.alpha.interval));
    let samples = members.first().map_or(0, |model| model.test.labels.len());
    // What the verdict rejects is drawn, and said to be rejected.
    let rejected = match law.verdict {
        Verdict::NoPowerLaw(_) => ", rejected",
        Verdict::Scales | Verdict::Flat | Verdict::Inverse => "",
    };
    let shown = Scaling {
        verdict: format!(
            "{}: {}; α = {alpha}, {}; {} sizes, at least {} seeds each, n {samples} test samples",
            law.verdict,
            interpretation(law.verdict),
            probability(law),
            law.points.len(),
            law.fewest_seeds,
        ),
        seeds: law.seeds.clone(),
        means: law
            .points
            .iter()
            .map(|(n, loss)| (*n, loss.value))
            .collect(),
        law: along.iter().map(|n| (*n, law.power.at(*n))).collect(),
        law_name: format!("a·N^(−α), 95 % band{rejected}"),
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
        levels: measured.drawn,
    };
    let loss = loss.of_law;
    Figure {
        id: id.to_owned(),
        caption: format!(
            "Scaling of {name}: {loss} against {axis}, verdict: {}, α = {alpha}, {} sizes, n {samples} test samples. Points are seeds and their means, the band is of 95 %, with days, seeds and the scatter of sizes.{}",
            law.verdict,
            law.points.len(),
            measured.text,
        ),
        svg: scaling(
            &format!("{loss}, {}: {name}", law.verdict),
            axis,
            loss,
            &shown,
        ),
    }
}
