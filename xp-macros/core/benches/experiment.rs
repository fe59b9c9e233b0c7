//! What one `experiment!` costs in a build: `cargo bench -p xp-macros-core --profile dev` measures the dev build that users wait for.
//! The shipped data set, and one of 500 columns and 20,000 rows; a search, and a training that reads its siblings.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a bench may state what it believes"
)]

use std::{fs, path::Path};

use chrono::{Days, NaiveDate};
use xp_clock::Clock;
use xp_macros_core::{Source, analyse_file, expand};
use xp_spec::{
    files::{
        Workspace,
        lock::{
            DefaultSplit, Dimension, LOCK_VERSION, LockedColumn, SchemaLock, SpineRef, Statistics,
            YearsRef,
        },
    },
    hash::md5_hex,
};

const ROUNDS: usize = 31;
/// As long as real ones.
const STATISTICS: Statistics = Statistics {
    min: -1.234_56,
    max: 1.234_56,
    mean: 0.012_345_6,
    sd: 0.345_678,
};

/// Median milliseconds.
fn measure(clock: &Clock, mut work: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let started = clock.now();
            work();
            clock.since(started).as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[ROUNDS / 2]
}

fn main() {
    let clock = Clock::system();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let large = tempfile::tempdir().unwrap();
    large_workspace(&root, large.path());
    for (what, root, binary) in [
        (
            "shipped data, search",
            root.as_path(),
            "hpo_2M_threshold_1pct",
        ),
        (
            "shipped data, training",
            root.as_path(),
            "train_2M_threshold_2pct",
        ),
        (
            "20,000 rows, 500 columns",
            large.path(),
            "hpo_2M_threshold_1pct_f500",
        ),
    ] {
        let file = root
            .join("experiments/src/bin")
            .join(format!("{binary}.rs"));
        let text = fs::read_to_string(&file).unwrap();
        let tokens: proc_macro2::TokenStream = text.parse().unwrap();
        let body = tokens
            .into_iter()
            .filter_map(|token| match token {
                proc_macro2::TokenTree::Group(group) => Some(group.stream()),
                _ => None,
            })
            .last()
            .unwrap();
        let checked = analyse_file(&text, &Source::of(&file).unwrap());
        assert!(checked.is_ok(), "{what}: {:?}", checked.err());
        // Each build is a process of its own: nothing is remembered from one to the next.
        let whole = measure(&clock, || {
            drop(expand(body.clone(), &Source::of(&file).unwrap()))
        });
        let facts = measure(&clock, || {
            let workspace = Workspace::find(&file).unwrap();
            let manifest = workspace.manifest().unwrap();
            let entry = manifest.processed.values().next().unwrap();
            let lock = workspace.lock(&entry.lock).unwrap();
            workspace.spine(&lock).unwrap();
        });
        println!(
            "{what}: whole macro {whole:.1} ms, of which manifest, lock and prices {facts:.1} ms"
        );
    }
}

/// The shipped configuration with a data set of 20,000 days and 500 features.
fn large_workspace(root: &Path, to: &Path) {
    for folder in [
        "data/locks",
        "data/raw",
        "configs/model",
        "experiments/src/bin",
    ] {
        fs::create_dir_all(to.join(folder)).unwrap();
    }
    for file in ["configs/defaults.yaml", "configs/model/patchtst_2m.yaml"] {
        fs::copy(root.join(file), to.join(file)).unwrap();
    }
    let binary = "experiments/src/bin/hpo_2M_threshold_1pct_f500.rs";
    fs::copy(root.join(binary), to.join(binary)).unwrap();
    let first = NaiveDate::from_ymd_opt(1960, 1, 4).unwrap();
    let mut prices = "Date,Open,High,Low,Close,Volume\n".to_owned();
    for day in 0..20_252_u64 {
        let date = first + Days::new(day);
        let close = 100.0 + (day as f64 * 0.37).sin() * 20.0;
        let high = close * 1.01;
        prices.push_str(&format!("{date},{close},{high},{close},{close},1000000\n"));
    }
    fs::write(to.join("data/raw/nasdaq_daily.csv"), &prices).unwrap();
    let md5 = md5_hex(prices.as_bytes());
    let lock = SchemaLock {
        version: LOCK_VERSION,
        name: "nasdaq_daily".to_owned(),
        timescale: "daily".to_owned(),
        rows: 20_000,
        first: (first + Days::new(252)).to_string(),
        last: (first + Days::new(20_251)).to_string(),
        md5: md5.clone(),
        columns_md5: md5.clone(),
        spine: SpineRef {
            path: "data/raw/nasdaq_daily.csv".to_owned(),
            md5: md5.clone(),
            rows: 20_252,
            from: None,
        },
        years: YearsRef {
            path: "data/locks/nasdaq_daily.years.json".to_owned(),
            md5: md5.clone(),
        },
        split: DefaultSplit {
            val: first + Days::new(12_000),
            test: first + Days::new(15_000),
        },
        dimensions: [20, 100, 250, 500]
            .map(|tier| Dimension {
                tier,
                columns: tier,
                entropy_rank: 12.34,
                components_95: 12,
            })
            .to_vec(),
        columns: (0..500)
            .map(|column| LockedColumn {
                name: format!("feature_{column}"),
                tier: [20, 100, 250, 500].into_iter().find(|tier| column < *tier),
                dtype: "f32".to_owned(),
                nulls: 0,
                causal_cuts: 3,
                train: Some(STATISTICS),
                val: Some(STATISTICS),
                test: Some(STATISTICS),
            })
            .collect(),
    };
    let text = serde_json::to_string_pretty(&lock).unwrap();
    fs::write(to.join("data/locks/nasdaq_daily.lock.json"), text).unwrap();
    let manifest = format!(
        "version: 1\nraw:\n  nasdaq_daily:\n    path: data/raw/nasdaq_daily.csv\n    md5: {md5}\n    rows: 20252\n    first: {first}\n    \
         last: 2015-06-16\n    source: a bench\n    licence: none\nprocessed:\n  nasdaq_daily:\n    path: data/processed/nasdaq_daily.parquet\n    lock: data/locks/nasdaq_daily.lock.json\n    \
         raw: nasdaq_daily\n    raw_md5: {md5}\n    builder: a bench\n    timescale: daily\n    md5: {md5}\n    rows: 20000\n"
    );
    fs::write(to.join("data/manifest.yaml"), manifest).unwrap();
}
