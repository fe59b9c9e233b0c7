//! The name that was probably meant, for "did you mean".

/// Bytes of the longest name that can be meant for another.
const MAX_NAME: usize = 100;

/// The known name nearest to `wanted`, for "did you mean"; `None` where nothing is near.
pub fn nearest<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Nobody misspells a name into a page of text.
    if wanted.len() > MAX_NAME {
        return None;
    }
    let lower = wanted.to_lowercase();
    let reach = |name: &str| (name.len().max(wanted.len()) / 3).max(1);
    known
        .into_iter()
        .filter(|name| name.len().abs_diff(wanted.len()) <= reach(name))
        .map(|name| {
            (
                strsim::damerau_levenshtein(&lower, &name.to_lowercase()),
                name,
            )
        })
        .filter(|(distance, name)| *distance <= reach(name))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn near_names_are_suggested_and_far_ones_not() {
        let known = ["learning_rate", "weight_decay", "dropout"];
        assert_eq!(nearest("learningrate", known), Some("learning_rate"));
        assert_eq!(nearest("RSI_14", ["rsi_14", "atr_14"]), Some("rsi_14"));
        assert_eq!(nearest("momentum", known), None);
    }
}
