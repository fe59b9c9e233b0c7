//! The law over budgets of a question.

use super::law::law as law_figure;
use crate::{
    document::Figure,
    report::{phase::Phase, questions::Question},
};

/// The figures of a question's laws whose loss has this id; none where it has no law.
pub(crate) fn over_budgets(phase: &Phase<'_>, question: &Question, id: &str) -> Vec<Figure> {
    let members = phase.members(question);
    let laws = question.laws.as_ref().map_or(&[][..], Vec::as_slice);
    laws.iter()
        .filter(|(loss, _)| loss.id == id)
        .map(|(loss, law)| {
            law_figure(
                &format!("{}_scaling_{id}", question.key),
                &question.name,
                "trainable parameters N",
                (loss, law),
                (phase, &members),
            )
        })
        .collect()
}
