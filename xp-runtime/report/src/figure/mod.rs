//! The report's figures as SVG, functions of their data. `kuva` draws: pure Rust, no fonts or browsers to install.

mod calibration;
mod compute;
mod curves;
mod history;
mod importance;
mod points;
mod range;
mod scaling;
mod slices;
mod style;
mod svg;
mod ticks;

pub use calibration::{Bin, precision_recall, reliability};
pub use compute::compute;
pub use curves::curves;
pub use history::{Outcome, history};
pub use importance::importance;
pub use points::Line;
pub use scaling::{Level, LevelKind, Scaling, scaling};
pub use slices::slices;
pub(crate) use style::sheet;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may state what it believes")]

    use super::*;
    use crate::record::Slice;

    fn scaled() -> Scaling {
        let at = |i: i32| 2e6 * 10_f64.powi(i);
        let loss = |n: f64| 1.2 * n.powf(-0.04);
        Scaling {
            verdict: "scales: α = 0.0400 [0.0300, 0.0500]".to_owned(),
            seeds: (0..4).map(|i| (at(i), loss(at(i)) * 1.01)).collect(),
            means: (0..4).map(|i| (at(i), loss(at(i)))).collect(),
            law: (0..4).map(|i| (at(i), loss(at(i)))).collect(),
            band: (0..4)
                .map(|i| (at(i), loss(at(i)) * 0.98, loss(at(i)) * 1.02))
                .collect(),
            law_name: "a·N^(−α)".to_owned(),
            saturating: Vec::new(),
            levels: [
                (LevelKind::Prior, "class prior", 0.69),
                (LevelKind::Baseline, "logistic regression", 0.6),
                (LevelKind::Bayes, "Bayes", 0.5),
            ]
            .map(|(kind, name, loss)| Level {
                kind,
                name: name.to_owned(),
                loss,
            })
            .to_vec(),
        }
    }

    #[test]
    fn figures_are_functions_of_their_data() {
        let lines = [Line {
            name: "train".to_owned(),
            points: vec![(1.0, 0.7), (2.0, 0.65), (3.0, f64::NAN)],
        }];
        let trials = [
            (0, Outcome::Complete, Some(0.6)),
            (1, Outcome::Pruned, Some(0.7)),
            (2, Outcome::Other, None),
        ];
        let bins = [Bin {
            predicted: 0.25,
            observed: 0.3,
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
                curves("title", ("optimizer step", "mean log-loss"), &lines, None),
                compute("title", "log-loss", &lines, &[(1.0, 0.7), (3.0, 0.65)]),
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
            "frontier",
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

    /// One figure tells the verdict with its numbers, what the models are measured by, and sizes at round numbers.
    #[test]
    fn a_scaling_figure_tells_the_verdict_and_its_measures() {
        let svg = scaling("title", "N", "loss", &scaled());
        for part in [
            "scales: α = 0.0400 [0.0300, 0.0500]",
            "class prior",
            "logistic regression",
            "Bayes",
            ">10M<",
            ">1B<",
            ">0.50<",
        ] {
            assert!(svg.contains(part), "{part}: {svg}");
        }
    }

    /// The number of an attribute of each tag of this name that has it.
    fn numbers(svg: &str, tag: &str, attribute: &str) -> Vec<f64> {
        let start = format!("<{tag} ");
        let tags = svg.split(&start).skip(1);
        let of_tag = |tag: &str| {
            let tag = tag.split('>').next()?;
            let value = tag.split(&format!("{attribute}=\"")).nth(1)?;
            value.split('"').next()?.parse().ok()
        };
        tags.filter_map(of_tag).collect()
    }

    /// Start and length of a path that is a horizontal line; a point is one without length.
    fn horizontal(path: &str) -> Option<(f64, f64)> {
        let (x, rest) = path.split_once(' ')?;
        let (y, rest) = rest.split_once('h')?;
        let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.'));
        let length = rest.get(..end.unwrap_or(rest.len()))?;
        y.parse::<f64>().ok()?;
        Some((x.parse().ok()?, length.parse().ok()?))
    }

    /// Where points and curves between the axes start, all but horizontal lines, which begin at the axis.
    fn starts(svg: &str) -> Vec<f64> {
        let within = svg.split("<svg ").skip(2);
        let paths = within.flat_map(|part| part.split("</svg>").next().unwrap().split('M').skip(1));
        let is_line = |path: &&str| horizontal(path).is_some_and(|(_, length)| length > 0.0);
        let start = |path: &str| path.split_once(' ')?.0.parse().ok();
        paths
            .filter(|path| !is_line(path))
            .filter_map(start)
            .collect()
    }

    #[test]
    fn no_point_lies_on_an_axis_and_no_legend_is_cut_off() {
        let line = |name: String| Line {
            name,
            points: vec![(1.0, 0.7), (2.0, 0.65), (3.0, 0.66)],
        };
        let many: Vec<Line> = (0..12).map(|i| line(format!("200M, seed {i}"))).collect();
        let trials: Vec<(u32, Outcome, Option<f64>)> = (0..3)
            .map(|i| (i, Outcome::Complete, Some(0.6 + f64::from(i) * 0.01)))
            .collect();
        for svg in [
            curves("t", ("step", "loss"), &many, Some(1.0)),
            compute("t", "loss", &many, &[(1.0, 0.7), (3.0, 0.65)]),
            scaling("t", "N", "loss", &scaled()),
            history("t", "loss", &trials),
        ] {
            let lines: Vec<_> = svg.split('M').filter_map(horizontal).collect();
            // The axes cross at the left end of the longest line.
            let longest = lines.iter().max_by(|a, b| a.1.total_cmp(&b.1));
            let (left, length) = *longest.unwrap();
            let right = left + length;
            let starts = starts(&svg);
            assert!(!starts.is_empty(), "{svg}");
            for x in starts {
                assert!(
                    x > left + 5.0 && x < right - 5.0,
                    "{x} of {left} to {right}"
                );
            }
            let height = numbers(&svg, "svg", " height").first().copied().unwrap();
            let lowest = numbers(&svg, "text", " y").into_iter().fold(0.0, f64::max);
            assert!(lowest < height, "{lowest} of {height}: {svg}");
        }
    }

    #[test]
    fn figures_of_nothing_are_drawn_too() {
        for svg in [
            curves("t", ("x", "y"), &[], None),
            compute("t", "y", &[], &[]),
            scaling("t", "x", "y", &Scaling::default()),
            history("t", "y", &[]),
            importance("t", &[]),
            slices("t", "y", &[]),
            reliability("t", &[]),
            precision_recall("t", &[], 0.5),
        ] {
            assert!(svg.contains("<svg"), "{svg}");
        }
    }
}
