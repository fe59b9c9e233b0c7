//! Correction for the number of verdicts (Holm 1979): the chance of any false one stays at the level of a single one.

/// p-values that were multiplied, from the smallest on, by how many are left, and made monotone; in the order given.
pub(crate) fn holm(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    let of = |k: usize| p.get(k).copied().unwrap_or(1.0);
    order.sort_by(|a, b| of(*a).total_cmp(&of(*b)));
    let mut adjusted = vec![1.0; p.len()];
    let mut largest: f64 = 0.0;
    for (rank, k) in order.iter().enumerate() {
        largest = largest.max(of(*k) * (p.len() - rank) as f64).min(1.0);
        if let Some(slot) = adjusted.get_mut(*k) {
            *slot = largest;
        }
    }
    adjusted
}

#[cfg(test)]
mod tests {
    /// R: `p.adjust(c(.01, .04, .03, .005), "holm")`.
    #[test]
    fn p_values_are_adjusted_as_r_does() {
        let found = super::holm(&[0.01, 0.04, 0.03, 0.005]);
        for (found, expected) in found.iter().zip([0.03, 0.06, 0.06, 0.02]) {
            assert!((found - expected).abs() < 1e-12, "{found}");
        }
        assert_eq!(super::holm(&[]), Vec::<f64>::new());
    }
}
