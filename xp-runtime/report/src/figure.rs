//! The report's figures as SVG. `kuva` draws: pure Rust, no fonts or browsers to install.

use kuva::{
    plot::{LinePlot, ScatterPlot},
    render::{layout::Layout, plots::Plot},
};

/// Colours that differ for colour-blind readers too (Okabe & Ito).
const COLOURS: [&str; 6] = [
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9",
];

/// A named line.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Legend.
    pub name: String,
    /// Points.
    pub points: Vec<(f64, f64)>,
}

/// Learning curves: loss against epoch.
pub fn curves(title: &str, lines: &[Line]) -> String {
    let mut plots: Vec<Plot> = Vec::new();
    for (line, colour) in lines.iter().zip(COLOURS.iter().cycle()) {
        plots.push(Plot::Line(
            LinePlot::new()
                .with_data(line.points.iter().copied())
                .with_color(*colour)
                .with_stroke_width(2.0)
                .with_legend(line.name.as_str()),
        ));
        plots.push(Plot::Scatter(
            ScatterPlot::new()
                .with_data(line.points.iter().copied())
                .with_color(*colour)
                .with_size(3.5),
        ));
    }
    let last = lines
        .iter()
        .flat_map(|line| &line.points)
        .fold(1.0, |last: f64, (epoch, _)| last.max(*epoch));
    let layout = Layout::auto_from_plots(&plots)
        .with_title(title)
        .with_x_axis_min(0.0)
        .with_x_tick_step(whole_step(last))
        .with_x_label("epoch")
        .with_y_label("mean log-loss");
    stable_ids(&kuva::render_to_svg(plots, layout))
}

/// Distance of ticks on an axis of whole numbers from 0 to `last`: 1, 2 or 5 times a power of ten, at most ten ticks.
fn whole_step(last: f64) -> f64 {
    (0..12)
        .flat_map(|decade| [1.0, 2.0, 5.0].map(|factor| factor * 10_f64.powi(decade)))
        .find(|step| last / step <= 10.0)
        .unwrap_or(last)
}

/// Clip ids come from a process-wide counter; numbered anew, a figure is a function of its data.
fn stable_ids(svg: &str) -> String {
    let mut out = String::with_capacity(svg.len());
    let mut seen: Vec<String> = Vec::new();
    let mut rest = svg;
    while let Some(at) = rest.find("clip") {
        let (before, tail) = rest.split_at(at);
        out.push_str(before);
        let digits =
            tail.trim_start_matches(|c: char| c.is_ascii_alphabetic() || c == '-' || c == '_');
        let name_length = tail.len() - digits.len();
        let number: String = digits.chars().take_while(char::is_ascii_digit).collect();
        let (name, _) = tail.split_at(name_length);
        out.push_str(name);
        if !number.is_empty() {
            let position = seen
                .iter()
                .position(|known| *known == number)
                .unwrap_or_else(|| {
                    seen.push(number.clone());
                    seen.len() - 1
                });
            out.push_str(&position.to_string());
        }
        rest = tail.split_at(name_length + number.len()).1;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_a_function_of_its_data() {
        let lines = [Line {
            name: "train".to_owned(),
            points: vec![(1.0, 0.7), (2.0, 0.65)],
        }];
        let first = curves("title", &lines);
        assert!(first.contains("<svg") && first.contains("mean log-loss"));
        assert_eq!(first, curves("title", &lines));
    }

    #[test]
    fn epochs_have_whole_ticks() {
        for (last, step) in [
            (1.0, 1.0),
            (10.0, 1.0),
            (11.0, 2.0),
            (75.0, 10.0),
            (110.0, 20.0),
        ] {
            assert_eq!(whole_step(last), step, "{last}");
        }
    }
}
