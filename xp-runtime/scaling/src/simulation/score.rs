//! What a verdict and an interval are worth: counted over many simulated studies.

use rayon::prelude::*;
use xp_metrics::Draws;

use super::draw::{Noise, Truth, draw};
use crate::{
    Verdict,
    family::{Curves, judged as judge},
};

/// Counts over the laws of simulated studies.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Score {
    /// Laws, one for each task of each study.
    pub laws: usize,
    /// Laws whose interval of α holds the truth.
    pub covered: usize,
    /// Laws called `scales` or `inverse` against the truth.
    pub wrong: usize,
    /// Laws called `scales` or `inverse` as is true.
    pub found: usize,
    /// Laws called `no power law`.
    pub no_power_law: usize,
    /// Half-width of each interval divided by that of an oracle who knows all variances, ascending.
    pub widths: Vec<f64>,
}

impl Score {
    /// Share of a count.
    pub fn share(&self, count: usize) -> f64 {
        count as f64 / self.laws as f64
    }

    /// Median of the widths.
    pub fn median_width(&self) -> f64 {
        let middle = self.widths.get(self.widths.len() / 2);
        middle.copied().unwrap_or(f64::NAN)
    }
}

/// Judges `studies` simulated studies; the same for the same arguments on every machine.
pub fn score(truth: &Truth, noise: &Noise, studies: usize, seed: u64) -> Score {
    judged(truth, noise, studies, seed, truth.losses.len())
}

/// The same of the first task only, beside the others.
pub fn score_first(truth: &Truth, noise: &Noise, studies: usize, seed: u64) -> Score {
    judged(truth, noise, studies, seed, 1)
}

fn judged(truth: &Truth, noise: &Noise, studies: usize, seed: u64, tasks: usize) -> Score {
    let blocks = noise.blocks();
    let oracle = oracle(truth, noise);
    let parts: Vec<Score> = (0..studies)
        .into_par_iter()
        .map(|study| {
            let mut draws = Draws::new(seed ^ (study as u64).wrapping_mul(0xD1B5_4A32_D192_ED03));
            let drawn = draw(truth, noise, &blocks, &mut draws);
            let mut score = Score::default();
            let laws = judge(&[drawn], Curves::LeftOut);
            for (law, oracle) in laws.iter().flatten().zip(&oracle).take(tasks) {
                let Ok(law) = law else { continue };
                let (low, high) = law.alpha.interval;
                score.laws += 1;
                score.covered += usize::from(low <= truth.alpha && truth.alpha <= high);
                score.widths.push((high - low) / 2.0 / oracle);
                let sign = match law.verdict {
                    Verdict::Scales => 1.0,
                    Verdict::Inverse => -1.0,
                    Verdict::Flat => 0.0,
                    Verdict::NoPowerLaw(_) => {
                        score.no_power_law += 1;
                        0.0
                    }
                };
                score.found += usize::from(sign * truth.alpha > 0.0);
                score.wrong += usize::from(sign != 0.0 && sign * truth.alpha <= 0.0);
            }
            score
        })
        .collect();
    let mut all = parts.into_iter().fold(Score::default(), |mut all, part| {
        all.laws += part.laws;
        all.covered += part.covered;
        all.wrong += part.wrong;
        all.found += part.found;
        all.no_power_law += part.no_power_law;
        all.widths.extend(part.widths);
        all
    });
    all.widths.sort_unstable_by(f64::total_cmp);
    all
}

/// Half-width of the interval of an oracle who knows all variances and uses the same least squares, for each task.
fn oracle(truth: &Truth, noise: &Noise) -> Vec<f64> {
    let logs: Vec<f64> = truth.sizes.iter().map(|n| n.ln()).collect();
    let centre = logs.iter().sum::<f64>() / logs.len() as f64;
    let sxx: f64 = logs.iter().map(|x| (x - centre).powi(2)).sum();
    let first = logs.first().copied().unwrap_or(f64::NAN);
    let days = (noise.horizon as f64 / noise.days as f64).sqrt();
    truth
        .losses
        .iter()
        .enumerate()
        .map(|(task, loss)| {
            let (mut own, mut market, mut steep) = (0.0, 0.0, 0.0);
            for x in &logs {
                let weight = (x - centre) / sxx / (loss * (-truth.alpha * (x - first)).exp());
                own += (weight * noise.of_size(task)).powi(2);
                market += weight * noise.market * days;
                steep += weight * (x - first) * noise.slope * days;
            }
            1.959_964 * (own + market * market + steep * steep).sqrt()
        })
        .collect()
}
