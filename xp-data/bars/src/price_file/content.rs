//! What a file is, by its first bytes: a text of prices in whatever encoding, compressed or not, a parquet, or something else, which is
//! refused by its name.

use std::{io::Read as _, path::Path};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::Encoding;
use flate2::read::MultiGzDecoder;

use crate::{
    bytes::{MAX_BYTES, is_parquet, too_large, without_zero},
    error::BarsError,
    findings::{Finding, Severity},
    shown::excerpt,
};

/// What a file contains.
#[derive(Debug, PartialEq, Eq)]
pub enum Content {
    /// A text, and what was found in its bytes.
    Text(String, Vec<Finding>),
    /// A parquet, decompressed where it was compressed.
    Parquet(Vec<u8>),
}

/// What the bytes of a file are.
///
/// # Errors
/// Where they are no table: the message says what they are.
pub fn content(path: &Path, bytes: Vec<u8>) -> Result<Content, BarsError> {
    let bytes = if bytes.starts_with(&[0x1f, 0x8b]) {
        decompressed(path, &bytes)?
    } else {
        bytes
    };
    if is_parquet(path, &bytes) {
        return Ok(Content::Parquet(bytes));
    }
    let encoding = encoding(&bytes);
    if encoding.is_none()
        && is_binary(&bytes)
        && let Some(what) = no_text(&bytes)
    {
        return Err(BarsError::content(path, what));
    }
    let (text, encoding, _) = encoding.unwrap_or_else(|| guessed(&bytes)).decode(&bytes);
    without_zero(path, &text)?;
    if let Some(what) = no_prices(&text) {
        return Err(BarsError::content(path, what));
    }
    let mut findings = Vec::new();
    if encoding != encoding_rs::UTF_8 {
        let found = format!("the text is not UTF-8 and was read as {}", encoding.name());
        findings.push(Finding::new(Severity::Note, "encoding", 1, found));
    }
    Ok(Content::Text(text.into_owned(), findings))
}

fn decompressed(path: &Path, bytes: &[u8]) -> Result<Vec<u8>, BarsError> {
    let mut plain = Vec::new();
    MultiGzDecoder::new(bytes)
        .take(MAX_BYTES + 1)
        .read_to_end(&mut plain)
        .map_err(|cause| {
            BarsError::content(path, format!("a damaged gzip file: {cause}; get it again"))
        })?;
    if plain.len() as u64 > MAX_BYTES {
        return Err(too_large(path, plain.len() as u64));
    }
    Ok(plain)
}

/// Compressed files of other formats than gzip, and collections of files, by the extension that `infer` gives them.
const ARCHIVES: [&str; 8] = ["zip", "7z", "rar", "xz", "bz2", "zst", "tar", "lz4"];

/// What bytes are that cannot be a text of prices; absent where they may be.
fn no_text(bytes: &[u8]) -> Option<String> {
    let kind = infer::get(bytes)?;
    // A workbook's first bytes are those of any ZIP or of any old Office document.
    let is_workbook = ["xlsx", "xls"].contains(&kind.extension())
        || bytes.starts_with(b"PK") && contains(bytes, b"xl/")
        || bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]);
    Some(if is_workbook {
        "an Excel workbook (xlsx or xls), not a text: in Excel save the sheet of the prices as CSV"
            .to_owned()
    } else if kind.extension() == "ods" {
        "a spreadsheet of OpenDocument, not a text: save the sheet of the prices as CSV".to_owned()
    } else if ARCHIVES.contains(&kind.extension()) {
        format!(
            "an archive ({}): unpack the file of the prices first; only gzip is read as it is",
            kind.extension()
        )
    } else {
        format!(
            "a file of the kind {}, not a table of prices: save it as CSV or parquet",
            kind.mime_type()
        )
    })
}

/// Whether bytes are a text by themselves: UTF-8 without control characters. Some kinds of files are recognised by two letters, which a
/// text may begin with.
fn is_plain(bytes: &[u8]) -> bool {
    let is_control = |c: char| c.is_control() && !['\t', '\n', '\r', '\u{feff}'].contains(&c);
    std::str::from_utf8(bytes).is_ok_and(|text| !text.contains(is_control))
}

/// Whether bytes cannot be a text in any encoding of one byte a character, or are marked as a document.
fn is_binary(bytes: &[u8]) -> bool {
    let sample = bytes.get(..bytes.len().min(4096)).unwrap_or_default();
    sample.iter().any(|byte| *byte < 9)
        || bytes.starts_with(b"%PDF")
        || bytes.starts_with(b"{\\rtf")
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// The encoding that bytes certainly have: by their mark, by the zeros of UTF-16, or because they are UTF-8.
fn encoding(bytes: &[u8]) -> Option<&'static Encoding> {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return Some(encoding);
    }
    let sample = bytes.get(..bytes.len().min(4096)).unwrap_or_default();
    let zeros = |first: usize| {
        let found = sample.iter().skip(first).step_by(2);
        found.filter(|byte| **byte == 0).count()
    };
    let most = sample.len() * 2 / 5;
    match (zeros(0), zeros(1)) {
        (0, odd) if odd > most => Some(encoding_rs::UTF_16LE),
        (even, 0) if even > most => Some(encoding_rs::UTF_16BE),
        _ => is_plain(bytes).then_some(encoding_rs::UTF_8),
    }
}

/// The likeliest encoding of a text, as Firefox detects it.
fn guessed(bytes: &[u8]) -> &'static Encoding {
    if std::str::from_utf8(bytes).is_ok() {
        return encoding_rs::UTF_8;
    }
    // Signs of currencies alone tell nothing of a language: then it is what Windows has in the west.
    let is_sign = |byte: &u8| byte.is_ascii() || [0x80, 0xa0, 0xa3, 0xa5, 0x92].contains(byte);
    if bytes.iter().all(is_sign) {
        return encoding_rs::WINDOWS_1252;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Deny)
}

/// What a text is that holds no prices: a page, a message of a server. Absent where it may.
fn no_prices(text: &str) -> Option<String> {
    let text = text.trim();
    let start: String = text.chars().take(200).collect::<String>().to_lowercase();
    let is_page = [
        "<!doctype html",
        "<html",
        "<head",
        "<body",
        "<table",
        "<script",
    ];
    if is_page.iter().any(|tag| start.starts_with(tag)) {
        let title = between(text, "<title>", "</title>");
        return Some(format!(
            "an HTML page{}, not a table: download the CSV itself",
            title.map_or_else(String::new, |title| format!(" (“{}”)", excerpt(title)))
        ));
    }
    if start.starts_with("<?xml") || start.starts_with("<!doctype") {
        return Some("an XML document, not a table: save it as CSV".to_owned());
    }
    let is_json = |text: &str| serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
    let first = text.lines().next().unwrap_or_default();
    if start.starts_with('{') && !start.starts_with("{\\rtf")
        || start.starts_with('[') && (is_json(text) || is_json(first))
    {
        return Some(format!(
            "JSON, not a table (“{}”): ask for CSV, or see whether it is an error message",
            excerpt(text)
        ));
    }
    None
}

fn between<'a>(text: &'a str, open: &str, close: &str) -> Option<&'a str> {
    let lower = text.to_ascii_lowercase();
    let start = lower.find(open)? + open.len();
    let length = lower.get(start..)?.find(close)?;
    text.get(start..start + length)
}
