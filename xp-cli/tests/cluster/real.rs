//! What only a real Slurm decides: whether jobs come back, once, or not at all. Experiments are stand-ins, scripts and commands are the real ones.

use std::fs;

use xp_test_support::{Slurm, wait_until};

use crate::programs::Cluster;

const SEARCH: &str = "hpo_2M_threshold_1pct";
const TRAINING: &str = "train_2M_threshold_1pct";
const LONG: &str = "hpo_2M_threshold_3pct";

/// Notes its starts and its signals, and ends as experiments do. A training, and a search that goes on, has nothing left to do.
const BINARY: &str = r#"
[ "$1" = --study-status ] && exit 1
name=${0##*/}
file=$PWD/runs-$name-$SLURM_ARRAY_TASK_ID
trap 'echo USR1 >> "$file"; exit 75' USR1
trap 'echo TERM >> "$file"; exit 75' TERM
echo "start ${SLURM_RESTART_COUNT:-0} $XP_STUDY" >> "$file"
case $name in
    train*) exit 0 ;;
    *1pct) [ "${SLURM_RESTART_COUNT:-0}" = 0 ] || exit 0 ;;
esac
while :; do sleep 1 & wait $!; done
"#;

/// A workspace on a Slurm.
struct Site<'a> {
    slurm: &'a Slurm,
    cluster: Cluster,
}

impl<'a> Site<'a> {
    fn new(slurm: &'a Slurm) -> Self {
        let cluster = Cluster::new();
        cluster.binary(BINARY);
        for name in ["sbatch", "squeue", "scancel"] {
            fs::remove_file(cluster.place.path(&format!("bin/{name}"))).unwrap();
        }
        Self { slurm, cluster }
    }

    fn xp(&self, arguments: &str) -> String {
        let path = std::env::var("PATH").unwrap();
        let configuration = self.slurm.configuration();
        let words: Vec<_> = arguments.split_whitespace().collect();
        let variables = [
            ("PATH", path.as_str()),
            ("SLURM_CONF", configuration.to_str().unwrap()),
        ];
        let (code, said) = self.cluster.xp_with(&words, &variables);
        assert_eq!(code, 0, "{arguments}: {said}");
        said
    }

    /// Starts and signals of a task; those that repeat a signal are left out, as experiments do.
    fn runs(&self, name: &str, task: u32) -> Vec<String> {
        let path = self.cluster.place.path(&format!("runs-{name}-{task}"));
        let text = fs::read_to_string(path).unwrap_or_default();
        let mut runs: Vec<_> = text.lines().map(|line| line.trim().to_owned()).collect();
        runs.dedup();
        runs
    }

    fn wait(&self, what: &str, condition: impl FnMut() -> bool) {
        wait_until(what, || !self.slurm.is_running(), condition);
    }

    /// Number of a job of the queue.
    fn job(&self, name: &str) -> String {
        let text = self.slurm.run("squeue", &["-h", "-n", name, "-o", "%F"]);
        text.lines().next().unwrap().to_owned()
    }

    fn is_empty(&self) -> bool {
        self.xp("cancel --all").contains("nothing to cancel")
    }
}

/// A test on a site whose `RequeueExit` has code 75, and on one that has none.
fn on_each_site(test: impl Fn(&str, &Slurm, &Site<'_>)) {
    for lines in ["RequeueExit=75", ""] {
        let folder = tempfile::tempdir().unwrap();
        match Slurm::start(folder.path(), lines) {
            Ok(slurm) => test(lines, &slurm, &Site::new(&slurm)),
            Err(reason) => return println!("skipped: {reason}"),
        }
    }
}

/// On a site whose `RequeueExit` has code 75 and on one that has none, jobs come back once from a checkpoint, and what borrows from them waits.
#[test]
fn jobs_come_back_once_on_any_site() {
    on_each_site(|lines, slurm, site| {
        let url = "postgresql://xp@db/xp";
        let asked = "--cpus 1 --mem 100M --time 1h";
        site.xp(&format!(
            "submit {SEARCH} {TRAINING} --workers 2 --study-url {url} {asked}"
        ));
        let start = |n: u32| format!("start {n} {url}");
        let both = |runs: &[String]| [1, 2].iter().all(|task| site.runs(SEARCH, *task) == runs);
        site.wait("both workers began", || both(&[start(0)]));
        let said = site.xp("status");
        assert!(
            said.contains("2 running") && said.contains("Dependency"),
            "{said}"
        );
        assert!(said.contains("n1") || said.contains("n2"), "{said}");
        // Another checkout has the same names.
        let other = Site::new(slurm);
        assert!(other.xp("cancel --all").contains("nothing to cancel"));
        assert!(other.xp("status").contains("no job of this workspace"));
        // As Slurm does it by itself when the time is nearly up.
        let job = site.job(SEARCH);
        for task in [1, 2] {
            slurm.run(
                "scancel",
                &["--batch", "--signal=USR1", &format!("{job}_{task}")],
            );
        }
        let goes_on = [start(0), "USR1".to_owned(), start(1)];
        site.wait("both went on", || both(&goes_on));
        site.wait("the training began", || !site.runs(TRAINING, 1).is_empty());
        site.wait("all had ended", || site.xp("status").contains("none"));
        assert!(both(&goes_on), "{lines}: {:?}", site.runs(SEARCH, 1));
        assert_eq!(site.runs(TRAINING, 1), [start(0)]);
        let log = fs::read_to_string(
            site.cluster
                .place
                .path(&format!("outputs/logs/slurm/{SEARCH}-{job}_1.out")),
        );
        let log = log.unwrap();
        assert!(log.contains(&format!("requeueing {job}_1")), "{log}");
    });
}

/// A job that makes room for another comes back, a job that is cancelled does not, whatever its exit code.
#[test]
fn a_preempted_job_comes_back_and_a_cancelled_one_does_not() {
    on_each_site(|lines, slurm, site| {
        site.xp(&format!("submit {LONG} --cpus 1 --mem 100M"));
        site.wait("it began", || site.runs(LONG, 1) == ["start 0"]);
        slurm.run(
            "sbatch",
            &[
                "-p",
                "high",
                "-N2",
                "--exclusive",
                "-o",
                "/dev/null",
                "--wrap",
                "true",
            ],
        );
        site.wait("it came back", || {
            site.runs(LONG, 1) == ["start 0", "TERM", "start 1"]
        });
        let said = site.xp("status");
        assert!(said.contains("requeued once"), "{said}");
        let said = site.xp(&format!("cancel {LONG}"));
        assert!(said.contains(&format!("cancelled {LONG}: ")), "{said}");
        // One that is requeued would be live again.
        site.wait("it had ended", || site.is_empty());
        assert_eq!(
            site.runs(LONG, 1),
            ["start 0", "TERM", "start 1", "TERM"],
            "{lines}"
        );
    });
}
