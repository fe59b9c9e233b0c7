//! A CSV as records whose errors have the line and column that an editor shows. It knows nothing of prices.

use std::{fs, path::Path};

use xp_spec::files::position::position_by;

use crate::error::DataError;

/// Largest file that is read, in bytes: a century of daily bars has about 2 MB.
const MAX_BYTES: u64 = 64 << 20;

/// A CSV with a header; every record has as many fields as the header.
pub(crate) struct CsvTable<'a> {
    path: &'a Path,
    text: &'a str,
    delimiter: char,
    /// Names of the columns, trimmed.
    pub(crate) headers: Vec<String>,
    records: Vec<(u64, csv::StringRecord)>,
}

impl<'a> CsvTable<'a> {
    /// Splits a text into records.
    pub(crate) fn parse(path: &'a Path, text: &'a str, delimiter: char) -> Result<Self, DataError> {
        let mut table = Self {
            path,
            text,
            delimiter,
            headers: Vec::new(),
            records: Vec::new(),
        };
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(u8::try_from(delimiter).unwrap_or(b','))
            .from_reader(text.as_bytes());
        let mut record = csv::StringRecord::new();
        loop {
            let more = reader.read_record(&mut record).map_err(|cause| {
                let byte = cause.position().map_or(0, csv::Position::byte);
                table.fault_at(byte, 0, cause.to_string())
            })?;
            if !more {
                break;
            }
            let byte = record.position().map_or(0, csv::Position::byte);
            if let Some(field) = record.iter().position(|field| field.contains(['\n', '\r'])) {
                let what = "a quote that is opened here is not closed on this line".to_owned();
                return Err(table.fault_at(byte, field, what));
            }
            if table.headers.is_empty() {
                table.headers = record.iter().map(|name| name.trim().to_owned()).collect();
                continue;
            }
            let (found, wanted) = (record.len(), table.headers.len());
            // A line of blanks, as some exports end with.
            if found == 1 && record.iter().all(|field| field.trim().is_empty()) {
                continue;
            }
            if found != wanted {
                let what = format!("{found} fields, the header has {wanted}");
                return Err(table.fault_at(byte, found.min(wanted), what));
            }
            table.records.push((byte, record.clone()));
        }
        if table.headers.is_empty() {
            return Err(table.fault_at(0, 0, "the file is empty".to_owned()));
        }
        if table.records.is_empty() {
            return Err(table.fault_at(
                u64::MAX,
                0,
                "the file has a header and no bars".to_owned(),
            ));
        }
        Ok(table)
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

    /// An error at a field of a record.
    pub(crate) fn fault(&self, record: usize, field: usize, what: String) -> DataError {
        let byte = self.records.get(record).map_or(u64::MAX, |(byte, _)| *byte);
        self.fault_at(byte, field, what)
    }

    /// An error at a field of the header.
    pub(crate) fn header_fault(&self, field: usize, what: String) -> DataError {
        self.fault_at(0, field, what)
    }

    fn fault_at(&self, byte: u64, field: usize, what: String) -> DataError {
        let (line, column) = position_by(self.text, byte, field, self.delimiter);
        DataError::Csv {
            path: self.path.to_owned(),
            line,
            column,
            what,
        }
    }
}

/// The bytes of a file, bounded.
pub(crate) fn read_bounded(path: &Path) -> Result<Vec<u8>, DataError> {
    let length = fs::metadata(path)
        .map_err(|cause| DataError::read(path, &cause))?
        .len();
    if length > MAX_BYTES {
        return Err(DataError::Content(format!(
            "{} has {length} bytes, more than {MAX_BYTES}: expected daily bars of one asset",
            path.display()
        )));
    }
    fs::read(path).map_err(|cause| DataError::read(path, &cause))
}

/// The text of a file; an encoding other than UTF-8 is an error with line and column.
pub(crate) fn text_of(path: &Path, bytes: &[u8]) -> Result<String, DataError> {
    let fault = |line, column, what: &str| DataError::Csv {
        path: path.to_owned(),
        line,
        column,
        what: what.to_owned(),
    };
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(fault(1, 1, "the text is UTF-16; save the file as UTF-8"));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => match text.find('\0') {
            Some(at) => {
                let (line, column) = end_of(text.get(..at).unwrap_or_default());
                Err(fault(line, column, "a zero byte: the file is not a text"))
            }
            None => Ok(text.to_owned()),
        },
        Err(cause) => {
            let good = bytes.get(..cause.valid_up_to()).unwrap_or_default();
            let (line, column) = end_of(&String::from_utf8_lossy(good));
            Err(fault(
                line,
                column,
                "the text is not UTF-8 from here on; save the file as UTF-8",
            ))
        }
    }
}

/// Line and column just behind a text.
fn end_of(text: &str) -> (u64, u64) {
    let line = text.matches('\n').count() as u64 + 1;
    let column = text.rsplit('\n').next().unwrap_or_default().chars().count() as u64 + 1;
    (line, column)
}
