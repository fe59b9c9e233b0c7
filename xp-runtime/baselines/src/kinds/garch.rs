//! Crossing probability by a GARCH(1,1), whose parameters are those of the largest quasi-likelihood on train (Bollerslev & Wooldridge
//! 1992).

use crate::{
    fitted::Fitted,
    regions::Regions,
    volatility::{self, Forecast, Process, minimum},
};

/// Probabilities, calibrated on train.
pub(crate) fn fit(regions: &Regions<'_>) -> Result<Fitted, String> {
    volatility::fit(regions, forecast)
}

/// The process of the largest quasi-likelihood for squared returns.
fn forecast(squares: &[f64]) -> Result<Forecast, String> {
    let mean = squares.iter().sum::<f64>() / squares.len() as f64;
    let starts = [0.9, 0.97, 0.99]
        .into_iter()
        .flat_map(|persistence| [0.03, 0.08, 0.15].map(|alpha| free(persistence, alpha)));
    let loss = |at: &[f64]| process(at, mean).map_or(f64::NAN, |process| process.loss(squares));
    let found = minimum(loss, starts.collect())?;
    let process = process(&found, mean).ok_or("it has no parameters")?;
    Ok(Forecast {
        name: format!(
            "GARCH(1,1) volatility (α {:.3}, β {:.3})",
            process.alpha, process.beta
        ),
        process,
    })
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// Free variables of a process whose unconditional variance is that of train.
fn free(persistence: f64, alpha: f64) -> Vec<f64> {
    let logit = |p: f64| (p / (1.0 - p)).ln();
    vec![0.0, logit(persistence), logit(alpha / persistence)]
}

/// The process of free variables: the logarithm of the unconditional variance over `mean`, and the logits of α + β and of α's share of it,
/// which keep α and β positive and the variance finite.
fn process(at: &[f64], mean: f64) -> Option<Process> {
    let &[level, persistence, share] = at else {
        return None;
    };
    let (persistence, share) = (sigmoid(persistence), sigmoid(share));
    Some(Process {
        omega: mean * level.exp() * (1.0 - persistence),
        alpha: persistence * share,
        beta: persistence * (1.0 - share),
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use serde::Deserialize;
    use xp_spec::files::read_spine;
    use xp_test_support::{Random, root};

    use super::*;

    #[derive(Deserialize)]
    struct Arch {
        returns: usize,
        garch: Garch,
        ewma: Ewma,
        riskmetrics: RiskMetrics,
    }

    #[derive(Deserialize)]
    struct Garch {
        omega: f64,
        alpha: f64,
        beta: f64,
        variances: Vec<(usize, f64)>,
        ahead: Vec<f64>,
    }

    #[derive(Deserialize)]
    struct Ewma {
        lambda: f64,
    }

    #[derive(Deserialize)]
    struct RiskMetrics {
        variances: Vec<(usize, f64)>,
    }

    /// Squared returns of the shipped NASDAQ closes.
    fn nasdaq() -> Vec<f64> {
        let path = "data/raw/nasdaq_daily.csv";
        let text = fs::read_to_string(root().join(path)).unwrap();
        let closes = read_spine(path, &text).unwrap().close;
        let pairs = closes.windows(2);
        pairs.map(|pair| (pair[1] / pair[0]).ln().powi(2)).collect()
    }

    fn near(found: f64, expected: f64, relative: f64) {
        let error = (found / expected - 1.0).abs();
        assert!(error < relative, "{found} {expected}: {error:e}");
    }

    /// tests/fixtures/volatility.py made the numbers.
    #[test]
    fn nasdaq_is_as_pythons_arch_has_it() {
        let text = include_str!("../../tests/fixtures/volatility.json");
        let arch: Arch = serde_json::from_str(text).unwrap();
        let squares = nasdaq();
        assert_eq!(squares.len(), arch.returns);
        let theirs = Process {
            omega: arch.garch.omega,
            alpha: arch.garch.alpha,
            beta: arch.garch.beta,
        };
        let fitted = forecast(&squares).unwrap().process;
        // Ours is at least as likely, and theirs nearly: both are at the same maximum.
        assert!(fitted.loss(&squares) <= theirs.loss(&squares) + 1e-12);
        near(fitted.alpha, theirs.alpha, 2e-3);
        near(fitted.beta, theirs.beta, 2e-4);
        near(fitted.omega, theirs.omega, 5e-3);
        let average = super::super::ewma::forecast(&squares).unwrap().process;
        near(average.beta, arch.ewma.lambda, 1e-4);
        for (process, expected) in [
            (theirs, &arch.garch.variances),
            (Process::weighted(0.94), &arch.riskmetrics.variances),
        ] {
            let path = process.variances(&squares);
            for (day, variance) in expected {
                near(path[*day], *variance, 1e-9);
            }
        }
        let next = *theirs.variances(&squares).last().unwrap();
        for (found, expected) in theirs.ahead(next, 5).iter().zip(&arch.garch.ahead) {
            near(*found, *expected, 1e-9);
        }
    }

    /// Standard errors by Python's `arch` for 8000 returns of this process are .007 (α), .009 (β) and 4e-7 (ω); the table
    /// allows three and a half.
    #[test]
    fn parameters_of_simulated_returns_are_recovered() {
        let truth = Process {
            omega: 2e-6,
            alpha: 0.08,
            beta: 0.9,
        };
        for seed in 1..=5 {
            let mut random = Random(seed);
            let mut variance: f64 = 1e-4;
            let squares: Vec<f64> = (0..8000)
                .map(|_| {
                    let square = variance * random.normal().powi(2);
                    variance = truth.omega + truth.alpha * square + truth.beta * variance;
                    square
                })
                .collect();
            let found = forecast(&squares).unwrap().process;
            for (name, found, truth, tolerance) in [
                ("α", found.alpha, truth.alpha, 0.0245),
                ("β", found.beta, truth.beta, 0.0315),
                ("ω", found.omega, truth.omega, 1.4e-6),
            ] {
                assert!(
                    (found - truth).abs() < tolerance,
                    "seed {seed}: {name} {found}"
                );
            }
            let average = super::super::ewma::forecast(&squares).unwrap().process;
            assert!((0.9..0.99).contains(&average.beta), "{average:?}");
        }
    }
}
