//! Scripts as `--dry-run` prints them, which needs no Slurm and no build.

use crate::{place::Place, programs::Cluster};

const SITE: &str = "slurm:
  partition: main
  account: my-project
  modules: [gcc/13, cuda/12.4]
  container: apptainer exec --nv 'my images/xp.sif'
  options: [\"--constraint=avx512\"]
  setup: [\"export OMP_NUM_THREADS=1\"]
";

/// What is printed, with the workspace's folder as `/ws`.
fn shown(place: &Place, arguments: &str) -> String {
    let words: Vec<_> = ["submit", "--dry-run"]
        .into_iter()
        .chain(arguments.split_whitespace())
        .collect();
    let (code, said) = place.xp_with(&words, &[("XP_STUDY", ""), ("CARGO_TARGET_DIR", "target")]);
    assert_eq!(code, 0, "{said}");
    let root = place.path("").canonicalize().unwrap();
    let root = root.to_str().unwrap().trim_end_matches('/');
    assert!(!place.path("outputs/logs").exists());
    said.replace(root, "/ws")
}

/// The same without what is the same in all scripts.
fn heads(place: &Place, arguments: &str) -> String {
    let text = shown(place, arguments);
    let mut heads = Vec::new();
    for part in text.split("# Why the rest is so.") {
        heads.push(match part.split_once("END_OF_SCRIPT\n)") {
            Some((_, rest)) => rest.trim(),
            None => part.trim(),
        });
    }
    heads.join("\n…\n")
}

#[test]
fn a_search_with_workers() {
    let place = Place::keeping("_2M_threshold_1pct");
    let arguments = "hpo_2M_threshold_1pct --workers 16 --time 4h --study-url postgresql://xp@db.example.org/xp";
    insta::assert_snapshot!(shown(&place, arguments));
}

#[test]
fn a_training_that_borrows() {
    let place = Place::keeping("_2M_threshold_1pct");
    let arguments = "hpo_2M_threshold_1pct train_2M_threshold_1pct --partition long -- --qos=high --comment=a;b";
    insta::assert_snapshot!(heads(&place, arguments));
}

#[test]
fn a_container_with_modules_of_the_site() {
    let cluster = Cluster::new();
    cluster.write("configs/cluster.yaml", SITE);
    insta::assert_snapshot!(heads(
        &cluster.place,
        "hpo_2M_threshold_1pct --cpus 8 --account other"
    ));
}

#[test]
fn a_gpu() {
    let place = Place::keeping("_2B_threshold_1pct");
    let arguments =
        "hpo_2B_threshold_1pct --gpus 1 --cpus 8 --mem 64G --time 2-00 --run-options=--trials=3";
    insta::assert_snapshot!(heads(&place, arguments));
}

/// Its search has one shape, which is not of the grid of its budget.
#[test]
fn a_training_has_the_memory_of_the_shape_that_it_borrows() {
    let place = Place::keeping("_20K_threshold_3pct");
    let memory = |name: &str| {
        let text = heads(&place, name);
        let (_, rest) = text.split_once("#SBATCH --mem=").unwrap();
        let (mib, _) = rest.split_once("M\n").unwrap();
        mib.parse::<u64>().unwrap()
    };
    let training = memory("train_20K_threshold_3pct");
    // One training at a time instead of two.
    assert!(training < memory("hpo_20K_threshold_3pct"), "{training}");
}
