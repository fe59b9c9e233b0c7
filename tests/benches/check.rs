//! Seconds of `cargo check --bins` with 40 and 200 experiments: all, none changed, one edited, one wrong. `cargo bench -p xp-tests`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a bench may state what it believes"
)]

#[path = "../rebuild/place.rs"]
mod place;

use std::{fs, time::Instant};

use place::Place;

fn main() {
    for experiments in [40, 200] {
        let place = Place::new(experiments);
        let timed = |what: &str| {
            let started = Instant::now();
            let compiled = place.check().len();
            let seconds = started.elapsed().as_secs_f64();
            println!("{experiments} experiments, {what}: {compiled} compiled in {seconds:.2} s");
        };
        // The macro and what it depends on are compiled before, or in the first of these.
        timed("first check");
        timed("nothing changed");
        let file = place.bin("hpo_2M_threshold_1pct_f100");
        place.edit(&file, "// edited\n");
        timed("one edited");
        place.edit(&place.path("configs/model/patchtst_2b.yaml"), "# a note\n");
        timed("one YAML edited");
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, text.replace("tier(100)", "tier(101)")).unwrap();
        let started = Instant::now();
        let output = place.cargo_check("hpo_2M_threshold_1pct_f100");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("101 is no tier"), "{said}");
        println!(
            "{experiments} experiments, one wrong: its error after {:.2} s",
            started.elapsed().as_secs_f64()
        );
    }
}
