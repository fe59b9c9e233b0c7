//! `cargo xp data import`: a user's own file is recognised, checked, converted to the raw format (the digits of its numbers unchanged)
//! and added to the manifest. Errors refuse before anything is written; warnings are recorded.

mod request;

use std::path::Path;

use chrono::NaiveDate;
use xp_bars::{
    BarsError, Finding, Severity,
    checks::inspect,
    findings::{recorded, refusal},
    price_file::{Content, Converted, Options, StockSplit, content, from_columns, from_text},
    read_bounded,
};
use xp_spec::{
    files::{
        Workspace,
        manifest::{Imported, RawEntry},
    },
    hash::md5_hex,
};

use crate::{
    entry::{add, check_name},
    error::DataError,
    parquet::{frame, texts},
};
pub use request::{Report, Request};

/// Checks a file and adds it to the manifest. Malformed files are an error with line and column; findings of severity error come back in the
/// report, and nothing is written.
pub fn import(workspace: &Workspace, file: &Path, request: &Request) -> Result<Report, DataError> {
    check_name(&request.name)?;
    let bytes = read_bounded(file).map_err(|error| match error {
        BarsError::Read { path, cause, .. } => BarsError::Read {
            path,
            cause,
            remedy: "specify a CSV or parquet with daily bars",
        },
        other => other,
    })?;
    let md5 = md5_hex(&bytes);
    let converted = convert(file, bytes, &request.options)?;
    let mut findings = converted.findings;
    findings.extend(inspect(&converted.bars));
    if request.licence.is_none() {
        let found = "unknown: specify it with --licence, and do not commit data that may not be redistributed";
        findings.push(Finding::new(Severity::Note, "licence", 1, found));
    }
    if refusal(&findings).is_some() {
        return Ok(Report {
            findings,
            entry: None,
            moved: None,
        });
    }
    let name = &request.name;
    let day = |date: Option<&NaiveDate>| date.map(ToString::to_string).unwrap_or_default();
    let entry = RawEntry {
        path: format!("data/raw/{name}.csv"),
        md5: md5_hex(converted.text.as_bytes()),
        rows: converted.bars.len() as u64,
        first: day(converted.bars.date.first()),
        last: day(converted.bars.date.last()),
        from: None,
        source: request
            .source
            .clone()
            .unwrap_or_else(|| "unknown".to_owned()),
        licence: request
            .licence
            .clone()
            .unwrap_or_else(|| "unknown".to_owned()),
        simulated: None,
        imported: Some(Imported {
            file: file
                .file_name()
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default(),
            md5,
            style: converted.style,
            dates: converted.dates,
            adjusted: request.options.adjusted,
            splits: texts_of(&request.options.splits),
        }),
        notes: Vec::new(),
        findings: recorded(&findings),
    };
    let mut report = Report {
        findings,
        entry: Some(entry.clone()),
        moved: None,
    };
    if !request.dry_run {
        report.moved = add(workspace, name, entry, &converted.text, request.replace)?;
    }
    Ok(report)
}

fn texts_of(splits: &[StockSplit]) -> Vec<String> {
    splits.iter().map(ToString::to_string).collect()
}

/// A file in the raw format.
fn convert(file: &Path, bytes: Vec<u8>, options: &Options) -> Result<Converted, DataError> {
    match content(file, bytes)? {
        Content::Text(text, findings) => {
            let mut converted = from_text(file, &text, options)?;
            converted.findings.splice(0..0, findings);
            Ok(converted)
        }
        Content::Parquet(bytes) => {
            let frame = frame(file, &bytes)?;
            let (names, rows) = texts(&frame).map_err(|what| BarsError::content(file, what))?;
            let converted = from_columns(file, &names, rows, options)?;
            Ok(Converted {
                style: "parquet".to_owned(),
                ..converted
            })
        }
    }
}
