//! Years of two digits: the century that keeps a file in order and not in the future.

use chrono::{Datelike as _, Days, NaiveDate};

/// Days after today up to which a date may be: those of sessions to come, and of places where it is tomorrow.
const AHEAD: u64 = 7;
/// Days between two bars of a file beyond which its years are not explained by their order: then it is not in order.
const MOST_BETWEEN: i64 = 20 * 366;

/// The dates with the years that they have modulo 100 in the centuries in which each is the last possible one before the next, and the
/// newest not after today. A file is in order from old to new or from new to old; the shorter of both explanations is taken.
///
/// Where that leaves decades between neighbours the file is in no order, and each date is in its last possible century.
pub(super) fn with_centuries(dates: &[NaiveDate], today: NaiveDate) -> Vec<NaiveDate> {
    let latest = today.checked_add_days(Days::new(AHEAD)).unwrap_or(today);
    let old_to_new: Vec<NaiveDate> = {
        let mut days = descending(dates.iter().rev(), latest);
        days.reverse();
        days
    };
    let new_to_old = descending(dates.iter(), latest);
    let oldest = |days: &[NaiveDate]| days.iter().min().copied();
    let explained = if oldest(&new_to_old) > oldest(&old_to_new) {
        new_to_old
    } else {
        old_to_new
    };
    if widest_gap(&explained) <= MOST_BETWEEN {
        explained
    } else {
        dates
            .iter()
            .map(|date| last_before(*date, latest))
            .collect()
    }
}

/// The most days between two neighbours.
pub(super) fn widest_gap(dates: &[NaiveDate]) -> i64 {
    let gaps = dates.windows(2).map(|pair| match pair {
        [a, b] => (*b - *a).num_days().abs(),
        _ => 0,
    });
    gaps.max().unwrap_or(0)
}

/// Each date in the last century in which it is not after the one before it, the first of them not after `latest`.
fn descending<'a>(
    dates: impl Iterator<Item = &'a NaiveDate>,
    mut latest: NaiveDate,
) -> Vec<NaiveDate> {
    let mut days = Vec::new();
    for date in dates {
        latest = last_before(*date, latest);
        days.push(latest);
    }
    days
}

/// The last date of the same day, month and year modulo 100 that is not after another; the date itself where there is none.
fn last_before(date: NaiveDate, latest: NaiveDate) -> NaiveDate {
    let short = date.year().rem_euclid(100);
    let century = latest.year().div_euclid(100) * 100;
    let candidates = [
        century + short,
        century + short - 100,
        century + short - 200,
    ];
    candidates
        .iter()
        .filter(|year| **year >= 1800)
        .filter_map(|year| date.with_year(*year))
        .find(|candidate| *candidate <= latest)
        .unwrap_or(date)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may state what it believes")]
    use super::*;

    #[test]
    fn years_keep_a_file_in_order_and_out_of_the_future() {
        let today: NaiveDate = "2026-11-30".parse().unwrap();
        for (short, expected) in [
            (
                &["2066-12-30", "1970-01-02", "1971-01-04"][..],
                &["1966-12-30", "1970-01-02", "1971-01-04"][..],
            ),
            (
                &["1971-01-04", "1970-01-02", "2066-12-30"],
                &["1971-01-04", "1970-01-02", "1966-12-30"],
            ),
            (&["1998-12-30", "2007-01-31"], &["1998-12-30", "2007-01-31"]),
            (&["2007-01-31"], &["2007-01-31"]),
            (&["2026-12-01"], &["2026-12-01"]),
            (&["2026-12-08"], &["1926-12-08"]),
            (&["2027-01-04", "2028-01-03"], &["1927-01-04", "1928-01-03"]),
            (&["2000-02-29", "2001-01-02"], &["2000-02-29", "2001-01-02"]),
            // Out of order: refused by the order, not explained by a century.
            (
                &["2007-01-30", "2007-02-01", "2007-01-31"],
                &["2007-01-30", "2007-02-01", "2007-01-31"],
            ),
        ] {
            let dates: Vec<NaiveDate> = short.iter().map(|day| day.parse().unwrap()).collect();
            let found = with_centuries(&dates, today);
            let found: Vec<String> = found.iter().map(ToString::to_string).collect();
            assert_eq!(found, expected, "{short:?}");
        }
    }
}
