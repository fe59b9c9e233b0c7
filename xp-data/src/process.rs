//! Computes a processed data set in memory: bars of the timescale, features, proofs of causality, statistics, parquet and lock. Nothing is
//! read or written.

use md5::{Digest, Md5};
use xp_bars::Bars;
use xp_spec::{
    files::lock::{LOCK_VERSION, LockedColumn, SchemaLock, SpineRef, YearsRef},
    hash::md5_hex,
    split::WARMUP_BARS,
};

use crate::{
    causality::Proof,
    dimension::dimensions,
    encode::{json_lines, parquet_bytes},
    error::DataError,
    features::{Feature, Prepared},
    source::Source,
    statistics::{by_region, default_split},
    timescale::aggregate,
    yearly::Years,
};

/// Called with the number of finished features and of all.
pub type Progress<'a> = &'a mut dyn FnMut(usize, usize);

/// A processed data set in memory.
pub struct Processed {
    /// The parquet's bytes.
    pub parquet: Vec<u8>,
    /// Its lock.
    pub lock: SchemaLock,
    /// Text of the figures by year that the lock names.
    pub years: String,
}

/// Computes, proves and encodes the features of daily bars. Nothing is read or written.
pub fn process_bars(
    name: &str,
    daily: &Bars,
    spine: SpineRef,
    source: &Source,
    features: &[Feature],
    progress: Progress<'_>,
) -> Result<Processed, DataError> {
    let timescale = source.timescale;
    let bars = aggregate(daily, timescale);
    if bars.len() <= WARMUP_BARS {
        return Err(DataError::Content(format!(
            "`{name}` has {} {timescale} bars; features need more than {WARMUP_BARS}",
            bars.len()
        )));
    }
    for (position, feature) in features.iter().enumerate() {
        if features
            .iter()
            .take(position)
            .any(|other| other.name == feature.name)
        {
            return Err(DataError::Content(format!(
                "feature `{}` is defined twice; rename the one in xp-data/src/features/own",
                feature.name
            )));
        }
    }
    let prepared = Prepared::new(&bars);
    let proof = Proof::new(&bars);
    let dates = bars.date.get(WARMUP_BARS..).unwrap_or_default();
    let split = source
        .split
        .or_else(|| default_split(dates, timescale))
        .ok_or_else(|| DataError::Content(format!("`{name}` has no rows after warm-up")))?;
    let mut columns = Vec::with_capacity(features.len());
    let mut locked = Vec::with_capacity(features.len());
    let years = Years::of(dates);
    let mut yearly = Vec::with_capacity(features.len());
    let mut checksum = Md5::new();
    for (done, feature) in features.iter().enumerate() {
        let values = prepared.compute(feature);
        let causal_cuts = proof.prove(feature, &values)?;
        let column: Vec<f32> = values
            .iter()
            .skip(WARMUP_BARS)
            .map(|value| *value as f32)
            .collect();
        if let Some(row) = column.iter().position(|value| !value.is_finite()) {
            return Err(DataError::Content(format!(
                "feature `{}` has no finite value on {}; correct its definition",
                feature.name,
                dates.get(row).map(ToString::to_string).unwrap_or_default()
            )));
        }
        let [train, val, test] = by_region(&column, dates, split);
        locked.push(LockedColumn {
            name: feature.name.clone(),
            tier: feature.tier,
            dtype: "f32".to_owned(),
            nulls: 0,
            causal_cuts,
            train,
            val,
            test,
        });
        yearly.push(years.column(&feature.name, &column, dates));
        checksum.update(feature.name.as_bytes());
        for value in &column {
            checksum.update(value.to_le_bytes());
        }
        columns.push((feature.name.clone(), column));
        progress(done + 1, features.len());
    }
    // What is chosen by them must not have seen the later regions.
    let train = dates.partition_point(|day| *day < split.val);
    let values: Vec<&[f32]> = columns
        .iter()
        .map(|(_, values)| values.get(..train).unwrap_or_default())
        .collect();
    let dimensions = dimensions(&values)?;
    let rows = dates.len() as u64;
    let parquet = parquet_bytes(dates, columns)?;
    let years = json_lines(&years.file(yearly));
    let day = |date: Option<&chrono::NaiveDate>| date.map(ToString::to_string).unwrap_or_default();
    let lock = SchemaLock {
        version: LOCK_VERSION,
        name: name.to_owned(),
        timescale: timescale.name().to_owned(),
        rows,
        first: day(dates.first()),
        last: day(dates.last()),
        md5: md5_hex(&parquet),
        columns_md5: checksum
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect(),
        spine,
        years: YearsRef {
            path: format!("data/locks/{name}.years.json"),
            md5: md5_hex(years.as_bytes()),
        },
        split,
        dimensions,
        columns: locked,
    };
    Ok(Processed {
        parquet,
        lock,
        years,
    })
}
