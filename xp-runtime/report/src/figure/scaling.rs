//! Scaling laws in log-log.

use kuva::{
    plot::{BandPlot, LinePlot, MarkerShape, ScatterPlot},
    render::plots::Plot,
};

use super::{
    points::finite,
    style::{BLUE, GREEN, GREY, ORANGE, PURPLE, layout},
    svg::draw,
    ticks::{Axis, logarithmic, short, size},
};

/// What a scaling figure shows, in sizes and losses.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Scaling {
    /// The verdict and what it rests on, beneath the title.
    pub verdict: String,
    /// Each seed.
    pub seeds: Vec<(f64, f64)>,
    /// Means over seeds.
    pub means: Vec<(f64, f64)>,
    /// The power law.
    pub law: Vec<(f64, f64)>,
    /// What the legend calls it.
    pub law_name: String,
    /// Its 95 % band: size, low, high.
    pub band: Vec<(f64, f64, f64)>,
    /// The law with an irreducible loss; empty where there is none.
    pub saturating: Vec<(f64, f64)>,
    /// Losses that models are measured by, whatever their size.
    pub levels: Vec<Level>,
}

/// A loss without a size, as a horizontal line.
#[derive(Debug, Clone, PartialEq)]
pub struct Level {
    /// What it is of.
    pub kind: LevelKind,
    /// Its name in the legend.
    pub name: String,
    /// The loss.
    pub loss: f64,
}

/// What a level is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LevelKind {
    /// A constant probability, the share of positives in train.
    Prior,
    /// The best of the baselines.
    Baseline,
    /// What a model beats by luck only.
    Bayes,
}

/// Log-log figure of losses against sizes.
pub fn scaling(title: &str, x: &str, y: &str, shown: &Scaling) -> String {
    let positive = |points: &[(f64, f64)]| -> Vec<(f64, f64)> {
        let all = finite(points).into_iter();
        all.filter(|(x, y)| *x > 0.0 && *y > 0.0).collect()
    };
    let band: Vec<(f64, f64, f64)> = shown
        .band
        .iter()
        .copied()
        .filter(|(x, low, high)| *x > 0.0 && *low > 0.0 && high.is_finite() && x.is_finite())
        .collect();
    let points = [&shown.seeds, &shown.means, &shown.law, &shown.saturating];
    let points: Vec<(f64, f64)> = points.iter().flat_map(|all| positive(all)).collect();
    let sizes = range(points.iter().map(|point| point.0));
    let levels: Vec<&Level> = shown
        .levels
        .iter()
        .filter(|level| level.loss > 0.0 && level.loss.is_finite() && sizes.0.is_finite())
        .collect();
    let losses = range(
        points
            .iter()
            .map(|point| point.1)
            .chain(band.iter().flat_map(|(_, low, high)| [*low, *high]))
            .chain(levels.iter().map(|level| level.loss)),
    );

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
    let line = |points: Vec<(f64, f64)>, colour: &str, name: &str| {
        LinePlot::new()
            .with_data(points)
            .with_color(colour)
            .with_stroke_width(2.0)
            .with_legend(name)
    };
    if !shown.law.is_empty() {
        plots.push(Plot::Line(line(
            positive(&shown.law),
            BLUE,
            &shown.law_name,
        )));
    }
    if !shown.saturating.is_empty() {
        plots.push(Plot::Line(
            line(positive(&shown.saturating), ORANGE, "E + a·N^(−α)").with_dashed(),
        ));
    }
    for level in levels {
        let colour = match level.kind {
            LevelKind::Prior => GREY,
            LevelKind::Baseline => GREEN,
            LevelKind::Bayes => PURPLE,
        };
        let ends = vec![(sizes.0, level.loss), (sizes.1, level.loss)];
        let drawn = line(ends, colour, &level.name);
        plots.push(Plot::Line(match level.kind {
            LevelKind::Bayes => drawn.with_dotted(),
            LevelKind::Prior | LevelKind::Baseline => drawn.with_dashed(),
        }));
    }
    let dots = |points: &[(f64, f64)], colour: &str, shape: MarkerShape, name: &str| {
        Plot::Scatter(
            ScatterPlot::new()
                .with_data(positive(points))
                .with_color(colour)
                .with_marker(shape)
                .with_size(4.0)
                .with_legend(name),
        )
    };
    if !shown.seeds.is_empty() {
        plots.push(dots(&shown.seeds, GREY, MarkerShape::Circle, "seeds"));
    }
    if !shown.means.is_empty() {
        let name = "mean of seeds";
        plots.push(dots(&shown.means, "#000000", MarkerShape::Diamond, name));
    }
    let layout = layout(&plots, title, x, y)
        .with_subtitle(shown.verdict.as_str())
        .with_subtitle_size(12)
        .with_subtitle_wrap(60);
    let layout = logarithmic(layout, Axis::Horizontal, sizes, size);
    draw(plots, logarithmic(layout, Axis::Vertical, losses, short))
}

/// The least and the largest.
fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| {
        (low.min(x), high.max(x))
    })
}
