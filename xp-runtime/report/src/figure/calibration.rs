//! Reliability and precision-recall diagrams.

use kuva::{
    plot::{LinePlot, ScatterPlot},
    render::plots::Plot,
};

use super::{
    points::finite,
    style::{BLUE, GREY, layout},
    svg::draw,
};

/// Predictions of similar probability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bin {
    /// Mean predicted probability.
    pub predicted: f64,
    /// Share of positives.
    pub observed: f64,
    /// Lower end of the share's 95 % interval.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
    /// Samples.
    pub n: usize,
}

/// Reliability diagram: observed share of positives against predicted probability, with intervals.
pub fn reliability(title: &str, bins: &[Bin]) -> String {
    let diagonal = LinePlot::new()
        .with_data([(0.0, 0.0), (1.0, 1.0)])
        .with_color(GREY)
        .with_dashed()
        .with_legend("perfect");
    let mut plots = vec![Plot::Line(diagonal)];
    if !bins.is_empty() {
        // Drawn as lines of their own: error bars of dots have no colour.
        for bin in bins {
            plots.push(Plot::Line(
                LinePlot::new()
                    .with_data([(bin.predicted, bin.low), (bin.predicted, bin.high)])
                    .with_color(BLUE)
                    .with_stroke_width(1.2),
            ));
        }
        let most = bins.iter().map(|bin| bin.n).max().unwrap_or(1).max(1) as f64;
        plots.push(Plot::Scatter(
            ScatterPlot::new()
                .with_data(bins.iter().map(|bin| (bin.predicted, bin.observed)))
                .with_sizes(
                    bins.iter()
                        .map(|bin| 3.0 + 6.0 * (bin.n as f64 / most).sqrt()),
                )
                .with_color(BLUE)
                .with_legend("bins, area by n"),
        ));
    }
    let layout = unit(layout(
        &plots,
        title,
        "predicted probability",
        "observed share of positives",
    ));
    draw(plots, layout)
}

/// Precision against recall over all thresholds, and the share of positives, which predicting always positive reaches.
pub fn precision_recall(title: &str, curve: &[(f64, f64)], base_rate: f64) -> String {
    let mut plots = vec![Plot::Line(
        LinePlot::new()
            .with_data([(0.0, base_rate), (1.0, base_rate)])
            .with_color(GREY)
            .with_dashed()
            .with_legend("share of positives"),
    )];
    if !curve.is_empty() {
        plots.push(Plot::Line(
            LinePlot::new()
                .with_data(finite(curve))
                .with_color(BLUE)
                .with_stroke_width(2.0)
                .with_legend("model"),
        ));
    }
    let layout = unit(layout(&plots, title, "recall", "precision"));
    draw(plots, layout)
}

/// Both axes from 0 to 1, with room for dots on the border.
fn unit(layout: kuva::render::layout::Layout) -> kuva::render::layout::Layout {
    layout
        .with_x_axis_min(-0.03)
        .with_x_axis_max(1.03)
        .with_y_axis_min(-0.03)
        .with_y_axis_max(1.03)
        .with_x_tick_step(0.2)
        .with_y_tick_step(0.2)
}
