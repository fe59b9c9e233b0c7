//! Cost of a build, compared with the numpy prototype on the same bars in the same run; cost of loading and of reading a lock.
//!
//! `cargo bench -p experiments -p xp-data --profile dev --bench build`: the dev profile is what users run. CPU seconds are printed with the
//! clock's, since other programs do not change them. `XP_PYTHON` names a Python with numpy and TA-Lib; without it
//! they are fetched once from PyPI into the cache folder.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a bench may state what it believes"
)]

use std::{
    fs,
    hint::black_box,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, SystemTime},
};

use xp_bars::parse_bars;
use xp_clock::Clock;
use xp_data::{
    Hashing,
    build::build,
    causality::Proof,
    dimension::dimensions,
    features::{Prepared, registry},
    import::{Request, import},
    load::load,
    process::process_bars,
    source::Source,
    verify::verify,
};
use xp_spec::{
    files::{Workspace, lock::SpineRef},
    outliers::beyond,
    split::{Split, row_days},
    timescale::Timescale,
};

const BARS: usize = 20_000;
const PROTOTYPE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/fixtures/features_prototype.py"
);

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let csv = folder.path().join("walk.csv");
    let text = xp_test_support::walk(BARS, 1);
    fs::write(&csv, &text).unwrap();
    let bars = parse_bars(&csv, &text).unwrap();
    let features = registry();
    let spine = SpineRef {
        path: String::new(),
        md5: String::new(),
        rows: 0,
        from: None,
    };
    let source = Source {
        raw: "walk".to_owned(),
        timescale: Timescale::Daily,
        split: None,
    };
    println!("{BARS} bars × {} features", features.len());
    // First of all, so that the peak is that of one build.
    let processed = timed(
        "a build: features, proofs, statistics, dimensions, parquet",
        || process_bars("walk", &bars, spine, &source, &features, &mut |_, _| {}).unwrap(),
    );
    println!("  peak memory {} MB", peak() >> 20);
    drop(processed);
    let prepared = Prepared::new(&bars);
    let values = timed("  of it features alone", || {
        features
            .iter()
            .map(|feature| prepared.compute(feature))
            .collect::<Vec<_>>()
    });
    timed("  of it proofs of causality", || {
        let proof = Proof::new(&bars);
        for (feature, values) in features.iter().zip(&values) {
            proof.prove(feature, values).unwrap();
        }
    });
    let columns: Vec<Vec<f32>> = values
        .iter()
        .map(|column| column.iter().skip(252).map(|x| *x as f32).collect())
        .collect();
    let columns: Vec<&[f32]> = columns.iter().map(Vec::as_slice).collect();
    timed("  of it effective dimensions", || {
        dimensions(&columns).unwrap()
    });
    match python() {
        Ok(python) => prototype(&python, &csv),
        Err(reason) => println!("the numpy prototype: skipped, {reason}"),
    }
    reading(folder.path(), &csv);
    locks();
}

/// Runs, and prints the clock's seconds and the processor's.
fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let clock = Clock::system();
    let (started, cpu) = (clock.now(), cpu_seconds());
    let made = black_box(work());
    println!(
        "{what}: {:.3} s, CPU {:.2} s",
        clock.since(started).as_secs_f64(),
        cpu_seconds() - cpu
    );
    made
}

/// Seconds that all threads of this process have run.
fn cpu_seconds() -> f64 {
    let text = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = text.rsplit(") ").next().unwrap_or_default();
    let ticks: Vec<f64> = after_name
        .split(' ')
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse().ok())
        .collect();
    ticks.iter().sum::<f64>() / 100.0
}

/// Peak resident memory of this process, bytes.
fn peak() -> u64 {
    let text = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kibibytes.unwrap_or(0) << 10
}

/// A Python with the packages that the prototype imports.
fn python() -> Result<PathBuf, String> {
    if let Some(python) = std::env::var_os("XP_PYTHON") {
        return Ok(python.into());
    }
    let cache = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(Path::new(&std::env::var_os("HOME")?).join(".cache")))
        .ok_or("there is no cache folder")?;
    let venv = cache.join("cargo-xp/bench-data");
    let python = venv.join("bin/python");
    let has = || {
        let output = Command::new(&python)
            .args(["-c", "import numpy, talib"])
            .output();
        output.is_ok_and(|output| output.status.success())
    };
    if has() {
        return Ok(python);
    }
    let mut make = Command::new("python3");
    make.args(["-m", "venv", "--clear"]).arg(&venv);
    let mut install = Command::new(&python);
    install.args(["-m", "pip", "install", "-q", "numpy", "TA-Lib"]);
    for command in [&mut make, &mut install] {
        let output = command.output().map_err(|cause| cause.to_string())?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
    }
    Ok(python)
}

/// The prototype's features, without proofs, dimensions and files, on one thread.
fn prototype(python: &Path, csv: &Path) {
    const SCRIPT: &str = "\
import importlib.util, resource, sys, time
import numpy as np
np.seterr(all='ignore')
spec = importlib.util.spec_from_file_location('prototype', sys.argv[1])
prototype = importlib.util.module_from_spec(spec)
spec.loader.exec_module(prototype)
data = prototype.load(sys.argv[2])
clock, cpu = time.perf_counter(), time.process_time()
made = prototype.compute(data)
assert len(made) == 500
print(f'the numpy prototype, features alone: {time.perf_counter() - clock:.2f} s, CPU {time.process_time() - cpu:.2f} s')
print(f'  peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MB')
";
    let output = Command::new(python)
        .args(["-c", SCRIPT, PROTOTYPE])
        .arg(csv)
        .env("OMP_NUM_THREADS", "1")
        .env("OPENBLAS_NUM_THREADS", "1")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    print!("{}", String::from_utf8_lossy(&output.stdout));
}

/// A data set of its own: loading 20 of 500 columns and all, and hashing against the cache. How many bytes loading reads is a test
/// (`tests/load.rs`), since a disk reads ahead as it likes.
fn reading(folder: &Path, csv: &Path) {
    fs::create_dir_all(folder.join("data")).unwrap();
    fs::write(folder.join("data/manifest.yaml"), "version: 1\n").unwrap();
    let workspace = Workspace::find(folder).unwrap();
    let request = Request::new("walk", "2026-11-30".parse().unwrap());
    import(&workspace, csv, &request).unwrap();
    build(&workspace, "walk", &mut |_, _| {}).unwrap();
    let entry = workspace.manifest().unwrap().processed["walk"].clone();
    let names: Vec<String> = registry().into_iter().map(|feature| feature.name).collect();
    timed("loading 20 columns", || {
        load(&workspace, &entry, &names[..20]).unwrap()
    });
    timed("loading 500 columns", || {
        load(&workspace, &entry, &names).unwrap()
    });
    let parquet = fs::File::options()
        .write(true)
        .open(folder.join(&entry.path))
        .unwrap();
    let clock = Clock::system();
    let minute_ago = SystemTime::from(clock.utc()) - Duration::from_secs(60);
    parquet.set_modified(minute_ago).unwrap();
    for what in ["every byte hashed", "MD5 cached"] {
        timed(&format!("verifying, {what}"), || {
            verify(&workspace, "walk", Hashing::Cached, &clock).unwrap()
        });
    }
}

/// Reading a lock of 500 columns, as each macro call does, and finding outliers by its figures of 58 years.
fn locks() {
    let path = "data/locks/sp500_daily.lock.json";
    of_21("reading a lock of 500 columns", |workspace| {
        black_box(workspace.lock(path).unwrap());
    });
    let workspace = Workspace::find(xp_test_support::root()).unwrap();
    let lock = workspace.lock(path).unwrap();
    let days = row_days(&workspace.spine(&lock).unwrap().dates, Timescale::Daily);
    let names: Vec<String> = lock.columns.iter().map(|it| it.name.clone()).collect();
    let split = Split {
        val: lock.split.val,
        test: lock.split.test,
        embargo: 0,
        train: Default::default(),
    };
    of_21("outliers of 500 columns, of which reading", |workspace| {
        let yearly = workspace.yearly(&lock).unwrap();
        black_box(beyond(&yearly, &names, &days, &split));
    });
    of_21("  figures by year", |workspace| {
        black_box(workspace.yearly(&lock).unwrap());
    });
}

fn of_21(what: &str, work: impl Fn(&Workspace)) {
    let clock = Clock::system();
    let mut seconds: Vec<f64> = (0..21)
        .map(|_| {
            let workspace = Workspace::find(xp_test_support::root()).unwrap();
            let started = clock.now();
            work(&workspace);
            clock.since(started).as_secs_f64()
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    println!(
        "{what}: median {:.1} ms, slowest of 21 {:.1} ms",
        seconds[10] * 1e3,
        seconds[20] * 1e3
    );
}
