//! The sizes of one task as they were measured: the line through them, and what days and seeds explain of their deviations.

use xp_metrics::REPLICATES;

use super::{
    line::Line,
    points::Study,
    series::Series,
    verdict::{MIN_SEEDS, MIN_SIZES, Missing},
};

/// Replicates that must have a value, as a share of all.
const VALID: f64 = 0.95;

/// Sizes with their mean losses, and the variances that are known of them, all in ln L.
pub(crate) struct Measured {
    pub(crate) sizes: Vec<f64>,
    pub(crate) means: Vec<Series>,
    pub(crate) seeds: Vec<(f64, f64)>,
    pub(crate) fewest_seeds: usize,
    pub(crate) line: Line,
    /// ln L of each replicate's points.
    pub(crate) replicates: Vec<Line>,
    /// Variance of the slope over replicates of days.
    pub(crate) day_slope: f64,
    /// Variance over replicates of days of a size's deviation from the line.
    pub(crate) day_scatter: f64,
    pub(crate) day_df: f64,
    /// Variance of a size's mean over its seeds.
    pub(crate) seed_scatter: f64,
    pub(crate) seed_df: f64,
}

impl Measured {
    /// Of a study; what is missing where it allows no verdict.
    pub(crate) fn of(study: &Study) -> Result<Self, Missing> {
        let mut points: Vec<_> = study.points.iter().collect();
        points.sort_by(|a, b| a.size.total_cmp(&b.size));
        let mut sizes: Vec<f64> = points.iter().map(|point| point.size).collect();
        sizes.dedup();
        if sizes.len() < MIN_SIZES {
            return Err(Missing::Sizes(sizes.len()));
        }
        let fewest_seeds = points.iter().map(|p| p.seeds.len()).min().unwrap_or(0);
        if fewest_seeds < MIN_SEEDS {
            return Err(Missing::Seeds(fewest_seeds));
        }
        let sizes: Vec<f64> = points.iter().map(|point| point.size).collect();
        let means: Vec<Series> = points
            .iter()
            .filter_map(|point| Series::mean(&point.seeds))
            .collect();
        let x: Vec<f64> = sizes.iter().map(|n| n.ln()).collect();
        let y: Vec<f64> = means.iter().map(|loss| loss.value.ln()).collect();
        let line = Line::through(&x, &y).ok_or(Missing::Losses)?;
        let replicates = lines(&x, &means)?;
        let blocks = study.blocks.max(2.0);
        let (day_slope, day_scatter) = days(&replicates, blocks);
        let (seed_scatter, seed_df) = seeds(study);
        let seeds = points
            .iter()
            .flat_map(|point| point.seeds.iter().map(|seed| (point.size, seed.value)));
        Ok(Self {
            seeds: seeds.collect(),
            sizes,
            means,
            fewest_seeds,
            line,
            replicates,
            day_slope,
            day_scatter,
            day_df: blocks - 1.0,
            seed_scatter,
            seed_df,
        })
    }

    /// Variance of a size's deviation from the line that days and seeds explain, with the degrees of freedom of its parts.
    pub(crate) fn explained(&self) -> [(f64, f64); 2] {
        [
            (self.day_scatter, self.day_df),
            (self.seed_scatter, self.seed_df),
        ]
    }
}

/// The line of each replicate; a few without a value are left out.
fn lines(x: &[f64], means: &[Series]) -> Result<Vec<Line>, Missing> {
    let count = means.iter().map(|loss| loss.replicates.len()).min();
    let count = count.unwrap_or(0).min(REPLICATES);
    let lines: Vec<Line> = (0..count)
        .filter_map(|r| {
            let at = |loss: &Series| loss.replicates.get(r).copied().unwrap_or(f64::NAN).ln();
            Line::through(x, &means.iter().map(at).collect::<Vec<_>>())
        })
        .collect();
    if lines.len() < 2 || (lines.len() as f64) < VALID * count as f64 {
        return Err(Missing::Losses);
    }
    Ok(lines)
}

/// Variance over days of the slope and of a size's deviation from the line. Drawn blocks vary by (b − 1)/b too little.
fn days(replicates: &[Line], blocks: f64) -> (f64, f64) {
    let count = replicates.len() as f64;
    let variance = |of: &dyn Fn(&Line) -> f64| {
        let mean = replicates.iter().map(of).sum::<f64>() / count;
        let squares: f64 = replicates
            .iter()
            .map(|line| (of(line) - mean).powi(2))
            .sum();
        squares / (count - 1.0) * blocks / (blocks - 1.0)
    };
    let sizes = replicates.first().map_or(0, |line| line.residuals.len());
    let residual = |k: usize| move |line: &Line| line.residuals.get(k).copied().unwrap_or(0.0);
    let scatter: f64 = (0..sizes).map(|k| variance(&residual(k))).sum();
    let df = replicates.first().map_or(1, Line::df).max(1);
    (variance(&|line| line.slope), scatter / df as f64)
}

/// Variance of a size's mean over its seeds, pooled over sizes, with its degrees of freedom.
fn seeds(study: &Study) -> (f64, f64) {
    let (mut squares, mut df, mut shares) = (0.0, 0.0, 0.0);
    for point in &study.points {
        let k = point.seeds.len() as f64;
        let logs: Vec<f64> = point.seeds.iter().map(|seed| seed.value.ln()).collect();
        let mean = logs.iter().sum::<f64>() / k;
        squares += logs.iter().map(|log| (log - mean).powi(2)).sum::<f64>();
        df += k - 1.0;
        shares += 1.0 / k;
    }
    (squares / df * shares / study.points.len() as f64, df)
}
