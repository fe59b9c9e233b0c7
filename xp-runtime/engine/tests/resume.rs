//! Checkpoints: a training that is cut off at any batch goes on to the same numbers, and a checkpoint that cannot be used is refused.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use tch::Device;
use xp_clock::Clock;
use xp_engine::{
    model::PatchTst,
    rng::Stream,
    train::{
        Checkpoint, Evaluation, FitConfig, Fitted, Flow, Hooks, Outcome, Region, TrainError,
        TrainingData, Windows, fit,
    },
};
use xp_spec::{
    architecture::{Architecture, Channels, InputShape, Normalisation},
    execution::{Execution, Moments},
    hyper::Hyperparameters,
    training::{Evaluate, Loss, Objective, Precision, Schedule, Training},
};

const FEATURES: usize = 3;

/// Threads of this process, set where the tests run themselves again.
const THREADS: &str = "XP_TEST_THREADS";
/// The folder of checkpoints of a process that resumes with other kernels.
const FOLDER: &str = "XP_TEST_FOLDER";

fn input() -> InputShape {
    InputShape {
        n_features: FEATURES as u32,
        context: 8,
        patch: 4,
        stride: 4,
        channels: Channels::Mixed,
        normalisation: Normalisation::Revin,
    }
}

/// With everything that has a state or draws random numbers: dropout, accumulation, clipping, warm-up, patience.
fn config() -> FitConfig {
    FitConfig {
        hyper: Hyperparameters {
            architecture: Architecture {
                d_model: 32,
                n_layers: 2,
                n_heads: 2,
                d_ff: 64,
            },
            learning_rate: 3e-3,
            weight_decay: 1e-2,
            dropout: 0.3,
            head_dropout: 0.2,
            warmup: 0.175,
            steps: 40,
            batch_size: 32,
            clip_norm: 0.5,
        },
        training: Training {
            loss: Loss::Bce,
            objective: Objective::LogLoss,
            schedule: Schedule::Cosine,
            evaluate: Evaluate::Every(7),
            patience: 50,
            min_delta: 0.0,
            accumulation: 2,
            precision: Precision::Fp32,
        },
        seed: 11,
        max_steps: None,
        execution: Execution::Fused,
    }
}

/// Noise in three features; a sample is positive where the last two values of the first one rise.
fn data() -> (Windows, Region, Region) {
    // Tests run beside each other: threads of their own would only wait.
    let threads = std::env::var(THREADS).map_or(1, |threads| threads.parse().unwrap());
    tch::set_num_threads(threads);
    let noise = Stream::new(5, &[]);
    let values: Vec<f32> = (0..400 * FEATURES as u64)
        .map(|position| noise.normal(position) as f32)
        .collect();
    let label = |row: i64| {
        let at = |row: i64| values[row as usize * FEATURES];
        if at(row) > at(row - 1) { 1.0 } else { 0.0 }
    };
    let region = |rows: std::ops::Range<i64>| Region {
        labels: rows.clone().map(label).collect(),
        rows: rows.collect(),
    };
    let (train, val) = (region(7..300), region(300..400));
    (
        Windows::new(&values, FEATURES, 8, Device::Cpu).unwrap(),
        train,
        val,
    )
}

/// Stops before a step, counted from this start.
struct Cut {
    folder: Option<PathBuf>,
    spec_hash: &'static str,
    at: Option<u32>,
    steps: u32,
    /// Evaluations and steps from which it resumed.
    resumed: Option<(usize, u32)>,
    warned: Vec<String>,
    /// Validation passes until the one that is stopped in its middle.
    judged: Option<u32>,
}

impl Cut {
    fn new(folder: Option<&Path>, at: Option<u32>) -> Self {
        Self {
            folder: folder.map(|folder| folder.join("seed_11")),
            spec_hash: "00aa",
            at,
            steps: 0,
            resumed: None,
            warned: Vec::new(),
            judged: None,
        }
    }
}

impl Hooks for Cut {
    fn before_step(&mut self, _: u32, _: f64) -> Flow {
        if self.at == Some(self.steps) {
            return Flow::Stop("test");
        }
        self.steps += 1;
        Flow::Continue
    }

    fn during_validation(&mut self) -> Flow {
        match &mut self.judged {
            Some(0) => Flow::Stop("validation"),
            Some(left) => {
                *left -= 1;
                Flow::Continue
            }
            None => Flow::Continue,
        }
    }

    fn after_evaluation(&mut self, _: &Evaluation) -> Flow {
        Flow::Continue
    }

    fn checkpoint(&self) -> Option<Checkpoint> {
        self.folder.clone().map(|folder| Checkpoint {
            folder,
            spec_hash: self.spec_hash.to_owned(),
        })
    }

    fn resumed(&mut self, curve: &[Evaluation], step: u32) {
        self.resumed = Some((curve.len(), step));
    }

    fn warn(&mut self, message: &str) {
        self.warned.push(message.to_owned());
    }
}

fn run(config: &FitConfig, hooks: &mut Cut) -> Result<Fitted, TrainError> {
    let (windows, train, val) = data();
    let model = PatchTst::new(config.hyper.architecture, input(), config.seed, Device::Cpu)
        .unwrap()
        .unwrap();
    fit(
        model,
        &TrainingData {
            windows: &windows,
            train: &train,
            val: &val,
        },
        config,
        &Clock::manual(),
        hooks,
    )
}

type Bits = Vec<[u64; 5]>;

/// All numbers of a training, bit for bit, but for its throughput.
fn bits(fitted: &Fitted) -> (Bits, Vec<u32>) {
    let curve = fitted
        .curve
        .iter()
        .map(|report| {
            [
                report.train_loss,
                report.val_loss,
                report.objective,
                report.learning_rate,
                report.spread,
            ]
            .map(f64::to_bits)
        })
        .collect();
    let weights = Vec::<f32>::try_from(fitted.model.flat()).unwrap();
    (
        curve,
        weights.iter().map(|weight| weight.to_bits()).collect(),
    )
}

/// 293 samples are 10 batches, and every 7 steps there is an evaluation; cut once or twice, within an epoch and between evaluations, at
/// the borders of both, before the first and before the last step.
#[test]
fn a_training_cut_off_at_any_step_goes_on_to_the_same_numbers() {
    let whole = bits(&run(&config(), &mut Cut::new(None, None)).unwrap());
    let mut cuts = vec![
        vec![0],
        vec![1],
        vec![7],
        vec![10],
        vec![39],
        vec![13, 9],
        vec![25, 0, 3],
    ];
    let random = Stream::new(std::process::id().into(), &[]);
    cuts.extend((0..4).map(|position| vec![(random.uniform(position) * 40.0) as u32]));
    for cuts in cuts {
        let folder = tempfile::tempdir().unwrap();
        let mut done = 0;
        for &cut in &cuts {
            let mut hooks = Cut::new(Some(folder.path()), Some(cut));
            let fitted = run(&config(), &mut hooks).unwrap();
            assert_eq!(fitted.outcome, Outcome::Stopped("test"), "{cuts:?}");
            done += cut;
            assert!(hooks.warned.is_empty(), "{:?}", hooks.warned);
        }
        let mut hooks = Cut::new(Some(folder.path()), None);
        let fitted = run(&config(), &mut hooks).unwrap();
        assert_eq!(hooks.resumed, Some((done as usize / 7, done)), "{cuts:?}");
        assert!(bits(&fitted) == whole, "other numbers after cuts {cuts:?}");
        // What was finished and not yet written down is not trained again.
        let mut hooks = Cut::new(Some(folder.path()), Some(0));
        let again = run(&config(), &mut hooks).unwrap();
        assert!(again.outcome == Outcome::Finished && bits(&again) == whole);
        let checkpoint = hooks.checkpoint().unwrap();
        checkpoint.remove().unwrap();
        checkpoint.remove().unwrap();
        assert!(!checkpoint.folder.exists());
    }
}

/// A hundred samples are judged at once here, so that a pass asks once.
#[test]
fn a_validation_pass_that_is_stopped_is_made_again() {
    let whole = bits(&run(&config(), &mut Cut::new(None, None)).unwrap());
    for passes in [0, 2, 3] {
        let folder = tempfile::tempdir().unwrap();
        let mut hooks = Cut::new(Some(folder.path()), None);
        hooks.judged = Some(passes);
        let fitted = run(&config(), &mut hooks).unwrap();
        assert_eq!(fitted.outcome, Outcome::Stopped("validation"), "{passes}");
        assert_eq!(fitted.curve.len(), passes as usize);
        let mut hooks = Cut::new(Some(folder.path()), None);
        let fitted = run(&config(), &mut hooks).unwrap();
        assert_eq!(hooks.resumed, Some((passes as usize, 7 * (passes + 1))));
        assert!(bits(&fitted) == whole, "other numbers after pass {passes}");
    }
}

#[test]
fn a_training_by_autograd_goes_on_to_the_same_numbers_too() {
    let config = FitConfig {
        execution: Execution::Whole,
        ..config()
    };
    let whole = bits(&run(&config, &mut Cut::new(None, None)).unwrap());
    for cut in [3, 20, 34] {
        let folder = tempfile::tempdir().unwrap();
        run(&config, &mut Cut::new(Some(folder.path()), Some(cut))).unwrap();
        let fitted = run(&config, &mut Cut::new(Some(folder.path()), None)).unwrap();
        assert!(bits(&fitted) == whole, "other numbers after {cut}");
    }
}

/// Layer by layer with compact moments, and the best weights on disk.
#[test]
fn a_training_by_layers_goes_on_to_the_same_numbers_too() {
    let mut config = config();
    config.training.accumulation = 1;
    config.execution = Execution::Layerwise(Moments::Compact);
    let whole = bits(&run(&config, &mut Cut::new(None, None)).unwrap());
    for cut in [3, 20, 34] {
        let folder = tempfile::tempdir().unwrap();
        run(&config, &mut Cut::new(Some(folder.path()), Some(cut))).unwrap();
        let mut hooks = Cut::new(Some(folder.path()), None);
        let fitted = run(&config, &mut hooks).unwrap();
        assert_eq!(hooks.resumed, Some((cut as usize / 7, cut)));
        assert!(bits(&fitted) == whole, "other numbers after {cut}");
    }
}

/// So many tests of a name pass in another process with these environment variables.
fn passes_elsewhere(name: &str, tests: usize, variables: &[(&str, &OsStr)]) {
    let output = Command::new(std::env::current_exe().unwrap())
        .args([name, "--test-threads", "1"])
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains(&format!("{tests} passed; 0 failed")),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// The number of threads is the process's, hence another process: each way of stepping once more, with two.
#[test]
fn two_threads_go_on_to_the_same_numbers_too() {
    if std::env::var_os(THREADS).is_some() {
        return;
    }
    passes_elsewhere("a_training_", 3, &[(THREADS, "2".as_ref())]);
}

/// Kernels are the process's, too: another one resumes without vector instructions.
#[test]
fn other_kernels_are_named_on_resume() {
    let here = xp_engine::kernels().to_string();
    if let Some(folder) = std::env::var_os(FOLDER) {
        let mut hooks = Cut::new(Some(folder.as_ref()), None);
        let fitted = run(&config(), &mut hooks).unwrap();
        assert_eq!(hooks.resumed, Some((3, 21)));
        assert_eq!(
            (fitted.outcome, here.as_str()),
            (Outcome::Finished, "portable+gemm")
        );
        let [warning] = &hooks.warned[..] else {
            panic!("{:?}", hooks.warned);
        };
        let expected = "resumes with portable+gemm, those of this processor";
        assert!(
            warning.contains("with the kernels avx") && warning.contains(expected),
            "{warning}"
        );
        return;
    }
    if here.starts_with("portable") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    run(&config(), &mut Cut::new(Some(folder.path()), Some(21))).unwrap();
    let variables = [
        (FOLDER, folder.path().as_os_str()),
        ("ATEN_CPU_CAPABILITY", "default".as_ref()),
    ];
    passes_elsewhere("other_kernels", 1, &variables);
}

/// Kill −9 leaves what the last evaluation kept.
#[test]
fn a_killed_training_loses_the_steps_since_its_last_evaluation_at_most() {
    let whole = bits(&run(&config(), &mut Cut::new(None, None)).unwrap());
    let folder = tempfile::tempdir().unwrap();
    let mut hooks = Cut::new(Some(folder.path()), Some(21));
    run(&config(), &mut hooks).unwrap();
    let kept = copy(&folder.path().join("seed_11"));
    let mut hooks = Cut::new(Some(folder.path()), Some(5));
    run(&config(), &mut hooks).unwrap();
    // As if the process had been killed after step 21: the folder as it was at the evaluation there.
    fs::remove_dir_all(folder.path().join("seed_11")).unwrap();
    fs::rename(kept.path(), folder.path().join("seed_11")).unwrap();
    let mut hooks = Cut::new(Some(folder.path()), None);
    let fitted = run(&config(), &mut hooks).unwrap();
    assert_eq!(hooks.resumed, Some((3, 21)));
    assert!(bits(&fitted) == whole);
}

#[test]
fn early_stopping_and_the_selection_survive_a_cut() {
    let mut config = config();
    config.hyper.steps = 300;
    config.hyper.learning_rate = 1e-2;
    config.training.patience = 2;
    let whole = run(&config, &mut Cut::new(None, None)).unwrap();
    assert_eq!(whole.outcome, Outcome::EarlyStopped);
    let last = whole.curve.len() as u32 * 7;
    for cut in [last - 1, last - 10, last - 15] {
        let folder = tempfile::tempdir().unwrap();
        run(&config, &mut Cut::new(Some(folder.path()), Some(cut))).unwrap();
        let fitted = run(&config, &mut Cut::new(Some(folder.path()), None)).unwrap();
        assert_eq!(
            (fitted.outcome, fitted.best_step),
            (whole.outcome, whole.best_step)
        );
        assert!(bits(&fitted) == bits(&whole), "cut at {cut}");
        // Resumed after its end, it has nothing to do.
        let mut hooks = Cut::new(Some(folder.path()), Some(0));
        assert_eq!(
            run(&config, &mut hooks).unwrap().outcome,
            Outcome::EarlyStopped
        );
    }
}

/// A checkpoint that cannot be used is refused with the reason, and stays as it is.
#[test]
fn a_wrong_checkpoint_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    run(&config(), &mut Cut::new(Some(folder.path()), Some(15))).unwrap();
    let place = folder.path().join("seed_11");
    let index = place.join("checkpoint.json");
    let state = place.join("state-15.safetensors");
    let best = fs::read_dir(&place)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.to_string_lossy().contains("best-"))
        .unwrap();
    let truncate = |path: &Path, left: u64| {
        fs::OpenOptions::new()
            .write(true)
            .open(path)
            .unwrap()
            .set_len(left)
            .unwrap();
    };
    let edit = |from: &str, to: &str| {
        let text = fs::read_to_string(&index).unwrap();
        assert!(text.contains(from), "{text}");
        fs::write(&index, sealed(&text.replacen(from, to, 1))).unwrap();
    };
    // Without the one before it, which would be used instead of a damaged one.
    fs::remove_file(place.join("checkpoint.previous.json")).unwrap();
    let size = fs::metadata(&state).unwrap().len();
    type Harm<'a> = &'a dyn Fn();
    let nowhere = "has a position that no training of this experiment can reach";
    let cases: [(Harm<'_>, &str); 21] = [
        (&|| edit("\"step\": 15", "\"step\": 4000000000"), nowhere),
        (&|| edit("\"step\": 15", "\"step\": 16"), nowhere),
        (&|| edit("\"step\": 15", "\"step\": 13"), nowhere),
        (&|| edit("\"seen\": 32", "\"seen\": 0"), nowhere),
        // An evaluation where there is none.
        (&|| edit("\"step\": 7,", "\"step\": 8,"), nowhere),
        (
            &|| edit("\"best\": [", "\"best\": [0.1, 9], \"was\": ["),
            nowhere,
        ),
        (
            &|| edit("\"format\": 3", "\"format\": 1"),
            "has format 1, and this version reads format 3",
        ),
        (
            &|| edit("\"improved\": [", "\"improved\": [0.1, 9], \"was\": ["),
            nowhere,
        ),
        (
            &|| edit("\"by_hand\"", "\"whole\""),
            "was written by another execution mode (all gradients at once, by autograd; ",
        ),
        (
            &|| edit("00aa", "00bb"),
            "belongs to spec 00bb, this is 00aa",
        ),
        (
            &|| edit("libtorch 2", "libtorch 1"),
            "finish it with that version",
        ),
        (
            &|| edit("\"seed\": 11", "\"seed\": 12"),
            "is of another seed",
        ),
        (
            &|| edit("\"dropout\": 0.3", "\"dropout\": 0.4"),
            "of other hyperparameters",
        ),
        (&|| edit("\"progress\"", "\"progres\""), "is corrupt"),
        (
            &|| edit("state-15", "../seed_11/state-15"),
            "names a file outside its folder",
        ),
        (&|| truncate(&index, 100), "is damaged"),
        (&|| truncate(&state, size - 1), "is truncated or corrupt"),
        (&|| truncate(&state, 4), "is truncated"),
        (&|| truncate(&state, 0), "is truncated"),
        (&|| fs::remove_file(&state).unwrap(), "cannot be read"),
        (&|| truncate(&best, 1000), "is truncated"),
    ];
    let good = copy(&place);
    for (harm, expected) in cases {
        harm();
        let before = contents(&place);
        let mut hooks = Cut::new(Some(folder.path()), None);
        let error = run(&config(), &mut hooks).unwrap_err().to_string();
        assert!(
            error.contains(expected)
                && error.contains("nothing was changed: move")
                && error.contains("seed_11"),
            "{error}"
        );
        assert_eq!(contents(&place), before);
        fs::remove_dir_all(&place).unwrap();
        fs::create_dir(&place).unwrap();
        for (name, bytes) in contents(good.path()) {
            fs::write(place.join(name), bytes).unwrap();
        }
    }
    let mut hooks = Cut::new(Some(folder.path()), None);
    run(&config(), &mut hooks).unwrap();
    assert_eq!(hooks.resumed, Some((2, 15)));
}

/// A byte that flips in any file of the newest checkpoint is noticed, the one before it is used, and the numbers are those of a training that
/// nothing happened to (F60).
#[test]
fn a_damaged_checkpoint_is_named_and_the_one_before_it_used() {
    let whole = bits(&run(&config(), &mut Cut::new(None, None)).unwrap());
    let folder = tempfile::tempdir().unwrap();
    run(&config(), &mut Cut::new(Some(folder.path()), Some(15))).unwrap();
    let place = folder.path().join("seed_11");
    let good = contents(&place);
    let names: Vec<&str> = good.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "best-14.safetensors",
            "checkpoint.json",
            "checkpoint.previous.json",
            "state-14.safetensors",
            "state-15.safetensors"
        ]
    );
    for (file, part) in [
        ("checkpoint.json", "checkpoint.json is damaged"),
        ("state-15.safetensors", "state-15.safetensors"),
    ] {
        let (_, bytes) = good.iter().find(|(name, _)| name == file).unwrap();
        for place_in_file in 0..16 {
            let mut damaged = bytes.clone();
            let at = bytes.len() * place_in_file / 16 + place_in_file % 7;
            damaged[at] ^= 1 << (place_in_file % 8);
            for (name, bytes) in &good {
                fs::write(place.join(name), bytes).unwrap();
            }
            fs::write(place.join(file), &damaged).unwrap();
            let mut hooks = Cut::new(Some(folder.path()), Some(2));
            run(&config(), &mut hooks).unwrap();
            assert_eq!(hooks.resumed, Some((2, 14)), "{file} {at}");
            let warned = &hooks.warned[0];
            assert!(
                warned.contains(part) && warned.contains("the one before it, at step 14"),
                "{file} {at}: {warned}"
            );
        }
    }
    // What was resumed and stopped again is whole, and goes on.
    let mut hooks = Cut::new(Some(folder.path()), None);
    let fitted = run(&config(), &mut hooks).unwrap();
    assert_eq!((hooks.resumed, hooks.warned.len()), (Some((2, 16)), 0));
    assert!(bits(&fitted) == whole);
    // The best weights are those of both: no checkpoint is left that could be used.
    for (name, bytes) in &good {
        fs::create_dir_all(&place).unwrap();
        fs::write(place.join(name), bytes).unwrap();
    }
    let best = place.join("best-14.safetensors");
    let mut bytes = fs::read(&best).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&best, bytes).unwrap();
    let mut hooks = Cut::new(Some(folder.path()), None);
    let error = run(&config(), &mut hooks).unwrap_err().to_string();
    assert!(
        error.contains("best-14.safetensors is damaged") && error.contains("nothing was changed"),
        "{error}"
    );
}

/// An index with the checksum of its content.
fn sealed(text: &str) -> String {
    let mut value: serde_json::Value = serde_json::from_str(text).unwrap();
    let keys = value.as_object_mut().unwrap();
    keys.remove("checksum").unwrap();
    let checksum = xxhash_rust::xxh3::xxh3_64(value.to_string().as_bytes());
    let keys = value.as_object_mut().unwrap();
    keys.insert("checksum".to_owned(), format!("{checksum:016x}").into());
    serde_json::to_string_pretty(&value).unwrap()
}

/// Where a checkpoint cannot be written (a full disk, a folder that is gone) the training goes on and says so once (F25).
#[test]
fn a_failed_write_ends_no_training_and_harms_no_earlier_checkpoint() {
    let whole = bits(&run(&config(), &mut Cut::new(None, None)).unwrap());
    let folder = tempfile::tempdir().unwrap();
    run(&config(), &mut Cut::new(Some(folder.path()), Some(15))).unwrap();
    let place = folder.path().join("seed_11");
    let before = contents(&place);
    // A folder where the next state is to be written: the rename fails, for root too.
    fs::create_dir(place.join("state-21.safetensors")).unwrap();
    let mut hooks = Cut::new(Some(folder.path()), Some(6));
    run(&config(), &mut hooks).unwrap();
    assert_eq!(hooks.warned.len(), 1, "{:?}", hooks.warned);
    assert!(
        hooks.warned[0].contains("the training continues, and the earlier checkpoint is intact"),
        "{:?}",
        hooks.warned
    );
    fs::remove_dir(place.join("state-21.safetensors")).unwrap();
    let after = contents(&place);
    for file in ["checkpoint.json", "state-15.safetensors"] {
        let of = |files: &[(String, Vec<u8>)]| files.iter().find(|(name, _)| name == file).cloned();
        assert!(of(&after) == of(&before) && of(&after).is_some(), "{file}");
    }
    let mut hooks = Cut::new(Some(folder.path()), None);
    let fitted = run(&config(), &mut hooks).unwrap();
    assert_eq!(hooks.resumed, Some((2, 15)));
    assert!(bits(&fitted) == whole);
}

fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read(path).unwrap())
        })
        .collect();
    found.sort();
    found
}

fn copy(folder: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir_in(folder.parent().unwrap()).unwrap();
    for (name, bytes) in contents(folder) {
        fs::write(copy.path().join(name), bytes).unwrap();
    }
    copy
}
