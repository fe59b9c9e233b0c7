//! The length of a bootstrap's blocks by the autocorrelation of what is bootstrapped.

/// The block length that makes the moving-block bootstrap's variance of a mean most exact (Politis & White 2004, corrected by Patton,
/// Politis & White 2009), rounded up, but at least `least`: labels of neighbouring days overlap, whatever a sample of them shows. It is at most
/// min(3√n, n/3). A series that does not vary, that holds what is no number, or of fewer than 16 samples has `least`.
pub fn optimal_block(series: &[f64], least: usize) -> usize {
    if series.len() < 16 {
        return least;
    }
    let n = series.len() as f64;
    let mean = series.iter().sum::<f64>() / n;
    let deviations: Vec<f64> = series.iter().map(|x| x - mean).collect();
    let most = f64::min(3.0 * n.sqrt(), n / 3.0).ceil();
    let optimal = (2.0 * slope_over_level(&deviations).powi(2) * 0.75 * n).cbrt();
    if optimal.is_finite() {
        least.max(optimal.min(most).ceil() as usize)
    } else {
        least
    }
}

/// Σ|k|·γ(k) over Σγ(k) with flat-top weights, which vanish from twice the lag on beyond which nothing is significant.
fn slope_over_level(deviations: &[f64]) -> f64 {
    let n = deviations.len();
    let small = 5.max((n as f64).log10() as usize);
    let furthest = (n as f64).sqrt().ceil() as usize + small;
    let product = |lag: usize| -> f64 {
        let later = deviations.iter().skip(lag);
        later.zip(deviations).map(|(a, b)| a * b).sum()
    };
    let products: Vec<f64> = (0..=furthest).map(product).collect();
    let significant = 2.0 * ((n as f64).log10() / n as f64).sqrt();
    let squares = |part: &[f64]| part.iter().map(|x| x * x).sum::<f64>();
    let is_small = |lag: usize| {
        let (after, before) = (
            deviations.get(lag + 1..).unwrap_or_default(),
            deviations.get(..n - lag - 1).unwrap_or_default(),
        );
        let scale = (squares(after) * squares(before)).sqrt();
        products
            .get(lag)
            .is_some_and(|product| product.abs() / scale < significant)
    };
    // The first lag from which on `small` autocorrelations in a row are insignificant.
    let first =
        (0..=furthest.saturating_sub(small)).find(|first| (*first..first + small).all(is_small));
    let bandwidth = first.map_or(furthest, |first| (2 * first.max(1)).min(furthest));
    let (mut slope, mut level) = (0.0, products.first().copied().unwrap_or(0.0));
    for (lag, product) in products.iter().enumerate().take(bandwidth + 1).skip(1) {
        let share = lag as f64 / bandwidth as f64;
        let weight = if share <= 0.5 {
            1.0
        } else {
            2.0 * (1.0 - share)
        };
        slope += 2.0 * weight * lag as f64 * product;
        level += 2.0 * weight * product;
    }
    slope / level
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        bootstrap::{Blocks, percentiles},
        draws::Draws,
    };

    /// −½ to ½ (Knuth's MMIX generator).
    fn noise(n: usize) -> Vec<f64> {
        let mut state = 7_u64;
        (0..n)
            .map(|_| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                (state >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
            })
            .collect()
    }

    fn autoregression(noise: &[f64], coefficient: f64) -> Vec<f64> {
        let mut last = 0.0;
        let step = |x: &f64| {
            last = coefficient * last + x;
            last
        };
        noise.iter().map(step).collect()
    }

    /// The same series in Python's arch 8.0.0, `optimal_block_length`, column `circular`; its first value of an autoregression is 0.
    #[test]
    fn lengths_are_as_pythons_arch_has_them() {
        type Make = fn(Vec<f64>) -> Vec<f64>;
        let ar: Make = |mut u| {
            u[0] = 0.0;
            autoregression(&u, 0.9)
        };
        let ma: Make = |u| {
            (0..u.len())
                .map(|i| u[i.saturating_sub(4)..=i].iter().sum())
                .collect()
        };
        let wave: Make = |u| {
            u.iter()
                .enumerate()
                .map(|(i, u)| u + (i as f64 / 30.0).sin())
                .collect()
        };
        for (make, n, expected) in [
            ((|u| u) as Make, 300, 1.640_997),
            (|u| u, 2000, 0.578_911),
            (ar, 300, 22.727_568),
            (ar, 2000, 50.736_386),
            (ma, 300, 7.681_100),
            (ma, 2000, 19.468_794),
            (wave, 300, 31.919_223),
            (wave, 2000, 89.514_077),
        ] {
            let found = optimal_block(&make(noise(n)), 1);
            assert_eq!(found, f64::ceil(expected) as usize, "{n} {expected}");
        }
        assert_eq!(optimal_block(&noise(300), 20), 20);
    }

    #[test]
    fn what_does_not_vary_has_the_least_length() {
        for series in [
            vec![],
            vec![1.0],
            vec![1.0; 2],
            vec![0.25; 500],
            vec![f64::NAN; 500],
        ] {
            assert_eq!(optimal_block(&series, 20), 20);
        }
        let trend: Vec<f64> = (0..400).map(f64::from).collect();
        assert!((21..=60).contains(&optimal_block(&trend, 20)));
    }

    /// Simulated differences whose autocorrelation lasts longer than 20 days: intervals of fixed blocks are too short, those of blocks by
    /// the autocorrelation less so; where it does not last, they are the same.
    #[test]
    fn intervals_of_lasting_differences_hold_more_often() {
        const STUDIES: usize = 400;
        for (coefficient, fixed_at_most, least) in
            [(0.0, 1.0, 0.92), (0.8, 1.0, 0.91), (0.97, 0.72, 0.78)]
        {
            let mut draws = Draws::new(3);
            let mut held = [0, 0];
            for _ in 0..STUDIES {
                let noise: Vec<f64> = (0..1500).map(|_| draws.normal()).collect();
                let series = autoregression(&noise, coefficient);
                for (held, length) in held.iter_mut().zip([20, optimal_block(&series, 20)]) {
                    let blocks = Blocks::new(series.len(), length, 300);
                    let (low, high) = percentiles(&blocks.sums(&series)).unwrap();
                    *held += usize::from(low <= 0.0 && 0.0 <= high);
                }
            }
            let [fixed, chosen] = held.map(|held| held as f64 / STUDIES as f64);
            assert!(
                chosen >= least && fixed <= fixed_at_most && chosen >= fixed - 0.01,
                "{coefficient}: {fixed} {chosen}"
            );
        }
    }
}
