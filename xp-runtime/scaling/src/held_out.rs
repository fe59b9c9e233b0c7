//! The largest size, predicted from the others.

use super::{line::Line, measured::Measured, pooled::Scatter, student::reach, verdict::MIN_SIZES};

/// The largest size predicted from the others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Extrapolation {
    /// The size held out.
    pub size: f64,
    /// Loss that the law of the other sizes predicts.
    pub predicted: f64,
    /// Loss that was measured.
    pub measured: f64,
    /// Predicted / measured − 1.
    pub error: f64,
    /// 95 % interval of the error.
    pub interval: (f64, f64),
}

/// Absent with fewer than four sizes. The interval is that of a prediction: scatter of the size itself, of the line through the others,
/// and of the days.
pub(crate) fn held_out(measured: &Measured, scatter: Scatter) -> Option<Extrapolation> {
    let (last, rest) = measured.sizes.split_last()?;
    if rest.len() < MIN_SIZES {
        return None;
    }
    let x: Vec<f64> = rest.iter().map(|n| n.ln()).collect();
    let of = |losses: &[f64]| -> Option<(f64, Line)> {
        let (held, known) = losses.split_last()?;
        let line = Line::through(&x, known)?;
        let at = last.ln() - line.centre;
        Some((line.level + line.slope * at - held, line))
    };
    let logs: Vec<f64> = measured.means.iter().map(|loss| loss.value.ln()).collect();
    let (error, line) = of(&logs)?;
    let drawn: Vec<f64> = measured
        .replicates
        .iter()
        .filter_map(|replicate| {
            let points = replicate.centred.iter().zip(&replicate.residuals);
            let fitted = points.map(|(x, r)| replicate.level + replicate.slope * x + r);
            Some(of(&fitted.collect::<Vec<_>>())?.0)
        })
        .collect();
    let count = drawn.len() as f64;
    let mean = drawn.iter().sum::<f64>() / count;
    let days = drawn.iter().map(|e| (e - mean).powi(2)).sum::<f64>() / (count - 1.0);
    let at = last.ln() - line.centre;
    let leverage = 1.0 + 1.0 / rest.len() as f64 + at * at / line.sxx;
    let by_sizes = [(scatter.variance * leverage, scatter.df)];
    let by_days_and_seeds = [
        (measured.seed_scatter * leverage, measured.seed_df),
        (days, measured.day_df),
    ];
    let reach = reach(&by_sizes, 0.05).max(reach(&by_days_and_seeds, 0.05));
    let value = measured.means.last()?.value;
    Some(Extrapolation {
        size: *last,
        predicted: value * error.exp(),
        measured: value,
        error: error.exp() - 1.0,
        interval: ((error - reach).exp() - 1.0, (error + reach).exp() - 1.0),
    })
}
