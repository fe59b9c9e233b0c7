//! The state of jobs and studies, joined.

use crate::{
    answers::{QUEUE, STUDY},
    programs::Cluster,
};

/// A cluster with jobs, and one experiment that is built and answers.
fn cluster() -> Cluster {
    let cluster = Cluster::new();
    cluster.queue(&queue(&cluster));
    cluster.write("bin/study", STUDY);
    let study = cluster.place.path("bin/study");
    cluster.binary(&format!(
        "[ \"$*\" = --study-status ] && /bin/cat '{}'\n",
        study.display()
    ));
    let built = cluster.place.path("target/debug/hpo_2M_threshold_1pct");
    std::fs::create_dir_all(built.parent().unwrap()).unwrap();
    std::fs::copy(cluster.place.path("bin/binary"), built).unwrap();
    cluster
}

/// The jobs, where one of another user was submitted from the same folder.
pub(crate) fn queue(cluster: &Cluster) -> String {
    let root = cluster.place.path("").canonicalize().unwrap();
    let folder = format!("\"current_working_directory\": \"{}\"", root.display());
    QUEUE.replace("HERE_FOLDER", &folder)
}

#[test]
fn jobs_and_studies_are_joined() {
    let cluster = cluster();
    let (code, said) = cluster.xp("status");
    assert_eq!(code, 0, "{said}");
    insta::assert_snapshot!(said);
    // Nothing is built for it.
    assert_eq!(cluster.calls(), ["squeue --me --json"]);
}

#[test]
fn accounting_knows_what_has_ended() {
    let cluster = cluster();
    let root = cluster.place.path("").canonicalize().unwrap();
    let root = root.display();
    cluster.program(
        "sacct",
        &format!(
            "echo '60_1|hpo_2M_threshold_3pct|TIMEOUT|0:0|n2|{root}'\n\
             echo '61_1|hpo_2M_threshold_3pct|FAILED|1:0|n2|/another'\n\
             echo '39_1|hpo_2M_threshold_1pct|CANCELLED by 7|0:15|n1|{root}'\n"
        ),
    );
    let (code, said) = cluster.xp("status hpo_2M_threshold_1pct");
    assert_eq!(code, 0, "{said}");
    for (part, is_there) in [
        ("39_1", true),
        ("CANCELLED", true),
        ("exit code 0:15", true),
        ("40_1", true),
        ("60_1", false),
        ("61_1", false),
    ] {
        assert_eq!(said.contains(part), is_there, "{part}: {said}");
    }
    // A site that has the command and no accounting.
    let disabled = "echo 'Slurm accounting storage is disabled' >&2\nexit 1\n";
    cluster.program("sacct", disabled);
    let (code, said) = cluster.xp("status");
    assert!(code == 0 && said.contains("TIMEOUT"), "{said}");
    assert!(!said.contains("disabled"), "{said}");
}

#[test]
fn what_is_not_there_is_told() {
    let cluster = cluster();
    let absent = [("PATH", "")];
    let (code, said) = cluster.xp_with(&["status"], &absent);
    assert!(code == 1 && said.contains("there is no `squeue`"), "{said}");
    // The study is known without Slurm.
    let (code, said) = cluster.xp_with(&["status", "hpo_2M_threshold_1pct"], &absent);
    assert_eq!(code, 0, "{said}");
    assert!(
        said.contains("7 of 50") && said.contains("note: jobs are not known: there is no `squeue`"),
        "{said}"
    );
    let (code, said) = cluster.xp("status hpo_2M_threshold_3pct");
    assert!(code == 0 && said.contains("not built"), "{said}");
    let (code, said) = cluster.xp("status hpo_2M_treshold_3pct");
    assert!(code == 1 && said.contains("did you mean"), "{said}");
    cluster.queue("");
    let (code, said) = cluster.xp("status");
    assert!(
        code == 0 && said.contains("no job of this workspace is in the queue"),
        "{said}"
    );
    cluster.write(
        "bin/queue",
        "slurm_load_jobs error: Unable to contact slurm controller",
    );
    let (code, said) = cluster.xp("status");
    assert!(
        code == 1 && said.contains("`squeue --json` cannot be read"),
        "{said}"
    );
    for answer in ["exit 3\n", "echo '{'\n", "kill -9 $$\n"] {
        cluster.queue(&queue(&cluster));
        let text = format!("#!/bin/sh\n{answer}");
        std::fs::write(
            cluster.place.path("target/debug/hpo_2M_threshold_1pct"),
            text,
        )
        .unwrap();
        let (code, said) = cluster.xp("status");
        assert!(
            code == 0 && said.contains("40_1") && said.contains("answer"),
            "{said}"
        );
    }
}

/// Its binary may run there only, as in jobs.
#[test]
fn a_binary_is_asked_in_the_container_and_waits_for_a_database_for_moments() {
    let cluster = cluster();
    let site = "slurm:\n  container: inside --nv 'my image'\n";
    cluster.write("configs/cluster.yaml", site);
    cluster.program(
        "inside",
        "echo \"$PGCONNECT_TIMEOUT\" >> \"$calls\"\nshift 2\nexec \"$@\"\n",
    );
    let binary = cluster.place.path("target/debug/hpo_2M_threshold_1pct");
    let words = ["status", "hpo_2M_threshold_1pct"];
    for (given, seconds) in [("", "5"), ("7", "7")] {
        let (code, said) = cluster.xp_with(&words, &[("PGCONNECT_TIMEOUT", given)]);
        assert!(code == 0 && said.contains("7 of 50"), "{said}");
        let calls = cluster.calls();
        let [.., call, waits] = calls.as_slice() else {
            panic!("{calls:?}");
        };
        let expected = format!("inside --nv my image {} --study-status", binary.display());
        assert_eq!((call.as_str(), waits.as_str()), (&*expected, seconds));
    }
    cluster.program("inside", "exit 1\n");
    let (code, said) = cluster.xp_with(&words, &[]);
    assert!(
        code == 0
            && said.contains("no answer from its study")
            && said.contains("PGCONNECT_TIMEOUT"),
        "{said}"
    );
    std::fs::remove_file(cluster.place.path("bin/inside")).unwrap();
    let (code, said) = cluster.xp_with(&words, &[]);
    assert!(
        code == 0 && said.contains("the container's command does not start"),
        "{said}"
    );
}
