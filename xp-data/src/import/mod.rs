//! `cargo xp data import`: a user's own file is recognised, checked, written in the house's form (the digits of its numbers kept) and
//! entered in the manifest. Errors refuse before anything is written; warnings are kept.

mod columns;
mod values;

use std::{fs, path::Path};

use chrono::NaiveDate;
use xp_spec::{
    files::{
        Workspace,
        manifest::{Imported, RawEntry},
        write_if_changed,
    },
    hash::md5_hex,
};

use crate::{
    alone::Alone,
    bars::{Bars, parse_bars},
    checks::inspect,
    error::DataError,
    findings::{Finding, Severity, few, refusal},
    manifest,
    raw::{is_parquet, parquet_bars},
    sheet::{Sheet, read_bounded, text_of},
};
use columns::{Columns, recognise};
use values::{FormFault, day, form, number};

/// What the user says of a file.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Name in the manifest, such as `spy_daily`.
    pub name: String,
    /// Where it came from.
    pub source: Option<String>,
    /// Its licence.
    pub licence: Option<String>,
    /// Scale prices by the adjusted close.
    pub adjusted: bool,
    /// Take the place of an entry of that name; its file is kept under another name.
    pub replace: bool,
    /// Only check.
    pub dry_run: bool,
}

/// What an import found and wrote.
#[derive(Debug, Clone)]
pub struct Report {
    /// All findings; an error means that nothing was written.
    pub findings: Vec<Finding>,
    /// The manifest's entry, written or, in a dry run, as it would be.
    pub entry: Option<RawEntry>,
    /// Where the file of an earlier entry was moved.
    pub moved: Option<String>,
}

/// Bars in the house's form and what became of the file on the way.
struct Converted {
    text: String,
    bars: Bars,
    style: String,
    dates: String,
    findings: Vec<Finding>,
}

/// Checks a file and enters it. Malformed files are an error with line and column; findings of severity error come back in the
/// report, and nothing is written.
pub fn import(workspace: &Workspace, file: &Path, request: &Request) -> Result<Report, DataError> {
    check_name(&request.name)?;
    let bytes = read_bounded(file).map_err(|error| match error {
        DataError::Read { path, cause, .. } => DataError::Read {
            path,
            cause,
            remedy: "name a CSV or parquet with daily bars",
        },
        other => other,
    })?;
    let converted = convert(file, &bytes, request.adjusted)?;
    let mut findings = converted.findings;
    findings.extend(inspect(&converted.bars));
    if request.licence.is_none() {
        let found =
            "unknown: say it with --licence, and do not commit data that may not be passed on";
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
            .unwrap_or_else(|| "not said".to_owned()),
        licence: request
            .licence
            .clone()
            .unwrap_or_else(|| "not said".to_owned()),
        imported: Some(Imported {
            file: file
                .file_name()
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default(),
            md5: md5_hex(&bytes),
            style: converted.style,
            dates: converted.dates,
            adjusted: request.adjusted,
        }),
        notes: Vec::new(),
        findings: findings
            .iter()
            .filter(|finding| finding.severity == Severity::Warning)
            .map(Finding::kept)
            .collect(),
    };
    let mut report = Report {
        findings,
        entry: Some(entry.clone()),
        moved: None,
    };
    if !request.dry_run {
        report.moved = enter(workspace, name, entry, &converted.text, request.replace)?;
    }
    Ok(report)
}

/// Names go into paths and binaries.
fn check_name(name: &str) -> Result<(), DataError> {
    let good = name.len() <= 40
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if good {
        return Ok(());
    }
    Err(DataError::Content(format!(
        "`{name}` is no name of a data set: small letters, digits and `_`, such as spy_daily"
    )))
}

fn enter(
    workspace: &Workspace,
    name: &str,
    entry: RawEntry,
    text: &str,
    replace: bool,
) -> Result<Option<String>, DataError> {
    let _alone = Alone::claim(workspace)?;
    let mut manifest = workspace.manifest()?;
    let path = workspace.root().join(&entry.path);
    let mut moved = None;
    if let Some(old) = manifest.raw.get(name)
        && old.md5 != entry.md5
    {
        if !replace {
            return Err(DataError::Content(format!(
                "`{name}` is in data/manifest.yaml with other prices ({} to {}, MD5 {}); choose another --name, or --replace, which keeps the earlier file",
                old.first, old.last, old.md5
            )));
        }
        let end: String = old.md5.chars().take(8).collect();
        let aside = format!("data/raw/{name}.{end}.csv");
        let earlier = workspace.root().join(&old.path);
        if earlier.exists() {
            let to = workspace.root().join(&aside);
            fs::copy(&earlier, &to).map_err(|cause| DataError::write(&to, &cause))?;
            moved = Some(aside);
        }
    } else if !manifest.raw.contains_key(name) && path.exists() {
        let same = fs::read(&path).is_ok_and(|bytes| bytes == text.as_bytes());
        if !same {
            return Err(DataError::Content(format!(
                "{} is there and is not in data/manifest.yaml; move it away or choose another --name",
                entry.path
            )));
        }
    }
    write_if_changed(&path, text.as_bytes()).map_err(|cause| DataError::write(&path, &cause))?;
    manifest.raw.insert(name.to_owned(), entry);
    manifest::write(workspace, &manifest)?;
    Ok(moved)
}

fn convert(path: &Path, bytes: &[u8], adjusted: bool) -> Result<Converted, DataError> {
    if is_parquet(path) {
        let bars = parquet_bars(path, bytes)?;
        let mut text = HEADER.to_owned();
        for t in 0..bars.len() {
            let (o, h, l) = (bars.open[t], bars.high[t], bars.low[t]);
            let (c, v) = (bars.close[t], bars.volume[t]);
            text.push_str(&format!("{},{o},{h},{l},{c},{v}\n", bars.date[t]));
        }
        return Ok(Converted {
            text,
            bars,
            style: "parquet".to_owned(),
            dates: "dates".to_owned(),
            findings: Vec::new(),
        });
    }
    let text = text_of(path, bytes)?;
    let sheet = Sheet::parse(path, &text, delimiter(&text))?;
    let columns = recognise(&sheet)?;
    from_sheet(path, &sheet, &columns, adjusted)
}

const HEADER: &str = "date,open,high,low,close,volume\n";

/// The character that the header has most of.
fn delimiter(text: &str) -> char {
    let header = text
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default();
    let count = |c: char| header.matches(c).count();
    [',', ';', '\t', '|']
        .into_iter()
        .rev()
        .max_by_key(|c| count(*c))
        .unwrap_or(',')
}

fn from_sheet(
    path: &Path,
    sheet: &Sheet<'_>,
    columns: &Columns,
    adjusted: bool,
) -> Result<Converted, DataError> {
    let mut findings = Vec::new();
    if let Some(asset) = columns.asset {
        let first = sheet.field(0, asset);
        if let Some(other) = (0..sheet.len()).find(|&record| sheet.field(record, asset) != first) {
            let what = format!(
                "`{}` after `{first}`: one asset a file; keep the rows of one",
                sheet.field(other, asset)
            );
            return Err(sheet.fault(other, asset, what));
        }
    }
    let texts: Vec<&str> = (0..sheet.len())
        .map(|record| sheet.field(record, columns.date))
        .collect();
    let dates = form(&texts).map_err(|fault| match fault {
        FormFault::NoDate { record, expected } => sheet.fault(
            record,
            columns.date,
            format!(
                "`{}` is no date of the form {expected}",
                sheet.field(record, columns.date)
            ),
        ),
        FormFault::Ambiguous => sheet.fault(
            0,
            columns.date,
            "days and months cannot be told apart; write dates as 2007-01-31".to_owned(),
        ),
    })?;
    let mut rows = rows(sheet, columns, dates, adjusted, &mut findings)?;
    order(sheet, columns, &mut rows, &mut findings)?;
    if columns.volume.is_none() {
        let found = "the file has no column of volume: 0 is written throughout";
        findings.push(Finding::new(
            Severity::Warning,
            "volume-missing",
            rows.len(),
            found,
        ));
    }
    if let (Some(_), false) = (columns.adjusted, adjusted) {
        let found = "the adjusted close is there and not used; --adjusted scales all prices by it";
        findings.push(Finding::new(Severity::Note, "adjusted-close", 1, found));
    }
    if adjusted && columns.adjusted.is_none() {
        return Err(sheet.header_fault(0, "--adjusted: no column is an adjusted close".to_owned()));
    }
    if !columns.unused.is_empty() {
        let found = format!("columns that nothing is made of: {}", few(&columns.unused));
        findings.push(Finding::new(
            Severity::Note,
            "unused",
            columns.unused.len(),
            found,
        ));
    }
    let mut text = HEADER.to_owned();
    for row in &rows {
        let [open, high, low, close, volume] = &row.values;
        text.push_str(&format!(
            "{},{open},{high},{low},{close},{volume}\n",
            row.date
        ));
    }
    let bars = parse_bars(path, &text)?;
    Ok(Converted {
        text,
        bars,
        style: columns.style.to_owned(),
        dates: dates.to_owned(),
        findings,
    })
}

/// One bar as text.
struct Row {
    record: usize,
    date: NaiveDate,
    values: [String; 5],
}

fn rows(
    sheet: &Sheet<'_>,
    columns: &Columns,
    dates: &str,
    adjusted: bool,
    findings: &mut Vec<Finding>,
) -> Result<Vec<Row>, DataError> {
    let mut rows = Vec::with_capacity(sheet.len());
    let (mut empty, mut timed) = (Vec::new(), 0);
    let prices = [columns.open, columns.high, columns.low, columns.close];
    for record in 0..sheet.len() {
        let written = sheet.field(record, columns.date);
        let Some(date) = day(written, dates) else {
            return Err(sheet.fault(record, columns.date, format!("`{written}` is no date")));
        };
        timed += usize::from(written.contains(':'));
        let read = |field: usize| {
            number(sheet.field(record, field)).map_err(|fault| {
                sheet.fault(
                    record,
                    field,
                    format!("`{}` {fault}", sheet.field(record, field)),
                )
            })
        };
        let mut found = [None, None, None, None];
        for (slot, field) in found.iter_mut().zip(prices) {
            *slot = read(field)?;
        }
        if found.iter().all(Option::is_none) {
            empty.push(date.to_string());
            continue;
        }
        let mut values: [String; 5] = Default::default();
        for ((slot, value), field) in values.iter_mut().zip(found).zip(prices) {
            let value = value.ok_or_else(|| {
                sheet.fault(
                    record,
                    field,
                    "the price is missing where others are there".to_owned(),
                )
            })?;
            if !value.parse::<f64>().is_ok_and(|price| price > 0.0) {
                let what = format!("`{}` is no price above 0", sheet.field(record, field));
                return Err(sheet.fault(record, field, what));
            }
            *slot = value;
        }
        if let Some(field) = columns.volume {
            let volume = read(field)?.unwrap_or_else(|| "0".to_owned());
            if !volume.parse::<f64>().is_ok_and(|volume| volume >= 0.0) {
                let what = format!("`{}` is no volume", sheet.field(record, field));
                return Err(sheet.fault(record, field, what));
            }
            values[4] = volume;
        } else {
            values[4] = "0".to_owned();
        }
        if let (true, Some(field)) = (adjusted, columns.adjusted) {
            let close = read(field)?.and_then(|text| text.parse::<f64>().ok());
            scale(&mut values, close.filter(|close| *close > 0.0)).ok_or_else(|| {
                let what = format!(
                    "`{}` is no adjusted price above 0",
                    sheet.field(record, field)
                );
                sheet.fault(record, field, what)
            })?;
        }
        rows.push(Row {
            record,
            date,
            values,
        });
    }
    if rows.is_empty() {
        return Err(sheet.fault(0, columns.open, "no row has prices".to_owned()));
    }
    if !empty.is_empty() {
        let found = format!("rows without any price are left out: {}", few(&empty));
        findings.push(Finding::new(
            Severity::Warning,
            "empty-rows",
            empty.len(),
            found,
        ));
    }
    if timed > 0 {
        let found =
            "the time behind the date is dropped: a bar is a trading day as the file writes it";
        findings.push(Finding::new(Severity::Note, "time-of-day", timed, found));
    }
    Ok(rows)
}

/// Multiplies the four prices by adjusted close / close.
fn scale(values: &mut [String; 5], adjusted: Option<f64>) -> Option<()> {
    let [.., close, _] = &*values;
    let factor = adjusted? / close.parse::<f64>().ok()?;
    for value in values.iter_mut().take(4) {
        *value = (value.parse::<f64>().ok()? * factor).to_string();
    }
    Some(())
}

/// Brings rows into the order of time: newest first is turned round, equal copies are dropped, and any other disorder is an error.
fn order(
    sheet: &Sheet<'_>,
    columns: &Columns,
    rows: &mut Vec<Row>,
    findings: &mut Vec<Finding>,
) -> Result<(), DataError> {
    let rising = rows
        .windows(2)
        .filter(|pair| pair[0].date < pair[1].date)
        .count();
    let falling = rows
        .windows(2)
        .filter(|pair| pair[0].date > pair[1].date)
        .count();
    if falling > rising {
        rows.reverse();
        let found = "the newest bar stood first; the order is turned round";
        findings.push(Finding::new(Severity::Note, "order", rows.len(), found));
    }
    let mut copies = Vec::new();
    let mut kept: Vec<Row> = Vec::with_capacity(rows.len());
    for row in rows.drain(..) {
        if let Some(last) = kept.last() {
            let (date, before) = (row.date, last.date);
            if date == before && row.values == last.values {
                copies.push(date.to_string());
                continue;
            }
            if date == before {
                let what = format!(
                    "{date} is there twice with different prices; keep one, and one bar a day"
                );
                return Err(sheet.fault(row.record, columns.date, what));
            }
            if date < before {
                let what = format!("{date} comes beside {before}: sort the file by date");
                return Err(sheet.fault(row.record, columns.date, what));
            }
        }
        kept.push(row);
    }
    *rows = kept;
    if !copies.is_empty() {
        let found = format!("equal copies of a row are left out: {}", few(&copies));
        findings.push(Finding::new(
            Severity::Warning,
            "duplicates",
            copies.len(),
            found,
        ));
    }
    Ok(())
}
