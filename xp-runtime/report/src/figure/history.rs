//! History of a search: value against trial number.

use kuva::{
    plot::{LinePlot, ScatterPlot},
    render::plots::Plot,
};

use super::{
    range::range,
    style::{BLUE, GREY, ORANGE, layout},
    svg::draw,
    ticks::{vertical, whole_step},
};

/// Outcome of a trial, as figures distinguish them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It completed.
    Complete,
    /// It was pruned.
    Pruned,
    /// It failed, diverged, or was interrupted.
    Other,
}

/// Value against trial number, with the best so far. Trials without a value are drawn at the border.
pub fn history(title: &str, y: &str, trials: &[(u32, Outcome, Option<f64>)]) -> String {
    let values: Vec<f64> = trials
        .iter()
        .filter_map(|trial| trial.2.filter(|value| value.is_finite()))
        .collect();
    let (floor, top) = range(&values);
    let mut plots: Vec<Plot> = Vec::new();
    let mut best: Vec<(f64, f64)> = Vec::new();
    for (number, outcome, value) in trials {
        if let (Outcome::Complete, Some(value)) = (outcome, value) {
            let least = best.last().map_or(*value, |(_, least)| least.min(*value));
            best.push((f64::from(*number), least.min(top)));
        }
    }
    if !best.is_empty() {
        plots.push(Plot::Line(
            LinePlot::new()
                .with_data(best)
                .with_color(BLUE)
                .with_stroke_width(2.0)
                .with_step()
                .with_legend("best so far"),
        ));
    }
    for (wanted, colour, name) in [
        (Outcome::Complete, BLUE, "complete"),
        (Outcome::Pruned, GREY, "pruned"),
        (Outcome::Other, ORANGE, "no value"),
    ] {
        let dots: Vec<(f64, f64)> = trials
            .iter()
            .filter(|(_, outcome, value)| {
                let shown = if value.is_some() {
                    *outcome
                } else {
                    Outcome::Other
                };
                shown == wanted
            })
            .map(|(number, _, value)| {
                let value = value.filter(|value| value.is_finite()).unwrap_or(top);
                (f64::from(*number), value.min(top))
            })
            .collect();
        if !dots.is_empty() {
            plots.push(Plot::Scatter(
                ScatterPlot::new()
                    .with_data(dots)
                    .with_color(colour)
                    .with_size(3.5)
                    .with_legend(name),
            ));
        }
    }
    let last = trials.iter().map(|trial| trial.0).max().unwrap_or(1);
    let layout = layout(&plots, title, "trial", y)
        .with_x_axis_min(-0.5)
        .with_x_axis_max(f64::from(last) + 0.5)
        .with_x_tick_step(whole_step(f64::from(last)));
    draw(plots, vertical(layout, floor, top))
}
