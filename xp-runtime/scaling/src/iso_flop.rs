//! The size of least loss at a compute budget: the minimum of a parabola in ln N through the losses of several sizes that had the same
//! compute (Hoffmann et al., arXiv 2203.15556, approach 2). Where α ≠ β the loss is no parabola, and the minimum is off by percents that grow with
//! the range of sizes (Czech et al., arXiv 2603.22339).

use super::{least_squares::least_squares, student::half_width};

/// Sizes from which on the minimum has an interval: the parabola itself takes three.
const MIN_FOR_INTERVAL: usize = 4;

/// One size at a compute budget.
#[derive(Debug, Clone, PartialEq)]
pub struct IsoFlopPoint {
    /// Parameters.
    pub size: f64,
    /// Loss of each seed.
    pub losses: Vec<f64>,
}

impl IsoFlopPoint {
    /// Mean loss over seeds; not a number for none.
    pub fn mean(&self) -> f64 {
        mean(&self.losses)
    }
}

/// The size of least loss.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Optimum {
    /// Parameters.
    pub size: f64,
    /// Loss there, on the parabola.
    pub loss: f64,
    /// 95 % interval of the size.
    pub interval: FiellerInterval,
}

/// A 95 % interval of a minimum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum FiellerInterval {
    /// From a size to a size.
    Bounded(f64, f64),
    /// The curvature cannot be told from 0: no size is excluded.
    Unbounded,
    /// A parabola through three sizes leaves nothing to judge it by.
    TooFewSizes,
}

/// The minimum of the parabola; absent for fewer than three sizes and where it has none. Its interval is Fieller's (1954): all sizes where
/// the slope cannot be told from 0, by what sizes scatter around the parabola, but no narrower than seeds demand.
pub fn optimum(points: &[IsoFlopPoint]) -> Option<Optimum> {
    let logs: Vec<f64> = points.iter().map(|point| point.size.ln()).collect();
    let middle = mean(&logs);
    let ones = vec![1.0; points.len()];
    let x: Vec<f64> = logs.iter().map(|log| log - middle).collect();
    let squares: Vec<f64> = x.iter().map(|x| x * x).collect();
    let columns = [&ones, &x, &squares];
    let losses: Vec<f64> = points.iter().map(IsoFlopPoint::mean).collect();
    if points.len() < columns.len() || !losses.iter().chain(&x).all(|value| value.is_finite()) {
        return None;
    }
    let &[level, slope, curvature] = least_squares(&columns, &losses)?.as_slice() else {
        return None;
    };
    let at = -slope / (2.0 * curvature);
    // Of points on a line the curvature is rounding.
    let reach = squares.iter().copied().fold(0.0, f64::max);
    if curvature.is_nan() || curvature * reach <= 1e-12 * level.abs() {
        return None;
    }
    let value = |x: f64| level + slope * x + curvature * x * x;
    let rest: f64 = x
        .iter()
        .zip(&losses)
        .map(|(x, loss)| (loss - value(*x)).powi(2))
        .sum();
    // What each size's loss contributes to slope and curvature.
    let weights: Option<Vec<Vec<f64>>> = (0..points.len())
        .map(|of| {
            let unit: Vec<f64> = (0..points.len())
                .map(|at| f64::from(u8::from(at == of)))
                .collect();
            least_squares(&columns, &unit)
        })
        .collect();
    let weights = weights?;
    let fieller = |(variance_of, df): (&dyn Fn(&IsoFlopPoint) -> f64, f64)| {
        let covariance = |a: usize, b: usize| -> f64 {
            let terms = weights.iter().zip(points);
            terms
                .filter_map(|(weights, point)| {
                    Some(weights.get(a)? * weights.get(b)? * variance_of(point))
                })
                .sum()
        };
        let t2 = half_width(df).powi(2);
        let a = 4.0 * (curvature * curvature - t2 * covariance(2, 2));
        let b = 4.0 * (slope * curvature - t2 * covariance(1, 2));
        let c = slope * slope - t2 * covariance(1, 1);
        let root = (b * b - 4.0 * a * c).max(0.0).sqrt();
        (a > 0.0).then(|| ((-b - root) / (2.0 * a), (-b + root) / (2.0 * a)))
    };
    let scatter_df = points.len() - columns.len();
    let scatter = rest / scatter_df as f64;
    let (seeds, seeds_df) = seed_variance(points);
    let of_seeds = |point: &IsoFlopPoint| seeds / point.losses.len() as f64;
    let of_scatter = |_: &IsoFlopPoint| scatter;
    let interval = if points.len() < MIN_FOR_INTERVAL {
        FiellerInterval::TooFewSizes
    } else {
        let by_scatter = fieller((&of_scatter, scatter_df as f64));
        let by_seeds = if seeds_df > 0.0 {
            fieller((&of_seeds, seeds_df))
        } else {
            by_scatter
        };
        let size = |x: f64| (middle + x).exp();
        match by_scatter.zip(by_seeds) {
            None => FiellerInterval::Unbounded,
            Some(((low, high), (other_low, other_high))) => {
                FiellerInterval::Bounded(size(low.min(other_low)), size(high.max(other_high)))
            }
        }
    };
    Some(Optimum {
        size: (middle + at).exp(),
        loss: value(at),
        interval,
    })
}

/// Variance of a seed around its size's mean, pooled, and its degrees of freedom.
fn seed_variance(points: &[IsoFlopPoint]) -> (f64, f64) {
    let (mut sum, mut df) = (0.0, 0.0);
    for point in points {
        let mean = point.mean();
        sum += point
            .losses
            .iter()
            .map(|loss| (loss - mean).powi(2))
            .sum::<f64>();
        df += point.losses.len() as f64 - 1.0;
    }
    (if df > 0.0 { sum / df } else { 0.0 }, df)
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

#[cfg(test)]
mod tests {
    use xp_metrics::Draws;

    use super::*;

    /// Losses of a parabola with its minimum at 20M.
    fn points(
        sizes: usize,
        bend: f64,
        noise: &mut dyn FnMut() -> f64,
        luck: &mut dyn FnMut() -> f64,
    ) -> Vec<IsoFlopPoint> {
        (0..sizes)
            .map(|k| {
                let size = 2e6 * 10_f64.powf(k as f64 * 2.0 / (sizes - 1) as f64);
                let luck = luck();
                let loss = 0.6 + bend * (size / 2e7).ln().powi(2) + luck;
                IsoFlopPoint {
                    size,
                    losses: (0..3).map(|_| loss + noise()).collect(),
                }
            })
            .collect()
    }

    #[test]
    fn an_exact_parabola_has_its_minimum() {
        for sizes in 3..6 {
            let found = optimum(&points(sizes, 0.01, &mut || 0.0, &mut || 0.0)).unwrap();
            assert!((found.size / 2e7 - 1.0).abs() < 1e-6, "{found:?}");
            assert!((found.loss - 0.6).abs() < 1e-9);
            let few = found.interval == FiellerInterval::TooFewSizes;
            assert_eq!(few, sizes == 3);
        }
        let line = |k: usize| IsoFlopPoint {
            size: 1e6 * 10_f64.powi(k as i32),
            losses: vec![0.7 - 0.03 * k as f64],
        };
        assert_eq!(optimum(&(0..5).map(line).collect::<Vec<_>>()), None);
        assert_eq!(optimum(&points(4, -0.01, &mut || 0.0, &mut || 0.0)), None);
        assert_eq!(
            optimum(&points(3, 0.01, &mut || 0.0, &mut || 0.0)[..2]),
            None
        );
        assert_eq!(
            optimum(&points(4, f64::NAN, &mut || 0.0, &mut || 0.0)),
            None
        );
    }

    /// Biases of this method on exact surfaces that Czech et al. (2026, arXiv 2603.22339) publish: the relative error in percent of the amount
    /// of data at the minimum, of 15 points within a factor of it (`extrapolation_error_data.csv` of their repository).
    #[test]
    fn biases_are_those_that_czech_et_al_publish() {
        for (alpha, beta, a, b, expected) in [
            (0.31, 0.31, 400.0, 400.0, [0.0; 4]),
            (
                0.34,
                0.28,
                406.4,
                410.7,
                [-0.326_938, -1.301_125, -2.902_905, -5.100_245],
            ),
            (
                0.465,
                0.155,
                406.4,
                410.7,
                [-1.674_748, -6.497_779, -13.910_419, -23.116_308],
            ),
        ] {
            let compute: f64 = 1e19 / 6.0;
            let ratio: f64 = alpha * a / (beta * b);
            let data =
                compute / (ratio.powf(1.0 / (alpha + beta)) * compute.powf(beta / (alpha + beta)));
            for (doublings, expected) in (1..).zip(expected) {
                let points: Vec<IsoFlopPoint> = (0..15)
                    .map(|k| {
                        let d: f64 =
                            data * 2_f64.powf(f64::from(doublings) * (f64::from(k) / 7.0 - 1.0));
                        let loss = 1.69 + a * (compute / d).powf(-alpha) + b * d.powf(-beta);
                        IsoFlopPoint {
                            size: d,
                            losses: vec![loss],
                        }
                    })
                    .collect();
                let error = 100.0 * (optimum(&points).unwrap().size / data - 1.0);
                assert!(
                    (error - expected).abs() < 1e-5,
                    "{alpha} {doublings}: {error} {expected}"
                );
            }
        }
    }

    /// Intervals hold the truth in 93 % of simulated studies, those without an end counting as holding it, with and without luck of sizes; and
    /// where the parabola bends by more than noise, most have ends.
    #[test]
    fn intervals_hold_the_minimum() {
        for (sizes, bend, luck, with_ends) in [
            (4, 0.01, 0.0, 0.45),
            (5, 0.01, 0.0, 0.95),
            (7, 0.01, 0.003, 0.95),
            (5, 0.003, 0.003, 0.0),
        ] {
            let (mut held, mut ends, mut studies) = (0, 0, 0);
            for seed in 0..600 {
                let mut draws = Draws::new(seed);
                let mut of_sizes = Draws::new(seed + 10_000);
                let found = points(sizes, bend, &mut || 0.003 * draws.normal(), &mut || {
                    luck * of_sizes.normal()
                });
                // Studies without a minimum make no statement.
                let Some(found) = optimum(&found) else {
                    continue;
                };
                studies += 1;
                let (holds, has_ends) = match found.interval {
                    FiellerInterval::Bounded(low, high) => (low <= 2e7 && 2e7 <= high, true),
                    _ => (true, false),
                };
                held += usize::from(holds);
                ends += usize::from(has_ends);
            }
            let share = |count: usize| count as f64 / f64::from(studies);
            assert!(
                share(held) >= 0.93 && share(ends) >= with_ends,
                "{sizes} {luck}: {} {}",
                share(held),
                share(ends)
            );
        }
    }
}
