//! Dates, instants and zones.

use chrono::{Days, NaiveDate};
use xp_bars::price_file::{Options, Zone};

use crate::fixture::{
    Expected::{Finding, Refused, Same, Warning},
    *,
};

#[test]
fn dates_are_those_of_the_exchange() {
    let written = |date: &dyn Fn(NaiveDate) -> String| text(&bars(), &Form { date, ..PLAIN });
    let before = |day: NaiveDate| day - Days::new(1);
    let summer = |day: NaiveDate| (4..11).contains(&chrono::Datelike::month(&day));
    let early = || -> Vec<Bar> {
        let shifted = bars().into_iter();
        shifted
            .map(|(day, prices, volume)| (day - Days::new(14_609), prices, volume))
            .collect()
    };
    let short = |format: &'static str| Case {
        bars: early(),
        ..case(
            format,
            text(
                &early(),
                &Form {
                    date: &|day| day.format(format).to_string(),
                    ..PLAIN
                },
            ),
            Same,
        )
    };
    let in_zone = |zone: &str, case: Case| Case {
        options: Options {
            zone: Some(Zone::parse(zone).unwrap()),
            ..Options::new(today())
        },
        ..case
    };
    let utc = || written(&|day| format!("{} 22:00:00+00:00", before(day)));
    let reversed = {
        let plain = text(
            &bars(),
            &Form {
                date: &|day| day.format("%d/%m/%y").to_string(),
                ..PLAIN
            },
        );
        let (head, rows) = plain.split_once('\n').unwrap();
        let rows: Vec<&str> = rows.lines().rev().collect();
        format!("{head}\n{}\n", rows.join("\n"))
    };
    check(vec![
        case(
            "points",
            written(&|day| day.format("%d.%m.%Y").to_string()),
            Same,
        ),
        case(
            "Britain",
            written(&|day| day.format("%d/%m/%Y").to_string()),
            Same,
        ),
        case(
            "America",
            written(&|day| day.format("%-m/%-d/%Y").to_string()),
            Same,
        ),
        case(
            "America with times",
            written(&|day| day.format("%-m/%-d/%Y 4:00:00 PM").to_string()),
            Same,
        ),
        case(
            "dashes",
            written(&|day| day.format("%d-%m-%Y").to_string()),
            Same,
        ),
        case(
            "weekdays and months",
            written(&|day| day.format("\"%a, %d %B %Y\"").to_string()),
            Same,
        ),
        case(
            "month first",
            written(&|day| day.format("\"%b %d, %Y\"").to_string()),
            Same,
        ),
        case(
            "seconds",
            written(&|day| {
                day.and_hms_opt(0, 0, 0)
                    .unwrap()
                    .and_utc()
                    .timestamp()
                    .to_string()
            }),
            Same,
        ),
        case(
            "milliseconds",
            written(&|day| {
                (day.and_hms_opt(0, 0, 0).unwrap().and_utc().timestamp() * 1000).to_string()
            }),
            Same,
        ),
        case(
            "offsets of New York",
            written(&|day| format!("{day} 00:00:00-0{}:00", if summer(day) { 4 } else { 5 })),
            Same,
        ),
        case(
            "instants of an eastern market in UTC",
            utc(),
            Warning("shifted", "--zone, such as Asia/Tokyo"),
        ),
        case(
            "days late",
            written(&|day| (day + Days::new(1)).to_string()),
            Warning("shifted", "one day late"),
        ),
        in_zone(
            "Australia/Sydney",
            case("the same with its zone", utc(), Same),
        ),
        in_zone(
            "America/New_York",
            case(
                "closes in UTC",
                written(&|day| format!("{day}T21:00:00Z")),
                Same,
            ),
        ),
        in_zone(
            "Asia/Tokyo",
            case(
                "a zone of dates alone",
                written(&|day| day.to_string()),
                Refused("has no offset from UTC"),
            ),
        ),
        short("%d-%b-%y"),
        short("%m/%d/%y"),
        short("%d.%m.%y"),
        short("%y-%m-%d"),
        case("newest first, two digits", reversed, Same),
        case(
            "day numbers of Excel",
            written(&|day| {
                (day - NaiveDate::default())
                    .num_days()
                    .saturating_add(25_569)
                    .to_string()
            }),
            Refused("2:1: `38509` may be a day number of Excel"),
        ),
        case(
            "a missing date",
            "Date,Open,High,Low,Close\n,1,2,1,1\n",
            Refused("2:1: the date is missing"),
        ),
        case(
            "after today",
            "Date,Open,High,Low,Close\n2026-11-30,1,2,1,1\n2026-12-01,1,2,1,1\n",
            Warning("future", "2026-12-01"),
        ),
        case(
            "a session that is not over",
            {
                let (day, [open, high, low, close], volume) = bars()[599];
                format!(
                    "{}{day},{open},{high},{low},{close},{}\n",
                    text(&bars(), &PLAIN),
                    volume / 3
                )
            },
            Refused(
                "602:1: 2007-09-21 appears twice with different prices or volumes, as the live row",
            ),
        ),
    ]);
}

/// Years of two digits explain a file that is in order, and no other.
#[test]
fn short_years_do_not_put_a_file_in_order() {
    let form = Form {
        date: &|day| day.format("%d-%b-%y").to_string(),
        ..PLAIN
    };
    let mut swapped = bars();
    swapped.swap(300, 301);
    let days: Vec<Bar> = bars()
        .into_iter()
        .zip(0..)
        .map(|((_, prices, volume), t)| (today() + Days::new(t) - Days::new(598), prices, volume))
        .collect();
    let mut tomorrow = case(
        "a session of tomorrow",
        text(&days, &form),
        Warning("future", "2026-12-01"),
    );
    tomorrow.bars = days;
    let january: Vec<Bar> = bars()
        .into_iter()
        .zip(0..31)
        .map(|((_, prices, volume), t)| {
            let first: NaiveDate = "2007-01-01".parse().unwrap();
            (first + Days::new(t), prices, volume)
        })
        .collect();
    let british = Form {
        date: &|day| day.format("%d-%m-%y").to_string(),
        ..PLAIN
    };
    let mut short = case(
        "a January",
        text(&january, &british),
        Finding("weekend", "2007-01-06"),
    );
    short.bars = january;
    check(vec![
        case(
            "two rows swapped",
            text(&swapped, &form),
            Refused("is out of order"),
        ),
        tomorrow,
        short,
    ]);
}

#[test]
fn dates_of_more_programs_are_read() {
    let london = |day: NaiveDate| {
        let summer = (4..11).contains(&chrono::Datelike::month(&day));
        let (day, hour) = if summer {
            (day - Days::new(1), 23)
        } else {
            (day, 0)
        };
        format!("{day} {hour:02}:00:00+00:00")
    };
    let written = |date: &dyn Fn(NaiveDate) -> String| text(&bars(), &Form { date, ..PLAIN });
    let form = |format: &'static str| written(&|day| day.format(format).to_string());
    check(vec![
        case("day, name, year", form("%d/%b/%Y"), Same),
        case("name, day, year", form("%b %d %Y"), Same),
        case("Japan", form("%Y年%-m月%-d日"), Same),
        case("Hungary", form("%Y.%m.%d."), Same),
        case(
            "September in Britain",
            written(&|day| day.format("%d %b %Y").to_string().replace("Sep", "Sept")),
            Same,
        ),
        case("digits with a time", form("%Y%m%d1600"), Same),
        case("digits with seconds", form("%Y%m%d160000"), Same),
        case(
            "the name of a zone",
            form("%Y-%m-%d 16:00:00 America/New_York"),
            Same,
        ),
        case("dashes and short years", form("%d-%m-%y"), Same),
        case("slashes and short years", form("%y/%m/%d"), Same),
        case(
            "midnights of London in UTC",
            written(&london),
            Warning("shifted", "--zone Europe/London"),
        ),
        case(
            "late day numbers of Excel",
            "Date,Open,High,Low,Close\n39120,1,2,1,1\n",
            Refused("may be a day number of Excel"),
        ),
    ]);
}
