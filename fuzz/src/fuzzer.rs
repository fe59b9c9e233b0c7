//! The loop: a seed, a mutation, a parser. What panics is found.

use std::panic::{self, AssertUnwindSafe};

use xp_test_support::Random;

use crate::{
    corpus::seeds,
    mutate::{below, mutate},
    targets::Target,
};

/// An input that panicked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The input.
    pub input: Vec<u8>,
    /// What the panic said.
    pub message: String,
}

/// Tries all seeds of a target, and mutations of them while `goes_on` says so of their number. The inputs follow from `seed` alone; ends at
/// the first that panics.
pub fn fuzz(
    target: &Target,
    seed: u64,
    mut goes_on: impl FnMut(u64) -> bool,
) -> Result<u64, Found> {
    let seeds = seeds(target);
    let mut run = (target.start)(target);
    let mut random = Random(seed);
    let mut tried = 0;
    for input in &seeds {
        attempt(&mut run, input)?;
        tried += 1;
    }
    while goes_on(tried) {
        let input = &seeds[below(&mut random, seeds.len() as u64)];
        let other = &seeds[below(&mut random, seeds.len() as u64)];
        attempt(&mut run, &mutate(input, other, &mut random))?;
        tried += 1;
    }
    Ok(tried)
}

fn attempt(run: &mut dyn FnMut(&[u8]), input: &[u8]) -> Result<(), Found> {
    panic::catch_unwind(AssertUnwindSafe(|| run(input))).map_err(|cause| {
        let text = cause
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| cause.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Found {
            input: input.to_vec(),
            message: text.unwrap_or_default(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_found_with_its_input() {
        let target = Target {
            name: "none",
            shipped: &["configs/defaults.yaml"],
            start: |_| Box::new(|input: &[u8]| assert!(!input.starts_with(b"{"), "a brace")),
        };
        panic::set_hook(Box::new(|_| {}));
        let found = fuzz(&target, 1, |tried| tried < 100_000).unwrap_err();
        let _ = panic::take_hook();
        assert!(found.input.starts_with(b"{") && found.message == "a brace");
    }
}
