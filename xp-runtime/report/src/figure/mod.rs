//! The report's figures as SVG, functions of their data. `kuva` draws: pure Rust, no fonts or browsers to install.

mod calibration;
mod curves;
mod scaling;
mod search;

pub use calibration::{Bin, precision_recall, reliability};
pub use curves::curves;
use kuva::render::{
    layout::{Layout, TickFormat},
    plots::Plot,
};
pub use scaling::{Scaling, scaling};
pub use search::{Ended, history, importance, slices};

/// Colours that differ for colour-blind readers too (Okabe & Ito).
const COLOURS: [&str; 6] = [
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9",
];
const BLUE: &str = "#0072B2";
const ORANGE: &str = "#D55E00";
const GREY: &str = "#999999";

/// A named line.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Legend.
    pub name: String,
    /// Points.
    pub points: Vec<(f64, f64)>,
}

/// Points that can be drawn: what is not a number has no place on an axis.
fn finite(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let drawn = points.iter().copied();
    drawn
        .filter(|(x, y)| x.is_finite() && y.is_finite())
        .collect()
}

/// The layout of all figures; long titles break.
fn layout(plots: &[Plot], title: &str, x: &str, y: &str) -> Layout {
    Layout::auto_from_plots(plots)
        .with_title(title)
        .with_title_size(15)
        .with_title_wrap(64)
        .with_x_label(x)
        .with_y_label(y)
}

fn draw(plots: Vec<Plot>, layout: Layout) -> String {
    stable_ids(&kuva::render_to_svg(plots, layout))
}

/// Distance of ticks: 1, 2 or 5 times a power of ten, at most `most` over the range.
fn step(range: f64, most: f64) -> f64 {
    (-9..13)
        .flat_map(|decade| [1.0, 2.0, 5.0].map(|factor| factor * 10_f64.powi(decade)))
        .find(|step| range / step <= most)
        .unwrap_or(1.0)
}

/// Digits that tell values this far apart from each other.
fn digits(distance: f64) -> usize {
    // A distance of 0.05 takes two digits, one of 0.2 takes one.
    (-distance.log10() - 1e-9).ceil().clamp(0.0, 9.0) as usize
}

/// The vertical axis from `low` to `high` with some room, and ticks that all have the same digits.
fn vertical(layout: Layout, low: f64, high: f64) -> Layout {
    let (low, high) = if low < high {
        (low, high)
    } else {
        (low - 0.05, high + 0.05)
    };
    let (margin, step) = ((high - low) * 0.06, step(high - low, 8.0));
    layout
        .with_y_axis_min(low - margin)
        .with_y_axis_max(high + margin)
        .with_y_tick_step(step)
        .with_y_tick_format(TickFormat::Fixed(digits(step)))
}

/// Distance of ticks on an axis of whole numbers from 0 to `last`.
fn whole_step(last: f64) -> f64 {
    step(last, 10.0).max(1.0)
}

/// What `kuva` calls a clip before its number.
const CLIP: &str = "kuva-clip-";

/// Clip ids come from a process-wide counter; numbered anew, a figure is a function of its data.
fn stable_ids(svg: &str) -> String {
    let mut parts = svg.split(CLIP);
    let mut out = parts.next().unwrap_or_default().to_owned();
    let mut seen: Vec<&str> = Vec::new();
    for part in parts {
        let end = part
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(part.len());
        let (number, rest) = part.split_at(end);
        let position = seen.iter().position(|known| *known == number);
        let position = position.unwrap_or_else(|| {
            seen.push(number);
            seen.len() - 1
        });
        out.push_str(&format!("{CLIP}{position}{rest}"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Slice;

    #[test]
    fn ticks_have_the_digits_of_their_distance() {
        for (distance, expected) in [
            (0.005, 3),
            (0.05, 2),
            (0.1, 1),
            (0.2, 1),
            (1.0, 0),
            (50.0, 0),
        ] {
            assert_eq!(digits(distance), expected, "{distance}");
        }
    }

    fn scaled() -> Scaling {
        let at = |i: i32| 2e6 * 10_f64.powi(i);
        let loss = |n: f64| 1.2 * n.powf(-0.04);
        Scaling {
            seeds: (0..4).map(|i| (at(i), loss(at(i)) * 1.01)).collect(),
            means: (0..4).map(|i| (at(i), loss(at(i)))).collect(),
            law: (0..4).map(|i| (at(i), loss(at(i)))).collect(),
            band: (0..4)
                .map(|i| (at(i), loss(at(i)) * 0.98, loss(at(i)) * 1.02))
                .collect(),
            saturating: Vec::new(),
        }
    }

    #[test]
    fn figures_are_functions_of_their_data() {
        let lines = [Line {
            name: "train".to_owned(),
            points: vec![(1.0, 0.7), (2.0, 0.65), (3.0, f64::NAN)],
        }];
        let trials = [
            (0, Ended::Complete, Some(0.6)),
            (1, Ended::Pruned, Some(0.7)),
            (2, Ended::Other, None),
        ];
        let bins = [Bin {
            said: 0.25,
            was: 0.3,
            low: 0.2,
            high: 0.4,
            n: 40,
        }];
        let slice = [("learning_rate", true), ("layers", false)].map(|(name, log)| Slice {
            name: name.to_owned(),
            log,
            points: vec![
                (1e-4, 0.6, true),
                (1e-2, 9.0, false),
                (1e-3, f64::NAN, true),
            ],
        });
        let draw_all = || {
            [
                curves("title", "mean log-loss", &lines, None),
                scaling("title", "N", "loss", &scaled()),
                history("title", "log-loss", &trials),
                importance(
                    "title",
                    &[("dropout".to_owned(), 0.4), ("depth".to_owned(), 0.6)],
                ),
                slices("title", "log-loss", &slice),
                reliability("title", &bins),
                precision_recall("title", &[(0.0, 1.0), (0.5, 0.7), (1.0, 0.4)], 0.4),
            ]
        };
        let first = draw_all();
        for (svg, word) in first.iter().zip([
            "mean log-loss",
            ">loss<",
            "trial",
            "dropout",
            "learning_rate",
            "observed",
            "precision",
        ]) {
            assert!(
                svg.contains("<svg") && svg.contains(word) && !svg.contains("NaN"),
                "{word}: {svg}"
            );
        }
        assert_eq!(first, draw_all());
    }

    #[test]
    fn figures_of_nothing_are_drawn_too() {
        let none = Scaling {
            seeds: vec![],
            means: vec![],
            law: vec![],
            band: vec![],
            saturating: vec![],
        };
        for svg in [
            curves("t", "y", &[], None),
            scaling("t", "x", "y", &none),
            history("t", "y", &[]),
            importance("t", &[]),
            slices("t", "y", &[]),
            reliability("t", &[]),
            precision_recall("t", &[], 0.5),
        ] {
            assert!(svg.contains("<svg"), "{svg}");
        }
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
