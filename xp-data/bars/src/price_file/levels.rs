//! Lines of a header beside that of the columns, as pandas writes a table of several levels: the ticker of each column, and the name of
//! the index.

use csv::StringRecord;

use super::names::{Kind, is_index, normalised};
use crate::table::Record;

/// What the other lines of a header say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Levels {
    /// The assets of the columns, each once.
    pub(super) tickers: Vec<String>,
    /// Whether the first field of the header is the name of a level, not of a column.
    pub(super) labelled: bool,
    /// Whether the tickers stand above the header.
    pub(super) is_above: bool,
}

/// Reads the lines next to a header; the number of lines below it that belong to it comes with them.
pub(super) fn levels(
    header: &StringRecord,
    above: Option<&StringRecord>,
    below: &[Record],
) -> (Levels, usize) {
    let mut levels = Levels::default();
    if let Some(tickers) = above.and_then(|line| tickers(line, header.len())) {
        levels.tickers = tickers;
        levels.is_above = true;
    }
    let mut taken = 0;
    for (_, line) in below.iter().take(2) {
        if let Some(tickers) = tickers(line, header.len()) {
            levels.tickers = tickers;
        } else if !is_index_name(line, header.len()) {
            break;
        }
        taken += 1;
    }
    levels.labelled = taken > 0 || levels.is_above;
    (levels, taken)
}

/// The tickers of a line `Ticker,SPY,SPY,…`: words, of which the first names the level or is empty.
fn tickers(line: &StringRecord, length: usize) -> Option<Vec<String>> {
    let mut fields = line.iter().map(str::trim);
    let first = normalised(fields.next()?);
    let is_named = first == "ticker" || first == "tickers";
    let is_level = Kind::of(&first) == Some(Kind::Asset) || is_index(&first);
    let mut tickers: Vec<String> = Vec::new();
    let mut count = 0;
    for field in fields {
        // A ticker may be a number or the name of a column where the line says what it has.
        if is_named && field.is_empty() {
            continue;
        }
        let is_word = field.starts_with(|c: char| c.is_alphabetic() || c == '^');
        let is_column = Kind::of(&normalised(field)).is_some_and(|kind| kind != Kind::Asset);
        if !is_named && (!is_word || is_column) {
            return None;
        }
        count += 1;
        if !tickers.iter().any(|ticker| ticker == field) {
            tickers.push(field.to_owned());
        }
    }
    // A single record of words would be one of tickers, but one of dates has numbers beside them.
    let is_repeated = tickers.len() < count || is_named;
    (!tickers.is_empty() && line.len() == length && is_level && is_repeated).then_some(tickers)
}

/// A line `Date,,,`: the name of the index alone.
fn is_index_name(line: &StringRecord, length: usize) -> bool {
    let mut fields = line.iter().map(str::trim);
    let first = fields.next().unwrap_or_default();
    line.len() == length
        && Kind::of(&normalised(first)) == Some(Kind::Date)
        && fields.all(str::is_empty)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(line: &str) -> StringRecord {
        line.split(',').collect()
    }

    #[test]
    fn lines_of_a_header_are_recognised() {
        let header = record("Price,Close,High");
        let below = |lines: &[&str]| -> Vec<Record> {
            lines.iter().map(|line| (0, record(line))).collect()
        };
        for (lines, tickers, taken) in [
            (
                &["Ticker,SPY,SPY", "Date,,", "2007-01-31,1,2"][..],
                vec!["SPY"],
                2,
            ),
            (&["Ticker,SPY,SPY", "2007-01-31,1,2"], vec!["SPY"], 1),
            (&["Ticker,SPY,QQQ", "Date,,"], vec!["SPY", "QQQ"], 2),
            (&["2007-01-31,1,2"], vec![], 0),
            (&["2007-01-31,,"], vec![], 0),
            (&[",-,-", "2007-01-31,1,2"], vec![], 0),
            (&["Ticker,C,C", "Date,,"], vec!["C"], 2),
            (&["Ticker,,7203"], vec!["7203"], 1),
            (&[",SPY,SPY"], vec!["SPY"], 1),
        ] {
            let (found, count) = levels(&header, None, &below(lines));
            assert_eq!(
                (found.tickers, count),
                (tickers.iter().map(|t| (*t).to_owned()).collect(), taken),
                "{lines:?}"
            );
        }
        let above = record("Ticker,SPY,SPY");
        let (found, _) = levels(&header, Some(&above), &below(&["Date,,"]));
        assert!(found.is_above && found.labelled && found.tickers == ["SPY"]);
    }
}
