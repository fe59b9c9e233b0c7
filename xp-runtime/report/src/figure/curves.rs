//! Learning curves.

use kuva::{
    plot::{LinePlot, ScatterPlot},
    render::plots::Plot,
};

use super::{
    points::{Line, finite},
    style::{COLOURS, GREY, layout},
    svg::draw,
    ticks::{vertical, whole},
};

/// Loss against the steps or epochs of a training, whose axes are named `x` and `y`; the selected one as a dashed vertical line.
pub fn curves(title: &str, (x, y): (&str, &str), lines: &[Line], selected: Option<f64>) -> String {
    let mut plots: Vec<Plot> = Vec::new();
    for (line, colour) in lines.iter().zip(COLOURS.iter().cycle()) {
        let points = finite(&line.points);
        plots.push(Plot::Line(
            LinePlot::new()
                .with_data(points.iter().copied())
                .with_color(*colour)
                .with_stroke_width(2.0)
                .with_legend(line.name.as_str()),
        ));
        if points.len() <= 40 {
            plots.push(Plot::Scatter(
                ScatterPlot::new()
                    .with_data(points)
                    .with_color(*colour)
                    .with_size(3.5),
            ));
        }
    }
    let all = lines.iter().flat_map(|line| finite(&line.points));
    let (last, low, high) = all.fold(
        (1.0, f64::INFINITY, f64::NEG_INFINITY),
        |(last, low, high): (f64, f64, f64), (x, y)| (last.max(x), low.min(y), high.max(y)),
    );
    if let Some(place) = selected.filter(|_| low < high) {
        plots.push(Plot::Line(
            LinePlot::new()
                .with_data([(place, low), (place, high)])
                .with_color(GREY)
                .with_dashed()
                .with_legend("selected"),
        ));
    }
    // From 0, a few epochs would leave half of the picture empty.
    let first = if last > 1.0 && last <= 10.0 { 1.0 } else { 0.0 };
    let layout = whole(layout(&plots, title, x, y), first, last);
    draw(plots, vertical(layout, low, high))
}
