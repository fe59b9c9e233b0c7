//! `cargo xp data simulate`: bars of a simulated market as a raw file of the manifest, like any other but that its parameters stand in its
//! entry: what a model could learn of it at best is computed from them.

use chrono::{Datelike as _, Days, NaiveDate};
use xp_bars::{
    Bars, COLUMNS, Finding,
    checks::{inspect_simulated, is_weekend},
    findings::{recorded, refusal},
};
use xp_simulation::bars;
use xp_spec::{
    files::{Workspace, manifest::RawEntry},
    hash::md5_hex,
    market::SimulatedMarket,
};

use crate::{
    entry::{add, check_conflict, check_name},
    error::DataError,
};

/// A market to simulate.
#[derive(Debug, Clone)]
pub struct Request {
    /// Name in the manifest, such as `simulated_daily`.
    pub name: String,
    /// Its parameters.
    pub market: SimulatedMarket,
    /// Its bars are of the weekdays from this day on.
    pub first: NaiveDate,
    /// Replace an entry of that name; its file is renamed.
    pub replace: bool,
    /// Write nothing.
    pub dry_run: bool,
}

/// A simulated data set.
#[derive(Debug, Clone)]
pub struct Simulated {
    /// Its entry in the manifest.
    pub entry: RawEntry,
    /// What the checks of its bars found.
    pub findings: Vec<Finding>,
    /// Its closes, `[days]`.
    pub closes: Vec<f64>,
    /// New path of the file of an earlier entry.
    pub moved: Option<String>,
}

/// Draws a market's bars, and adds them to `data/raw` and to the manifest.
pub fn simulate(workspace: &Workspace, request: &Request) -> Result<Simulated, DataError> {
    check_name(&request.name)?;
    request.market.check().map_err(DataError::Content)?;
    let drawn = drawn(&request.market, request.first);
    let years = 1..=9999;
    let end = drawn.date.last().map_or(0, |day| day.year());
    if !years.contains(&request.first.year())
        || !years.contains(&end)
        || drawn.len() < request.market.days as usize
    {
        return Err(DataError::Content(format!(
            "{} weekdays from {} on do not end before the year 10000; choose another --first or fewer --days",
            request.market.days, request.first
        )));
    }
    let findings = inspect_simulated(&drawn);
    if let Some(refusal) = refusal(&findings) {
        return Err(DataError::Content(format!("{}: {refusal}", request.name)));
    }
    let text = csv(&drawn);
    let day = |date: Option<&NaiveDate>| date.map(ToString::to_string).unwrap_or_default();
    let entry = RawEntry {
        path: format!("data/raw/{}.csv", request.name),
        md5: md5_hex(text.as_bytes()),
        rows: drawn.len() as u64,
        first: day(drawn.date.first()),
        last: day(drawn.date.last()),
        from: None,
        source: "simulated by `cargo xp data simulate`, no market".to_owned(),
        licence: "none is needed".to_owned(),
        imported: None,
        simulated: Some(request.market),
        notes: Vec::new(),
        findings: recorded(&findings),
    };
    let moved = if request.dry_run {
        check_conflict(
            &workspace.manifest()?,
            &request.name,
            &entry,
            request.replace,
        )?;
        None
    } else {
        add(
            workspace,
            &request.name,
            entry.clone(),
            &text,
            request.replace,
        )?
    };
    Ok(Simulated {
        entry,
        findings,
        closes: drawn.close,
        moved,
    })
}

/// Checks that the raw file of an entry with a simulated market is that of the market's bars, by its MD5: Bayes' log-loss rests on it.
pub(crate) fn check_drawn(entry: &RawEntry) -> Result<(), DataError> {
    let Some(market) = entry.simulated else {
        return Ok(());
    };
    let first: Result<NaiveDate, _> = entry.first.parse();
    if first.is_ok_and(|first| md5_hex(csv(&drawn(&market, first)).as_bytes()) == entry.md5) {
        return Ok(());
    }
    Err(DataError::Content(format!(
        "{} does not have the bars of the simulated market that data/manifest.yaml describes; restore both from git, or simulate it again with `cargo xp data simulate`",
        entry.path
    )))
}

/// The bars of a market on weekdays.
fn drawn(market: &SimulatedMarket, first: NaiveDate) -> Bars {
    let weekdays = (0..)
        .map_while(|days| first.checked_add_days(Days::new(days)))
        .filter(|day| !is_weekend(*day));
    let mut found = Bars::default();
    for (day, bar) in weekdays.zip(bars(market)) {
        found.date.push(day);
        found.open.push(bar.open);
        found.high.push(bar.high);
        found.low.push(bar.low);
        found.close.push(bar.close);
        found.volume.push(bar.volume);
    }
    found
}

fn csv(bars: &Bars) -> String {
    let mut text = COLUMNS.join(",");
    text.push('\n');
    let prices = bars
        .open
        .iter()
        .zip(&bars.high)
        .zip(&bars.low)
        .zip(&bars.close);
    for ((date, (((open, high), low), close)), volume) in
        bars.date.iter().zip(prices).zip(&bars.volume)
    {
        text.push_str(&format!("{date},{open},{high},{low},{close},{volume}\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may state what it believes")]
    use std::path::Path;

    use super::*;
    use xp_bars::{Severity, parse_bars};

    /// What a user's file is refused or warned for is not in a simulated one, and its prices are read as they were drawn.
    #[test]
    fn bars_are_those_of_weekdays_and_read_back_bit_for_bit() {
        for signal in [0.0, 1.0] {
            let market = SimulatedMarket {
                signal,
                days: 2000,
                ..SimulatedMarket::default()
            };
            let drawn = drawn(&market, "1990-01-01".parse().unwrap());
            assert_eq!(drawn.len(), 2000);
            let read = parse_bars(Path::new("x.csv"), &csv(&drawn)).unwrap();
            assert_eq!(read, drawn);
            let severe: Vec<_> = inspect_simulated(&drawn)
                .into_iter()
                .filter(|finding| finding.severity != Severity::Note)
                .collect();
            assert_eq!(severe, [], "signal {signal}");
        }
    }
}
