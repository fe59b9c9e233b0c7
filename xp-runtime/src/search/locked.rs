//! What a search does where another program holds the lock of its study, as a viewer or a backup may: it waits, says so, and keeps its
//! results meanwhile.

use xp_host::interrupt;

/// Seconds after which a person is told, and then each minute.
const TELL: u32 = 5;
/// Seconds for which a lock is waited for.
const PATIENCE: u32 = 600;

/// Whether to wait for another second after so many.
pub(super) fn goes_on_waiting(seconds: u32) -> bool {
    if let Some(message) = message(seconds) {
        tracing::warn!("{message}");
    }
    seconds < PATIENCE && !interrupt::requested()
}

fn message(seconds: u32) -> Option<String> {
    let is_told = seconds == TELL || seconds.is_multiple_of(60);
    is_told.then(|| {
        format!(
            "the study is locked by another program, such as a viewer, since {seconds} s: the search keeps its results and waits for up to {} minutes; close that program's transaction",
            PATIENCE / 60
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_waits_for_ten_minutes_and_says_so_each_minute() {
        let told: Vec<u32> = (1..=PATIENCE).filter(|s| message(*s).is_some()).collect();
        assert_eq!(told, [5, 60, 120, 180, 240, 300, 360, 420, 480, 540, 600]);
        assert!(goes_on_waiting(PATIENCE - 1) && !goes_on_waiting(PATIENCE));
    }
}
