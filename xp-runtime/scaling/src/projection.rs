//! The sum of squares of L = E + Σ a_k·x_k^(−α_k) at its best, with some of E and the exponents held at a value.

use super::least_squares::least_squares;

/// Range of the exponents; at a bound a law is not identified.
pub(crate) const EXPONENTS: (f64, f64) = (0.005, 3.0);

/// Logarithms of sizes relative to the smallest of each term, which makes the linear system well conditioned.
pub(crate) struct Logs {
    pub(crate) units: Vec<f64>,
    terms: Vec<Vec<f64>>,
}

impl Logs {
    /// Of one list of sizes per term.
    pub(crate) fn new(sizes: &[Vec<f64>]) -> Self {
        let units: Vec<f64> = sizes
            .iter()
            .map(|size| size.iter().copied().fold(f64::INFINITY, f64::min))
            .collect();
        let terms = sizes
            .iter()
            .zip(&units)
            .map(|(size, unit)| size.iter().map(|n| (n / unit).ln()).collect())
            .collect();
        Self { units, terms }
    }
}

/// What is held at a value instead of being fitted.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Fixed {
    /// A term and its exponent.
    pub(crate) exponent: Option<(usize, f64)>,
    /// The irreducible loss.
    pub(crate) e: Option<f64>,
}

/// The best fit.
pub(crate) struct Found {
    pub(crate) exponents: Vec<f64>,
    /// E, then a coefficient per term.
    pub(crate) coefficients: Vec<f64>,
    pub(crate) rss: f64,
}

/// The best exponents: a grid in their logarithms, refined around its best point until its cells are below 1e-9.
pub(crate) fn search(logs: &Logs, losses: &[f64], fixed: Fixed) -> Option<Found> {
    let held = |k: usize| fixed.exponent.filter(|(term, _)| *term == k);
    let free: Vec<usize> = (0..logs.terms.len())
        .filter(|k| held(*k).is_none())
        .collect();
    let steps: usize = if free.len() == 1 { 48 } else { 24 };
    let cells = (steps + 1).pow(u32::try_from(free.len()).ok()?);
    let (low, high) = (EXPONENTS.0.ln(), EXPONENTS.1.ln());
    let mut half = (high - low) / 2.0;
    let mut centre = vec![low + half; free.len()];
    let mut best: Option<Found> = None;
    while half > 1e-9 {
        let mut best_point = centre.clone();
        for cell in 0..cells {
            let mut rest = cell;
            let candidate: Vec<f64> = centre
                .iter()
                .map(|middle| {
                    let at = (rest % (steps + 1)) as f64 / steps as f64;
                    rest /= steps + 1;
                    (middle + (2.0 * at - 1.0) * half).clamp(low, high)
                })
                .collect();
            let mut searched = candidate.iter().map(|x| x.exp());
            let exponents: Vec<f64> = (0..logs.terms.len())
                .map(|k| held(k).map_or_else(|| searched.next().unwrap_or(f64::NAN), |(_, at)| at))
                .collect();
            let Some((coefficients, rss)) = project(logs, losses, &exponents, fixed.e) else {
                continue;
            };
            if best.as_ref().is_none_or(|least| rss < least.rss) {
                best_point = candidate;
                best = Some(Found {
                    exponents,
                    coefficients,
                    rss,
                });
            }
        }
        if free.is_empty() {
            break;
        }
        centre = best_point;
        // Valleys are curved: a cell and a half on each side contain the minimum.
        half *= 3.0 / steps as f64;
    }
    best
}

/// E and the coefficients of given exponents, none below 0, with the residual sum of squares: the best of all subsets whose solution
/// is not negative.
fn project(
    logs: &Logs,
    losses: &[f64],
    exponents: &[f64],
    e: Option<f64>,
) -> Option<(Vec<f64>, f64)> {
    let terms = logs.terms.iter().zip(exponents);
    let powers = terms.map(|(log, alpha)| log.iter().map(|x| (-alpha * x).exp()).collect());
    let constant = e.is_none().then(|| vec![1.0; losses.len()]);
    let columns: Vec<Vec<f64>> = constant.into_iter().chain(powers).collect();
    let target: Vec<f64> = losses.iter().map(|loss| loss - e.unwrap_or(0.0)).collect();
    let width = columns.len();
    let mut best: Option<(Vec<f64>, f64)> = None;
    // All columns first: where none of their coefficients is negative, no subset does better.
    for subset in (1_usize..1 << width).rev() {
        let members: Vec<usize> = (0..width).filter(|k| subset >> k & 1 == 1).collect();
        let chosen: Vec<&Vec<f64>> = members.iter().filter_map(|k| columns.get(*k)).collect();
        let Some(solved) = least_squares(&chosen, &target) else {
            continue;
        };
        if solved.iter().any(|x| *x < 0.0) {
            continue;
        }
        let fitted = |row: usize| -> f64 {
            let terms = chosen.iter().zip(&solved);
            terms
                .map(|(column, x)| x * column.get(row).copied().unwrap_or(0.0))
                .sum()
        };
        let rows = target.iter().enumerate();
        let rss: f64 = rows.map(|(row, loss)| (loss - fitted(row)).powi(2)).sum();
        if best.as_ref().is_none_or(|(_, least)| rss < *least) {
            let mut all = vec![0.0; width];
            for (k, x) in members.iter().zip(solved) {
                if let Some(coefficient) = all.get_mut(*k) {
                    *coefficient = x;
                }
            }
            best = Some((all, rss));
        }
        if members.len() == width {
            break;
        }
    }
    best.map(|(found, rss)| (e.into_iter().chain(found).collect(), rss))
}
