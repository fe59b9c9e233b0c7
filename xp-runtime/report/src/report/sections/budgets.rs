//! Scaling laws over budgets: of test log-loss and of 1 − AUC against the exact parameter count.

use std::collections::BTreeSet;

use xp_scaling::{Law, MIN_SIZES};

use crate::{
    document::{Block, Line, Table},
    report::{
        differences::OVER_BUDGETS,
        drawings::law::law as law_figure,
        laws::{
            basis, bayes, describe, grouped, laws, left_out_note, names, percent, probability,
            short, with_ends,
        },
        numbers::with_interval,
        phase::Phase,
        trained::Trained,
    },
};

/// Laws over budgets, one for each question: experiments that differ in nothing but their budget.
pub(super) fn blocks(phase: &Phase<'_>) -> Vec<Block> {
    let (trained, left_out) = (&phase.trained, &phase.left_out);
    let mut blocks = vec![Block::Heading(3, "Scaling Analysis".to_owned())];
    let groups = grouped(trained, |run| run.across_budgets());
    let lost = |key: &str| {
        let lost = left_out.iter().filter(|run| run.across_budgets() == key);
        left_out_note(lost.count())
    };
    if groups.is_empty() && left_out.is_empty() {
        blocks.push(Block::Paragraph(
            "Insufficient data: no training has finished, and only trainings are evaluated on test data.".into(),
        ));
        return blocks;
    }
    let mut items = Vec::new();
    let mut rows = Vec::new();
    let mut figures = Vec::new();
    let size = |trained: &Trained<'_>| trained.run()?.row.param_count.map(|n| n as f64);
    let sets: Vec<&[&Trained<'_>]> = groups.values().map(Vec::as_slice).collect();
    let found = laws(&sets, "budgets", &OVER_BUDGETS, &size);
    for (((key, members), name), laws) in groups.iter().zip(names(&sets)).zip(found) {
        let laws = match laws {
            Ok(laws) => laws,
            Err(reason) => {
                let reason = format!(": {reason}{}", lost(key));
                items.push(Line::default().strong(&name).text(reason));
                continue;
            }
        };
        let mut line = Line::default().strong(&name).text(":");
        for (loss, law) in &laws {
            line = describe(line, loss, law);
            rows.push(law_row(&name, loss, law));
            let id = format!("{key}_scaling_{}", short(loss));
            figures.push(law_figure(
                &id,
                &name,
                (loss, bayes(loss, members)),
                "trainable parameters N",
                law,
            ));
        }
        items.push(line.text(basis(members, &laws)).text(lost(key)));
    }
    let unseen: BTreeSet<String> = left_out.iter().map(|run| run.across_budgets()).collect();
    for key in unseen.iter().filter(|key| !groups.contains_key(*key)) {
        items.push(Line::default().strong(key).text(format!(":{}", lost(key))));
    }
    blocks.push(Block::List(items));
    blocks.extend(looks(phase));
    if !rows.is_empty() {
        blocks.push(Block::Table(Table {
            id: format!("{}_scaling", phase.name),
            caption: "Scaling laws over budgets: L = a·N^(−α) by least squares in log-log, and L = E + a·N^(−α) by variable projection where at least 4 budgets identify it.".into(),
            header: ["Question", "Loss", "α [95 %]", "α = 0", "R²", "Verdict", "E [95 %]", "α with E [95 %]", "R² with E", "Largest budget predicted from the others"]
                .map(str::to_owned)
                .to_vec(),
            rows,
        }));
    }
    blocks.extend(figures.into_iter().map(Block::Figure));
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
                "Test data was opened by {looks} trainings of this phase, of which {counted} are compared here; verdicts are not corrected for the others, nor for what was changed after a look."
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
