//! What is submitted, in which order, and what is refused before anything is.

use crate::programs::Cluster;

const SEARCH: &str = "hpo_2M_threshold_1pct";
const TRAINING: &str = "train_2M_threshold_1pct";

/// One build, then an array for each; what borrows waits for what it borrows from.
#[test]
fn experiments_are_built_once_and_submitted_in_their_order() {
    let cluster = Cluster::new();
    cluster.write(
        "configs/cluster.yaml",
        "study: postgresql://xp@db/xp\nslurm:\n  options: [--qos=normal]\n",
    );
    let (code, said) = cluster.xp(&format!(
        "submit {TRAINING} {SEARCH} --workers 16 -- --qos=high"
    ));
    assert_eq!(code, 0, "{said}");
    assert_eq!(
        cluster.calls(),
        [
            "squeue --me --json",
            &format!("cargo build -p experiments --bin {SEARCH} --bin {TRAINING}"),
            "sbatch --parsable --qos=normal --qos=high",
            "sbatch --parsable --qos=normal --qos=high --dependency=afterok:101 --kill-on-invalid-dep=yes",
        ]
    );
    assert!(
        said.contains(&format!("job 101: {SEARCH}, 16 tasks of 2 cores")),
        "{said}"
    );
    assert!(
        said.contains(&format!("job 102: {TRAINING}, 1 task of 2 cores")),
        "{said}"
    );
    assert!(said.contains("Next: `cargo xp status`"), "{said}");
    let (search, training) = (cluster.script(1), cluster.script(2));
    assert!(search.contains("#SBATCH --array=1-16\n"), "{search}");
    // The binary reads the file itself.
    assert!(!search.contains("XP_STUDY"), "{search}");
    assert!(training.contains("#SBATCH --array=1-1\n"), "{training}");
    // What jobs print has its folder.
    assert!(cluster.place.path("outputs/logs/slurm").is_dir());
}

#[test]
fn what_is_in_the_queue_is_waited_for_and_not_submitted_twice() {
    let cluster = Cluster::new();
    let queued = |state: &str| {
        format!(
            "{{\"job_id\": 40, \"array_job_id\": 40, \"array_task_string\": \"1-2\", \"name\": \"{SEARCH}\", \"job_state\": \"{state}\", HERE}}"
        )
    };
    let (code, said) = cluster.xp(&format!("submit {TRAINING}"));
    let both = format!("submit both: `cargo xp submit {SEARCH} {TRAINING}`");
    assert!(code == 1 && said.contains(&both), "{said}");
    cluster.queue(&queued("PENDING"));
    let (code, said) = cluster.xp(&format!("submit {SEARCH}"));
    let expected = format!("is in the queue already, as job 40_[1-2]; `cargo xp status {SEARCH}`");
    assert!(code == 1 && said.contains(&expected), "{said}");
    assert!(
        !cluster
            .calls()
            .iter()
            .any(|call| !call.starts_with("squeue"))
    );
    let (code, said) = cluster.xp(&format!("submit {TRAINING}"));
    assert_eq!(code, 0, "{said}");
    let last = cluster.calls().pop().unwrap();
    assert!(last.contains("--dependency=afterok:40 "), "{last}");
    assert!(
        said.contains(&format!("is found: `cargo xp submit {TRAINING}`")),
        "{said}"
    );
    // With a database more workers may join.
    let url = ("XP_STUDY", "postgresql://xp@db/xp");
    let (code, said) = cluster.xp_with(&["submit", SEARCH, "--workers", "4"], &[url]);
    assert_eq!(code, 0, "{said}");
    // A job may not inherit the environment (`--export=NONE`).
    let script = cluster.script(2);
    assert!(
        script.contains("\nexport XP_STUDY=postgresql://xp@db/xp\n"),
        "{script}"
    );
    let secret = ("XP_STUDY", "postgresql://xp:s3cret@db/xp");
    let (code, said) = cluster.xp_with(&["submit", SEARCH, "--workers", "4"], &[secret]);
    assert!(
        code == 1 && said.contains("XP_STUDY: ") && said.contains("~/.pgpass"),
        "{said}"
    );
    assert!(!said.contains("s3cret"), "{said}");
    // One that has ended is in the queue for some minutes.
    cluster.queue(&queued("FAILED"));
    let (code, said) = cluster.xp(&format!("submit {SEARCH}"));
    assert_eq!(code, 0, "{said}");
}

#[test]
fn what_cannot_be_is_refused_before_anything_is_submitted() {
    let cluster = Cluster::new();
    for (arguments, expected) in [
        ("", "name an experiment, or a group"),
        (
            "hpo_2M_treshold_1pct",
            "did you mean `hpo_2M_threshold_1pct`?",
        ),
        (
            "hpo_2M_threshold_1pct --workers 4",
            "write `study: postgresql://…` to configs/cluster.yaml",
        ),
        ("hpo_2M_threshold_1pct --workers 0", "0 is not in 1..=1000"),
        ("hpo_2M_threshold_1pct --time 3", "3 is too short"),
        (
            "hpo_2M_threshold_1pct --time soon",
            "no time; write 4h, 90m or 2d",
        ),
        (
            "hpo_2M_threshold_1pct --mem 4GB",
            "`auto`, or an amount such as 4G",
        ),
        ("hpo_2M_threshold_1pct --gpus 2", "2 is not in 0..=1"),
        ("hpo_2M_threshold_1pct --partition $(id)", "is no name"),
        (
            "hpo_2M_threshold_1pct --study-url postgresql://xp:s3cret@db/xp",
            "postgresql://xp:***@db/xp, has a password",
        ),
        (
            "hpo_2M_threshold_1pct --run-options=--jobs=4",
            "`--jobs` in --run-options",
        ),
        ("hpo_2M_threshold_1pct -- --array=1-3", "decides on --array"),
        ("hpo_2M_threshold_1pct -- job.sh", "no option of sbatch"),
    ] {
        let (code, said) = cluster.xp(&format!("submit {arguments}"));
        assert!(code != 0 && said.contains(expected), "{arguments}: {said}");
    }
    cluster.write("configs/cluster.yaml", "slurm:\n  partitoin: main\n");
    let (code, said) = cluster.xp("submit hpo_2M_threshold_1pct");
    let expected = "unknown key `partitoin` (configs/cluster.yaml:2:3); did you mean `partition`?";
    assert!(code == 1 && said.contains(expected), "{said}");
    let calls = cluster.calls();
    assert!(
        calls.iter().all(|call| call.starts_with("squeue")),
        "{calls:?}"
    );
}

#[test]
fn what_programs_say_and_do_not_say_is_told() {
    let cluster = Cluster::new();
    let submit = format!("submit {SEARCH}");
    // Neither is in PATH.
    let (code, said) = cluster.xp_with(&["submit", SEARCH], &[("PATH", "")]);
    assert!(
        code == 1
            && said.contains("there is no `squeue`: log in to a node")
            && said.contains("slurm-client"),
        "{said}"
    );
    cluster.program("sbatch", "echo 'invalid account' >&2\nexit 1\n");
    let (code, said) = cluster.xp(&submit);
    assert!(
        code == 1
            && said.contains("invalid account")
            && said.contains("`sbatch` ended with code 1"),
        "{said}"
    );
    cluster.program("sbatch", "echo 'Submitted batch job 17'\n");
    let (code, said) = cluster.xp(&submit);
    assert!(
        code == 1 && said.contains("which is no number of a job"),
        "{said}"
    );
    // On a site with several clusters, and with a message of its own.
    cluster.program("sbatch", "echo welcome\necho '17;main'\n");
    let (code, said) = cluster.xp(&submit);
    assert!(code == 0 && said.contains("job 17: "), "{said}");
    cluster.program("cargo", "exit 101\n");
    let (code, said) = cluster.xp(&submit);
    assert!(
        code == 1 && said.contains("the build failed; nothing was submitted"),
        "{said}"
    );
    std::fs::remove_dir_all(cluster.place.path("target")).unwrap();
    cluster.program("cargo", "");
    let (code, said) = cluster.xp(&submit);
    assert!(
        code == 1 && said.contains("name it in CARGO_TARGET_DIR"),
        "{said}"
    );
}

/// What is printed is a shell's script that submits the same.
#[test]
fn a_dry_run_can_be_run() {
    let cluster = Cluster::new();
    let words = [
        "submit",
        SEARCH,
        TRAINING,
        "--dry-run",
        "--",
        "--comment=it's",
    ];
    let (code, said) = cluster.xp_with(&words, &[]);
    assert_eq!(code, 0, "{said}");
    assert_eq!(cluster.calls(), Vec::<String>::new());
    cluster.write("dry-run.sh", &said);
    let path = format!("{}:/usr/bin:/bin", cluster.place.path("bin").display());
    let status = std::process::Command::new("bash")
        .arg(cluster.place.path("dry-run.sh"))
        .env("PATH", path)
        .status();
    assert!(status.unwrap().success());
    let printed = [cluster.script(1), cluster.script(2)];
    assert_eq!(
        cluster.calls(),
        [
            "sbatch --parsable --comment=it's",
            "sbatch --parsable --comment=it's --dependency=afterok:101 --kill-on-invalid-dep=yes",
        ]
    );
    let words = ["submit", SEARCH, TRAINING, "--", "--comment=it's"];
    let (code, said) = cluster.xp_with(&words, &[]);
    assert_eq!(code, 0, "{said}");
    assert_eq!([cluster.script(3), cluster.script(4)], printed);
}
