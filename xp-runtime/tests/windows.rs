//! The windows of a sample, from the raw file to the tensor: nothing of a day after t is in them, at any timescale.

#![allow(clippy::unwrap_used, reason = "a test may state what it believes")]

use std::{fs, path::Path};

use chrono::NaiveDate;
use tch::{Device, Tensor};
use xp_data::{
    build::build,
    features::registry,
    import::{Request, import},
    load::{Table, load},
};
use xp_engine::train::Windows;
use xp_spec::{
    files::Workspace,
    split::{Labelling, Regions, Split, regions},
    task::{Horizon, LabelPrice, Task},
    timescale::Timescale,
};

const CONTEXT: u32 = 20;

/// A table as training gets it, and its samples, of a CSV.
fn table(csv: &str, timescale: Timescale) -> (Table, Regions) {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("data")).unwrap();
    fs::write(folder.path().join("data/manifest.yaml"), "version: 1\n").unwrap();
    let file = folder.path().join("walk.csv");
    fs::write(&file, csv).unwrap();
    let workspace = Workspace::find(folder.path()).unwrap();
    let request = Request::new("walk_daily", "2026-11-30".parse().unwrap());
    import(&workspace, Path::new(&file), &request).unwrap();
    let name = format!("walk_{timescale}");
    build(&workspace, &name, &mut |_, _| {}).unwrap();
    let entry = workspace.manifest().unwrap().processed[&name].clone();
    let names: Vec<String> = registry().into_iter().map(|feature| feature.name).collect();
    let table = load(&workspace, &entry, &names).unwrap();
    let spine = workspace
        .spine(&workspace.lock(&entry.lock).unwrap())
        .unwrap();
    let at = |share: f64| spine.dates[(spine.dates.len() as f64 * share) as usize];
    let split = Split {
        val: at(0.9),
        test: at(0.95),
        embargo: 0,
        train: Default::default(),
    };
    let labelling = Labelling {
        task: Task::Pct1,
        price: LabelPrice::High,
        horizon: Horizon::new(5).unwrap(),
        timescale,
        context: CONTEXT,
        split,
    };
    (table, regions(&spine, &labelling))
}

/// The lines after a day with other prices: four times as high, so that no row looks wrong.
fn corrupted(csv: &str, after: NaiveDate) -> String {
    let mut lines = csv.lines();
    let mut text = format!("{}\n", lines.next().unwrap());
    for line in lines {
        let (date, rest) = line.split_once(',').unwrap();
        if date.parse::<NaiveDate>().unwrap() <= after {
            text.push_str(&format!("{line}\n"));
            continue;
        }
        let numbers: Vec<String> = rest
            .split(',')
            .map(|x| (x.parse::<f64>().unwrap() * 4.0).to_string())
            .collect();
        text.push_str(&format!("{date},{}\n", numbers.join(",")));
    }
    text
}

#[test]
fn no_window_holds_anything_of_a_day_after_its_sample() {
    for (seed, timescale) in Timescale::ALL.into_iter().enumerate() {
        let csv = xp_test_support::walk(330 * timescale.days() as usize, seed as u64);
        let (real, samples) = table(&csv, timescale);
        let features = real.names.len();
        let windows =
            |table: &Table| Windows::new(&table.values, features, CONTEXT, Device::Cpu).unwrap();
        let of = |windows: &Windows, row: usize| windows.gather(&[row as i64]).unwrap().windows;
        let train = &samples.train.samples;
        for sample in [train.get(train.len() / 2), train.last()].map(Option::unwrap) {
            let t = real.dates[sample.row];
            let (other, _) = table(&corrupted(&csv, t), timescale);
            assert_eq!(real.dates, other.dates);
            let (a, b) = (windows(&real), windows(&other));
            assert_eq!(
                a.gather(&[sample.row as i64]).unwrap().windows.size(),
                [1, i64::from(CONTEXT), 500]
            );
            for row in CONTEXT as usize - 1..=sample.row {
                assert!(
                    of(&a, row).equal(&of(&b, row)),
                    "{timescale}: the window at row {row} moved with days after {t}"
                );
            }
            let next: [Tensor; 2] = [of(&a, sample.row + 1), of(&b, sample.row + 1)];
            assert!(
                !next[0].equal(&next[1]),
                "{timescale}: the corruption after {t} moved nothing"
            );
            // The window's last row is that of the sample's day.
            let last = of(&a, sample.row).select(0, 0).select(0, -1);
            let row = &real.values[sample.row * features..(sample.row + 1) * features];
            assert!(last.equal(&Tensor::from_slice(row)), "{timescale}");
        }
    }
}
