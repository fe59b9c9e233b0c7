//! Profile intervals of a law with an irreducible loss: the values at which the best fit of all else is not worse than the noise allows.

use super::{
    projection::{EXPONENTS, Fixed, Logs, search},
    saturating::{Saturating, saturating},
    student::half_width,
};

/// A law with an irreducible loss, and intervals of its parameters. An end is absent where the profile stays below its threshold up to the
/// limit of the range: the points do not bound it.
#[derive(Debug, Clone, PartialEq)]
pub struct Profiled {
    /// The fit.
    pub fit: Saturating,
    /// 95 % interval of each term's exponent.
    pub exponents: Vec<(Option<f64>, Option<f64>)>,
    /// 95 % interval of E. Without a lower end, E cannot be told from 0.
    pub e: (Option<f64>, Option<f64>),
}

impl Profiled {
    /// Coefficient and exponent of a term, with the exponent's interval; not numbers for a term that the law does not have.
    pub fn term(&self, k: usize) -> (f64, f64, (Option<f64>, Option<f64>)) {
        let (a, alpha) = self
            .fit
            .terms
            .get(k)
            .copied()
            .unwrap_or((f64::NAN, f64::NAN));
        (
            a,
            alpha,
            self.exponents.get(k).copied().unwrap_or((None, None)),
        )
    }
}

/// Values tried along a range to find where the profile crosses its threshold.
const STEPS: usize = 40;
/// Halvings of the crossing's bracket.
const HALVINGS: usize = 30;

/// Fits the law and profiles it, with the variance of a loss and its degrees of freedom; absent where [`saturating`] is.
pub(crate) fn profiled(
    sizes: &[Vec<f64>],
    losses: &[f64],
    variance: f64,
    df: f64,
) -> Option<Profiled> {
    let fit = saturating(sizes, losses)?;
    let logs = Logs::new(sizes);
    let rss = |fixed: Fixed| search(&logs, losses, fixed).map_or(f64::INFINITY, |found| found.rss);
    let threshold = rss(Fixed::default()) + half_width(df).powi(2) * variance;
    let exponents = (0..sizes.len())
        .map(|term| {
            let at = |log: f64| {
                rss(Fixed {
                    exponent: Some((term, log.exp())),
                    e: None,
                })
            };
            let best = fit
                .terms
                .get(term)
                .map_or(f64::NAN, |(_, alpha)| alpha.ln());
            let (low, high) = (EXPONENTS.0.ln(), EXPONENTS.1.ln());
            let ends = [low, high].map(|limit| crossing(&at, best, limit, threshold));
            (ends[0].map(f64::exp), ends[1].map(f64::exp))
        })
        .collect();
    let at = |e: f64| {
        rss(Fixed {
            exponent: None,
            e: Some(e),
        })
    };
    let largest = losses.iter().copied().fold(f64::INFINITY, f64::min);
    let e = [0.0, largest].map(|limit| crossing(&at, fit.e, limit, threshold));
    Some(Profiled {
        fit,
        exponents,
        e: (e[0], e[1]),
    })
}

/// Where a profile first rises above a threshold on the way from its best value to a limit.
fn crossing(profile: &dyn Fn(f64) -> f64, best: f64, limit: f64, threshold: f64) -> Option<f64> {
    let mut inside = best;
    for step in 1..=STEPS {
        let at = best + (limit - best) * step as f64 / STEPS as f64;
        if profile(at) > threshold {
            let mut outside = at;
            for _ in 0..HALVINGS {
                let middle = f64::midpoint(inside, outside);
                if profile(middle) > threshold {
                    outside = middle;
                } else {
                    inside = middle;
                }
            }
            return Some(outside);
        }
        inside = at;
    }
    None
}
