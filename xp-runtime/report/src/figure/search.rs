//! How a search went, and what mattered in it.

use std::sync::Arc;

use kuva::{
    backend::svg::SvgBackend,
    plot::{BarPlot, LinePlot, ScatterPlot},
    render::{
        figure::Figure,
        layout::{Layout, TickFormat},
        plots::Plot,
    },
};

use super::{BLUE, COLOURS, GREY, ORANGE, draw, layout, stable_ids, step, vertical, whole_step};
use crate::record::Slice;

/// How a trial ended, as far as a figure tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It ran to its end.
    Complete,
    /// It was ended early.
    Pruned,
    /// It failed, diverged, or was cut off.
    Other,
}

/// Value against trial number, with the best so far. Trials without a value stand on the axis.
pub fn history(title: &str, y: &str, trials: &[(u32, Ended, Option<f64>)]) -> String {
    let values: Vec<f64> = trials
        .iter()
        .filter_map(|trial| trial.2.filter(|value| value.is_finite()))
        .collect();
    let (floor, top) = range(&values);
    let mut plots: Vec<Plot> = Vec::new();
    let mut best: Vec<(f64, f64)> = Vec::new();
    for (number, ended, value) in trials {
        if let (Ended::Complete, Some(value)) = (ended, value) {
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
        (Ended::Complete, BLUE, "complete"),
        (Ended::Pruned, GREY, "pruned"),
        (Ended::Other, ORANGE, "no value"),
    ] {
        let dots: Vec<(f64, f64)> = trials
            .iter()
            .filter(|(_, ended, value)| {
                let shown = if value.is_some() {
                    *ended
                } else {
                    Ended::Other
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

/// Lowest value, and the end of an axis above nine tenths of them: trials far off would press all others into a line.
fn range(values: &[f64]) -> (f64, f64) {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let floor = sorted.first().copied().unwrap_or(0.0);
    let most = sorted.get(sorted.len() * 9 / 10).copied().unwrap_or(1.0);
    (floor, floor + ((most - floor) * 1.6).max(0.01))
}

/// An axis of logarithms from the lowest to the highest value with some room; ticks say the numbers.
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

/// Trials along each parameter, one panel each; values far above stand on the upper border.
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
    stable_ids(&SvgBackend.render_scene(&figure.render()))
}

/// Share of each parameter in what set the best trials apart, the largest at the top.
pub fn importance(title: &str, shares: &[(String, f64)]) -> String {
    let mut shares: Vec<&(String, f64)> = shares
        .iter()
        .filter(|(_, share)| share.is_finite())
        .collect();
    shares.sort_by(|a, b| a.1.total_cmp(&b.1).then_with(|| b.0.cmp(&a.0)));
    let mut bars = BarPlot::new().with_horizontal(true);
    for (name, share) in &shares {
        bars = bars.with_colored_bar(
            name.as_str(),
            *share,
            COLOURS.first().copied().unwrap_or(BLUE),
        );
    }
    let plots = if shares.is_empty() {
        Vec::new()
    } else {
        vec![Plot::Bar(bars)]
    };
    let layout = layout(&plots, title, "importance (PED-ANOVA, shares)", "");
    draw(plots, layout)
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn ticks_of_logarithms_have_two_digits() {
        for (value, said) in [
            (1e-4, "1e-4"),
            (3.162e-4, "3.2e-4"),
            (9.99e-3, "0.01"),
            (0.2512, "0.25"),
            (63.1, "63"),
            (158.5, "160"),
            (1e6, "1e6"),
        ] {
            assert_eq!(short(value), said);
        }
    }
}
