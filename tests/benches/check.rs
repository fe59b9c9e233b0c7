//! Seconds of `cargo check --bins` with the shipped experiments, and with 200: all, none changed, one edited, one wrong. `cargo bench -p xp-tests`.

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
    for most in [0, 200] {
        let workspace = Workspace::new();
        fill(&workspace, most);
        let experiments = workspace.binaries().len();
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

/// Adds searches that differ in context and start-up trials, up to so many experiments.
fn fill(workspace: &Workspace, experiments: usize) {
    let search = fs::read_to_string(workspace.bin("hpo_2M_threshold_1pct_nasdaq")).unwrap();
    for number in workspace.binaries().len()..experiments {
        // Contexts 90, 100, …, each with several numbers of start-up trials.
        let context = 90 + 10 * (number % 40);
        let variant = format!("context{context}n{number}");
        let text = search
            .replace("\"nasdaq\"", &format!("\"{variant}\""))
            .replace("context: 80", &format!("context: {context}"))
            .replace(
                "trials: 50,",
                &format!("trials: 500, startup_trials: {},", 8 + number),
            );
        let file = workspace.bin(&format!("hpo_2M_threshold_1pct_{variant}"));
        fs::write(file, text).unwrap();
    }
}
