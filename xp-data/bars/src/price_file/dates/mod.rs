//! How the dates of a file are written, and the trading day that each of them is: the date at the exchange.

mod century;
mod formats;
mod instant;
mod zone;

use chrono::NaiveDate;

use crate::{error::BarsError, table::Table};
use century::{widest_gap, with_centuries};
use formats::{FORMATS, Format, epoch, read};
use instant::Stamp;
pub use zone::Zone;

/// The trading days of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dates {
    /// One a record.
    pub(super) days: Vec<NaiveDate>,
    /// Their format, for the manifest.
    pub(super) format: String,
    /// Dates that a time of the day follows.
    pub(super) timed: usize,
    /// Whether they are instants in UTC at two times of the day, as midnights of a place with summer time are.
    pub(super) is_shifting: bool,
}

/// Whether a text may be a date, in any format.
pub(super) fn may_be_date(text: &str) -> bool {
    epoch(text).is_some() || FORMATS.iter().any(|format| read(text, format).is_some())
}

/// Reads the dates of a column: all have one format, which is that in which they are in order where several are possible.
///
/// # Errors
/// Where one is not a date of the format of those above it, where days and months cannot be told apart, and where a zone is wanted of
/// dates that are not instants.
pub(super) fn dates(
    table: &Table<'_>,
    column: usize,
    zone: Option<Zone>,
    today: NaiveDate,
) -> Result<Dates, BarsError> {
    let texts: Vec<&str> = (0..table.len())
        .map(|record| table.field(record, column))
        .collect();
    let (stamps, format, is_short) = match epochs(&texts) {
        Some(stamps) => (stamps, "seconds since 1970".to_owned(), false),
        None => {
            let format = format_of(table, column, &texts, today)?;
            let read = texts
                .iter()
                .filter_map(|text| read(text, &format))
                .collect();
            (read, format.name().to_owned(), format.is_short())
        }
    };
    let timed = stamps.iter().filter(|stamp| stamp.is_timed()).count();
    let mut days = Vec::with_capacity(stamps.len());
    for (record, stamp) in stamps.iter().enumerate() {
        days.push(match zone {
            None => stamp.date,
            Some(zone) => stamp.day_in(zone).ok_or_else(|| {
                let what = format!(
                    "`{}` has no offset from UTC, so that --zone cannot be applied: it is taken as the date at the exchange",
                    table.shown(record, column)
                );
                table.fault(record, column, what)
            })?,
        });
    }
    if is_short {
        days = with_centuries(&days, today);
    }
    let is_shifting = zone.is_none() && stamps.iter().all(Stamp::is_utc) && has_two_times(&stamps);
    let format = match zone {
        Some(zone) => format!("{format} in {}", zone.name()),
        None => format,
    };
    Ok(Dates {
        days,
        format,
        timed,
        is_shifting,
    })
}

/// Whether two times of the day, an hour apart, are those of all instants.
fn has_two_times(stamps: &[Stamp]) -> bool {
    let mut times: Vec<_> = stamps.iter().filter_map(|stamp| stamp.time).collect();
    times.sort_unstable();
    times.dedup();
    times.len() == 2
}

/// Instants as whole numbers since 1970, if all are.
fn epochs(texts: &[&str]) -> Option<Vec<Stamp>> {
    texts.iter().map(|text| epoch(text)).collect()
}

/// The format that all dates have.
fn format_of(
    table: &Table<'_>,
    column: usize,
    texts: &[&str],
    today: NaiveDate,
) -> Result<Format, BarsError> {
    let mut possible: Vec<Format> = FORMATS.to_vec();
    for (record, text) in texts.iter().enumerate() {
        let before = possible.first().copied();
        possible.retain(|format| read(text, format).is_some());
        if possible.is_empty() {
            let shown = table.shown(record, column);
            let what = match before {
                _ if text.is_empty() => "the date is missing".to_owned(),
                Some(format) if record > 0 => {
                    format!("`{shown}` is not a date of the format {}", format.name())
                }
                _ if is_serial(text) => format!(
                    "`{shown}` may be a day number of Excel: give the column a format of dates, such as 2007-01-31, and save it again"
                ),
                _ => format!("`{shown}` is not a date that is known, such as 2007-01-31"),
            };
            return Err(table.fault(record, column, what));
        }
    }
    // Several formats explain all: the one in which they are in order.
    let mut readings: Vec<(Format, Vec<NaiveDate>)> = Vec::new();
    for format in possible {
        let mut days: Vec<NaiveDate> = texts
            .iter()
            .filter_map(|text| Some(read(text, &format)?.date))
            .collect();
        if format.is_short() {
            days = with_centuries(&days, today);
        }
        if !readings.iter().any(|(_, known)| *known == days) {
            readings.push((format, days));
        }
    }
    if readings.len() > 1 {
        let ordered = |days: &[NaiveDate]| days.is_sorted() || days.iter().rev().is_sorted();
        readings.retain(|(_, days)| ordered(days));
        // Years in a row are in order too, but a file has a bar a day.
        let is_dense = |days: &[NaiveDate]| widest_gap(days) <= DENSE;
        if readings.iter().any(|(_, days)| is_dense(days)) {
            readings.retain(|(_, days)| is_dense(days));
        }
    }
    match readings.as_slice() {
        [(format, _)] => Ok(*format),
        _ => {
            let what = "days and months are ambiguous; write dates as 2007-01-31";
            Err(table.fault(0, column, what))
        }
    }
}

/// Most days between two bars of a file that is as dense as files are.
const DENSE: i64 = 31;

/// Whether a text may be a number of days since 1900, as a spreadsheet stores dates.
fn is_serial(text: &str) -> bool {
    text.replace(',', ".")
        .parse::<f64>()
        .is_ok_and(|days| (10_000.0..80_000.0).contains(&days))
}
