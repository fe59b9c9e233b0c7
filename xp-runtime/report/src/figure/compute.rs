//! Losses against cumulative compute.

use kuva::{plot::LinePlot, render::plots::Plot};

use super::{
    points::{Line, finite},
    style::{COLOURS, GREY, layout},
    svg::draw,
    ticks::{Axis, logarithmic, vertical},
};

/// Curves of trainings against floating-point operations, on a logarithmic axis, with the lowest loss that any of them reached by then.
pub fn compute(title: &str, y: &str, lines: &[Line], frontier: &[(f64, f64)]) -> String {
    let drawn = |points: &[(f64, f64)]| -> Vec<(f64, f64)> {
        let all = finite(points).into_iter();
        all.filter(|(flops, _)| *flops > 0.0).collect()
    };
    let mut plots: Vec<Plot> = Vec::new();
    for (line, colour) in lines.iter().zip(COLOURS.iter().cycle()) {
        plots.push(Plot::Line(
            LinePlot::new()
                .with_data(drawn(&line.points))
                .with_color(*colour)
                .with_stroke_width(1.5)
                .with_legend(line.name.as_str()),
        ));
    }
    if !frontier.is_empty() {
        plots.push(Plot::Line(
            LinePlot::new()
                .with_data(drawn(frontier))
                .with_color(GREY)
                .with_stroke_width(2.5)
                .with_dashed()
                .with_legend("frontier"),
        ));
    }
    let (mut x, mut range) = (
        (f64::INFINITY, f64::NEG_INFINITY),
        (f64::INFINITY, f64::NEG_INFINITY),
    );
    for (at, loss) in lines.iter().flat_map(|line| drawn(&line.points)) {
        x = (x.0.min(at), x.1.max(at));
        range = (range.0.min(loss), range.1.max(loss));
    }
    let layout = layout(
        &plots,
        title,
        "training compute, floating-point operations",
        y,
    );
    let layout = logarithmic(layout, Axis::Horizontal, x, |flops| format!("{flops:.0e}"));
    draw(plots, vertical(layout, range.0, range.1))
}
