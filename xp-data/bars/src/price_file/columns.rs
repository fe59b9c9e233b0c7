//! Which column of a table is which, by the names that providers give them; an index without a name by its dates.

use super::{
    dates::may_be_date,
    levels::Levels,
    names::{Kind, is_index, of_header},
};
use crate::{error::BarsError, shown::shown, table::Table};

/// Columns of a file, by position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Columns {
    pub(super) date: usize,
    pub(super) open: usize,
    pub(super) high: usize,
    pub(super) low: usize,
    pub(super) close: usize,
    /// Absent where the file has none, as those of some indices.
    pub(super) volume: Option<usize>,
    /// Close adjusted for splits and dividends.
    pub(super) adjusted: Option<usize>,
    /// Columns that name the asset of a row, in a file of several.
    pub(super) assets: Vec<usize>,
    /// Provider whose format it is.
    pub(super) style: &'static str,
    /// Columns that are not used.
    pub(super) unused: Vec<String>,
}

/// Recognises the columns of a table; one that is missing or appears twice is an error at its position.
pub(super) fn recognise(table: &Table<'_>, levels: &Levels) -> Result<Columns, BarsError> {
    let (mut names, in_names) = of_header(table.headers.iter().map(String::as_str));
    for tickers in [&levels.tickers, &in_names] {
        if let [first, .., last] = tickers.as_slice() {
            let what = format!(
                "the columns are of {} tickers, from {} to {}: a data set is one asset; save one asset a file",
                tickers.len(),
                shown(first),
                shown(last)
            );
            return Err(table.header_fault(1, what));
        }
    }
    if let (true, Some(first)) = (levels.labelled, names.first_mut()) {
        *first = String::new();
    }
    let mut used = vec![false; names.len()];
    let mut find = |kind: Kind| -> Result<Option<usize>, BarsError> {
        for name in kind.names() {
            let mut positions = (0..names.len()).filter(|&position| names[position] == *name);
            let Some(position) = positions.next() else {
                continue;
            };
            if let Some(second) = positions.next() {
                let what = format!("column `{}` appears twice", shown(&table.headers[second]));
                return Err(table.header_fault(second, what));
            }
            used[position] = true;
            return Ok(Some(position));
        }
        Ok(None)
    };
    let found = [
        ("open", find(Kind::Open)?),
        ("high", find(Kind::High)?),
        ("low", find(Kind::Low)?),
        ("close", find(Kind::Close)?),
    ];
    let named_date = find(Kind::Date)?;
    let (volume, adjusted) = (find(Kind::Volume)?, find(Kind::Adjusted)?);
    let is_asset = |position: &usize| Kind::of(&names[*position]) == Some(Kind::Asset);
    let assets: Vec<usize> = (0..names.len()).filter(is_asset).collect();
    assets.iter().for_each(|position| used[*position] = true);
    let date = named_date.or_else(|| index_of_dates(table, &names, &used));
    let missing = |name: &str| {
        let what = format!(
            "no column is `{name}`; the header has {}",
            shown_names(&table.headers)
        );
        table.header_fault(0, what)
    };
    let date = date.ok_or_else(|| missing("date"))?;
    let mut prices = [0; 4];
    for (slot, (name, position)) in prices.iter_mut().zip(found) {
        *slot = position.ok_or_else(|| missing(name))?;
    }
    let [open, high, low, close] = prices;
    let unused = (0..names.len())
        .filter(|&position| !used[position] && position != date && !is_index(&names[position]))
        .map(|position| shown(&table.headers[position]))
        .collect();
    Ok(Columns {
        date,
        open,
        high,
        low,
        close,
        volume,
        adjusted,
        assets,
        style: style(table, levels),
        unused,
    })
}

/// The first column whose name says nothing and whose first field may be a date; else the only other one whose fields are dates, whatever its
/// name, but not those that are digits alone.
fn index_of_dates(table: &Table<'_>, names: &[String], used: &[bool]) -> Option<usize> {
    let is_date = |position: &usize| may_be_date(table.field(0, *position));
    let mut unnamed = (0..names.len()).filter(|&position| is_index(&names[position]));
    if let Some(position) = unnamed.find(is_date) {
        return Some(position);
    }
    let is_number = |position: &usize| table.field(0, *position).parse::<f64>().is_ok();
    let mut others = (0..names.len())
        .filter(|&position| !used[position])
        .filter(|position| is_date(position) && !is_number(position));
    others.next().filter(|_| others.next().is_none())
}

/// The names of a header, for a message.
fn shown_names(names: &[String]) -> String {
    const MOST: usize = 20;
    let mut text = names
        .iter()
        .take(MOST)
        .map(|name| shown(name))
        .collect::<Vec<_>>()
        .join(", ");
    if names.len() > MOST {
        text.push_str(", …");
    }
    text
}

/// Provider whose format a header has; it is recorded in the manifest and decides nothing.
fn style(table: &Table<'_>, levels: &Levels) -> &'static str {
    let has = |name: &str| table.headers.iter().any(|header| header == name);
    if levels.labelled {
        "yfinance"
    } else if has("<DATE>") || has("<TICKER>") {
        "stooq bulk"
    } else if has("Adj Close") {
        "yahoo"
    } else if has("Close/Last") {
        "nasdaq.com"
    } else if has("Price") && (has("Vol.") || has("Change %")) {
        "investing.com"
    } else if has("timestamp") || has("1. open") {
        "alpha vantage"
    } else if has("Name") || has("Symbol") {
        "kaggle"
    } else if has("Date") && has("Volume") && table.headers.len() == 6 {
        "stooq or yahoo"
    } else if has("date") && has("volume") {
        "plain"
    } else {
        "other"
    }
}
