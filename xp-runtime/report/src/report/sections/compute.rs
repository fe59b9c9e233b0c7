//! Losses against training compute: what a run cost in floating-point operations, and the lowest loss for a cost.

use xp_spec::count::group;

use crate::{
    document::{Block, Figure, Line, Table},
    figure::{Line as Curve, compute},
    report::{numbers::mean_sd, phase::Phase, run::Run, trained::Trained},
};

/// A table of all trainings whose operations are known, and for each question their curves with the frontier.
pub(super) fn blocks(phase: &Phase<'_>) -> Vec<Block> {
    let mut rows = Vec::new();
    let mut figures = Vec::new();
    for question in &phase.questions {
        let members = phase.members(question);
        rows.extend(members.iter().filter_map(|member| row(phase, member)));
        let curves: Vec<Curve> = members
            .iter()
            .flat_map(|member| &member.seeds)
            .filter_map(|run| curve(run))
            .collect();
        if !curves.is_empty() {
            figures.push(figure(&question.key, &question.name, &curves));
        }
    }
    if rows.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![
        Block::Heading(3, "Compute".to_owned()),
        Block::Table(Table {
            id: format!("{}_compute", phase.id()),
            caption: "Training compute: floating-point operations of matrix products, forward and backward, to the last evaluation, mean over seeds; evaluations and baselines are not part of it. Search: all trials of the search whose result was borrowed. Losses are mean ± sd over seeds (n).".into(),
            header: ["Experiment", "Data set", "Parameters", "FLOP of a seed", "FLOP of the search", "Validation log-loss", "Test log-loss"]
                .map(str::to_owned)
                .to_vec(),
            rows,
        }),
    ];
    blocks.extend(figures.into_iter().map(Block::Figure));
    blocks
}

fn row(phase: &Phase<'_>, member: &Trained<'_>) -> Option<Vec<Line>> {
    let run = member.run()?;
    let flops: Option<Vec<f64>> = member.seeds.iter().map(|run| run.row.train_flops).collect();
    let flops = flops.filter(|flops| !flops.is_empty())?;
    let losses = |of: &dyn Fn(&Run) -> Option<f64>| {
        mean_sd(
            &member
                .seeds
                .iter()
                .filter_map(|run| of(run))
                .collect::<Vec<_>>(),
        )
    };
    let cells = [
        run.row.experiment.clone(),
        run.data().to_owned(),
        run.row
            .param_count
            .map_or_else(|| "unknown".to_owned(), group),
        format!("{:.2e}", flops.iter().sum::<f64>() / flops.len() as f64),
        searched(phase, run),
        losses(&|run| run.row.val_loss),
        losses(&|run| run.row.test_loss),
    ];
    Some(cells.into_iter().map(Line::from).collect())
}

/// Operations of the searches that a training borrowed from, where this phase has them.
fn searched(phase: &Phase<'_>, run: &Run) -> String {
    let origin = run.record.as_ref().map(|record| &record.origin);
    let sources: Vec<&str> = origin
        .into_iter()
        .flatten()
        .map(|(source, _)| source.as_str())
        .collect();
    if sources.is_empty() {
        return "no search".to_owned();
    }
    let of = |source: &&str| phase.search(source)?.row.train_flops;
    let all: Option<Vec<f64>> = sources.iter().map(of).collect();
    all.map_or_else(
        || "unknown".to_owned(),
        |all| format!("{:.2e}", all.iter().sum::<f64>()),
    )
}

/// The validation losses of a seed against its operations; absent where they are not recorded.
fn curve(run: &Run) -> Option<Curve> {
    let seed = run
        .row
        .seed
        .map_or_else(String::new, |seed| format!(", seed {seed}"));
    Some(Curve {
        name: format!("{}{seed}", run.row.budget),
        points: run.losses_by_flops()?,
    })
}

fn figure(key: &str, name: &str, curves: &[Curve]) -> Figure {
    Figure {
        id: format!("{key}_compute"),
        caption: format!(
            "Validation log-loss of {name} against training compute, each seed, and the lowest that any seed had reached by then."
        ),
        svg: compute(
            &format!("{name}: validation log-loss"),
            "validation log-loss",
            curves,
            &frontier(curves),
        ),
    }
}

/// The lowest loss so far, at each compute where it falls, and at the largest.
fn frontier(curves: &[Curve]) -> Vec<(f64, f64)> {
    let mut points: Vec<(f64, f64)> = curves
        .iter()
        .flat_map(|curve| curve.points.iter().copied())
        .filter(|(flops, loss)| flops.is_finite() && loss.is_finite())
        .collect();
    points.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let mut lowest: Vec<(f64, f64)> = Vec::new();
    for (flops, loss) in &points {
        if lowest.last().is_none_or(|(_, least)| loss < least) {
            lowest.push((*flops, *loss));
        }
    }
    if let (Some((_, least)), Some((end, _))) = (lowest.last().copied(), points.last()) {
        lowest.push((*end, least));
    }
    lowest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frontier_falls_and_reaches_the_largest_compute() {
        let curve = |points: &[(f64, f64)]| Curve {
            name: String::new(),
            points: points.to_vec(),
        };
        let found = frontier(&[
            curve(&[(1.0, 0.7), (2.0, 0.65), (3.0, 0.66)]),
            curve(&[(2.0, 0.69), (4.0, 0.6), (8.0, f64::NAN), (9.0, 0.61)]),
        ]);
        assert_eq!(found, [(1.0, 0.7), (2.0, 0.65), (4.0, 0.6), (9.0, 0.6)]);
        assert_eq!(frontier(&[]), []);
    }
}
