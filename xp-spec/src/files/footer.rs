//! The footer of a parquet: rows and columns, to be compared with the schema lock at build time. It reads no data page, and a hostile
//! file gives an error: lengths are bounded before anything is allocated.

use std::{
    fs::File,
    io::{Cursor, Read, Seek, SeekFrom},
    path::Path,
};

use parquet_format_safe::{FileMetaData, Type, thrift::protocol::TCompactInputProtocol};

/// Largest footer that is read, in bytes; one of 500 columns has about 60,000.
const MAX_FOOTER: u64 = 16 << 20;
/// Largest memory that decoding a footer may take, in bytes.
const MAX_DECODED: usize = 64 << 20;
/// Magic bytes, length and magic bytes: nothing shorter is a parquet.
const SHORTEST: u64 = 12;

/// Contents of a footer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Footer {
    /// Rows of all row groups.
    pub rows: u64,
    /// Names and types of the columns, in order: `f32`, `f64`, `i32`, `i64`, `bool` or `bytes`.
    pub columns: Vec<(String, &'static str)>,
}

/// Reads the footer of a parquet; the error describes what is wrong with the file.
pub fn read_footer(path: &Path) -> Result<Footer, String> {
    let unreadable = |cause: std::io::Error| format!("the file cannot be read: {cause}");
    // Opening a pipe would wait for its writer.
    if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err("it is no regular file".to_owned());
    }
    let mut file = File::open(path).map_err(unreadable)?;
    let length = file.seek(SeekFrom::End(0)).map_err(unreadable)?;
    if length < SHORTEST {
        return Err(format!(
            "a parquet has at least {SHORTEST} bytes, this file {length}"
        ));
    }
    file.seek(SeekFrom::End(-8)).map_err(unreadable)?;
    let mut tail = [0_u8; 8];
    file.read_exact(&mut tail).map_err(unreadable)?;
    let [a, b, c, d, magic @ ..] = tail;
    match &magic {
        b"PAR1" => {}
        b"PARE" => return Err("the parquet is encrypted, which is not supported".to_owned()),
        _ => {
            return Err(
                "the file is not a parquet, or is truncated: it does not end in PAR1".to_owned(),
            );
        }
    }
    let size = u64::from(u32::from_le_bytes([a, b, c, d]));
    if size > length - SHORTEST || size > MAX_FOOTER {
        return Err(format!(
            "the footer claims {size} bytes, the file has {length}"
        ));
    }
    file.seek(SeekFrom::Start(length - 8 - size))
        .map_err(unreadable)?;
    let mut bytes = Vec::new();
    file.take(size)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    decode(bytes)
}

fn decode(bytes: Vec<u8>) -> Result<Footer, String> {
    let mut protocol = TCompactInputProtocol::new(Cursor::new(bytes), MAX_DECODED);
    let metadata = FileMetaData::read_from_in_protocol(&mut protocol)
        .map_err(|cause| format!("the footer cannot be decoded: {cause}"))?;
    let rows = u64::try_from(metadata.num_rows)
        .map_err(|_| format!("the footer claims {} rows", metadata.num_rows))?;
    let mut columns = Vec::with_capacity(metadata.schema.len());
    // The first element is the root.
    for element in metadata.schema.into_iter().skip(1) {
        let dtype = match element.type_ {
            Some(Type::FLOAT) => "f32",
            Some(Type::DOUBLE) => "f64",
            Some(Type::INT32) => "i32",
            Some(Type::INT64) => "i64",
            Some(Type::BOOLEAN) => "bool",
            Some(_) => "bytes",
            None => return Err(format!("column `{}` is nested", element.name)),
        };
        columns.push((element.name, dtype));
    }
    Ok(Footer { rows, columns })
}

impl super::lock::SchemaLock {
    /// The first difference between a parquet's footer and this lock.
    pub fn disagreement(&self, footer: &Footer) -> Option<String> {
        if footer.rows != self.rows {
            return Some(format!(
                "the parquet has {} rows, its lock {}",
                footer.rows, self.rows
            ));
        }
        let expected = std::iter::once(("date", "i32")).chain(
            self.columns
                .iter()
                .map(|column| (column.name.as_str(), column.dtype.as_str())),
        );
        let mut found = footer.columns.iter();
        for (name, dtype) in expected {
            match found.next() {
                Some((there, kind)) if there == name && *kind == dtype => {}
                Some((there, kind)) => {
                    return Some(format!(
                        "the parquet has column `{there}` ({kind}) where its lock has `{name}` ({dtype})"
                    ));
                }
                None => return Some(format!("the parquet lacks column `{name}` of its lock")),
            }
        }
        found
            .next()
            .map(|(name, _)| format!("the parquet has column `{name}`, its lock has not"))
    }
}
