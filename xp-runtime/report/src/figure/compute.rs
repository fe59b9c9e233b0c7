//! Losses against cumulative compute.

use std::sync::Arc;

use kuva::{
    plot::LinePlot,
    render::{layout::TickFormat, plots::Plot},
};

use super::{
    points::{Line, finite},
    style::{COLOURS, GREY, layout},
    svg::draw,
    ticks::{step, vertical},
};

/// Curves of trainings against floating-point operations, on a logarithmic axis, with the lowest loss that any of them reached by then.
pub fn compute(title: &str, y: &str, lines: &[Line], frontier: &[(f64, f64)]) -> String {
    let log = |points: &[(f64, f64)]| {
        let logs: Vec<(f64, f64)> = points.iter().map(|(x, y)| (x.log10(), *y)).collect();
        finite(&logs)
    };
    let mut plots: Vec<Plot> = Vec::new();
    for (line, colour) in lines.iter().zip(COLOURS.iter().cycle()) {
        plots.push(Plot::Line(
            LinePlot::new()
                .with_data(log(&line.points))
                .with_color(*colour)
                .with_stroke_width(1.5)
                .with_legend(line.name.as_str()),
        ));
    }
    if !frontier.is_empty() {
        plots.push(Plot::Line(
            LinePlot::new()
                .with_data(log(frontier))
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
    for (at, loss) in lines.iter().flat_map(|line| log(&line.points)) {
        x = (x.0.min(at), x.1.max(at));
        range = (range.0.min(loss), range.1.max(loss));
    }
    let mut layout = layout(
        &plots,
        title,
        "training compute, floating-point operations",
        y,
    );
    if x.0 < x.1 {
        layout = layout
            .with_x_axis_min(x.0)
            .with_x_axis_max(x.1)
            .with_x_tick_step(step(x.1 - x.0, 6.0))
            .with_x_tick_format(TickFormat::Custom(Arc::new(|log| {
                format!("{:.0e}", 10_f64.powf(log))
            })));
    }
    if range.0.is_finite() {
        layout = vertical(layout, range.0, range.1);
    }
    draw(plots, layout)
}
