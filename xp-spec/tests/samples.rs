//! Bars, labels and regions against oracles that go by dates instead of positions, on random calendars and prices; and the weeks that
//! holidays cut short, by hand.

#![allow(clippy::unwrap_used, reason = "a test may state what it believes")]

use chrono::{Datelike, Days, NaiveDate, Weekday};
use proptest::{collection::vec, prelude::*};
use xp_spec::{
    split::{Labelling, Spine, Split, WARMUP_BARS, bar_ends, label, regions, row_days},
    task::{Horizon, LabelPrice, Task},
    timescale::Timescale,
    train_part::TrainPart,
};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Trading days from a Monday on: weekdays but for one in twenty, and few Saturdays, as exchanges had them until 1952.
fn calendar(lots: &[u8]) -> Vec<NaiveDate> {
    let first = day("1996-01-01");
    (0..)
        .map(|n| first + Days::new(n))
        .zip(lots)
        .filter(|(day, lot)| match day.weekday() {
            Weekday::Sun => false,
            Weekday::Sat => **lot < 10,
            _ => **lot >= 13,
        })
        .map(|(day, _)| day)
        .collect()
}

/// Prices that move by up to 3 % a day, in cents, so that thresholds are hit exactly now and then.
fn prices(dates: Vec<NaiveDate>, moves: &[(i32, i32)]) -> Spine {
    let mut spine = Spine::default();
    let mut cents = 10_000;
    for (date, (change, above)) in dates.into_iter().zip(moves) {
        cents = (cents + cents * change / 1000).clamp(1000, 100_000);
        spine.dates.push(date);
        spine.close.push(f64::from(cents) / 100.0);
        spine
            .high
            .push(f64::from(cents + cents * above / 1000) / 100.0);
    }
    spine
}

/// A spine of about six years.
fn spines() -> impl Strategy<Value = Spine> {
    (
        vec(any::<u8>(), 2300..2500),
        vec((-30..=30_i32, 0..=15_i32), 2500),
    )
        .prop_map(|(lots, moves)| prices(calendar(&lots), &moves))
}

/// The Friday that ends a day's week.
fn friday(day: NaiveDate) -> NaiveDate {
    (0..7)
        .map(|n| day + Days::new(n))
        .find(|day| day.weekday() == Weekday::Fri)
        .unwrap()
}

/// Last days of all complete bars, by grouping days.
fn bars_by_hand(dates: &[NaiveDate], timescale: Timescale) -> Vec<NaiveDate> {
    let groups: Vec<&[NaiveDate]> = match timescale {
        Timescale::Weekly => dates.chunk_by(|a, b| friday(*a) == friday(*b)).collect(),
        _ => dates.chunks(timescale.days() as usize).collect(),
    };
    let last_is_complete = groups.last().is_none_or(|group| match timescale {
        Timescale::Weekly => group.contains(&friday(group[0])),
        _ => group.len() == timescale.days() as usize,
    });
    let complete = groups.len() - usize::from(!last_is_complete);
    groups[..complete]
        .iter()
        .map(|group| *group.last().unwrap())
        .collect()
}

/// Every combination of task, label price, horizon and timescale.
fn combinations() -> impl Iterator<Item = (Task, LabelPrice, Horizon, Timescale)> {
    Task::ALL.into_iter().flat_map(|task| {
        LabelPrice::ALL.into_iter().flat_map(move |price| {
            Horizon::ALL.into_iter().flat_map(move |days| {
                let horizon = Horizon::new(days).unwrap();
                Timescale::ALL.map(|timescale| (task, price, horizon, timescale))
            })
        })
    })
}

/// Day, label and region (0 train, 1 val, 2 test) of every sample, by the sentences of docs/definitions.md.
fn samples_by_hand(spine: &Spine, labelling: &Labelling) -> Vec<(NaiveDate, bool, usize)> {
    let Labelling {
        task,
        price,
        horizon,
        timescale,
        context,
        split,
    } = *labelling;
    let region = |day: NaiveDate| usize::from(day >= split.val) + usize::from(day >= split.test);
    let close_of = |day: NaiveDate| {
        let at = spine.dates.iter().position(|date| *date == day).unwrap();
        spine.close[at]
    };
    let bars = bars_by_hand(&spine.dates, timescale);
    let mut samples = Vec::new();
    for (bar, &t) in bars.iter().enumerate() {
        if bar + 1 < WARMUP_BARS + context as usize {
            continue;
        }
        let future: Vec<_> = (0..spine.dates.len())
            .filter(|&at| spine.dates[at] > t)
            .take(horizon.days() as usize + split.embargo as usize)
            .collect();
        let window = future.iter().take(horizon.days() as usize);
        let here = region(t);
        // No border follows test, so that nothing is left out before the end of data.
        let gap = if here == 2 { 0 } else { split.embargo as usize };
        let needed = horizon.days() as usize + gap;
        let inside = future.len() >= needed
            && future[..needed]
                .iter()
                .all(|&at| region(spine.dates[at]) == here);
        if !inside {
            continue;
        }
        let best = window
            .map(|&at| match price {
                LabelPrice::High => spine.high[at],
                LabelPrice::Close => spine.close[at],
            })
            .fold(f64::MIN, f64::max);
        let rises = best >= close_of(t) * (1.0 + f64::from(task.percent()) / 100.0);
        samples.push((t, rises, here));
    }
    samples
}

/// The same of [`regions`].
fn samples(spine: &Spine, labelling: &Labelling) -> Vec<(NaiveDate, bool, usize)> {
    let ends = bar_ends(&spine.dates, labelling.timescale);
    let regions = regions(spine, labelling);
    let named = regions.named().into_iter().enumerate();
    named
        .flat_map(|(number, (_, region))| region.samples.iter().map(move |sample| (number, sample)))
        .map(|(number, sample)| {
            // The row of the processed data is the bar that ends on the sample's day.
            assert_eq!(ends[WARMUP_BARS + sample.row], sample.day);
            (spine.dates[sample.day], sample.positive, number)
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn samples_labels_and_regions_equal_the_oracle_for_every_task(
        spine in spines(),
        context in 1..60_u32,
        borders in (0.4..0.7_f64, 0.72..0.9_f64),
        embargo in 0..12_u32,
    ) {
        let at = |share: f64| spine.dates[(spine.dates.len() as f64 * share) as usize];
        let split = Split { val: at(borders.0), test: at(borders.1), embargo, train: TrainPart::Whole };
        let mut labels = [0; 2];
        for (task, price, horizon, timescale) in combinations() {
            let labelling = Labelling { task, price, horizon, timescale, context, split };
            let found = samples(&spine, &labelling);
            prop_assert_eq!(&found, &samples_by_hand(&spine, &labelling), "{:?}", labelling);
            for (_, positive, _) in found {
                labels[usize::from(positive)] += 1;
            }
        }
        // An oracle that agrees about nothing proves nothing.
        prop_assert!(labels.iter().all(|count| *count > 1000), "{:?}", labels);
    }

    /// Validation and test are what they are with the whole of train, and train's samples are the latest of them.
    #[test]
    fn a_part_of_train_is_its_end(spine in spines(), context in 1..60_u32, parts in 1..10_000_u16, years in 1..4_u16) {
        let at = |share: f64| spine.dates[(spine.dates.len() as f64 * share) as usize];
        let whole = Split { val: at(0.6), test: at(0.8), embargo: 3, train: TrainPart::Whole };
        for (task, price, horizon, timescale) in combinations() {
            let of = |train| {
                let split = Split { train, ..whole };
                regions(&spine, &Labelling { task, price, horizon, timescale, context, split })
            };
            let all = of(TrainPart::Whole);
            for part in [TrainPart::Fraction(parts), TrainPart::Last(years)] {
                let found = of(part);
                prop_assert_eq!(&found.val, &all.val);
                prop_assert_eq!(&found.test, &all.test);
                prop_assert_eq!(found.rows, all.rows);
                prop_assert!(all.train.samples.ends_with(&found.train.samples), "{}", part);
                prop_assert!(found.train.days <= all.train.days, "{}", part);
                let rows = row_days(&spine.dates, timescale);
                let from = Split { train: part, ..whole }.train_from(&rows);
                prop_assert!(found.train.samples.iter().all(|sample| spine.dates[sample.day] >= from));
            }
        }
    }

    #[test]
    fn regions_do_not_overlap_within_the_horizon_and_keep_their_days_at_any_context(
        spine in spines(),
        context in 2..60_u32,
        embargo in 0..12_u32,
    ) {
        let at = |share: f64| spine.dates[(spine.dates.len() as f64 * share) as usize];
        let split = Split { val: at(0.6), test: at(0.8), embargo, train: TrainPart::Whole };
        for (task, price, horizon, timescale) in combinations() {
            let labelling = Labelling { task, price, horizon, timescale, context, split };
            let found = regions(&spine, &labelling);
            let longest = horizon.days() as usize;
            for pair in found.named().windows(2) {
                let last = pair[0].1.samples.last().map_or(0, |sample| sample.day + longest + embargo as usize);
                let first = pair[1].1.samples.first().map_or(usize::MAX, |sample| sample.day);
                prop_assert!(last < first, "{:?}", labelling);
            }
            let shortest = regions(&spine, &Labelling { context: 1, ..labelling });
            // At the coarsest timescales validation may begin before the longer context has its bars.
            if found.train.samples.len() + context as usize == shortest.train.samples.len() + 1 {
                prop_assert_eq!(&found.val, &shortest.val);
                prop_assert_eq!(&found.test, &shortest.test);
            }
        }
    }

    #[test]
    fn a_label_depends_on_its_window_alone(spine in spines(), at in 0.1..0.9_f64, factor in 0.1..9.0_f64) {
        let t = (spine.dates.len() as f64 * at) as usize;
        for (task, price, horizon, _) in combinations() {
            let mut other = spine.clone();
            for day in (0..t).chain(t + horizon.days() as usize + 1..spine.dates.len()) {
                other.high[day] *= factor;
                other.close[day] *= factor;
            }
            // Today's high is no future, and tomorrow's close is none of a label by high.
            other.high[t] *= factor;
            prop_assert_eq!(label(&spine, t, task, price, horizon), label(&other, t, task, price, horizon));
        }
    }

    #[test]
    fn f27_appended_days_never_change_earlier_bars(spine in spines(), at in 0.0..1.0_f64) {
        let some = &spine.dates[..(spine.dates.len() as f64 * at) as usize];
        for timescale in Timescale::ALL {
            let (before, after) = (bar_ends(some, timescale), bar_ends(&spine.dates, timescale));
            prop_assert_eq!(&before[..], &after[..before.len()], "{}", timescale);
        }
    }
}

#[test]
fn f27_bars_at_holidays() {
    use Timescale::{D2, D3, D5, Weekly};
    // September 2001: closed from Tuesday the 11th to Friday the 14th.
    let attack = [
        "2001-09-06",
        "2001-09-07",
        "2001-09-10",
        "2001-09-17",
        "2001-09-18",
        "2001-09-19",
        "2001-09-20",
        "2001-09-21",
    ];
    // January 2007: New Year's Day on a Monday, mourning for a president on the 2nd, Martin Luther King's Day on the 15th.
    let january = [
        "2006-12-28",
        "2006-12-29",
        "2007-01-03",
        "2007-01-04",
        "2007-01-05",
        "2007-01-08",
        "2007-01-09",
        "2007-01-10",
        "2007-01-11",
        "2007-01-12",
        "2007-01-16",
        "2007-01-17",
        "2007-01-18",
        "2007-01-19",
    ];
    // Good Friday on 2007-04-06.
    let easter = [
        "2007-04-02",
        "2007-04-03",
        "2007-04-04",
        "2007-04-05",
        "2007-04-09",
    ];
    for (name, days, timescale, expected) in [
        (
            "the week of the 11th has one day",
            &attack[..],
            Weekly,
            &["2001-09-07", "2001-09-10", "2001-09-21"][..],
        ),
        (
            "two trading days, whatever lies between",
            &attack,
            D2,
            &["2001-09-07", "2001-09-17", "2001-09-19", "2001-09-21"],
        ),
        (
            "three, and two left over",
            &attack,
            D3,
            &["2001-09-10", "2001-09-19"],
        ),
        ("five, and three left over", &attack, D5, &["2001-09-18"]),
        (
            "Monday holidays lose no week",
            &january,
            Weekly,
            &["2006-12-29", "2007-01-05", "2007-01-12", "2007-01-19"],
        ),
        (
            "a week is dated by its last trading day",
            &easter,
            Weekly,
            &["2007-04-05"],
        ),
        (
            "a Thursday is no end while Friday may come",
            &easter[..4],
            Weekly,
            &[],
        ),
        ("a half week", &january[..4], Weekly, &["2006-12-29"]),
        ("a bar of one day is no bar of two", &easter[..1], D2, &[]),
        ("nothing", &[], Weekly, &[]),
    ] {
        let dates: Vec<_> = days.iter().map(|text| day(text)).collect();
        let found: Vec<_> = bar_ends(&dates, timescale)
            .iter()
            .map(|&end| dates[end].to_string())
            .collect();
        assert_eq!(found, expected, "{name}");
    }
}
