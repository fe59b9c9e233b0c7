//! Opens that repeat the close before: features of gaps and candles mean little there.

use chrono::Datelike;

use super::check::{Check, share};
use crate::{
    bars::Bars,
    findings::{Finding, Severity},
};

pub(super) const CHECK: Check = Check {
    names: &["open-copied"],
    find,
};

/// Share of opens equal to the close before, of all and of one year, that real opens do not reach.
const COPIED: [f64; 2] = [0.2, 0.5];

fn find(bars: &Bars, findings: &mut Vec<Finding>) {
    let copied: Vec<usize> = (1..bars.len())
        .filter(|&t| bars.open[t] == bars.close[t - 1])
        .collect();
    let mut years: Vec<(i32, usize, usize)> = Vec::new();
    for t in 1..bars.len() {
        let year = bars.date[t].year();
        if years.last().is_none_or(|(last, ..)| *last != year) {
            years.push((year, 0, 0));
        }
        if let Some((_, all, equal)) = years.last_mut() {
            *all += 1;
            *equal += usize::from(bars.open[t] == bars.close[t - 1]);
        }
    }
    let [most, most_of_year] = COPIED;
    let bad: Vec<i32> = years
        .iter()
        .filter(|(_, all, equal)| *all >= 20 && *equal as f64 > most_of_year * *all as f64)
        .map(|(year, ..)| *year)
        .collect();
    let rate = share(copied.len(), bars);
    if bad.is_empty() && rate <= most {
        return;
    }
    let mut found = format!("open = previous close on {:.0} % of bars", rate * 100.0);
    if !bad.is_empty() {
        found.push_str(&format!(", on most days of {}", spans(&bad)));
    }
    found.push_str("; features of gaps and candles mean little there");
    findings.push(Finding::new(
        Severity::Warning,
        "open-copied",
        copied.len(),
        found,
    ));
}

/// Ascending years as `1996–2005, 2008`.
fn spans(years: &[i32]) -> String {
    let mut parts: Vec<(i32, i32)> = Vec::new();
    for &year in years {
        match parts.last_mut() {
            Some((_, last)) if *last + 1 == year => *last = year,
            _ => parts.push((year, year)),
        }
    }
    let parts: Vec<_> = parts
        .into_iter()
        .map(|(first, last)| {
            if first == last {
                first.to_string()
            } else {
                format!("{first}–{last}")
            }
        })
        .collect();
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_are_told_as_spans() {
        assert_eq!(
            spans(&[1996, 1997, 1998, 2001, 2003, 2004]),
            "1996–1998, 2001, 2003–2004"
        );
    }
}
