//! What tests and benches of several packages share: a copy of this workspace's data and configuration in a folder of their own, and
//! prices that walk at random.

use std::{fs, io, path::Path};

/// Folder of this workspace.
pub fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// Copies data and configuration, without processed files, so that `to` is a workspace.
pub fn copy_workspace(to: &Path) -> io::Result<()> {
    for folder in ["data/raw", "data/locks", "configs", "configs/model"] {
        copy_files(&root().join(folder), &to.join(folder))?;
    }
    fs::copy(
        root().join("data/manifest.yaml"),
        to.join("data/manifest.yaml"),
    )
    .map(|_| ())
}

/// Copies the experiments' files.
pub fn copy_experiments(to: &Path) -> io::Result<()> {
    let folder = "experiments/src/bin";
    copy_files(&root().join(folder), &to.join(folder))
}

/// Copies the files of one folder, not those of folders in it.
fn copy_files(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        if let (true, Some(name)) = (path.is_file(), path.file_name()) {
            fs::copy(&path, to.join(name))?;
        }
    }
    Ok(())
}

/// Daily bars of a random walk on weekdays from 1950 on, as a CSV of the house's form. The same seed gives the same text.
pub fn walk(days: usize, seed: u64) -> String {
    let mut state = seed;
    // SplitMix64 (Steele, Lea & Flood, 2014), as a share of 1.
    let mut random = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut text = "date,open,high,low,close,volume\n".to_owned();
    let mut close = 100.0;
    // 1950-01-02 was a Monday.
    for day in (0..).filter(|day| day % 7 < 5).take(days) {
        let open = close * (1.0 + 0.004 * (random() - 0.5));
        close = open * (1.0 + 0.03 * (random() - 0.49));
        let high = open.max(close) * (1.0 + 0.01 * random());
        let low = open.min(close) * (1.0 - 0.01 * random());
        let volume = (1e6 * (0.5 + random())).round();
        text.push_str(&format!(
            "{},{open},{high},{low},{close},{volume}\n",
            date(day - 7304)
        ));
    }
    text
}

/// ISO date of a day counted from 1970-01-01 (Hinnant, "chrono-compatible low-level date algorithms").
fn date(day: i64) -> String {
    let z = day + 719_468;
    let era = z.div_euclid(146_097);
    let of_era = z.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!(
        "{year:04}-{month:02}-{:02}",
        of_year - (153 * shifted + 2) / 5 + 1
    )
}
