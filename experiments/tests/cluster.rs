//! A search by an array of jobs on a real Slurm of two nodes, with its study in a real PostgreSQL, while workers are killed, requeued and
//! preempted and the database restarts. What comes out is what one undisturbed process makes of the same search.
//!
//! Where Slurm or PostgreSQL is not installed it prints `skipped`, and fails where `CI` or `XP_CLUSTER_TESTS` is set.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

mod sandbox;

use std::{collections::BTreeMap, fs};

use sandbox::{Sandbox, leftovers};
use serde_json::Value as Json;
use xp_test_support::{Process, Server, ServerOptions, Signal, Slurm, signal, wait_until};

/// 40 points of a Sobol sequence, none of which depends on a result of another.
const DESIGN: &str = env!("CARGO_BIN_EXE_hpo_20K_threshold_3pct_sobol");
const TRIALS: usize = 40;

/// What a trial came to, without what depends on the machine's speed and on who ran it.
fn results(sandbox: &Sandbox) -> BTreeMap<u64, Json> {
    let read = |file: &std::path::PathBuf| {
        let mut trial: Json = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
        let attributes = trial["attributes"].as_object_mut().unwrap();
        for dependent in [
            "duration_seconds",
            "samples_per_second",
            "flags",
            "jobs",
            "saw",
        ] {
            attributes.remove(dependent);
        }
        for point in attributes["curve"].as_array_mut().unwrap() {
            point.as_object_mut().unwrap().remove("samples_per_second");
        }
        (trial["number"].as_u64().unwrap(), trial)
    };
    sandbox.trials().iter().map(read).collect()
}

fn best(sandbox: &Sandbox) -> Json {
    let folder = "outputs/hpo/phase10a_hpo_20K_threshold_3pct_sobol/20K_best.json";
    let mut best: Json = serde_json::from_slice(&fs::read(sandbox.path(folder)).unwrap()).unwrap();
    let best = best.as_object_mut().unwrap();
    let kept = [
        "best_params",
        "best_value",
        "best_trial",
        "trials",
        "param_count",
    ];
    best.retain(|key, _| kept.contains(&key.as_str()));
    Json::Object(best.clone())
}

/// Processes of running trials with their jobs, as the study names them.
fn owners(server: &Server) -> Vec<(u32, String)> {
    let rows = server.sql(
        "SELECT a.value_json FROM trials t JOIN trial_system_attributes a USING (trial_id)
         WHERE t.state = 'RUNNING' AND a.key = 'owner' ORDER BY t.number",
    );
    let owner = |row: &str| {
        let owner: Json = serde_json::from_str(row).unwrap();
        let pid = owner["pid"].as_u64().unwrap() as u32;
        (pid, owner["job"].as_str().unwrap().to_owned())
    };
    rows.lines().map(owner).collect()
}

fn ended(server: &Server) -> usize {
    let count = server.sql("SELECT count(*) FROM trials WHERE state <> 'RUNNING'");
    count.trim().parse().unwrap()
}

#[test]
fn an_array_loses_and_doubles_no_trial() {
    let Some(server) = Server::begin(&ServerOptions::default()) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let slurm = match Slurm::start(folder.path(), "RequeueExit=75") {
        Ok(slurm) => slurm,
        Err(reason) => {
            eprintln!("skipped: {reason}");
            return;
        }
    };
    let alone = Sandbox::new();
    let (code, printed) = alone.run(DESIGN, &["--jobs", "2"]);
    assert_eq!(code, 0, "{printed}");

    let shared = Sandbox::with_data_of(&alone);
    let logs = shared.path("outputs/logs/slurm");
    fs::create_dir_all(&logs).unwrap();
    let script = shared.path("job.sh");
    // The clock is the system's: who falls silent is a question of time.
    let text = format!(
        "#!/bin/bash\nunset XP_CLOCK_FILE\nexport XP_WORKSPACE='{}' XP_STUDY='{}'\nexec '{DESIGN}' --jobs 1 --threads 1\n",
        shared.folder.path().display(),
        server.url()
    );
    fs::write(&script, text).unwrap();
    let submitted = slurm.run(
        "sbatch",
        &[
            "--parsable",
            "--array=1-8",
            "--cpus-per-task=1",
            "--mem=900M",
            "--requeue",
            "--open-mode=append",
            &format!("--output={}/%A_%a.out", logs.display()),
            script.to_str().unwrap(),
        ],
    );
    let array = submitted.trim().to_owned();
    let said = || -> String {
        let files = xp_test_support::files(&logs);
        let read = |file: &std::path::PathBuf| fs::read_to_string(file).unwrap_or_default();
        files.iter().map(read).collect()
    };
    let queued = || slurm.run("squeue", &["--noheader", "--array", "--format=%i %T %N"]);
    let is_over = || !slurm.is_running() || queued().trim().is_empty();
    let wait = |what: &str, condition: &mut dyn FnMut() -> bool| {
        let what = format!("{what}; {}", "see what the jobs printed");
        wait_until(&what, is_over, condition);
    };

    wait("a first trial", &mut || {
        said().contains(": started in process ")
    });
    // All eight begin; how many of them are between two trials at one moment is chance.
    wait("five jobs that work", &mut || owners(&server).len() >= 5);
    // Two are killed, without a word to anybody.
    for (pid, _) in owners(&server).into_iter().take(2) {
        signal(pid, Signal::Kill);
    }
    server.restart(true);
    let before = ended(&server);
    wait("trials that end after that", &mut || {
        ended(&server) > before + 3
    });
    // One is requeued.
    let (_, requeued) = owners(&server).pop().unwrap();
    slurm.run("scontrol", &["requeue", &requeued]);
    // A job of more weight takes a node.
    slurm.run(
        "sbatch",
        &[
            "--partition=high",
            "--nodelist=n1",
            "--exclusive",
            "--output=/dev/null",
            "--wrap=true",
        ],
    );
    wait("a preempted job", &mut || {
        said().matches("interrupted by SIGTERM").count() >= 2
    });
    server.restart(true);
    wait_until(
        "the end of all jobs",
        || !slurm.is_running(),
        || queued().trim().is_empty(),
    );

    let said = said();
    assert_eq!(
        server.sql("SELECT count(*) FROM trials").trim(),
        TRIALS.to_string(),
        "{said}"
    );
    assert_eq!(results(&shared).len(), TRIALS, "{said}");
    assert_eq!(results(&shared), results(&alone), "{said}");
    assert_eq!(best(&shared), best(&alone));
    // What was cut off went on from a checkpoint.
    assert!(said.contains(": resumed at step "), "{said}");
    assert_eq!(
        leftovers(&shared.path("outputs")),
        Vec::<std::path::PathBuf>::new()
    );
    // One row of the search, and one of each process that was interrupted, with its job.
    let rows = shared.log();
    let of = |status: &str| rows.iter().filter(|row| row["status"] == status).count();
    assert_eq!(
        (of("success"), rows.len() - of("interrupted")),
        (1, 1),
        "{rows:#?}\n{said}"
    );
    assert!(of("interrupted") >= 2, "{rows:#?}\n{said}");
    for row in &rows {
        assert!(row["job"].starts_with(&format!("{array}_")), "{row:#?}");
    }
    assert!(
        rows.iter().any(|row| row["status"] == "interrupted"
            && row["job"] == requeued
            && row["error_message"].contains("SIGTERM")),
        "{rows:#?}"
    );
    assert!(
        said.contains(&format!("Slurm job {requeued}, requeued once")),
        "{said}"
    );
    // Who comes late has nothing to do.
    let mut late = shared.command(DESIGN, &[]);
    late.env_remove("XP_CLOCK_FILE")
        .env("XP_STUDY", server.url());
    let (code, printed) = Process::recorded(&mut late).finish();
    assert_eq!(code, 0, "{printed}");
    assert!(printed.contains("finished: 40 of 40 trials"), "{printed}");
    assert_eq!(shared.log().len(), rows.len());
}

/// Its workers go on until they need a verdict, and then wait: for longer than a worker may be silent.
#[test]
fn a_database_that_is_away_for_ten_minutes_costs_no_trial() {
    let Some(server) = Server::begin(&ServerOptions::default()) else {
        return;
    };
    let sandbox = Sandbox::new();
    let mut command = sandbox.command(DESIGN, &["--trials", "2", "--hung-after", "5m"]);
    let search = Process::recorded(command.env("XP_STUDY", server.url()));
    search.wait_for("a trial", || search.output().contains("started in process"));
    server.stop();
    for seconds in [6, 620] {
        sandbox.set_clock(seconds);
        let told = format!("since {seconds} s: trials go on");
        search.wait_for(&told, || search.output().contains(&told));
    }
    server.start();
    let (code, printed) = search.finish();
    assert_eq!(code, 0, "{printed}");
    let states: Vec<Json> = results(&sandbox)
        .into_values()
        .map(|trial| trial["state"].clone())
        .collect();
    assert_eq!(states, ["complete", "complete"], "{printed}");
    let rows = sandbox.log();
    assert_eq!(rows.len(), 1, "{rows:#?}");
}
