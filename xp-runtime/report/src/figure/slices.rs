//! A search's trials along each parameter.

use kuva::{
    plot::{
        MarkerShape, ScatterPlot,
        legend::{LegendEntry, LegendShape},
    },
    render::{figure::Figure, layout::Layout, plots::Plot},
};

use super::{
    range::Range,
    style::{BLUE, GREY, layout},
    svg::{draw, written},
    ticks::{Axis, horizontal, logarithmic, short},
};
use crate::record::Slice;

/// Marks of trials: whether complete, whether on the scale; colour, shape, and name.
const MARKS: [(bool, bool, &str, MarkerShape, &str); 4] = [
    (true, true, BLUE, MarkerShape::Circle, "complete"),
    (
        false,
        true,
        GREY,
        MarkerShape::Circle,
        "pruned, its last value",
    ),
    (
        true,
        false,
        BLUE,
        MarkerShape::Triangle,
        "complete, far above: off the scale",
    ),
    (
        false,
        false,
        GREY,
        MarkerShape::Triangle,
        "pruned, far above: off the scale",
    ),
];

/// Width of a letter of the title, pixels.
const LETTER: f64 = 7.5;

/// Trials along each parameter, one panel each; trials far above the rest have marks of their own, off the scale.
pub fn slices(title: &str, y: &str, slices: &[Slice]) -> String {
    let finite = |slice: &Slice| -> Vec<(f64, f64, bool)> {
        let drawn = |(x, value, _): &(f64, f64, bool)| {
            x.is_finite() && value.is_finite() && (!slice.log || *x > 0.0)
        };
        slice.points.iter().copied().filter(drawn).collect()
    };
    let values: Vec<f64> = slices
        .iter()
        .flat_map(&finite)
        .map(|point| point.1)
        .collect();
    let range = Range::of(&values);
    let is_marked = values.iter().any(|value| range.is_above(*value));
    let mut panels: Vec<Vec<Plot>> = Vec::new();
    let mut layouts: Vec<Layout> = Vec::new();
    let mut legend: Vec<LegendEntry> = Vec::new();
    for slice in slices {
        let points = finite(slice);
        let mut plots = Vec::new();
        for (complete, on_scale, colour, shape, name) in MARKS {
            let of_kind = points.iter().filter(|(_, value, is_complete)| {
                *is_complete == complete && range.is_above(*value) != on_scale
            });
            let place = |value: f64| if on_scale { value } else { range.above() };
            let dots: Vec<(f64, f64)> = of_kind.map(|(x, value, _)| (*x, place(*value))).collect();
            if dots.is_empty() {
                continue;
            }
            plots.push(Plot::Scatter(
                ScatterPlot::new()
                    .with_data(dots)
                    .with_color(colour)
                    .with_marker(shape)
                    .with_size(3.5),
            ));
            if legend.iter().all(|entry| entry.label != name) {
                legend.push(LegendEntry {
                    label: name.to_owned(),
                    color: colour.to_owned(),
                    shape: LegendShape::Marker(shape),
                    dasharray: None,
                });
            }
        }
        if plots.is_empty() {
            continue;
        }
        let layout = Layout::auto_from_plots(&plots)
            .with_x_label(slice.name.as_str())
            .with_y_label(y);
        let layout = range.axis(layout, is_marked);
        let places = || points.iter().map(|point| point.0);
        let ends = (
            places().fold(f64::INFINITY, f64::min),
            places().fold(f64::NEG_INFINITY, f64::max),
        );
        layouts.push(if slice.log {
            logarithmic(layout, Axis::Horizontal, ends, short)
        } else {
            horizontal(layout, ends.0, ends.1, 5.0)
        });
        panels.push(plots);
    }
    if panels.is_empty() {
        return draw(Vec::new(), layout(&[], title, "", y));
    }
    let columns = panels.len().min(3);
    // `kuva` breaks no title of several panels: they are as wide as it.
    let title_width = title.chars().count() as f64 * LETTER + 40.0;
    let width = (title_width / columns as f64).max(300.0);
    let figure = Figure::new(panels.len().div_ceil(columns), columns)
        .with_title(title)
        .with_title_size(12)
        .with_structure((0..panels.len()).map(|panel| vec![panel]).collect())
        .with_cell_size(width, 240.0)
        .with_plots(panels)
        .with_layouts(layouts)
        .with_shared_legend_bottom()
        .with_shared_legend_entries(legend);
    written(title, &figure.render())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trials_off_the_scale_are_marked_as_such() {
        let slice = |last: f64| Slice {
            name: "learning_rate".to_owned(),
            log: true,
            points: (0..20)
                .map(|i| (1e-4 * f64::from(i + 1), 0.6 + 0.001 * f64::from(i), true))
                .chain([(3e-3, last, true)])
                .collect(),
        };
        let plain = slices("title", "log-loss", &[slice(0.61)]);
        let marked = slices("title", "log-loss", &[slice(9.0)]);
        assert!(!plain.contains("off the scale") && marked.contains("off the scale"));
        assert_eq!(marked, slices("title", "log-loss", &[slice(90.0)]));
    }
}
