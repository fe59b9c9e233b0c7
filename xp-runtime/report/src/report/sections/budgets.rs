//! Scaling laws over budgets: of test log-loss and of 1 − AUC against the exact parameter count.

use std::collections::BTreeSet;

use crate::{
    document::{Block, Line, Table},
    report::{
        differences::OVER_BUDGETS,
        drawings::law::law as law_figure,
        laws::{basis, describe, grouped, laws, left_out_note, percent, short},
        numbers::with_interval,
        phase::Phase,
        trained::Trained,
    },
    scaling::{Law, MIN_SIZES},
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
    for (key, members) in &groups {
        let Some(run) = members.first().and_then(|trained| trained.run()) else {
            continue;
        };
        let features = run
            .row
            .n_features
            .map_or_else(String::new, |n| format!(", {n} features"));
        let name = format!(
            "{}, horizon {}, {}{features}",
            run.row.task, run.row.horizon, run.row.timescale
        );
        let size = |trained: &Trained<'_>| trained.run()?.row.param_count.map(|n| n as f64);
        let laws = match laws(members, "budgets", &OVER_BUDGETS, &size) {
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
            figures.push(law_figure(&id, &name, loss, "trainable parameters N", law));
        }
        items.push(line.text(basis(members, &laws)).text(lost(key)));
    }
    let unseen: BTreeSet<String> = left_out.iter().map(|run| run.across_budgets()).collect();
    for key in unseen.iter().filter(|key| !groups.contains_key(*key)) {
        items.push(Line::default().strong(key).text(format!(":{}", lost(key))));
    }
    blocks.push(Block::List(items));
    if !rows.is_empty() {
        blocks.push(Block::Table(Table {
            id: format!("{}_scaling", phase.name),
            caption: "Scaling laws over budgets: L = a·N^(−α) by least squares in log-log, and L = E + a·N^(−α) by variable projection where at least 4 budgets identify it.".into(),
            header: ["Question", "Loss", "α [95 %]", "R²", "Verdict", "E", "α with E [95 %]", "R² with E", "Largest budget predicted from the others"]
                .map(str::to_owned)
                .to_vec(),
            rows,
        }));
    }
    blocks.extend(figures.into_iter().map(Block::Figure));
    blocks
}

fn law_row(name: &str, loss: &str, law: &Law) -> Vec<Line> {
    let (e, alpha, r2) = match &law.saturating {
        Some(fit) => {
            let (_, alpha) = fit.terms.first().copied().unwrap_or((f64::NAN, f64::NAN));
            (
                format!("{:.4}", fit.e),
                with_interval(alpha, law.saturating_alpha),
                format!("{:.3}", fit.r2),
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
        .map_or_else(|| "needs 4 budgets".to_owned(), |held| percent(&held.error));
    [
        name.to_owned(),
        loss.to_owned(),
        with_interval(law.power.alpha, law.alpha.interval()),
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
