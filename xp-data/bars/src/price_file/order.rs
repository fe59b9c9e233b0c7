//! Rows in the order of time, each day once.

use super::{columns::Columns, rows::Row};
use crate::{
    error::BarsError,
    findings::{Finding, Severity, first_few},
    table::Table,
};

/// Sorts rows by time: newest first is reversed, duplicates are dropped, and any other order is an error.
pub(super) fn order(
    table: &Table<'_>,
    columns: &Columns,
    mut rows: Vec<Row>,
) -> Result<(Vec<Row>, Vec<Finding>), BarsError> {
    let pairs = |is: fn(&Row, &Row) -> bool| rows.windows(2).filter(|w| is(&w[0], &w[1])).count();
    let mut findings = Vec::new();
    if pairs(|a, b| a.date > b.date) > pairs(|a, b| a.date < b.date) {
        rows.reverse();
        let found = "the newest bar is first in the file; the order is reversed";
        findings.push(Finding::new(Severity::Note, "order", rows.len(), found));
    }
    let newest = rows.last().map(|row| row.date);
    let mut duplicates = Vec::new();
    let mut unique: Vec<Row> = Vec::with_capacity(rows.len());
    for row in rows {
        if let Some(last) = unique.last() {
            let (date, before) = (row.date, last.date);
            if date == before && is_same(&row.values, &last.values) {
                duplicates.push(date.to_string());
                continue;
            }
            if date == before {
                let what = if Some(date) == newest {
                    format!(
                        "{date} appears twice with different prices or volumes, as the live row of an unfinished session beside the closed one: delete the live row"
                    )
                } else {
                    format!(
                        "{date} appears twice with different prices or volumes; keep one bar a day (bars of hours or minutes are not read)"
                    )
                };
                return Err(table.fault(row.record, columns.date, what));
            }
            if date < before {
                let what =
                    format!("{date} is out of order next to {before}: sort the file by date");
                return Err(table.fault(row.record, columns.date, what));
            }
        }
        unique.push(row);
    }
    if !duplicates.is_empty() {
        let found = format!("duplicate rows are dropped: {}", first_few(&duplicates));
        findings.push(Finding::new(
            Severity::Warning,
            "duplicates",
            duplicates.len(),
            found,
        ));
    }
    Ok((unique, findings))
}

/// Whether two bars have the same numbers, however many digits they are written with.
fn is_same(a: &[String; 5], b: &[String; 5]) -> bool {
    let numbers = |values: &[String; 5]| values.clone().map(|value| value.parse::<f64>().ok());
    numbers(a) == numbers(b)
}
