//! How many trials of a search there are, for people.

/// `3 of 50 trials`, or, where a study holds more than are wanted, as after `--trials`, `8 trials (4 were asked for)`.
pub(crate) fn counted(ended: usize, wanted: u32) -> String {
    if ended > wanted as usize {
        format!("{ended} trials ({wanted} were asked for)")
    } else {
        format!("{ended} of {wanted} trials")
    }
}

#[cfg(test)]
mod tests {
    use super::counted;

    #[test]
    fn more_than_asked_for_is_no_share() {
        assert_eq!(counted(3, 50), "3 of 50 trials");
        assert_eq!(counted(4, 4), "4 of 4 trials");
        assert_eq!(counted(8, 4), "8 trials (4 were asked for)");
    }
}
