//! A comparison as Markdown.

use super::model::{Comparison, Measure, Region};
use crate::{
    document::{Block, Document, Line, Table, markdown as render},
    report::numbers::with_interval,
};

/// A table for each region, with what was compared.
pub fn markdown(comparison: &Comparison) -> String {
    let (a, b) = (&comparison.a, &comparison.b);
    let mut lines = vec![
        Line::new("A: ")
            .code(&a.name)
            .text(format!(" ({}; {})", a.experiment, a.runs.join(", "))),
        Line::new("B: ")
            .code(&b.name)
            .text(format!(" ({}; {})", b.experiment, b.runs.join(", "))),
        Line::new(match &comparison.differs_in {
            None => "what they differ in is not known: a spec was not recorded".to_owned(),
            Some(paths) if paths.is_empty() => {
                "they differ in hyperparameters, seeds or search space only".to_owned()
            }
            Some(paths) => format!("they differ in {}", paths.join(", ")),
        }),
    ];
    lines.extend(comparison.notes.iter().map(Line::new));
    let mut blocks = vec![
        Block::Heading(1, "Comparison".to_owned()),
        Block::List(lines),
    ];
    for region in &comparison.regions {
        blocks.push(Block::Heading(2, region.name.to_owned()));
        blocks.push(Block::Paragraph(Line::new(counts(region))));
        blocks.push(Block::Table(table(region)));
    }
    render(&Document::new(blocks), "figures")
}

fn counts(region: &Region) -> String {
    let (first, last) = &region.days;
    let rest = match (region.only_a, region.only_b) {
        (0, 0) => String::new(),
        (a, b) => format!("; {a} samples of A and {b} of B have no partner and are left out"),
    };
    format!(
        "{} common samples from {first} to {last}, {} positive{rest}. Blocks of {} samples.",
        region.n, region.positives, region.block
    )
}

fn table(region: &Region) -> Table {
    Table {
        id: format!("compare_{}", region.name),
        caption: Line::new(
            "Paired differences A − B: below 0 A is better. Intervals of 95 %: moving-block bootstrap of common days, of the mean of at least three pairs with Student's t of the pairs too; alone, Student's t over pairs says how much seeds vary on these days.",
        ),
        header: [
            "Measure",
            "Pair",
            "A",
            "B",
            "A − B [95 %]",
            "t over pairs [95 %]",
            "Verdict",
        ]
        .map(str::to_owned)
        .to_vec(),
        rows: region.measures.iter().flat_map(rows).collect(),
    }
}

fn rows(measure: &Measure) -> Vec<Vec<Line>> {
    let seed = |seed: Option<u64>| seed.map_or_else(|| "?".to_owned(), |seed| seed.to_string());
    let number = |value: f64| format!("{value:.4}");
    let mut rows: Vec<[String; 7]> = measure
        .pairs
        .iter()
        .map(|pair| {
            let seeds = (seed(pair.seed_a), seed(pair.seed_b));
            let which = if seeds.0 == seeds.1 {
                format!("seed {}", seeds.0)
            } else {
                format!("seeds {} and {}", seeds.0, seeds.1)
            };
            [
                measure.name.to_owned(),
                which,
                number(pair.a),
                number(pair.b),
                with_interval(pair.difference, pair.interval),
                String::new(),
                verdict(pair.interval).to_owned(),
            ]
        })
        .collect();
    let mean = &measure.mean;
    if mean.pairs > 1 {
        rows.push([
            measure.name.to_owned(),
            format!("mean of {}", mean.pairs),
            number(mean.a),
            number(mean.b),
            with_interval(mean.difference, mean.interval),
            with_interval(mean.difference, mean.seeds_interval),
            verdict(mean.interval).to_owned(),
        ]);
    }
    let lines = |cells: [String; 7]| cells.into_iter().map(Line::from).collect();
    rows.into_iter().map(lines).collect()
}

/// By the interval, never by the sign alone.
fn verdict(interval: Option<(f64, f64)>) -> &'static str {
    match interval {
        Some((_, high)) if high < 0.0 => "A is better",
        Some((low, _)) if low > 0.0 => "B is better",
        Some(_) => "no difference is detected",
        None => "no interval",
    }
}
