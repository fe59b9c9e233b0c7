//! Dates, instants and zones.

use chrono::{Days, NaiveDate};
use xp_bars::price_file::{Options, Zone};

use crate::fixture::{
    Expected::{Refused, Same, Warning},
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
