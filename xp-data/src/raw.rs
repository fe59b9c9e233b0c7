//! A raw file of the manifest, CSV or parquet, and its price spine: the CSV itself, or for a parquet a CSV of
//! `date, high, close` in the folder of locks, since a build reads prices without polars.

use std::path::Path;

use polars::prelude::{Column, DataFrame, DataType};
use xp_bars::{Bars, COLUMNS, is_parquet, parse_bytes, read_bounded};
use xp_spec::{
    files::{Workspace, lock::SpineRef, manifest::RawEntry},
    hash::md5_hex,
};

use crate::{
    error::DataError,
    parquet::{days, first_line, frame},
};

/// Bars of a raw file, and its spine.
pub(crate) struct Raw {
    /// Bars from the entry's `from` on.
    pub(crate) bars: Bars,
    pub(crate) spine: SpineRef,
    /// The spine's text, where it is not the raw file itself.
    pub(crate) spine_text: Option<String>,
}

/// Reads a raw file and checks its MD5.
pub(crate) fn read_raw(
    workspace: &Workspace,
    name: &str,
    raw: &RawEntry,
) -> Result<Raw, DataError> {
    let path = workspace.root().join(&raw.path);
    let bytes = read_bounded(&path)?;
    let found = md5_hex(&bytes);
    if found != raw.md5 {
        return Err(DataError::Hash {
            path,
            found,
            expected: raw.md5.clone(),
            by: "data/manifest.yaml".to_owned(),
            remedy: "restore it from git, or import new prices with `cargo xp data import`"
                .to_owned(),
        });
    }
    let parquet = is_parquet(&path, &bytes);
    let all = if parquet {
        parquet_bars(&path, &bytes)?
    } else {
        parse_bytes(&path, &bytes)?
    };
    let bars = raw.from.map_or_else(|| all.clone(), |from| all.since(from));
    if bars.is_empty() {
        return Err(DataError::Content(format!(
            "data/manifest.yaml: `{name}` has no bars from {} on",
            raw.from.map_or_else(String::new, |from| from.to_string())
        )));
    }
    let spine_text = parquet.then(|| spine_text(&all));
    let spine = SpineRef {
        path: match &spine_text {
            Some(_) => format!("data/locks/{name}.prices.csv"),
            None => raw.path.clone(),
        },
        md5: spine_text
            .as_ref()
            .map_or_else(|| raw.md5.clone(), |text| md5_hex(text.as_bytes())),
        rows: bars.len() as u64,
        from: raw.from,
    };
    Ok(Raw {
        bars,
        spine,
        spine_text,
    })
}

fn spine_text(bars: &Bars) -> String {
    let mut text = "date,high,close\n".to_owned();
    for ((date, high), close) in bars.date.iter().zip(&bars.high).zip(&bars.close) {
        text.push_str(&format!("{date},{high},{close}\n"));
    }
    text
}

/// Bars of a parquet with the six columns, in any order and among others; dates ascending.
pub(crate) fn parquet_bars(path: &Path, bytes: &[u8]) -> Result<Bars, DataError> {
    let wrong = |what: String| DataError::Content(format!("{}: {what}", path.display()));
    let frame = frame(path, bytes)?;
    let date = find(&frame, COLUMNS[0]).map_err(wrong)?;
    let days = days(date).map_err(wrong)?;
    let mut bars = Bars::default();
    for (row, day) in days.into_iter().enumerate() {
        let day = day.ok_or_else(|| wrong(format!("row {}: the date is null", row + 1)))?;
        if let Some(last) = bars.date.last().filter(|last| **last >= day) {
            return Err(wrong(format!(
                "row {}: {day} does not come after {last}: sort the file and drop duplicates",
                row + 1
            )));
        }
        bars.date.push(day);
    }
    let numbers = |name: &str, least: f64, kind: &str| -> Result<Vec<f64>, DataError> {
        let column = find(&frame, name).map_err(wrong)?;
        if !column.dtype().is_primitive_numeric() {
            return Err(wrong(format!(
                "column `{}` is {}, not a number",
                column.name(),
                column.dtype()
            )));
        }
        let column = column
            .cast(&DataType::Float64)
            .map_err(|cause| wrong(first_line(&cause)))?;
        let values = column.f64().map_err(|cause| wrong(first_line(&cause)))?;
        values
            .iter()
            .enumerate()
            .map(|(row, value)| {
                value
                    .filter(|value| value.is_finite() && *value >= least)
                    .ok_or_else(|| {
                        let value = value.map_or("null".to_owned(), |value| value.to_string());
                        wrong(format!(
                            "row {}, column `{}`: {value} is not a {kind}",
                            row + 1,
                            column.name()
                        ))
                    })
            })
            .collect()
    };
    let price = |name| numbers(name, f64::MIN_POSITIVE, "price above 0");
    let [_, open, high, low, close, volume] = COLUMNS;
    bars.open = price(open)?;
    bars.high = price(high)?;
    bars.low = price(low)?;
    bars.close = price(close)?;
    bars.volume = numbers(volume, 0.0, "volume")?;
    Ok(bars)
}

/// The column of a name, whatever its case.
fn find<'a>(frame: &'a DataFrame, name: &str) -> Result<&'a Column, String> {
    frame
        .columns()
        .iter()
        .find(|column| column.name().eq_ignore_ascii_case(name))
        .ok_or_else(|| {
            let existing: Vec<_> = frame
                .columns()
                .iter()
                .map(|column| column.name().as_str())
                .collect();
            format!("column `{name}` is missing among {}", existing.join(", "))
        })
}
