//! What the study answers, at one look: a row for each question and loss, and the laws by log-loss.

use xp_scaling::Law;

use super::{
    against::{Against, Compared},
    drawings::over_budgets::over_budgets,
    laws::probability,
    losses::{LOSSES, Loss},
    numbers::{counted, with_interval},
    paired::{BEATS, verdict},
    phase::Phase,
    phases::ORDER,
    questions::Question,
    trained::Trained,
};
use crate::document::{Block, Line, Table};

const NOT_MEASURED: &str = "not measured";

/// The table of verdicts and the figures by log-loss; those by other losses are in their section.
pub(super) fn blocks(phases: &[Phase<'_>]) -> Vec<Block> {
    if phases.is_empty() {
        return Vec::new();
    }
    let questions = || {
        let of = |phase| move |question| (phase, question);
        phases
            .iter()
            .flat_map(move |phase: &Phase<'_>| phase.questions.iter().map(of(phase)))
    };
    let rows: Vec<Vec<Line>> = questions()
        .flat_map(|(phase, question)| rows(phase, question))
        .collect();
    let mut blocks = vec![Block::Heading(2, "Verdicts".to_owned())];
    if rows.is_empty() {
        blocks.push(Block::Paragraph(
            format!("No verdict: only runs that the command line changed are in the log, and these answer no question. {ORDER}").into(),
        ));
        return blocks;
    }
    blocks.push(Block::Table(Table {
        id: "verdicts".to_owned(),
        caption: format!(
            "Does the loss on test fall with the number of parameters? L = a·N^(−α) over budgets, α with its 95 % interval; p-values and verdicts are corrected for the verdicts of the same phase and data set, and not over phases or data sets. Sizes that beat the class prior, and of all baselines the best on test, by the interval of the paired difference. What is missing, and what it would cost, is in the section Scaling Analysis of each phase. {ORDER}"
        )
        .into(),
        header: ["Phase", "Question", "Loss", "Verdict", "α [95 %]", "p-value", "Sizes", "Fewest seeds", "Test", "Sizes that beat the class prior", "Sizes that beat the best baseline"]
            .map(str::to_owned)
            .to_vec(),
        rows,
    }));
    blocks.extend(
        questions()
            .flat_map(|(phase, question)| over_budgets(phase, question, "loss"))
            .map(Block::Figure),
    );
    blocks
}

/// A row for each loss that a question is answered by.
fn rows(phase: &Phase<'_>, question: &Question) -> Vec<Vec<Line>> {
    let members = phase.members(question);
    let of_loss = |loss: &'static Loss| {
        let verdict = match &question.laws {
            Ok(laws) => {
                let (_, law) = laws.iter().find(|(other, _)| other.id == loss.id)?;
                Ok(law)
            }
            // Without a model there is nothing to tell losses apart.
            Err(_) if members.is_empty() && loss.id != "loss" => return None,
            Err(no_law) => Err(format!("{}: {}", no_law.verdict, no_law.short)),
        };
        Some(row(phase, question, &members, loss, verdict))
    };
    LOSSES.iter().filter_map(of_loss).collect()
}

fn row(
    phase: &Phase<'_>,
    question: &Question,
    members: &[&Trained<'_>],
    loss: &Loss,
    law: Result<&Law, String>,
) -> Vec<Line> {
    let [verdict, alpha, p] = match law {
        Ok(law) => [
            law.verdict.to_string(),
            with_interval(law.power.alpha, Some(law.alpha.interval)),
            probability(law),
        ],
        Err(reason) => [reason, NOT_MEASURED.to_owned(), NOT_MEASURED.to_owned()],
    };
    let seeds = members.iter().map(|member| member.seeds.len()).min();
    let against: Vec<&Against> = members
        .iter()
        .filter_map(|model| {
            let mut found = phase.against(model).iter();
            found.find(|one| one.loss.id == loss.id)
        })
        .collect();
    let cells = [
        phase.name.clone(),
        question.name.clone(),
        loss.name.to_owned(),
    ]
    .map(Line::from);
    let rest = [
        alpha,
        p,
        members.len().to_string(),
        seeds.map_or_else(|| "none".to_owned(), |seeds| seeds.to_string()),
        members
            .first()
            .map_or_else(|| NOT_MEASURED.to_owned(), |model| counted(model.test)),
        beaten(&against, Against::prior),
        beaten(&against, Against::best),
    ];
    cells
        .into_iter()
        .chain([Line::default().strong(verdict)])
        .chain(rest.map(Line::from))
        .collect()
}

/// How many sizes beat a baseline, and which baseline it is.
fn beaten(against: &[&Against], of: fn(&Against) -> Option<&Compared>) -> String {
    let compared: Vec<&Compared> = against.iter().filter_map(|one| of(one)).collect();
    let Some(lowest) = compared
        .iter()
        .min_by(|a, b| a.theirs.value.total_cmp(&b.theirs.value))
    else {
        return NOT_MEASURED.to_owned();
    };
    let beats = compared
        .iter()
        .filter(|one| verdict(one.difference.interval()) == BEATS)
        .count();
    let mut names: Vec<&str> = compared.iter().map(|one| one.name.as_str()).collect();
    names.dedup();
    let which = if names.len() == 1 {
        format!(
            "{} {}",
            lowest.name,
            with_interval(lowest.theirs.value, lowest.theirs.interval())
        )
    } else {
        format!("each size beside its best: {}", names.join(", "))
    };
    format!("{beats} of {} ({which})", compared.len())
}
