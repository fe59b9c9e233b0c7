//! History of a search: value against trial number.

use kuva::{
    plot::{LinePlot, MarkerShape, ScatterPlot},
    render::plots::Plot,
};

use super::{
    range::Range,
    style::{BLUE, GREY, ORANGE, layout},
    svg::draw,
    ticks::whole,
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

/// Value against trial number, with the best so far. Trials far above the rest and trials without a value have marks of their own, off the
/// scale.
pub fn history(title: &str, y: &str, trials: &[(u32, Outcome, Option<f64>)]) -> String {
    let trials: Vec<(f64, Outcome, Option<f64>)> = trials
        .iter()
        .map(|(number, outcome, value)| {
            let value = value.filter(|value| value.is_finite());
            (f64::from(*number), *outcome, value)
        })
        .collect();
    let values: Vec<f64> = trials.iter().filter_map(|trial| trial.2).collect();
    let range = Range::of(&values);
    let mut plots: Vec<Plot> = Vec::new();
    let mut best: Vec<(f64, f64)> = Vec::new();
    for (number, outcome, value) in &trials {
        if let (Outcome::Complete, Some(value)) = (outcome, value) {
            let least = best.last().map_or(*value, |(_, least)| least.min(*value));
            best.push((*number, least));
        }
    }
    best.retain(|(_, least)| !range.is_above(*least));
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
        (Outcome::Pruned, GREY, "pruned, its last value"),
        (Outcome::Other, ORANGE, "not finished, its last value"),
    ] {
        let dots = trials.iter().filter(|trial| trial.1 == wanted);
        let dots = dots.filter_map(|(number, _, value)| Some((*number, (*value)?)));
        let dots: Vec<(f64, f64)> = dots.filter(|dot| !range.is_above(dot.1)).collect();
        plots.extend(marks(dots, colour, MarkerShape::Circle, name));
    }
    let above = trials
        .iter()
        .filter(|trial| trial.2.is_some_and(|value| range.is_above(value)));
    let above: Vec<(f64, f64)> = above.map(|trial| (trial.0, range.above())).collect();
    let without = trials.iter().filter(|trial| trial.2.is_none());
    let without: Vec<(f64, f64)> = without.map(|trial| (trial.0, range.without())).collect();
    let is_marked = !above.is_empty() || !without.is_empty();
    let name = format!("far above, off the scale: {}", above.len());
    plots.extend(marks(above, GREY, MarkerShape::Triangle, &name));
    let name = format!("no value: {}", without.len());
    plots.extend(marks(without, ORANGE, MarkerShape::Cross, &name));
    let last = trials.iter().map(|trial| trial.0).fold(1.0, f64::max);
    let layout = whole(layout(&plots, title, "trial", y), 0.0, last);
    draw(plots, range.axis(layout, is_marked))
}

/// Marks of one kind; nothing where there are none.
fn marks(dots: Vec<(f64, f64)>, colour: &str, shape: MarkerShape, name: &str) -> Option<Plot> {
    let is_circle = shape == MarkerShape::Circle;
    (!dots.is_empty()).then(|| {
        Plot::Scatter(
            ScatterPlot::new()
                .with_data(dots)
                .with_color(colour)
                .with_marker(shape)
                .with_size(if is_circle { 3.5 } else { 5.0 })
                .with_legend(name),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Heights of the marks of a shape that is not a circle.
    fn drawn(trials: &[(u32, Outcome, Option<f64>)]) -> String {
        history("title", "log-loss", trials)
    }

    #[test]
    fn what_was_not_measured_on_the_scale_is_marked_apart() {
        let measured: Vec<(u32, Outcome, Option<f64>)> = (0..20)
            .map(|i| (i, Outcome::Complete, Some(0.6 + 0.001 * f64::from(i))))
            .collect();
        let plain = drawn(&measured);
        assert!(!plain.contains("off the scale") && !plain.contains("no value"));
        let with = |more: &[(u32, Outcome, Option<f64>)]| drawn(&[&measured, more].concat());
        let marked = with(&[
            (20, Outcome::Other, None),
            (21, Outcome::Complete, Some(40.0)),
            (22, Outcome::Other, Some(f64::NAN)),
        ]);
        assert!(marked.contains("far above, off the scale: 1") && marked.contains("no value: 2"));
        // How far above has no place: it is no measurement of the figure.
        let farther = with(&[
            (20, Outcome::Other, None),
            (21, Outcome::Complete, Some(4000.0)),
            (22, Outcome::Other, None),
        ]);
        assert_eq!(marked, farther);
        // As many dots as values on the scale.
        let dots = |svg: &str| svg.matches("<circle").count();
        assert_eq!(dots(&plain), dots(&marked));
    }
}
