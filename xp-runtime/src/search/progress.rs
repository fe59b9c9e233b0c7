//! One line with what every worker of a search does.

use xp_search::{Trial, best};

use super::pool::{Pool, State};
use crate::study::ended;

/// Workers, trials that ended, the best so far, the temperature.
pub(super) fn line(pool: &Pool, trials: &[Trial], wanted: u32, temperature: &str) -> String {
    let workers: Vec<String> = pool
        .slots
        .iter()
        .map(|slot| match &slot.state {
            State::Starting => "starting".to_owned(),
            State::Idle => "idle".to_owned(),
            State::Busy(busy) => {
                let position = busy.position.map_or_else(String::new, |(step, epoch)| {
                    format!(" step {step}/{} (epoch {epoch:.1})", busy.steps)
                });
                let objective = busy
                    .objectives
                    .last()
                    .map_or_else(String::new, |(_, value)| format!(" {value:.4}"));
                format!("trial {}{position}{objective}", busy.task.number)
            }
        })
        .collect();
    format!(
        "{} | {}/{wanted} ended{}, {temperature}",
        workers.join(" | "),
        ended(trials),
        best_so_far(trials)
    )
}

/// `, best 0.6123 (trial 7)`, or nothing where no trial has a value.
pub(super) fn best_so_far(trials: &[Trial]) -> String {
    best(trials)
        .and_then(|best| Some((best.number, best.value?)))
        .map_or_else(String::new, |(number, value)| {
            format!(", best {value:.4} (trial {number})")
        })
}
