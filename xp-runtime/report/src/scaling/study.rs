//! One scaling study: both forms, α's interval, the verdict, and how well the law predicts its largest size.

use rayon::prelude::*;

use super::{
    law::{Extrapolation, Law, LawPoint},
    power::{PowerLaw, power_law},
    saturating::{Saturating, saturating},
    series::Series,
    verdict::{MIN_SIZES, verdict},
};

/// Replicates of the saturating form, which costs a search each.
const SATURATING_REPLICATES: usize = 200;

/// Fits a study of at least three sizes; absent with fewer, or where a loss is absent or not positive.
pub fn study(points: &[LawPoint]) -> Option<Law> {
    let mut points: Vec<&LawPoint> = points.iter().collect();
    points.sort_by(|a, b| a.size.total_cmp(&b.size));
    let means: Vec<(f64, Series)> = points
        .iter()
        .enumerate()
        .map(|(key, point)| Some((point.size, Series::over_seeds(&point.seeds, key as u64)?)))
        .collect::<Option<_>>()?;
    if means.len() < MIN_SIZES {
        return None;
    }
    let values: Vec<(f64, f64)> = means.iter().map(|(n, loss)| (*n, loss.value)).collect();
    let power = power_law(&values)?;
    let drawn: Vec<Vec<(f64, f64)>> = replicates(&means);
    let fits: Vec<Option<PowerLaw>> = drawn.iter().map(|points| power_law(points)).collect();
    let alpha = Series {
        value: power.alpha,
        replicates: fits
            .iter()
            .map(|fit| fit.map_or(f64::NAN, |fit| fit.alpha))
            .collect(),
    };
    let curved = fit_saturating(&values);
    let saturating_alpha = curved.as_ref().and_then(|_| {
        let alphas: Vec<f64> = drawn
            .par_iter()
            .take(SATURATING_REPLICATES)
            .map(|points| saturating_exponent(points).unwrap_or(f64::NAN))
            .collect();
        xp_metrics::percentiles(&alphas)
    });
    Some(Law {
        verdict: verdict(values.len(), alpha.interval()),
        power,
        alpha,
        saturating: curved,
        saturating_alpha,
        extrapolation: extrapolate(&values, &drawn),
        seeds: points
            .iter()
            .flat_map(|point| point.seeds.iter().map(|seed| (point.size, seed.value)))
            .collect(),
        fewest_seeds: points.iter().map(|p| p.seeds.len()).min().unwrap_or(0),
        points: means,
        replicates: fits.into_iter().flatten().collect(),
    })
}

/// The points of each replicate.
fn replicates(means: &[(f64, Series)]) -> Vec<Vec<(f64, f64)>> {
    let count = means.iter().map(|(_, loss)| loss.replicates.len()).min();
    (0..count.unwrap_or(0))
        .map(|r| {
            means
                .iter()
                .map(|(n, loss)| (*n, loss.replicates.get(r).copied().unwrap_or(f64::NAN)))
                .collect()
        })
        .collect()
}

fn fit_saturating(points: &[(f64, f64)]) -> Option<Saturating> {
    let (sizes, losses): (Vec<f64>, Vec<f64>) = points.iter().copied().unzip();
    saturating(&[sizes], &losses)
}

fn saturating_exponent(points: &[(f64, f64)]) -> Option<f64> {
    fit_saturating(points)?
        .terms
        .first()
        .map(|(_, alpha)| *alpha)
}

fn extrapolate(values: &[(f64, f64)], drawn: &[Vec<(f64, f64)>]) -> Option<Extrapolation> {
    let error = |points: &[(f64, f64)]| -> Option<(f64, f64, f64)> {
        let ((size, measured), rest) = points.split_last()?;
        (rest.len() >= MIN_SIZES).then_some(())?;
        Some((*size, power_law(rest)?.at(*size), *measured))
    };
    let share = |(_, predicted, measured): (f64, f64, f64)| predicted / measured - 1.0;
    let (size, predicted, measured) = error(values)?;
    Some(Extrapolation {
        size,
        predicted,
        measured,
        error: Series {
            value: predicted / measured - 1.0,
            replicates: drawn
                .iter()
                .map(|points| error(points).map_or(f64::NAN, share))
                .collect(),
        },
    })
}
