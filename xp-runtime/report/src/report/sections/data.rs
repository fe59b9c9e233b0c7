//! Losses over parts of train: the data axis, and both axes together.

use std::collections::{BTreeMap, BTreeSet};

use xp_scaling::{Joint, JointPoint, joint};
use xp_spec::count::group;

use crate::{
    document::{Block, Line, Table},
    report::{
        differences::{OVER_BUDGETS_AND_DATA, OVER_DATA, question},
        drawings::law::law as law_figure,
        laws::{Size, basis, describe, laws, names, with_ends},
        phase::Phase,
        run::Run,
        trained::{Trained, spread},
    },
};

/// Trainings that differ in nothing but these fields, by what they have in common.
type Groups<'a, 'b> = BTreeMap<String, Vec<&'b Trained<'a>>>;

/// A table of sizes and amounts of data, a law over data for each budget, and one over both.
pub(super) fn blocks(phase: &Phase<'_>) -> Vec<Block> {
    let by_data = groups(phase, &OVER_DATA);
    if by_data.is_empty() {
        return Vec::new();
    }
    let samples: Size<'_> = &|member| member.run()?.row.train_samples.map(|n| n as f64);
    let sets: Vec<&[&Trained<'_>]> = by_data.values().map(Vec::as_slice).collect();
    let mut rows = Vec::new();
    let mut items = Vec::new();
    let mut figures = Vec::new();
    let found = laws(&sets, "parts of train", &OVER_DATA, samples);
    for (((members, name), laws), number) in sets.iter().zip(names(&sets)).zip(found).zip(1..) {
        rows.extend(members.iter().filter_map(|member| row(member)));
        let budget = members.first().and_then(|member| member.run());
        let budget = budget.map_or("", |run| run.row.budget.as_str());
        let name = format!("{budget}, {name}");
        let mut line = Line::default()
            .strong(&name)
            .text(" against training samples:");
        line = match laws {
            Ok(laws) => {
                for (loss, law) in &laws {
                    line = describe(line, loss, law);
                    let id = format!("{}_data_{number}_{}", phase.id(), loss.id);
                    figures.push(law_figure(
                        &id,
                        &name,
                        "training samples D",
                        (loss, law),
                        (phase, members),
                    ));
                }
                line.text(basis(members, &laws))
            }
            Err(no_law) => line.text(format!(" {no_law}")),
        };
        items.push(line);
    }
    let both = groups(phase, &OVER_BUDGETS_AND_DATA);
    let sets: Vec<&[&Trained<'_>]> = both.values().map(Vec::as_slice).collect();
    items.extend(sets.iter().zip(names(&sets)).filter_map(|(members, name)| {
        let budgets: BTreeSet<&str> = members
            .iter()
            .filter_map(|member| Some(member.run()?.row.budget.as_str()))
            .collect();
        (budgets.len() > 1).then(|| over_both(members, &name))
    }));
    let mut blocks = vec![
        Block::Heading(4, "Data scaling".to_owned()),
        Block::Table(Table {
            id: format!("{}_data", phase.id()),
            caption: "Test losses by part of train, mean ± sd over seeds (n). Passes: steps times batch size by training samples. Less data is also later data: the amount is confounded with its era.".into(),
            header: ["Experiment", "Data set", "Parameters", "Training samples", "Passes", "Test log-loss", "1 − AUC"]
                .map(str::to_owned)
                .to_vec(),
            rows,
        }),
        Block::List(items),
    ];
    blocks.extend(figures.into_iter().map(Block::Figure));
    blocks
}

/// Groups with at least two amounts of data.
fn groups<'a, 'b>(phase: &'b Phase<'a>, varies: &[&str]) -> Groups<'a, 'b> {
    let mut groups: Groups<'a, 'b> = BTreeMap::new();
    for member in &phase.trained {
        let spec = member.run().and_then(Run::spec);
        let key = spec.and_then(|spec| serde_json::to_string(&question(spec, varies)).ok());
        if let Some(key) = key {
            groups.entry(key).or_default().push(member);
        }
    }
    groups.retain(|_, members| {
        let amounts: BTreeSet<u64> = members
            .iter()
            .filter_map(|member| member.run()?.row.train_samples)
            .collect();
        amounts.len() > 1
    });
    groups
}

fn row(member: &Trained<'_>) -> Option<Vec<Line>> {
    let run = member.run()?;
    let unknown = || "unknown".to_owned();
    let cells = [
        run.row.experiment.clone(),
        run.data().to_owned(),
        run.row.param_count.map_or_else(unknown, group),
        run.row.train_samples.map_or_else(unknown, group),
        passes(run).map_or_else(unknown, |passes| format!("{passes:.1}")),
        spread(&member.losses),
        spread(&member.errors),
    ];
    Some(cells.into_iter().map(Line::from).collect())
}

/// Passes over train of the whole schedule.
fn passes(run: &Run) -> Option<f64> {
    let hyper: serde_json::Value = serde_json::from_str(run.row.hyperparameters.as_ref()?).ok()?;
    let value = |name: &str| hyper.get(name)?.as_f64();
    Some(value("steps")? * value("batch_size")? / run.row.train_samples? as f64)
}

/// E + A·N^(−α) + B·D^(−β) in words.
fn over_both(members: &[&Trained<'_>], name: &str) -> Line {
    let line = Line::default()
        .strong(name)
        .text(" over budgets and data, by test log-loss: ");
    let points: Vec<JointPoint> = members.iter().filter_map(|member| point(member)).collect();
    match joint(&points) {
        Some(found) => line.text(described(&found)),
        None => line.text(format!(
            "L = E + A·N^(−α) + B·D^(−β) is not identified by {} points (it needs at least six, and an estimate inside its range).",
            points.len()
        )),
    }
}

fn point(member: &Trained<'_>) -> Option<JointPoint> {
    let run = member.run()?;
    let losses: Vec<f64> = member.losses.iter().map(|seed| seed.value).collect();
    let n = losses.len() as f64;
    let mean = losses.iter().sum::<f64>() / n;
    let squares: f64 = losses.iter().map(|loss| (loss - mean).powi(2)).sum();
    Some(JointPoint {
        size: run.row.param_count? as f64,
        data: run.row.train_samples? as f64,
        loss: mean,
        seed_variance: (losses.len() > 1).then(|| squares / (n - 1.0) / n),
    })
}

fn described(found: &Joint) -> String {
    let fit = &found.law.fit;
    let term = |k: usize| {
        let (_, exponent, range) = found.law.term(k);
        with_ends(exponent, range)
    };
    let told = match found.law.e.0 {
        Some(_) => "",
        None => ", which cannot be told from 0",
    };
    let aicc = found.aicc.map_or_else(
        || "AICc needs at least 8 points".to_owned(),
        |[constant, power, joint]| {
            format!("AICc {joint:.1}, of a constant {constant:.1}, of a·N^(−α) {power:.1}")
        },
    );
    let held_out = found.held_out.map_or_else(
        || "the other sizes do not identify a law that predicts the largest".to_owned(),
        |(size, measured, predicted)| {
            format!(
                "held out, N = {} is predicted as {predicted:.4} and measured as {measured:.4}: error {:+.1} %",
                group(size as u64),
                100.0 * (predicted / measured - 1.0)
            )
        },
    );
    format!(
        "L = E + A·N^(−α) + B·D^(−β) by {} points, E = {}{told}, α = {}, β = {}, R² = {:.3}; {aicc}; {held_out}.",
        found.points,
        with_ends(fit.e, found.law.e),
        term(0),
        term(1),
        fit.r2
    )
}
