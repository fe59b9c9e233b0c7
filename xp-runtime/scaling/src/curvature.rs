//! Whether the points are a straight line in logarithms.

use super::{
    measured::Measured,
    pooled::{Scatter, Squares},
    student::{degrees_of_freedom, larger_variance, p_value},
    verdict::NoPowerLaw,
};

/// Level of both tests.
const LEVEL: f64 = 0.01;

/// What a parabola adds to the line.
pub(crate) struct Parabola {
    /// Square of the contrast, in ln L: what it takes from the sum of squares.
    bend: f64,
    /// What is left.
    pub(crate) rest: Squares,
}

/// The part of the residuals along the parabola; absent with fewer than four sizes, which leave nothing to judge it by.
pub(crate) fn parabola(measured: &Measured) -> Option<Parabola> {
    let line = &measured.line;
    if line.df() < 2 {
        return None;
    }
    // x² less its line is the direction in which a parabola differs from a line.
    let squares: Vec<f64> = line.centred.iter().map(|x| x * x).collect();
    let bent = super::line::Line::through(&line.centred, &squares)?.residuals;
    let norm: f64 = bent.iter().map(|b| b * b).sum();
    let along: f64 = bent.iter().zip(&line.residuals).map(|(b, r)| b * r).sum();
    let bend = along * along / norm;
    Some(Parabola {
        bend,
        rest: Squares {
            sum: (line.rss() - bend).max(0.0),
            df: line.df() - 1,
            loss: line.level.exp(),
        },
    })
}

/// p-value of a straight line against a parabola. The error is what sizes scatter around parabolas, pooled, but no less than days and
/// seeds explain.
pub(crate) fn curvature(measured: &Measured, scatter: Scatter) -> Option<f64> {
    let contrast = parabola(measured)?.bend.sqrt();
    let explained = measured.explained();
    let known: f64 = explained.iter().map(|(variance, _)| variance).sum();
    let by_sizes = p_value(contrast, scatter.variance.sqrt(), scatter.df);
    let known = p_value(contrast, known.sqrt(), degrees_of_freedom(&explained));
    Some(by_sizes.max(known))
}

/// Why the points follow no power law, if they do not.
pub(crate) fn no_power_law(measured: &Measured, curvature: Option<f64>) -> Option<NoPowerLaw> {
    if curvature.is_some_and(|p| p < LEVEL) {
        return Some(NoPowerLaw::Curved);
    }
    let line = &measured.line;
    let df = line.df() as f64;
    let scatter = line.rss() / df;
    let (first, last) = (line.centred.first()?, line.centred.last()?);
    let change = (line.slope * (last - first)).powi(2);
    let explained = measured.explained();
    let known: f64 = explained.iter().map(|(variance, _)| variance).sum();
    let beyond = larger_variance(scatter / known, df, degrees_of_freedom(&explained));
    (scatter > change && beyond < LEVEL).then_some(NoPowerLaw::Scattered)
}
