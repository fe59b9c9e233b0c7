//! What the models of a law are measured by: the class prior, the best baseline and, of a simulated market, Bayes.

use xp_scaling::Series;

use super::{
    against::{Against, Compared},
    losses::Loss,
    numbers::with_interval,
    phase::Phase,
    trained::Trained,
};
use crate::figure::{Level, LevelKind};

/// Losses that a law is drawn with, and their text with intervals.
pub(super) struct Levels {
    pub(super) drawn: Vec<Level>,
    pub(super) text: String,
}

/// The levels of these models. Where models have baselines of their own, such as of other features, the lowest counts.
pub(super) fn levels(phase: &Phase<'_>, members: &[&Trained<'_>], loss: &Loss) -> Levels {
    let against = members.iter().flat_map(|model| phase.against(model));
    let against: Vec<&Against> = against.filter(|one| one.loss.id == loss.id).collect();
    let lowest = |of: fn(&Against) -> Option<&Compared>| {
        let found = against.iter().filter_map(|one| of(one));
        found.min_by(|a, b| a.theirs.value.total_cmp(&b.theirs.value))
    };
    let prior = lowest(Against::prior);
    let best = lowest(Against::best);
    let bayes = lowest(|one| one.bayes.as_ref());
    let mut drawn = Vec::new();
    let mut told = Vec::new();
    let mut put = |kind, name: String, loss: &Series| {
        told.push(format!(
            "{name} {}",
            with_interval(loss.value, loss.interval())
        ));
        let loss = loss.value;
        drawn.push(Level { kind, name, loss });
    };
    match (prior, best) {
        (Some(prior), Some(best)) if best.name == prior.name => {
            let name = format!("{}, the best baseline", prior.name);
            put(LevelKind::Prior, name, &prior.theirs);
        }
        (prior, best) => {
            if let Some(prior) = prior {
                put(LevelKind::Prior, prior.name.clone(), &prior.theirs);
            }
            if let Some(best) = best {
                let name = format!("best baseline, {}", best.name);
                put(LevelKind::Baseline, name, &best.theirs);
            }
        }
    }
    if let Some(bayes) = bayes {
        put(LevelKind::Bayes, "Bayes".to_owned(), &bayes.theirs);
    }
    if prior.is_none() {
        told.push("the class prior was not measured".to_owned());
    }
    if best.is_none() {
        told.push("no baseline was measured".to_owned());
    }
    let text = format!(" Horizontal lines: {}.", told.join("; "));
    Levels { drawn, text }
}
