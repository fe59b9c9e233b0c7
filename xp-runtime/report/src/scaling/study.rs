//! One scaling study: both forms, α's interval, the verdict, and how well the law foretells its largest size.

use rayon::prelude::*;

use super::{
    MIN_SIZES, PowerLaw, Saturating, Series, Verdict, power_law, saturating, series::MIN_SEEDS,
    verdict,
};

/// One size of a study.
#[derive(Debug, Clone, PartialEq)]
pub struct LawPoint {
    /// Exact parameter count, number of features, or effective dimension.
    pub size: f64,
    /// The loss of each seed, with replicates of the same test days in all points.
    pub seeds: Vec<Series>,
}

/// The largest size foretold from the others.
#[derive(Debug, Clone, PartialEq)]
pub struct Extrapolation {
    /// The size held out.
    pub size: f64,
    /// Loss that the law of the other sizes foretells.
    pub foretold: f64,
    /// Loss that was measured.
    pub measured: f64,
    /// Foretold / measured − 1, with replicates.
    pub error: Series,
}

/// What a study found.
#[derive(Debug, Clone, PartialEq)]
pub struct Law {
    /// L = a·N^(−α).
    pub power: PowerLaw,
    /// α with its replicates.
    pub alpha: Series,
    /// L = E + a·N^(−α); absent with fewer than four sizes, or where the points do not identify it.
    pub saturating: Option<Saturating>,
    /// Interval of its α; absent where more than 5 % of the replicates do not identify it.
    pub saturating_alpha: Option<(f64, f64)>,
    /// Absent with fewer than four sizes: two points fit any law.
    pub extrapolation: Option<Extrapolation>,
    /// By α's interval.
    pub verdict: Verdict,
    /// Sizes with the mean loss over seeds, ascending.
    pub points: Vec<(f64, Series)>,
    /// Size and loss of each seed.
    pub seeds: Vec<(f64, f64)>,
    /// Fewest seeds of a size.
    pub fewest_seeds: usize,
    /// Replicates of the power law, for a band.
    pub replicates: Vec<PowerLaw>,
}

impl Law {
    /// Whether the variance of seeds is in the intervals.
    pub fn has_seed_variance(&self) -> bool {
        self.fewest_seeds >= MIN_SEEDS
    }

    /// 95 % band of the power law at a size.
    pub fn band(&self, size: f64) -> Option<(f64, f64)> {
        let values: Vec<f64> = self.replicates.iter().map(|law| law.at(size)).collect();
        xp_metrics::percentiles(&values)
    }
}

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
    let bent = bent(&values);
    let saturating_alpha = bent.as_ref().and_then(|_| {
        let alphas: Vec<f64> = drawn
            .par_iter()
            .take(SATURATING_REPLICATES)
            .map(|points| bent_alpha(points).unwrap_or(f64::NAN))
            .collect();
        xp_metrics::percentiles(&alphas)
    });
    Some(Law {
        verdict: verdict(values.len(), alpha.interval()),
        power,
        alpha,
        saturating: bent,
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

fn bent(points: &[(f64, f64)]) -> Option<Saturating> {
    let (sizes, losses): (Vec<f64>, Vec<f64>) = points.iter().copied().unzip();
    saturating(&[sizes], &losses)
}

fn bent_alpha(points: &[(f64, f64)]) -> Option<f64> {
    bent(points)?.terms.first().map(|(_, alpha)| *alpha)
}

fn extrapolate(values: &[(f64, f64)], drawn: &[Vec<(f64, f64)>]) -> Option<Extrapolation> {
    let error = |points: &[(f64, f64)]| -> Option<(f64, f64, f64)> {
        let ((size, measured), rest) = points.split_last()?;
        (rest.len() >= MIN_SIZES).then_some(())?;
        Some((*size, power_law(rest)?.at(*size), *measured))
    };
    let share = |(_, foretold, measured): (f64, f64, f64)| foretold / measured - 1.0;
    let (size, foretold, measured) = error(values)?;
    Some(Extrapolation {
        size,
        foretold,
        measured,
        error: Series {
            value: foretold / measured - 1.0,
            replicates: drawn
                .iter()
                .map(|points| error(points).map_or(f64::NAN, share))
                .collect(),
        },
    })
}
