//! The probability that a price reaches a barrier, for Gaussian log returns of mean 0 and known variances.

use std::f64::consts::{PI, SQRT_2};

/// Points of the density's grid, odd for Simpson's rule.
const POINTS: usize = 201;
/// Where the density is cut off on both sides of the start, in standard deviations of the sum: beyond lies 10⁻¹¹.
const DEPTH: f64 = 6.7;

/// Whether the path is watched at all times, or at the end of each day only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Monitoring {
    /// The day's high is the largest price of the day.
    Continuous,
    /// The day's close alone counts.
    Daily,
}

/// The probability that the sum of the returns of the next days, with these variances, reaches `barrier` > 0.
pub(super) fn crossing(barrier: f64, variances: &[f64], monitoring: Monitoring) -> f64 {
    match monitoring {
        Monitoring::Continuous => {
            // Reflection principle: each path that ends above the barrier has a mirror image that ends below it. Variances that change are
            // a change of time, which moves no maximum.
            let deviation = variances.iter().sum::<f64>().sqrt();
            2.0 * above(barrier / deviation)
        }
        Monitoring::Daily => 1.0 - survival(barrier, variances),
    }
}

/// The probability that a standard normal variable is above `x`.
fn above(x: f64) -> f64 {
    0.5 * libm::erfc(x / SQRT_2)
}

/// The probability that no partial sum reaches the barrier: the density of the paths that have not, a day at a time, by Simpson's rule. The
/// shift of the barrier that makes the reflection principle approximate this (Broadie, Glasserman & Kou 1997) is wrong by up to .045 for one
/// day and .02 for five.
fn survival(barrier: f64, variances: &[f64]) -> f64 {
    let [first, rest @ ..] = variances else {
        return 1.0;
    };
    let Some((last, between)) = rest.split_last() else {
        return 1.0 - above(barrier / first.sqrt());
    };
    let low = -DEPTH * variances.iter().sum::<f64>().sqrt();
    if barrier > -low {
        return 1.0;
    }
    let step = (barrier - low) / (POINTS - 1) as f64;
    let at = |point: usize| low + step * point as f64;
    let density =
        |x: f64, variance: f64| (-0.5 * x * x / variance).exp() / (2.0 * PI * variance).sqrt();
    let weight = |point: usize| match point {
        0 => step / 3.0,
        _ if point == POINTS - 1 => step / 3.0,
        _ if point.is_multiple_of(2) => 2.0 * step / 3.0,
        _ => 4.0 * step / 3.0,
    };
    let weighted = |mass: Vec<f64>| -> Vec<f64> {
        let points = mass.iter().enumerate();
        points.map(|(point, mass)| mass * weight(point)).collect()
    };
    let mut mass = weighted(
        (0..POINTS)
            .map(|point| density(at(point), *first))
            .collect(),
    );
    for variance in between {
        let kernel: Vec<f64> = (0..POINTS)
            .map(|distance| density(step * distance as f64, *variance))
            .collect();
        let moved = |to: usize| {
            let from = mass.iter().enumerate();
            from.map(|(from, mass)| mass * kernel.get(from.abs_diff(to)).copied().unwrap_or(0.0))
                .sum()
        };
        mass = weighted((0..POINTS).map(moved).collect());
    }
    let stays =
        |(point, mass): (usize, &f64)| mass * (1.0 - above((barrier - at(point)) / last.sqrt()));
    mass.iter().enumerate().map(stays).sum()
}

#[cfg(test)]
mod tests {
    use xp_test_support::Random;

    use super::*;

    /// Share of walks whose partial sums at `steps` times a day reach the barrier.
    fn simulated(barrier: f64, variances: &[f64], steps: usize, n: usize) -> f64 {
        let mut random = Random(7);
        let crossed = |random: &mut Random| {
            let mut sum = 0.0;
            let mut reached = false;
            for variance in variances {
                let deviation = (variance / steps as f64).sqrt();
                for _ in 0..steps {
                    sum += deviation * random.normal();
                    reached |= sum >= barrier;
                }
            }
            reached
        };
        (0..n).filter(|_| crossed(&mut random)).count() as f64 / n as f64
    }

    #[test]
    fn daily_closes_reach_the_barrier_as_often_as_simulated() {
        const N: usize = 40_000;
        for (barrier, variances) in [
            (1.0, vec![1.0]),
            (0.3, vec![1.0; 2]),
            (1.0, vec![1.0; 5]),
            (2.5, vec![1.0; 7]),
            (1.5, vec![0.5, 1.0, 1.5, 2.0, 2.5]),
            (0.05, vec![4e-5; 5]),
        ] {
            let exact = crossing(barrier, &variances, Monitoring::Daily);
            let found = simulated(barrier, &variances, 1, N);
            let error = (exact * (1.0 - exact) / N as f64).sqrt();
            assert!(
                (exact - found).abs() < 4.0 * error + 1e-9,
                "{exact} {found} ± {error}"
            );
        }
    }

    /// A path that is watched `steps` times a day reaches less often than one that is always watched: as if its barrier were higher by .5826
    /// standard deviations of a step (Broadie, Glasserman & Kou 1997).
    #[test]
    fn a_path_that_is_always_watched_follows_the_reflection_principle() {
        const N: usize = 20_000;
        const STEPS: usize = 50;
        for (barrier, variances) in [
            (1.0, vec![1.0; 5]),
            (1.5, vec![0.5, 1.0, 1.5]),
            (0.5, vec![1.0]),
        ] {
            let exact = crossing(barrier, &variances, Monitoring::Continuous);
            let mean = variances.iter().sum::<f64>() / variances.len() as f64;
            let shifted = barrier - 0.5826 * (mean / STEPS as f64).sqrt();
            let found = simulated(shifted, &variances, STEPS, N);
            let error = (exact * (1.0 - exact) / N as f64).sqrt();
            assert!(
                (exact - found).abs() < 4.0 * error,
                "{exact} {found} ± {error}"
            );
        }
    }

    /// `survival` by a grid of 4001 points with the trapezoidal rule in numpy.
    #[test]
    fn known_values() {
        for (days, barrier, expected) in [
            (1, 1.0, 0.1587),
            (2, 0.2, 0.5557),
            (3, 1.0, 0.3783),
            (5, 0.5, 0.6236),
            (7, 4.0, 0.0890),
        ] {
            let found = crossing(barrier, &vec![1.0; days], Monitoring::Daily);
            assert!((found - expected).abs() < 1e-4, "{days} {barrier}: {found}");
        }
        assert_eq!(crossing(0.5, &[1e-6; 5], Monitoring::Daily), 0.0);
        assert_eq!(crossing(0.5, &[1e-6; 5], Monitoring::Continuous), 0.0);
    }
}
