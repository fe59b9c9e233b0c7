//! A header and records of text, whose errors have the line and column that an editor shows, or the row and column of a file without
//! lines. It knows nothing of prices.

use std::path::Path;

use csv::StringRecord;
use xp_spec::{files::position::position_by, printable::printable};

use crate::{error::BarsError, shown::shown};

/// Most records that are read: six centuries of trading days.
const MOST_RECORDS: usize = 160_000;

/// The byte at which a record begins, and its fields.
pub(crate) type Record = (u64, StringRecord);

/// Records with as many fields as the header.
pub(crate) struct Table<'a> {
    path: &'a Path,
    source: Source<'a>,
    /// Names of the columns, trimmed.
    pub(crate) headers: Vec<String>,
    records: Vec<Record>,
}

/// Where records are from.
enum Source<'a> {
    /// A text, its delimiter, and the byte of its header.
    Text {
        text: &'a str,
        delimiter: char,
        header: u64,
    },
    /// Columns of a file without lines.
    Columns,
}

/// The records of a text, each with the byte at which it begins; they may differ in length.
pub(crate) fn records<'a>(
    path: &'a Path,
    text: &'a str,
    delimiter: char,
) -> impl Iterator<Item = Result<Record, BarsError>> {
    let reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(u8::try_from(delimiter).unwrap_or(b','))
        .from_reader(text.as_bytes());
    let byte_of = |position: Option<&csv::Position>| position.map_or(0, csv::Position::byte);
    reader.into_records().map(move |record| match record {
        Ok(record) => Ok((byte_of(record.position()), record)),
        Err(cause) => {
            let byte = byte_of(cause.position());
            Err(fault_in(path, text, delimiter, byte, 0, cause.to_string()))
        }
    })
}

/// All records of a text; more than a file of daily bars has are an error.
pub(crate) fn all_records(
    path: &Path,
    text: &str,
    delimiter: char,
) -> Result<Vec<Record>, BarsError> {
    let found: Result<Vec<Record>, BarsError> = records(path, text, delimiter)
        .take(MOST_RECORDS + 1)
        .collect();
    let found = found?;
    if found.len() > MOST_RECORDS {
        let what = format!("more than {MOST_RECORDS} lines: expected daily bars of one asset");
        return Err(BarsError::content(path, what));
    }
    Ok(found)
}

impl<'a> Table<'a> {
    /// Splits a text into records; its first is the header.
    pub(crate) fn parse(path: &'a Path, text: &'a str, delimiter: char) -> Result<Self, BarsError> {
        let mut all = all_records(path, text, delimiter)?.into_iter();
        let Some(header) = all.next() else {
            let what = "the file is empty".to_owned();
            return Err(fault_in(path, text, delimiter, 0, 0, what));
        };
        Self::of_text(path, text, delimiter, header, all.collect())
    }

    /// A header and the records below it, which are checked to be as long.
    pub(crate) fn of_text(
        path: &'a Path,
        text: &'a str,
        delimiter: char,
        (header, names): Record,
        below: Vec<Record>,
    ) -> Result<Self, BarsError> {
        let source = Source::Text {
            text,
            delimiter,
            header,
        };
        let mut table = Self::new(path, source, &names);
        table.closed(header, &names)?;
        for (byte, record) in below {
            table.closed(byte, &record)?;
            let (found, wanted) = (record.len(), table.headers.len());
            // A line without anything, as some exports have.
            if is_blank(&record) {
                continue;
            }
            if found != wanted {
                let mut what = format!("{found} fields, the header has {wanted}");
                if delimiter == ',' && found > wanted + 2 {
                    what.push_str("; are decimals written with a comma? then quote the fields, or separate them by semicolons");
                }
                return Err(table.fault_at(byte, found.min(wanted), what));
            }
            table.records.push((byte, record));
        }
        table.not_empty()
    }

    /// Columns of a file without lines: their names, and one record a row.
    pub(crate) fn of_columns(
        path: &'a Path,
        names: &StringRecord,
        rows: Vec<StringRecord>,
    ) -> Result<Self, BarsError> {
        let mut table = Self::new(path, Source::Columns, names);
        table.records = rows.into_iter().map(|row| (0, row)).collect();
        table.not_empty()
    }

    fn new(path: &'a Path, source: Source<'a>, names: &StringRecord) -> Self {
        Self {
            path,
            source,
            headers: names.iter().map(|name| name.trim().to_owned()).collect(),
            records: Vec::new(),
        }
    }

    fn not_empty(self) -> Result<Self, BarsError> {
        if self.records.is_empty() {
            let what = "the file has a header and no bars".to_owned();
            return Err(match self.source {
                Source::Text { .. } => self.fault_at(u64::MAX, 0, what),
                Source::Columns => BarsError::content(self.path, what),
            });
        }
        Ok(self)
    }

    /// No field contains a line end, as one does whose quote was not closed.
    fn closed(&self, byte: u64, record: &StringRecord) -> Result<(), BarsError> {
        match record.iter().position(|field| field.contains(['\n', '\r'])) {
            Some(field) => {
                let what = "a quote that is opened here is not closed on this line".to_owned();
                Err(self.fault_at(byte, field, what))
            }
            None => Ok(()),
        }
    }

    /// Number of records below the header.
    pub(crate) fn len(&self) -> usize {
        self.records.len()
    }

    /// A trimmed field of a record.
    pub(crate) fn field(&self, record: usize, field: usize) -> &str {
        self.records
            .get(record)
            .and_then(|(_, fields)| fields.get(field))
            .unwrap_or_default()
            .trim()
    }

    /// A field of a record as a message shows it.
    pub(crate) fn shown(&self, record: usize, field: usize) -> String {
        shown(self.field(record, field))
    }

    /// An error at a field of a record.
    pub(crate) fn fault(&self, record: usize, field: usize, what: impl Into<String>) -> BarsError {
        let what = what.into();
        match self.source {
            Source::Text { .. } => {
                let byte = self.records.get(record).map_or(u64::MAX, |(byte, _)| *byte);
                self.fault_at(byte, field, what)
            }
            Source::Columns => {
                let name = shown(self.headers.get(field).map_or("", String::as_str));
                let what = format!("row {}, column `{name}`: {what}", record + 1);
                BarsError::content(self.path, what)
            }
        }
    }

    /// An error at a field of the header.
    pub(crate) fn header_fault(&self, field: usize, what: impl Into<String>) -> BarsError {
        match self.source {
            Source::Text { header, .. } => self.fault_at(header, field, what.into()),
            Source::Columns => BarsError::content(self.path, what),
        }
    }

    fn fault_at(&self, byte: u64, field: usize, what: String) -> BarsError {
        match self.source {
            Source::Text {
                text, delimiter, ..
            } => fault_in(self.path, text, delimiter, byte, field, what),
            Source::Columns => BarsError::content(self.path, what),
        }
    }
}

/// Whether a record has no text.
pub(crate) fn is_blank(record: &StringRecord) -> bool {
    record.iter().all(|field| field.trim().is_empty())
}

/// An error at a field of the record that begins at a byte.
pub(crate) fn fault_in(
    path: &Path,
    text: &str,
    delimiter: char,
    byte: u64,
    field: usize,
    what: String,
) -> BarsError {
    let (line, column) = position_by(text, byte, field, delimiter);
    BarsError::Text {
        path: path.to_owned(),
        line,
        column,
        what: printable(&what),
    }
}
