//! Bars of several days on the shipped data and on random series: holidays, the incomplete last bar, appended data, and a future that
//! must not reach back.

#![allow(clippy::unwrap_used, reason = "a test may state what it believes")]

use std::path::Path;

use chrono::{Datelike as _, Days, NaiveDate, Weekday};
use proptest::{collection::vec, prelude::*};
use xp_bars::{Bars, parse_bars, read_bars};
use xp_data::{
    features::{Prepared, registry},
    timescale::aggregate,
};
use xp_spec::timescale::Timescale;

fn nasdaq() -> Bars {
    read_bars(&xp_test_support::root().join("data/raw/nasdaq_daily.csv")).unwrap()
}

fn walk(days: usize, seed: u64) -> Bars {
    parse_bars(Path::new("walk.csv"), &xp_test_support::walk(days, seed)).unwrap()
}

/// The bar expected of the days from one to another: date, open, high, low, close, volume.
fn expected_bar(daily: &Bars, first: &str, last: &str) -> (NaiveDate, [f64; 5]) {
    let (first, last): (NaiveDate, NaiveDate) = (first.parse().unwrap(), last.parse().unwrap());
    let days: Vec<usize> = (0..daily.len())
        .filter(|&t| (first..=last).contains(&daily.date[t]))
        .collect();
    let of = |column: &[f64]| days.iter().map(|&t| column[t]).collect::<Vec<_>>();
    let volume = of(&daily.volume).iter().sum();
    let high = of(&daily.high).into_iter().fold(f64::MIN, f64::max);
    let low = of(&daily.low).into_iter().fold(f64::MAX, f64::min);
    let (open, close) = (daily.open[days[0]], daily.close[days[days.len() - 1]]);
    (
        daily.date[days[days.len() - 1]],
        [open, high, low, close, volume],
    )
}

fn bar(bars: &Bars, t: usize) -> (NaiveDate, [f64; 5]) {
    let values = [
        bars.open[t],
        bars.high[t],
        bars.low[t],
        bars.close[t],
        bars.volume[t],
    ];
    (bars.date[t], values)
}

#[test]
fn f27_weeks_of_nasdaq_are_those_of_the_calendar() {
    let daily = nasdaq();
    let weeks = aggregate(&daily, Timescale::Weekly);
    for (name, first, last) in [
        ("a full week", "2007-02-05", "2007-02-09"),
        ("the Monday of September 2001", "2001-09-10", "2001-09-10"),
        ("the week after it", "2001-09-17", "2001-09-21"),
        ("Monday holiday, King's Day", "2007-01-16", "2007-01-19"),
        (
            "New Year and mourning for a president",
            "2007-01-03",
            "2007-01-05",
        ),
        ("Thanksgiving, with a half day", "2007-11-19", "2007-11-23"),
        ("Good Friday", "2007-04-02", "2007-04-05"),
        ("the hurricane of 2012", "2012-10-31", "2012-11-02"),
        ("Christmas on a Tuesday", "2007-12-24", "2007-12-28"),
    ] {
        let expected = expected_bar(&daily, first, last);
        let t = weeks.date.iter().position(|day| *day == expected.0);
        assert_eq!(t.map(|t| bar(&weeks, t)), Some(expected), "{name}");
    }
    // No week is lost or counted twice: 1999-01-04 to 2018-12-28, whose Monday the 31st is no complete week.
    assert_eq!(weeks.len(), 1043);
    assert_eq!(weeks.date.last().unwrap().to_string(), "2018-12-28");
    let fridays =
        (0..).map(|week| NaiveDate::from_ymd_opt(1999, 1, 8).unwrap() + Days::new(7 * week));
    for (day, friday) in weeks.date.iter().zip(fridays) {
        assert!(
            *day <= friday && friday - *day < chrono::TimeDelta::days(5),
            "{day}"
        );
    }
}

#[test]
fn f27_bars_of_k_days_are_k_trading_days_and_the_last_is_whole() {
    let daily = nasdaq();
    for (timescale, k, first, last) in [
        (Timescale::D2, 2, "1999-01-04", "1999-01-05"),
        (Timescale::D3, 3, "1999-01-04", "1999-01-06"),
        // Monday to Friday; the next holds King's Day, and so ends on a Tuesday.
        (Timescale::D5, 5, "1999-01-04", "1999-01-08"),
    ] {
        let bars = aggregate(&daily, timescale);
        assert_eq!(bars.len(), daily.len() / k, "{timescale}");
        assert_eq!(
            bar(&bars, 0),
            expected_bar(&daily, first, last),
            "{timescale}"
        );
    }
    let attack = aggregate(&daily.since("2001-09-07".parse().unwrap()), Timescale::D5);
    assert_eq!(
        bar(&attack, 0),
        expected_bar(&daily, "2001-09-07", "2001-09-19")
    );
}

/// Days of 1 to 4 calendar days' distance with random prices.
fn series() -> impl Strategy<Value = Bars> {
    vec(
        (
            1..=4_u64,
            0.97..1.03_f64,
            0.0..0.02_f64,
            0.0..0.02_f64,
            0..1_000_000_u32,
        ),
        1..80,
    )
    .prop_map(|lots| {
        let mut bars = Bars::default();
        let mut day = NaiveDate::from_ymd_opt(1999, 1, 3).unwrap();
        let mut close = 100.0;
        for (distance, change, above, below, volume) in lots {
            day = day + Days::new(distance);
            let open = close;
            close *= change;
            bars.date.push(day);
            bars.open.push(open);
            bars.high.push(open.max(close) * (1.0 + above));
            bars.low.push(open.min(close) * (1.0 - below));
            bars.close.push(close);
            bars.volume.push(f64::from(volume));
        }
        bars
    })
}

/// Days whose weeks, from Saturday to Friday, are one.
fn week(day: NaiveDate) -> NaiveDate {
    let mut friday = day;
    while friday.weekday() != Weekday::Fri {
        friday = friday + Days::new(1);
    }
    friday
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bars_equal_groups_of_days(daily in series(), more in series()) {
        for timescale in Timescale::ALL {
            let groups: Vec<Vec<usize>> = {
                let days: Vec<usize> = (0..daily.len()).collect();
                match timescale {
                    Timescale::Weekly => days.chunk_by(|a, b| week(daily.date[*a]) == week(daily.date[*b])).map(<[usize]>::to_vec).collect(),
                    _ => days.chunks(timescale.days() as usize).map(<[usize]>::to_vec).collect(),
                }
            };
            let bars = aggregate(&daily, timescale);
            prop_assert!(bars.len() == groups.len() || bars.len() + 1 == groups.len());
            for (t, group) in groups.iter().enumerate().take(bars.len()) {
                let (first, last) = (daily.date[group[0]].to_string(), daily.date[group[group.len() - 1]].to_string());
                prop_assert_eq!(bar(&bars, t), expected_bar(&daily, &first, &last));
            }
            // Whatever days are appended, no earlier bar changes.
            let mut longer = daily.clone();
            let shift = *daily.date.last().unwrap() - NaiveDate::from_ymd_opt(1999, 1, 3).unwrap();
            longer.date.extend(more.date.iter().map(|day| *day + shift));
            for (column, extra) in [
                (&mut longer.open, &more.open), (&mut longer.high, &more.high), (&mut longer.low, &more.low),
                (&mut longer.close, &more.close), (&mut longer.volume, &more.volume),
            ] {
                column.extend(extra);
            }
            prop_assert_eq!(aggregate(&longer, timescale).truncated(bars.len()), bars);
        }
    }
}

#[test]
fn no_feature_at_t_sees_a_bar_after_t_at_any_timescale() {
    // The builder's proof has three cuts of its own; these are others, with another corruption of the daily future.
    for (seed, timescale) in Timescale::ALL.into_iter().enumerate() {
        let daily = walk(400 * timescale.days() as usize, seed as u64);
        let bars = aggregate(&daily, timescale);
        for cut in [260, 301, bars.len() - 2] {
            let mut other = daily.clone();
            let after = daily.date.partition_point(|day| *day <= bars.date[cut]);
            for t in after..daily.len() {
                other.open[t] *= 0.5;
                other.high[t] *= 2.0;
                other.low[t] *= 0.25;
                other.close[t] *= if t % 2 == 0 { 1.9 } else { 0.3 };
                other.volume[t] = (t % 5) as f64;
            }
            let (real, corrupted) = (
                Prepared::new(&bars),
                Prepared::new(&aggregate(&other, timescale)),
            );
            let mut changed = 0;
            for feature in registry() {
                let (a, b) = (real.compute(&feature), corrupted.compute(&feature));
                for t in 0..=cut {
                    assert_eq!(
                        a[t].to_bits(),
                        b[t].to_bits(),
                        "{} at {t} of {timescale}",
                        feature.name
                    );
                }
                changed += usize::from(a[cut + 1].to_bits() != b[cut + 1].to_bits());
            }
            // The corruption is one that the next bar sees; ranks, shares and weekly indicators may stay what they are.
            assert!(changed > 400, "{changed} at {cut} of {timescale}");
        }
    }
}
