//! What the Gaussian process regresses on: results as standardised numbers, lower is better. It uses no point.

/// Smallest Yeo-Johnson exponent that is tried; 1 leaves values as they are, and is the largest, since only the bad end is
/// to be compressed.
const LEAST_EXPONENT: f64 = -3.0;
/// Steps from there to 1.
const EXPONENTS: u32 = 40;

/// Standardised targets, their long tail of bad values drawn in by the Yeo-Johnson transformation (Biometrika 2000) with the
/// most likely exponent, as in HEBO (Cowen-Rivers et al., JAIR 2022): one diverged trial must not flatten all others. An
/// infeasible trial, which has none, takes the worst measured value, as one of which only that is known that it was no better.
pub(crate) fn targets(results: &[Option<f64>]) -> Vec<f64> {
    let measured = results.iter().flatten().copied();
    let worst = measured.fold(f64::NEG_INFINITY, f64::max);
    let raw: Vec<f64> = results
        .iter()
        .map(|result| result.unwrap_or(worst))
        .collect();
    let plain = standardise(raw);
    let exponent = (0..=EXPONENTS)
        .map(|step| {
            LEAST_EXPONENT + (1.0 - LEAST_EXPONENT) * f64::from(step) / f64::from(EXPONENTS)
        })
        .max_by(|a, b| log_likelihood(&plain, *a).total_cmp(&log_likelihood(&plain, *b)))
        .unwrap_or(1.0);
    standardise(plain.iter().map(|v| yeo_johnson(*v, exponent)).collect())
}

fn yeo_johnson(value: f64, exponent: f64) -> f64 {
    let power = |base: f64, exponent: f64| {
        if exponent.abs() < 1e-9 {
            base.ln()
        } else {
            (base.powf(exponent) - 1.0) / exponent
        }
    };
    if value >= 0.0 {
        power(1.0 + value, exponent)
    } else {
        -power(1.0 - value, 2.0 - exponent)
    }
}

/// Of a normal distribution of the transformed values, up to a constant.
fn log_likelihood(values: &[f64], exponent: f64) -> f64 {
    let count = values.len() as f64;
    let moved: Vec<f64> = values.iter().map(|v| yeo_johnson(*v, exponent)).collect();
    let mean = moved.iter().sum::<f64>() / count;
    let variance = moved.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / count;
    let jacobian: f64 = values.iter().map(|v| v.signum() * v.abs().ln_1p()).sum();
    -0.5 * count * variance.max(f64::MIN_POSITIVE).ln() + (exponent - 1.0) * jacobian
}

/// Mean 0 and variance 1; all 0 where all are equal.
fn standardise(mut values: Vec<f64>) -> Vec<f64> {
    // Halves and a common scale, so that sums of the largest numbers stay finite.
    let top = values.iter().fold(0.0_f64, |top, v| top.max(v.abs()));
    if top > 0.0 {
        values.iter_mut().for_each(|v| *v /= top);
    }
    let count = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / count;
    let deviation = if variance > 1e-28 {
        variance.sqrt()
    } else {
        1.0
    };
    for value in &mut values {
        *value = (*value - mean) / deviation;
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_order_and_draws_in_the_tail() {
        let results: Vec<Option<f64>> = [0.3, 0.31, 0.32, 0.35, 0.4, 0.5, 100.0]
            .into_iter()
            .map(Some)
            .chain([None])
            .collect();
        let targets = targets(&results);
        assert!(targets[..7].windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(targets[6], targets[7]);
        assert!(targets[6] < 2.0, "{targets:?}");
        let equal = super::targets(&[Some(0.1); 3]);
        assert!(equal.iter().all(|target| target.abs() < 1e-9), "{equal:?}");
        let huge = super::targets(&[Some(1e300), Some(-1e308)]);
        assert!(huge.iter().all(|target| target.is_finite()), "{huge:?}");
    }
}
