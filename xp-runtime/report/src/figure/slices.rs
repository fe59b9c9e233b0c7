//! A search's trials along each parameter.

use std::sync::Arc;

use kuva::{
    backend::svg::SvgBackend,
    plot::ScatterPlot,
    render::{
        figure::Figure,
        layout::{Layout, TickFormat},
        plots::Plot,
    },
};

use super::{
    range::range,
    style::{BLUE, GREY, layout},
    svg::{draw, finished},
    ticks::{step, vertical},
};
use crate::record::Slice;

/// Trials along each parameter, one panel each; values far above the rest are drawn at the upper border.
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
    let (floor, top) = range(&values);
    let mut panels: Vec<Vec<Plot>> = Vec::new();
    let mut layouts: Vec<Layout> = Vec::new();
    for slice in slices {
        let mut points = finite(slice);
        if slice.log {
            points
                .iter_mut()
                .for_each(|point| point.0 = point.0.log10());
        }
        let plots: Vec<Plot> = [(true, BLUE), (false, GREY)]
            .into_iter()
            .filter_map(|(wanted, colour)| {
                let dots: Vec<(f64, f64)> = points
                    .iter()
                    .filter(|(_, _, complete)| *complete == wanted)
                    .map(|(x, value, _)| (*x, value.min(top)))
                    .collect();
                let plot = || {
                    ScatterPlot::new()
                        .with_data(dots.clone())
                        .with_color(colour)
                };
                (!dots.is_empty()).then(|| Plot::Scatter(plot().with_size(3.5)))
            })
            .collect();
        if plots.is_empty() {
            continue;
        }
        let layout = Layout::auto_from_plots(&plots)
            .with_x_label(slice.name.as_str())
            .with_y_label(y);
        let layout = vertical(layout, floor, top);
        layouts.push(if slice.log {
            let logs: Vec<f64> = points.iter().map(|point| point.0).collect();
            logarithmic(layout, &logs)
        } else {
            layout
        });
        panels.push(plots);
    }
    if panels.is_empty() {
        return draw(Vec::new(), layout(&[], title, "", y));
    }
    let columns = panels.len().min(3);
    let figure = Figure::new(panels.len().div_ceil(columns), columns)
        .with_title(title)
        .with_title_size(15)
        .with_structure((0..panels.len()).map(|panel| vec![panel]).collect())
        .with_cell_size(300.0, 240.0)
        .with_plots(panels)
        .with_layouts(layouts);
    finished(&SvgBackend.render_scene(&figure.render()))
}

/// An axis of logarithms from the lowest to the highest value with some room; tick labels are the numbers.
fn logarithmic(layout: Layout, logs: &[f64]) -> Layout {
    let low = logs.iter().copied().fold(f64::INFINITY, f64::min);
    let high = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let margin = ((high - low) * 0.05).max(0.02);
    let (low, high) = (low - margin, high + margin);
    layout
        .with_x_axis_min(low)
        .with_x_axis_max(high)
        .with_x_tick_step(step(high - low, 4.0))
        .with_x_tick_format(TickFormat::Custom(Arc::new(|log| short(10_f64.powf(log)))))
}

/// Two digits: `1e-4`, `3.2e-4`, `0.25`, `63`, `160`.
fn short(value: f64) -> String {
    let scientific = format!("{value:.1e}").replace(".0e", "e");
    match scientific.parse::<f64>() {
        Ok(rounded) if (0.01..1e5).contains(&rounded) => rounded.to_string(),
        _ => scientific,
    }
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn ticks_of_logarithms_have_two_digits() {
        for (value, expected) in [
            (1e-4, "1e-4"),
            (3.162e-4, "3.2e-4"),
            (9.99e-3, "0.01"),
            (0.2512, "0.25"),
            (63.1, "63"),
            (158.5, "160"),
            (1e6, "1e6"),
        ] {
            assert_eq!(short(value), expected);
        }
    }
}
