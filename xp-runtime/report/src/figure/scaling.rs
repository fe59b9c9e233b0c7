//! Scaling laws in log-log. `kuva`'s own log axes lack ticks when they are short: logarithms are plotted, and tick labels are the numbers.

use std::sync::Arc;

use kuva::{
    plot::{BandPlot, LinePlot, ScatterPlot},
    render::{layout::TickFormat, plots::Plot},
};

use super::{
    points::finite,
    style::{BLUE, GREY, ORANGE, layout},
    svg::draw,
    ticks::{digits, step},
};

/// What a scaling figure shows, in sizes and losses.
#[derive(Debug, Clone, PartialEq)]
pub struct Scaling {
    /// Each seed.
    pub seeds: Vec<(f64, f64)>,
    /// Means over seeds.
    pub means: Vec<(f64, f64)>,
    /// The power law.
    pub law: Vec<(f64, f64)>,
    /// Its 95 % band: size, low, high.
    pub band: Vec<(f64, f64, f64)>,
    /// The law with an irreducible loss; empty where there is none.
    pub saturating: Vec<(f64, f64)>,
    /// The loss that a model beats by luck only, at the least and the largest size; empty where it is not known.
    pub bayes: Vec<(f64, f64)>,
}

/// Log-log figure of losses against sizes.
pub fn scaling(title: &str, x: &str, y: &str, shown: &Scaling) -> String {
    let log = |points: &[(f64, f64)]| -> Vec<(f64, f64)> {
        finite(
            &points
                .iter()
                .map(|(x, y)| (x.log10(), y.log10()))
                .collect::<Vec<_>>(),
        )
    };
    let band: Vec<(f64, f64, f64)> = shown
        .band
        .iter()
        .map(|(x, low, high)| (x.log10(), low.log10(), high.log10()))
        .filter(|(x, low, high)| x.is_finite() && low.is_finite() && high.is_finite())
        .collect();
    let mut plots: Vec<Plot> = Vec::new();
    if !band.is_empty() {
        plots.push(Plot::Band(
            BandPlot::new(
                band.iter().map(|b| b.0),
                band.iter().map(|b| b.1),
                band.iter().map(|b| b.2),
            )
            .with_color(BLUE)
            .with_opacity(0.18),
        ));
    }
    let line = |points: &[(f64, f64)], colour: &str, name: &str| {
        LinePlot::new()
            .with_data(log(points))
            .with_color(colour)
            .with_stroke_width(2.0)
            .with_legend(name)
    };
    if !shown.law.is_empty() {
        // Bands have no entry of their own in a legend.
        let name = if band.is_empty() {
            "a·N^(−α)"
        } else {
            "a·N^(−α), 95 % band"
        };
        plots.push(Plot::Line(line(&shown.law, BLUE, name)));
    }
    if !shown.saturating.is_empty() {
        plots.push(Plot::Line(
            line(&shown.saturating, ORANGE, "E + a·N^(−α)").with_dashed(),
        ));
    }
    if !shown.bayes.is_empty() {
        plots.push(Plot::Line(line(&shown.bayes, GREY, "Bayes").with_dashed()));
    }
    let dots = |points: &[(f64, f64)], colour: &str, size: f64, name: &str| {
        Plot::Scatter(
            ScatterPlot::new()
                .with_data(log(points))
                .with_color(colour)
                .with_size(size)
                .with_legend(name),
        )
    };
    if !shown.seeds.is_empty() {
        plots.push(dots(&shown.seeds, GREY, 3.0, "seeds"));
    }
    if !shown.means.is_empty() {
        plots.push(dots(&shown.means, "#000000", 4.5, "mean of seeds"));
    }
    let range = |of: &dyn Fn(&(f64, f64)) -> f64, extra: Vec<f64>| -> (f64, f64) {
        let all = [&shown.seeds, &shown.means, &shown.law, &shown.bayes]
            .map(|points| log(points))
            .concat();
        let (low, high) = all
            .iter()
            .map(of)
            .chain(extra)
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| {
                (low.min(x), high.max(x))
            });
        // A figure of nothing, or of one value, has an axis too.
        if low < high {
            (low, high)
        } else if low.is_finite() {
            (low - 0.1, high + 0.1)
        } else {
            (0.0, 1.0)
        }
    };
    let (left, right) = range(&|p| p.0, Vec::new());
    let (bottom, top) = range(&|p| p.1, band.iter().flat_map(|b| [b.1, b.2]).collect());
    let (wide, high) = ((right - left) * 0.05, (top - bottom) * 0.06);
    let x_step = step(right - left, 6.0);
    let y_step = step(top - bottom, 7.0);
    // As many digits on all ticks as distinguish the two lowest.
    let decimals = digits(10_f64.powf(bottom) * (10_f64.powf(y_step) - 1.0)).max(1) + 1;
    let layout = layout(&plots, title, x, y)
        .with_x_axis_min(left - wide)
        .with_x_axis_max(right + wide)
        .with_y_axis_min(bottom - high)
        .with_y_axis_max(top + high)
        .with_x_tick_step(x_step)
        .with_y_tick_step(y_step)
        .with_x_tick_format(TickFormat::Custom(Arc::new(|log| short(10_f64.powf(log)))))
        .with_y_tick_format(TickFormat::Custom(Arc::new(move |log| {
            format!("{:.*}", decimals, 10_f64.powf(log))
        })));
    draw(plots, layout)
}

/// `2.0M`, `316M`, `20`.
fn short(value: f64) -> String {
    let (scaled, unit) = match value {
        v if v >= 999_500_000.0 => (v / 1e9, "B"),
        v if v >= 999_500.0 => (v / 1e6, "M"),
        v if v >= 9_995.0 => (v / 1e3, "k"),
        v => (v, ""),
    };
    let digits = usize::from(scaled < 9.95 && scaled.fract() > 0.05 && scaled.fract() < 0.95);
    format!("{scaled:.digits$}{unit}")
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn sizes_are_short() {
        for (value, expected) in [
            (1e6, "1M"),
            (3.162e6, "3.2M"),
            (3.162e7, "32M"),
            (1e9, "1B"),
            (99.99, "100"),
            (20.0, "20"),
        ] {
            assert_eq!(short(value), expected);
        }
    }
}
