//! Scaling laws over budgets: of test log-loss and of 1 − AUC against the exact parameter count.

use xp_scaling::{Law, MIN_SIZES};

use crate::{
    document::{Block, Line, Table},
    report::{
        drawings::over_budgets::over_budgets,
        laws::{basis, describe, left_out_note, percent, probability, with_ends},
        numbers::with_interval,
        phase::Phase,
    },
};

/// Laws over budgets, one for each question: experiments that differ in nothing but their budget.
pub(super) fn blocks(phase: &Phase<'_>) -> Vec<Block> {
    let mut blocks = vec![Block::Heading(3, "Scaling Analysis".to_owned())];
    if phase.trained.is_empty() && phase.left_out.is_empty() {
        blocks.push(Block::Paragraph(
            "Insufficient data: no training has finished, and only trainings are evaluated on test data.".into(),
        ));
        return blocks;
    }
    let mut items = Vec::new();
    let mut rows = Vec::new();
    for question in &phase.questions {
        let members = phase.members(question);
        let line = Line::default().strong(&question.name).text(":");
        let line = match &question.laws {
            Ok(laws) => {
                let described = laws
                    .iter()
                    .fold(line, |line, (loss, law)| describe(line, loss, law));
                rows.extend(
                    laws.iter()
                        .map(|(loss, law)| law_row(&question.name, loss.of_law, law)),
                );
                described.text(basis(&members, laws))
            }
            Err(no_law) => line.text(format!(" {no_law}")),
        };
        items.push(line.text(left_out_note(question.lost)));
    }
    blocks.push(Block::List(items));
    blocks.extend(looks(phase));
    if !rows.is_empty() {
        blocks.push(Block::Table(Table {
            id: format!("{}_scaling", phase.id()),
            caption: "Scaling laws over budgets: L = a·N^(−α) by least squares in log-log, and L = E + a·N^(−α) by variable projection where at least 4 budgets identify it. The figures by log-loss are with the verdicts.".into(),
            header: ["Question", "Loss", "α [95 %]", "α = 0", "R²", "Verdict", "E [95 %]", "α with E [95 %]", "R² with E", "Largest budget predicted from the others"]
                .map(str::to_owned)
                .to_vec(),
            rows,
        }));
    }
    let figures = phase.questions.iter();
    blocks.extend(
        figures
            .flat_map(|question| over_budgets(phase, question, "auc"))
            .map(Block::Figure),
    );
    blocks
}

/// How often the test region was looked at: whoever chooses after a look has used it.
fn looks(phase: &Phase<'_>) -> Option<Block> {
    let all = || phase.comparable.iter().chain(&phase.overridden);
    let looks = all().filter(|run| run.row.test_loss.is_some()).count();
    let counted: usize = phase
        .trained
        .iter()
        .map(|trained| trained.seeds.len())
        .sum();
    (looks > 0).then(|| {
        Block::Paragraph(
            format!(
                "Test data was opened by {looks} trainings of this phase and data set, of which {counted} are compared here; verdicts are not corrected for the others, nor for what was changed after a look."
            )
            .into(),
        )
    })
}

fn law_row(name: &str, loss: &str, law: &Law) -> Vec<Line> {
    let (e, alpha, r2) = match &law.saturating {
        Some(found) => {
            let (_, alpha, range) = found.term(0);
            (
                with_ends(found.fit.e, found.e),
                with_ends(alpha, range),
                format!("{:.3}", found.fit.r2),
            )
        }
        None => {
            let why = if law.points.len() > MIN_SIZES {
                "not identified"
            } else {
                "needs 4 budgets"
            };
            (why.to_owned(), why.to_owned(), String::new())
        }
    };
    let held = law
        .extrapolation
        .as_ref()
        .map_or_else(|| "needs 4 budgets".to_owned(), percent);
    [
        name.to_owned(),
        loss.to_owned(),
        with_interval(law.power.alpha, Some(law.alpha.interval)),
        probability(law),
        format!("{:.3}", law.power.r2),
        law.verdict.to_string(),
        e,
        alpha,
        r2,
        held,
    ]
    .into_iter()
    .map(Line::from)
    .collect()
}
