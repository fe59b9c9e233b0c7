//! How laws are fitted, by the checklist of Li et al. (arXiv 2502.18969), and the points with which every fit can be repeated.

use xp_scaling::{MIN_SEEDS, MIN_SIZES};
use xp_spec::{architecture::Architecture, count::count_parameters, experiment::Experiment};

use crate::{
    document::{Block, Line, Table},
    log::Status,
    report::{phase::Phase, run::Run, trained::Trained},
};

/// The checklist and the points of all questions that have enough sizes for a law.
pub(super) fn blocks(phase: &Phase<'_>) -> Vec<Block> {
    let questions = phase.questions.iter();
    let rows: Vec<Vec<Line>> = questions
        .filter(|question| question.members.len() >= MIN_SIZES)
        .flat_map(|question| {
            let members = phase.members(question).into_iter();
            members.flat_map(|member| rows(phase, member, &question.name))
        })
        .collect();
    if rows.is_empty() {
        return Vec::new();
    }
    vec![
        Block::Heading(4, "Fitting".to_owned()),
        Block::List(checklist(phase)),
        Block::Table(Table {
            id: format!("{}_points", phase.id()),
            caption: "Points of the laws over budgets, one for each seed: with these alone every fit can be repeated. N without ends: without embedding, positions and head.".into(),
            header: ["Question", "Experiment", "N", "N without ends", "Training samples", "Seed", "Test log-loss", "1 − AUC", "Test samples", "Best of"]
                .map(str::to_owned)
                .to_vec(),
            rows,
        }),
    ]
}

fn checklist(phase: &Phase<'_>) -> Vec<Line> {
    let item = |name: &str, text: String| Line::default().strong(name).text(format!(": {text}"));
    vec![
        item("Form", "L = a·N^(−α); from 4 sizes on also L = E + a·N^(−α), E ≥ 0; with parts of train L = E + A·N^(−α) + B·D^(−β).".to_owned()),
        item("N", "the exact number of trainable parameters, all of them; without embedding, positions and head it is in the table.".to_owned()),
        item("Points", format!(
            "the mean over seeds of each size; at least {MIN_SIZES} sizes and {MIN_SEEDS} seeds. Left out: {}.",
            left_out(phase)
        )),
        item("Hyperparameters", "those of each size as the methods say; where they are the best trial of a search, the table says of how many: the best of more trials is lower by chance too.".to_owned()),
        item("Loss of the fits", "least squares in ln L for the power law; least squares in L for the others, by variable projection.".to_owned()),
        item("Optimiser and starts", "the power law has a closed form. Exponents of the others are found on a grid of 49 values (25 by 25 of two) between .005 and 3, even in logarithms, which is refined around its best point until they are known to 1e-9: no starting point decides.".to_owned()),
        item("Uncertainty", "of α the wider of what sizes scatter around the line (Student's t, pooled over tasks) and of what days and seeds explain; of the other forms profiles. Coverage by simulation: docs/measurements.md.".to_owned()),
    ]
}

/// How many runs are in no law, by reason.
fn left_out(phase: &Phase<'_>) -> String {
    let trainings = |runs: &[&Run], of: &dyn Fn(&Run) -> bool| {
        runs.iter()
            .filter(|run| run.row.run_type == "training" && !run.refused() && of(run))
            .count()
    };
    let finished = |run: &Run| run.row.status == Status::Success;
    let reasons = [
        (
            trainings(&phase.overridden, &|_| true),
            "overridden on the command line",
        ),
        (
            trainings(&phase.comparable, &|run| {
                finished(run) && run.stale.is_some()
            }),
            "of an older version of their experiment",
        ),
        (
            trainings(&phase.comparable, &|run| !finished(run)),
            "not finished",
        ),
        (
            phase.left_out.len(),
            "without a record or on other test days",
        ),
    ];
    let told: Vec<String> = reasons
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, reason)| format!("{count} {reason}"))
        .collect();
    if told.is_empty() {
        "nothing".to_owned()
    } else {
        told.join(", ")
    }
}

fn rows(phase: &Phase<'_>, member: &Trained<'_>, name: &str) -> Vec<Vec<Line>> {
    let unknown = || "unknown".to_owned();
    member
        .seeds
        .iter()
        .enumerate()
        .map(|(at, run)| {
            let row = &run.row;
            let value = |series: &[xp_scaling::Series]| {
                series
                    .get(at)
                    .map_or_else(String::new, |seed| format!("{:.9}", seed.value))
            };
            [
                name.to_owned(),
                row.experiment.clone(),
                row.param_count.map_or_else(unknown, |n| n.to_string()),
                without_ends(run).map_or_else(unknown, |n| n.to_string()),
                row.train_samples.map_or_else(unknown, |n| n.to_string()),
                row.seed.map_or_else(unknown, |seed| seed.to_string()),
                value(&member.losses),
                value(&member.errors),
                member.test.labels.len().to_string(),
                best_of(phase, run),
            ]
            .into_iter()
            .map(Line::from)
            .collect()
        })
        .collect()
}

/// Parameters without embedding, positions and head.
fn without_ends(run: &Run) -> Option<u64> {
    let hyper: serde_json::Value = serde_json::from_str(run.row.hyperparameters.as_ref()?).ok()?;
    let shape: Architecture = serde_json::from_value(hyper.get("architecture")?.clone()).ok()?;
    let spec: Experiment = serde_json::from_value(run.spec()?.clone()).ok()?;
    let count = count_parameters(&shape, &spec.input())?;
    count
        .total()
        .checked_sub(count.embedding + count.positions + count.head)
}

/// Trials of the searches whose best was borrowed.
fn best_of(phase: &Phase<'_>, run: &Run) -> String {
    let origin = run.record.as_ref().map(|record| &record.origin);
    let sources: Vec<&String> = origin
        .into_iter()
        .flat_map(|origin| origin.keys())
        .collect();
    if sources.is_empty() {
        return "not searched".to_owned();
    }
    let trials = |source: &str| Some(phase.search(source)?.record.as_ref()?.trials.len());
    let counts: Option<Vec<String>> = sources
        .iter()
        .map(|source| Some(format!("{} trials", trials(source)?)))
        .collect();
    counts.map_or_else(|| "unknown".to_owned(), |counts| counts.join(", "))
}
