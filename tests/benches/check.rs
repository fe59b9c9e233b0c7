//! Seconds of `cargo check --bins` with 40 and 200 experiments: all, none changed, one edited, one wrong. `cargo bench -p xp-tests`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a bench may state what it believes"
)]

#[path = "../rebuild/workspace.rs"]
mod workspace;

use std::fs;

use workspace::Workspace;
use xp_clock::Clock;

fn main() {
    let clock = Clock::system();
    for experiments in [40, 200] {
        let workspace = Workspace::new(experiments);
        let timed = |what: &str| {
            let started = clock.now();
            let compiled = workspace.check().len();
            let seconds = clock.since(started).as_secs_f64();
            println!("{experiments} experiments, {what}: {compiled} compiled in {seconds:.2} s");
        };
        // The macro and what it depends on are compiled before, or in the first of these.
        timed("first check");
        timed("nothing changed");
        let file = workspace.bin("hpo_2M_threshold_1pct_f100");
        workspace.edit(&file, "// edited\n");
        timed("one edited");
        workspace.edit(
            &workspace.path("configs/model/patchtst_2b.yaml"),
            "# a note\n",
        );
        timed("one YAML edited");
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, text.replace("tier(100)", "tier(101)")).unwrap();
        let started = clock.now();
        let output = workspace.cargo_check("hpo_2M_threshold_1pct_f100");
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(errors.contains("101 is no tier"), "{errors}");
        println!(
            "{experiments} experiments, one wrong: its error after {:.2} s",
            clock.since(started).as_secs_f64()
        );
    }
}
