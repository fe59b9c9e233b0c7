//! Statistics of a column by region, for the lock; and the default split that decides the regions.

use chrono::NaiveDate;
use xp_spec::{
    files::lock::{DefaultSplit, Statistics},
    minima::{MIN_REGION_DAYS, MIN_ROWS},
    timescale::Timescale,
};

/// The split of the shipped experiments.
const SHIPPED: [(i32, u32, u32); 2] = [(2007, 1, 1), (2010, 1, 1)];
/// Shares of the rows before validation and before test where the data is too short for the shipped split.
const SHARES: [f64; 2] = [0.6, 0.75];

/// The shipped split where it leaves every region its minimum of days, else 60, 15 and 25 % of the rows.
pub(crate) fn default_split(dates: &[NaiveDate], timescale: Timescale) -> Option<DefaultSplit> {
    let [val, test] = SHIPPED.map(|(y, m, d)| NaiveDate::from_ymd_opt(y, m, d));
    let shipped = DefaultSplit {
        val: val?,
        test: test?,
    };
    let mut days = [0; 3];
    for date in dates {
        if let Some(count) = days.get_mut(shipped.region(*date)) {
            *count += timescale.days() as usize;
        }
    }
    if days[0] > MIN_ROWS && days[1] >= MIN_REGION_DAYS && days[2] >= MIN_REGION_DAYS {
        return Some(shipped);
    }
    let [val, test] = SHARES.map(|share| dates.get((dates.len() as f64 * share) as usize));
    Some(DefaultSplit {
        val: *val?,
        test: *test?,
    })
}

/// Statistics of the train, validation and test rows of a column.
pub(crate) fn by_region(
    values: &[f32],
    dates: &[NaiveDate],
    split: DefaultSplit,
) -> [Option<Statistics>; 3] {
    let border = |day: NaiveDate| dates.partition_point(|date| *date < day);
    let (val, test, end) = (border(split.val), border(split.test), values.len());
    [0..val, val..test, test..end].map(|rows| values.get(rows).and_then(statistics))
}

fn statistics(values: &[f32]) -> Option<Statistics> {
    if values.len() < 2 {
        return None;
    }
    let n = values.len() as f64;
    let mean = values.iter().fold(0.0, |sum, x| sum + f64::from(*x)) / n;
    let squares = values.iter().fold(0.0, |sum, x| {
        sum + (f64::from(*x) - mean) * (f64::from(*x) - mean)
    });
    let extreme = |start: f32, better: fn(f32, f32) -> f32| {
        rounded(f64::from(values.iter().copied().fold(start, better)))
    };
    Some(Statistics {
        min: extreme(f32::INFINITY, f32::min),
        max: extreme(f32::NEG_INFINITY, f32::max),
        mean: rounded(mean),
        sd: rounded((squares / (n - 1.0)).sqrt()),
    })
}

/// A number to 6 significant digits, which keeps locks small and readable.
pub(crate) fn rounded(x: f64) -> f64 {
    format!("{x:.5e}").parse().unwrap_or(x)
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::approx_constant,
        reason = "a test may state what it believes, and statistics have six digits"
    )]
    use super::*;

    fn days(first: &str, count: u64) -> Vec<NaiveDate> {
        let first: NaiveDate = first.parse().unwrap();
        (0..count)
            .map(|day| first + chrono::Days::new(day))
            .collect()
    }

    #[test]
    fn statistics_are_those_of_each_regions_rows() {
        let dates = days("2020-01-01", 7);
        let split = DefaultSplit {
            val: "2020-01-04".parse().unwrap(),
            test: "2020-01-06".parse().unwrap(),
        };
        let found = by_region(&[1.0, 2.0, 6.0, -1.0, 1.0, 5.0, 5.0], &dates, split);
        let expected = [
            [1.0, 6.0, 3.0, 2.64575],
            [-1.0, 1.0, 0.0, 1.41421],
            [5.0, 5.0, 5.0, 0.0],
        ];
        assert_eq!(found.map(Option::unwrap).map(<[f64; 4]>::from), expected);
        assert_eq!(by_region(&[1.0], &dates[..1], split), [None; 3]);
    }

    #[test]
    fn the_shipped_split_is_taken_where_the_data_has_room_for_it() {
        for (first, count, val, test) in [
            ("2003-01-01", 6000, "2007-01-01", "2010-01-01"),
            ("2006-01-01", 1000, "2007-08-24", "2008-01-21"),
            ("2015-01-01", 2000, "2018-04-15", "2019-02-09"),
        ] {
            let split = default_split(&days(first, count), Timescale::Daily).unwrap();
            assert_eq!(
                (split.val.to_string(), split.test.to_string()),
                (val.to_owned(), test.to_owned()),
                "{first}"
            );
        }
    }
}
