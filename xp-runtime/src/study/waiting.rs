//! What a search does while its study cannot be changed: it waits, says so, and keeps its results meanwhile. Workers go on with their trials.

use xp_host::interrupt;
use xp_search::{OnWait, Wait};

/// Seconds after which a person is told, and then each minute.
const TELL: u32 = 5;
/// Seconds for which a lock of another program is waited for.
const LOCKED: u32 = 600;
/// Seconds for which a server that is away is waited for.
const AWAY: u32 = 3600;

/// Whether to wait for a study on the server of that name, or in a file.
pub(super) fn goes_on(server: Option<String>) -> OnWait {
    // What it was told last, since seconds may be left out.
    let mut told = 0;
    Box::new(move |wait, seconds| {
        if is_told(told, seconds) {
            tracing::warn!("{}", message(wait, seconds, server.as_deref()));
        }
        told = seconds;
        seconds < patience(wait) && !interrupt::requested()
    })
}

fn patience(wait: Wait<'_>) -> u32 {
    match wait {
        Wait::Locked => LOCKED,
        Wait::Away(_) => AWAY,
    }
}

/// Whether a person is told now, `before` being when somebody asked before.
fn is_told(before: u32, seconds: u32) -> bool {
    let before = if before < seconds { before } else { 0 };
    (before < TELL && seconds >= TELL) || before / 60 < seconds / 60
}

fn message(wait: Wait<'_>, seconds: u32, server: Option<&str>) -> String {
    let minutes = patience(wait) / 60;
    match (wait, server) {
        (Wait::Locked, None) => format!(
            "the study is locked by another program, such as a viewer, since {seconds} s: the search keeps its results and waits for up to {minutes} minutes; close that program's transaction"
        ),
        (Wait::Locked, Some(server)) => format!(
            "the study on {server} is locked by another client since {seconds} s: the search keeps its results and waits for up to {minutes} minutes; `SELECT * FROM pg_stat_activity` there shows who"
        ),
        (Wait::Away(why), _) => format!(
            "{why}; since {seconds} s: trials go on, the search keeps their results and waits for up to {minutes} minutes"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_waits_for_ten_minutes_or_an_hour_and_says_so_each_minute() {
        let told: Vec<u32> = (1..=LOCKED).filter(|s| is_told(s - 1, *s)).collect();
        assert_eq!(told, [5, 60, 120, 180, 240, 300, 360, 420, 480, 540, 600]);
        // A server answers after ten seconds that it has not given the lock.
        assert!(is_told(0, 10) && !is_told(10, 20) && is_told(50, 61));
        // The next wait begins anew.
        assert!(is_told(600, 5));
        let mut ask = goes_on(None);
        assert!(ask(Wait::Locked, LOCKED - 1) && !ask(Wait::Locked, LOCKED));
        assert!(ask(Wait::Away("gone"), AWAY - 1) && !ask(Wait::Away("gone"), AWAY));
        let said = message(Wait::Away("gone"), 7, Some("postgresql://db/xp"));
        assert!(
            said.starts_with("gone; since 7 s") && said.contains("60 minutes"),
            "{said}"
        );
    }
}
