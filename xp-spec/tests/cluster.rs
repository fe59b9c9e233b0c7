//! `configs/cluster.yaml` as people write it: absent, commented, right, and wrong with the position and the remedy.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

use std::fs;

use xp_spec::files::{
    CLUSTER, FileError, MANIFEST, Workspace,
    cluster::{Cluster, Name, Words},
};

fn read(text: Option<&str>) -> Result<Cluster, FileError> {
    let folder = tempfile::tempdir().unwrap();
    for name in ["data", "configs"] {
        fs::create_dir(folder.path().join(name)).unwrap();
    }
    fs::write(folder.path().join(MANIFEST), "").unwrap();
    if let Some(text) = text {
        fs::write(folder.path().join(CLUSTER), text).unwrap();
    }
    Workspace::find(folder.path()).unwrap().cluster()
}

#[test]
fn a_file_that_says_nothing_changes_nothing() {
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/../configs/cluster.yaml");
    let shipped = fs::read_to_string(shipped).unwrap();
    for text in [
        None,
        Some(""),
        Some("# a comment\n"),
        Some("study:\n"),
        Some(&*shipped),
    ] {
        assert_eq!(read(text), Ok(Cluster::default()), "{text:?}");
    }
    assert_eq!(read(Some("slurm:\n")), Ok(Cluster::default()));
}

/// What is commented out in the shipped file is right, and has every key.
#[test]
fn the_shipped_file_is_right_without_its_comments() {
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/../configs/cluster.yaml");
    let text = fs::read_to_string(shipped).unwrap();
    let keys = text.lines().filter_map(|line| {
        let line = line.strip_prefix("# ")?;
        let key = line.trim_start().split(':').next()?;
        let is_key = key.chars().all(|c| c.is_ascii_lowercase()) && line.contains(':');
        is_key.then_some(line)
    });
    let cluster = read(Some(&keys.collect::<Vec<_>>().join("\n"))).unwrap();
    let slurm = cluster.slurm.unwrap();
    assert_eq!(
        cluster.study.unwrap().0,
        "postgresql://xp@db.example.org:5432/xp"
    );
    assert_eq!(slurm.partition, Some(Name("main".to_owned())));
    assert_eq!(slurm.account, Some(Name("my-project".to_owned())));
    assert_eq!(slurm.modules, Some(vec![Name("gcc/13".to_owned())]));
    let words = ["apptainer", "exec", "--nv", "xp.sif"].map(ToOwned::to_owned);
    assert_eq!(slurm.container, Some(Words(words.to_vec())));
    assert_eq!(slurm.options.unwrap().0, ["--constraint=avx512"]);
    assert_eq!(slurm.setup.unwrap()[0].0, "export OMP_NUM_THREADS=1");
}

#[test]
fn what_is_wrong_is_told_with_its_place_and_the_remedy() {
    for (text, position, what) in [
        (
            "stduy: postgresql://db/xp\n",
            (1, 1),
            "unknown key `stduy`; did you mean `study`?",
        ),
        (
            "slurm:\n  partitoin: main\n",
            (2, 3),
            "unknown key `partitoin`; did you mean `partition`?",
        ),
        (
            "\nstudy: postgresql://xp:s3cret@db/xp\n",
            (2, 8),
            "postgresql://xp:***@db/xp, has a password",
        ),
        ("slurm:\n  partition: a b\n", (2, 14), "\"a b\" is no name"),
        (
            "slurm:\n  account: |\n    a\n    #SBATCH -n9\n",
            (3, 5),
            "is no name",
        ),
        (
            "slurm:\n  modules: [gcc/13, a;b]\n",
            (2, 21),
            "\"a;b\" is no name",
        ),
        (
            "slurm:\n  container: apptainer 'exec\n",
            (2, 14),
            "quote that nothing closes",
        ),
        (
            "slurm:\n  options: [job.sh]\n",
            (2, 12),
            "`job.sh` is no option of sbatch",
        ),
        (
            "slurm:\n  setup: [\"a\\0\"]\n",
            (2, 11),
            "control characters",
        ),
        ("slurm: [1]\n", (1, 8), ""),
    ] {
        let error = read(Some(text)).unwrap_err();
        let said = format!(
            "{}; {}",
            error.what,
            error.remedy.as_deref().unwrap_or_default()
        );
        assert!(
            said.contains(what) && !said.contains("s3cret"),
            "{text:?}: {said}"
        );
        assert_eq!(error.position, Some(position), "{text:?}: {said}");
        assert_eq!(error.path.to_str(), Some(CLUSTER));
    }
    let long = format!("study: {}\n", "a".repeat(2 << 20));
    assert!(read(Some(&long)).unwrap_err().what.contains("more than"));
}

/// A file that is cut off anywhere, or has a forged byte, is read or refused.
#[test]
fn torn_and_forged_files_are_no_panic() {
    let text = "study: postgresql://xp@db/xp\nslurm:\n  container: \"a 'b c'\"\n  options: [-C, x]\n  setup: [a]\n";
    assert!(read(Some(text)).unwrap().slurm.is_some());
    for at in 0..text.len() {
        let (head, tail) = text.split_at(at);
        let mut outcomes = vec![read(Some(head))];
        for forged in ["\0", "&", "*", "!", "[", "{", "\"", "'", ":", "\u{85}"] {
            outcomes.push(read(Some(&format!("{head}{forged}{}", &tail[1..]))));
        }
        for error in outcomes.into_iter().filter_map(Result::err) {
            assert!(!error.what.is_empty());
        }
    }
}
