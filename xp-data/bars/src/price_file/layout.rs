//! The layout of a text: which character separates its fields, which line is its header, and what stands above and below the table. The
//! header is found by names of columns, which guessing by regularity cannot do where a licence or a query stands above it.

use std::path::Path;

use csv::StringRecord;

use super::{
    dates::may_be_date,
    levels::{Levels, levels},
    names::{Kind, of_header},
};
use crate::{
    error::BarsError,
    findings::{Finding, Severity},
    shown::excerpt,
    table::{Record, Table, all_records, fault_in, is_blank, records},
};

/// A table in a text.
pub(super) struct Layout<'a> {
    pub(super) table: Table<'a>,
    pub(super) delimiter: char,
    /// Lines of the header beside that of the columns.
    pub(super) levels: Levels,
    pub(super) findings: Vec<Finding>,
}

/// Characters that separate fields; the first of several that fit equally well is taken.
const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];
/// How far down a header is looked for, in lines that are not blank.
const MOST_ABOVE: usize = 40;
/// Kinds of columns that a header names at least; fewer may be a sentence.
const LEAST_NAMED: usize = 3;

/// Finds the table of a text.
pub(super) fn layout<'a>(path: &'a Path, text: &'a str) -> Result<Layout<'a>, BarsError> {
    if text.trim().is_empty() {
        let what = "the file is empty".to_owned();
        return Err(fault_in(path, text, ',', 0, 0, what));
    }
    let (said, skipped) = separator(text);
    let candidates = said.map_or(DELIMITERS.to_vec(), |said| vec![said]);
    let (mut named, mut at, mut delimiter) = (0, 0, candidates.first().copied().unwrap_or(','));
    for candidate in candidates {
        let first: Vec<Record> = records(path, text, candidate)
            .skip(skipped)
            .take(MOST_ABOVE)
            .collect::<Result<_, _>>()?;
        let (found_at, found) = header(&first);
        if found > named {
            (named, at, delimiter) = (found, found_at, candidate);
        }
    }
    let mut all = all_records(path, text, delimiter)?;
    all.drain(..skipped.min(all.len()));
    if named < LEAST_NAMED {
        return Err(no_header(path, text, delimiter, &all));
    }
    let mut below = all.split_off(at + 1);
    let Some(header) = all.pop() else {
        return Err(no_header(path, text, delimiter, &below));
    };
    let is_row = |record: &StringRecord| {
        record.len() > 1 && may_be_date(record.get(0).unwrap_or_default().trim())
    };
    if let Some((byte, _)) = all.iter().find(|(_, record)| is_row(record)) {
        let what = "rows of data stand above the header; are two files joined?".to_owned();
        return Err(fault_in(path, text, delimiter, *byte, 0, what));
    }
    let mut findings = Vec::new();
    let (levels, taken) = levels(&header.1, all.last().map(|(_, record)| record), &below);
    below.drain(..taken);
    all.truncate(all.len() - usize::from(levels.is_above));
    let lines = all.iter().map(|(_, record)| joined(record));
    let above: Vec<String> = lines.filter(|line| !line.is_empty()).collect();
    if let Some(first) = above.first() {
        let found = format!("lines above the header are skipped: “{}”", excerpt(first));
        findings.push(Finding::new(
            Severity::Note,
            "lines-above",
            above.len(),
            found,
        ));
    }
    findings.extend(without_lines_below(text, header.1.len(), &mut below));
    let header = even_out(header, &mut below);
    Ok(Layout {
        table: Table::of_text(path, text, delimiter, header, below)?,
        delimiter,
        levels,
        findings,
    })
}

/// The delimiter that a first line `sep=;` states, as Excel writes it, and the number of records that it takes.
fn separator(text: &str) -> (Option<char>, usize) {
    let first = text
        .lines()
        .next()
        .unwrap_or_default()
        .trim_matches(['"', '\r']);
    let stated = first
        .get(..4)
        .filter(|start| start.eq_ignore_ascii_case("sep="));
    match (stated, first.chars().nth(4)) {
        (Some(_), Some(delimiter)) if delimiter.is_ascii() && first.chars().count() == 5 => {
            (Some(delimiter), 1)
        }
        _ => (None, 0),
    }
}

/// The record that names most kinds of columns, and how many.
fn header(all: &[Record]) -> (usize, usize) {
    let mut best = (0, 0);
    for (at, (_, record)) in all.iter().enumerate() {
        let named = named(record);
        if named > best.1 {
            best = (at, named);
        }
    }
    best
}

/// Number of kinds of columns that a record names.
fn named(record: &StringRecord) -> usize {
    let mut kinds: Vec<Kind> = Vec::new();
    let (names, _) = of_header(record.iter());
    for kind in names.iter().filter_map(|name| Kind::of(name)) {
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    kinds.len()
}

/// The error of a text without a header: numbers at once, or no table at all.
fn no_header(path: &Path, text: &str, delimiter: char, all: &[Record]) -> BarsError {
    let widest = all
        .iter()
        .map(|(_, record)| record.len())
        .max()
        .unwrap_or(0);
    let at = |byte, what| fault_in(path, text, delimiter, byte, 0, what);
    let spaced: StringRecord = text
        .lines()
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .collect();
    if named(&spaced) >= LEAST_NAMED {
        let what =
            "the fields are separated by spaces: save the file with commas, semicolons or tabs";
        return at(0, what.to_owned());
    }
    let is_number = |field: &str| field.trim().parse::<f64>().is_ok();
    let has_number = all.iter().any(|(_, record)| record.iter().any(is_number));
    if widest < 2 || (all.len() <= 3 && !has_number && text.contains(' ')) {
        let what = format!(
            "a text and no table: “{}”; is it the message of a server?",
            excerpt(text)
        );
        return at(0, what);
    }
    let first = all.iter().find(|(_, record)| record.len() == widest);
    let Some((byte, record)) = first else {
        return at(0, "the file is empty".to_owned());
    };
    if record.iter().skip(1).any(is_number) {
        let what = "the first line has numbers, not names: add the line `date,open,high,low,close,volume` above it";
        return at(*byte, what.to_owned());
    }
    let what = format!(
        "no line names the columns date, open, high, low and close; this one has {}",
        excerpt(&record.iter().collect::<Vec<_>>().join(", "))
    );
    at(*byte, what)
}

/// Drops lines of words below the table, such as a licence. A line that was cut begins with a digit and stays.
fn without_lines_below(text: &str, width: usize, below: &mut Vec<Record>) -> Option<Finding> {
    let is_cut = !text.ends_with(['\n', '\r']);
    let is_words = |record: &StringRecord| {
        let first = record.get(0).unwrap_or_default().trim();
        let is_alone = record.iter().skip(1).all(|field| field.trim().is_empty());
        let is_number = |field: &str| field.trim().replace(',', ".").parse::<f64>().is_ok();
        let is_sentence = record.len() != width && !record.iter().any(is_number);
        // The date of a row that was cut begins with a digit, or with the name of a month or a day.
        let is_date = first.starts_with(|c: char| c.is_ascii_digit()) || begins_as_date(first);
        !first.is_empty() && !is_date && (is_alone || is_sentence && !is_cut)
    };
    let mut dropped = Vec::new();
    while let Some((_, record)) = below.last() {
        if is_words(record) {
            dropped.push(joined(record));
        } else if !is_blank(record) {
            break;
        }
        below.pop();
    }
    let last = dropped.last()?;
    let found = format!("lines below the table are skipped: “{}”", excerpt(last));
    Some(Finding::new(
        Severity::Warning,
        "lines-below",
        dropped.len(),
        found,
    ))
}

/// Whether a text begins with the name of a month or of a day of the week, in English.
fn begins_as_date(text: &str) -> bool {
    const NAMES: [&str; 19] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "mon",
        "tue", "wed", "thu", "fri", "sat", "sun",
    ];
    let start: String = text.trim_start_matches('"').chars().take(3).collect();
    NAMES.contains(&start.to_lowercase().as_str())
}

/// Makes header and records equally long where all records differ from it in the same way: an empty field at their ends, or row names
/// without a header, as R writes them.
fn even_out((byte, mut header): Record, below: &mut [Record]) -> Record {
    let ends_blank = |record: &StringRecord| {
        record
            .iter()
            .next_back()
            .is_some_and(|end| end.trim().is_empty())
    };
    let (names, _) = of_header(header.iter());
    let starts_with_price = names.first().is_some_and(|name| Kind::of(name).is_some());
    let full = |record: &StringRecord| record.len() > 1;
    let longer = header.len() + 1;
    let all_longer = below
        .iter()
        .all(|(_, record)| record.len() == longer || !full(record));
    let all_shorter = below
        .iter()
        .all(|(_, record)| record.len() + 1 == header.len() || !full(record));
    let shortened =
        |record: &StringRecord| -> StringRecord { record.iter().take(record.len() - 1).collect() };
    if all_longer
        && below
            .iter()
            .all(|(_, record)| !full(record) || ends_blank(record))
    {
        for (_, record) in below.iter_mut().filter(|(_, record)| full(record)) {
            *record = shortened(record);
        }
    } else if all_longer && starts_with_price {
        header = std::iter::once("").chain(header.iter()).collect();
    } else if all_shorter && ends_blank(&header) {
        header = shortened(&header);
    }
    (byte, header)
}

/// The fields of a record that are not blank.
fn joined(record: &StringRecord) -> String {
    let fields: Vec<&str> = record
        .iter()
        .map(str::trim)
        .filter(|field| !field.is_empty())
        .collect();
    fields.join(" ")
}
