//! Every target, its whole corpus and some hundreds of mutations of a fixed seed: the same on every machine, however fast.

#![allow(clippy::panic, reason = "a test may state what it believes")]

use xp_fuzz::{TARGETS, fuzz};

/// Inputs of each target.
const INPUTS: u64 = 400;

#[test]
fn no_parser_panics() {
    for target in &TARGETS {
        match fuzz(target, 20_261_130, |tried| tried < INPUTS) {
            Ok(tried) => println!("{}: {tried} inputs", target.name),
            Err(found) => panic!(
                "{}: {} at {:?}",
                target.name,
                found.message,
                String::from_utf8_lossy(&found.input)
            ),
        }
    }
}
