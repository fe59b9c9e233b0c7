//! A parquet of prices: as a frame, and as columns of text for an import.

use std::{io::Cursor, path::Path};

use chrono::{DateTime, NaiveDate, Utc};
use csv::StringRecord;
use polars::datatypes::ArrowDataType;
use polars::prelude::{
    Column, DataFrame, DataType, ParquetReader, PolarsError, SerReader, TimeUnit,
};
use xp_bars::{
    BarsError,
    price_file::{Zone, is_known},
};

use crate::error::DataError;

/// Reads what may be prices, volumes, dates and names: columns of other types are left out, as polars has no code for some of them.
///
/// # Errors
/// Where a column that an import looks for is of such a type.
pub(crate) fn frame(path: &Path, bytes: &[u8]) -> Result<DataFrame, DataError> {
    let wrong = |what: String| BarsError::content(path, what);
    let unreadable =
        |cause: PolarsError| wrong(format!("not a readable parquet: {}", first_line(&cause)));
    let mut reader = ParquetReader::new(Cursor::new(bytes));
    let schema = reader.schema().map_err(unreadable)?;
    let mut names = Vec::new();
    for field in schema.iter_values() {
        if is_readable(&field.dtype) {
            names.push(field.name.to_string());
        } else if is_known(&field.name) {
            let what = format!(
                "column `{}` has the type {:?}, which is not read: save prices and volumes as doubles or 64-bit integers, dates as dates or timestamps",
                field.name, field.dtype
            );
            return Err(wrong(what).into());
        }
    }
    let read = reader.with_columns(Some(names)).finish();
    read.map_err(|cause| unreadable(cause).into())
}

/// Whether polars, with the features that are compiled in, reads a type.
fn is_readable(kind: &ArrowDataType) -> bool {
    use ArrowDataType as Kind;
    match kind {
        Kind::Int32
        | Kind::Int64
        | Kind::UInt32
        | Kind::UInt64
        | Kind::Float32
        | Kind::Float64
        | Kind::Timestamp(..)
        | Kind::Date32
        | Kind::Utf8
        | Kind::LargeUtf8
        | Kind::Utf8View => true,
        Kind::Dictionary(_, values, _) => {
            matches!(**values, Kind::Utf8 | Kind::LargeUtf8 | Kind::Utf8View)
        }
        _ => false,
    }
}

/// Names and rows as text: instants as they are written in their column's zone, absent values empty. A column that cannot be read is left
/// out, unless an import looks for it.
pub(crate) fn texts(frame: &DataFrame) -> Result<(StringRecord, Vec<StringRecord>), String> {
    let mut names = StringRecord::new();
    let mut columns: Vec<Vec<String>> = Vec::new();
    for column in frame.columns() {
        match column_texts(column) {
            Ok(texts) => {
                names.push_field(column.name());
                columns.push(texts);
            }
            Err(what) if is_known(column.name()) => return Err(what),
            Err(_) => {}
        }
    }
    let rows = (0..frame.height()).map(|row| {
        let fields = columns
            .iter()
            .map(|column| column.get(row).map_or("", String::as_str));
        fields.collect()
    });
    Ok((names, rows.collect()))
}

fn column_texts(column: &Column) -> Result<Vec<String>, String> {
    let told = |cause: PolarsError| format!("column `{}`: {}", column.name(), first_line(&cause));
    match column.dtype() {
        DataType::Date => Ok(days(column)?
            .into_iter()
            .map(|day| day.map(|day| day.to_string()).unwrap_or_default())
            .collect()),
        DataType::Datetime(..) => {
            let zone = zone_of(column)?;
            let written = instants(column)?
                .into_iter()
                .map(|instant| match (instant, zone) {
                    (None, _) => String::new(),
                    (Some(instant), None) => instant.naive_utc().to_string(),
                    (Some(instant), Some(zone)) => zone.written(instant),
                });
            Ok(written.collect())
        }
        // Shortest digits that give the same number back.
        DataType::Float32 | DataType::Float64 => {
            let numbers = column.cast(&DataType::Float64).map_err(told)?;
            let numbers = numbers.f64().map_err(told)?;
            let texts = numbers.iter().map(|number| number.map(|x| x.to_string()));
            Ok(texts.map(Option::unwrap_or_default).collect())
        }
        _ => {
            let column = column.cast(&DataType::String).map_err(told)?;
            let texts = column.str().map_err(told)?;
            Ok(texts
                .iter()
                .map(|text| text.unwrap_or_default().to_owned())
                .collect())
        }
    }
}

/// The days of a column of dates or instants, each the date in the column's zone.
pub(crate) fn days(column: &Column) -> Result<Vec<Option<NaiveDate>>, String> {
    let told = |cause: PolarsError| first_line(&cause);
    match column.dtype() {
        DataType::Date => {
            let days = column.cast(&DataType::Int32).map_err(told)?;
            let days = days.i32().map_err(told)?;
            Ok(days
                .iter()
                .map(|day| day.and_then(NaiveDate::from_epoch_days))
                .collect())
        }
        DataType::Datetime(..) => {
            let zone = zone_of(column)?;
            let date = |instant: DateTime<Utc>| {
                zone.map_or_else(|| instant.date_naive(), |zone| zone.date(instant))
            };
            Ok(instants(column)?
                .into_iter()
                .map(|instant| instant.map(date))
                .collect())
        }
        other => Err(format!("column `{}` is {other}, not a date", column.name())),
    }
}

/// The zone of a column of instants; absent where its times are local ones of no zone.
fn zone_of(column: &Column) -> Result<Option<Zone>, String> {
    match column.dtype() {
        DataType::Datetime(_, Some(zone)) => Zone::parse(zone.as_str()).map(Some),
        _ => Ok(None),
    }
}

fn instants(column: &Column) -> Result<Vec<Option<DateTime<Utc>>>, String> {
    let DataType::Datetime(unit, _) = column.dtype() else {
        return Err(format!("column `{}` has no times", column.name()));
    };
    let instant = |value: i64| match unit {
        TimeUnit::Nanoseconds => Some(DateTime::from_timestamp_nanos(value)),
        TimeUnit::Microseconds => DateTime::from_timestamp_micros(value),
        TimeUnit::Milliseconds => DateTime::from_timestamp_millis(value),
    };
    let physical = column.to_physical_repr();
    let values = physical.i64().map_err(|cause| first_line(&cause))?;
    Ok(values.iter().map(|value| value.and_then(instant)).collect())
}

/// The message of a polars error, without its plans and hints.
pub(crate) fn first_line(cause: &PolarsError) -> String {
    cause
        .to_string()
        .lines()
        .next()
        .unwrap_or_default()
        .to_owned()
}
