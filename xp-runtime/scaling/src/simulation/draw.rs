//! Drawn studies.

use xp_metrics::{Blocks, Draws};

use crate::{LawPoint, Series, Study};

/// What is true of a simulated study.
#[derive(Debug, Clone, PartialEq)]
pub struct Truth {
    /// Its sizes, ascending.
    pub sizes: Vec<f64>,
    /// Exponent of the law, the same for all tasks.
    pub alpha: f64,
    /// Loss of each task at the smallest size.
    pub losses: Vec<f64>,
}

/// What hides it. Standard deviations are in units of the loss.
#[derive(Debug, Clone, PartialEq)]
pub struct Noise {
    /// Seeds of each size.
    pub seeds: usize,
    /// Of a seed's loss.
    pub seed: f64,
    /// Of a size's loss beyond seeds and days, for each task: its own hyperparameters and architecture.
    pub luck: Vec<f64>,
    /// Of a day's loss of one size beyond what the day does to all: half of its variance is shared by the tasks.
    pub day: f64,
    /// Of a day's loss of all sizes and tasks.
    pub market: f64,
    /// Of a day's loss for each unit of ln N above the smallest size, in all tasks: days on which larger models do better.
    pub slope: f64,
    /// Test days.
    pub days: usize,
    /// Days of a label: those of neighbouring days overlap, so that they share all but one part of their noise.
    pub horizon: usize,
    /// Days of a block of the bootstrap.
    pub block: usize,
    /// Replicates of the bootstrap.
    pub replicates: usize,
}

/// One study: its tasks in order, each with all sizes and seeds.
pub fn draw(truth: &Truth, noise: &Noise, blocks: &Blocks, draws: &mut Draws) -> Vec<Study> {
    let sizes = &truth.sizes;
    let smallest = sizes.first().copied().unwrap_or(f64::NAN);
    let market = noise.overlapping(draws);
    let steep = noise.overlapping(draws);
    let shared: Vec<Vec<f64>> = sizes.iter().map(|_| noise.overlapping(draws)).collect();
    let half = 0.5_f64.sqrt();
    truth
        .losses
        .iter()
        .zip(&noise.luck)
        .map(|(loss, luck)| {
            let points = sizes.iter().zip(&shared).map(|(size, shared)| {
                let above = (size / smallest).ln();
                let level = loss * (-truth.alpha * above).exp() + luck * draws.normal();
                let own = noise.overlapping(draws);
                let daily: Vec<f64> = (0..noise.days)
                    .map(|t| {
                        let at = |of: &[f64]| of.get(t).copied().unwrap_or(0.0);
                        noise.market * at(&market)
                            + noise.slope * above * at(&steep)
                            + noise.day * half * (at(shared) + at(&own))
                    })
                    .collect();
                let n = noise.days as f64;
                let value = level + daily.iter().sum::<f64>() / n;
                let drawn = blocks.sums(&daily);
                let seeds = (0..noise.seeds).map(|_| {
                    let seed = noise.seed * draws.normal();
                    Series {
                        value: value + seed,
                        replicates: drawn.iter().map(|sum| level + sum / n + seed).collect(),
                    }
                });
                LawPoint {
                    size: *size,
                    seeds: seeds.collect(),
                }
            });
            Study {
                points: points.collect(),
                blocks: noise.days as f64 / noise.block as f64,
            }
        })
        .collect()
}

impl Noise {
    /// The days of each replicate, for all studies with this noise.
    pub fn blocks(&self) -> Blocks {
        Blocks::new(self.days, self.block, self.replicates)
    }

    /// Standard deviation of a size's mean loss around the law, of a task: what an oracle knows.
    pub fn of_size(&self, task: usize) -> f64 {
        let luck = self.luck.get(task).copied().unwrap_or(0.0);
        let day = self.day * self.day * self.horizon as f64 / self.days as f64;
        (luck * luck + day + self.seed * self.seed / self.seeds as f64).sqrt()
    }

    /// Standard normal noise of days with overlapping labels.
    fn overlapping(&self, draws: &mut Draws) -> Vec<f64> {
        let horizon = self.horizon.max(1);
        let mut raw = Vec::with_capacity(self.days + horizon);
        while raw.len() < self.days + horizon - 1 {
            raw.extend(<[f64; 2]>::from(draws.normals()));
        }
        raw.truncate(self.days + horizon - 1);
        raw.windows(horizon)
            .map(|window| window.iter().sum::<f64>() / (horizon as f64).sqrt())
            .collect()
    }
}
