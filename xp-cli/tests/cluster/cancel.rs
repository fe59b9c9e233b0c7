//! Jobs that are cancelled, and those that are nobody's to cancel here.

use crate::{programs::Cluster, status::queue};

#[test]
fn jobs_of_this_workspace_are_cancelled_and_no_others() {
    for (arguments, call, said_of) in [
        (
            "hpo_2M_threshold_1pct",
            "scancel 40",
            "cancelled hpo_2M_threshold_1pct: 40_1, 40_[2-16%4]",
        ),
        ("my own", "", "there is no experiment"),
        (
            "train_2M_threshold_1pct hpo_2M_threshold_3pct",
            "scancel 50",
            "cancelled train_2M_threshold_1pct: 50_1",
        ),
        (
            "--all",
            "scancel 40 50",
            "cancelled train_2M_threshold_1pct: 50_1",
        ),
        ("hpo_2M_threshold_3pct", "", "nothing to cancel"),
        (
            "hpo_2M_treshold_3pct",
            "",
            "did you mean `hpo_2M_threshold_3pct`?",
        ),
        ("--all hpo_2M_threshold_3pct", "", "cannot be used with"),
        ("", "", "required"),
    ] {
        let cluster = Cluster::new();
        cluster.queue(&queue(&cluster));
        let (_, said) = cluster.xp(&format!("cancel {arguments}"));
        assert!(said.contains(said_of), "{arguments}: {said}");
        let calls = cluster.calls();
        let cancelled = calls.iter().find(|call| call.starts_with("scancel"));
        assert_eq!(
            cancelled.map_or("", String::as_str),
            call,
            "{arguments}: {said}"
        );
    }
}

#[test]
fn a_refusal_of_slurm_is_an_error() {
    let cluster = Cluster::new();
    cluster.queue(&queue(&cluster));
    cluster.program("scancel", "exit 1\n");
    let (code, said) = cluster.xp("cancel --all");
    assert!(
        code == 1 && said.contains("`scancel` ended with code 1"),
        "{said}"
    );
    assert!(!said.contains("cancelled "), "{said}");
}
