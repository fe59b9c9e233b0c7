//! Units, splits and adjustment.

use std::{fmt::Write as _, path::Path};

use xp_bars::{
    Bars,
    checks::inspect,
    price_file::{Options, StockSplit},
};

use crate::fixture::{
    Expected::{Refused, Warning},
    *,
};

#[test]
fn the_money_traded_does_not_jump_at_a_split_that_is_adjusted_for() {
    let mut text = "Date,Open,High,Low,Close,Adj Close,Volume\n".to_owned();
    for (t, (day, [open, high, low, close], volume)) in bars().iter().enumerate() {
        let (k, volume) = if t < 300 {
            (2.0, volume / 2)
        } else {
            (1.0, *volume)
        };
        writeln!(
            text,
            "{day},{},{},{},{},{close},{volume}",
            open * k,
            high * k,
            low * k,
            close * k
        )
        .unwrap();
    }
    let mut options = Options::new(today());
    let raw = read(Path::new("file.csv"), text.clone().into_bytes(), &options).unwrap();
    assert!(
        inspect(&raw.bars)
            .iter()
            .any(|f| f.check == "split" && f.found.contains("2:1 split"))
    );
    options.adjusted = true;
    let adjusted = read(Path::new("file.csv"), text.into_bytes(), &options).unwrap();
    assert!(
        adjusted
            .findings
            .iter()
            .any(|f| f.check == "adjusted-volume")
    );
    assert!(inspect(&adjusted.bars).iter().all(|f| f.check != "split"));
    for t in 0..raw.bars.len() {
        let money = |bars: &Bars| bars.close[t] * bars.volume[t];
        let ratio = money(&adjusted.bars) / money(&raw.bars);
        assert!((ratio - 1.0).abs() < 1e-9, "{t}: {ratio}");
    }
}

/// The bars as they were traded, with a split of one share into two and later a reverse split of ten into one.
fn unadjusted() -> String {
    let mut text = "Date,Open,High,Low,Close,Volume\n".to_owned();
    for (t, (day, prices, volume)) in bars().iter().enumerate() {
        // Ten old shares of a tenth of the price, and before the split half as many of twice that.
        let k = match t {
            ..200 => 0.2,
            200..400 => 0.1,
            _ => 1.0,
        };
        let [open, high, low, close] = prices.map(|price| price * k);
        let volume = *volume as f64 / k;
        writeln!(text, "{day},{open},{high},{low},{close},{volume:.0}").unwrap();
    }
    text
}

#[test]
fn splits_that_the_user_confirms_are_adjusted_for() {
    let mut options = Options::new(today());
    let read = |options: &Options| read(Path::new("file.csv"), unadjusted().into_bytes(), options);
    let raw = read(&options).unwrap();
    let found = inspect(&raw.bars);
    let found = found.iter().find(|f| f.check == "split").unwrap();
    let offered = found.found.split("--splits ").nth(1).unwrap();
    let offered = offered.split(' ').next().unwrap();
    let days = bars();
    assert_eq!(offered, format!("{}=2:1,{}=1:10", days[200].0, days[400].0));
    options.splits = offered
        .split(',')
        .map(|text| StockSplit::parse(text).unwrap())
        .collect();
    let adjusted = read(&options).unwrap();
    assert!(inspect(&adjusted.bars).iter().all(|f| f.check != "split"));
    for (t, (_, [open, high, low, close], volume)) in days.iter().enumerate() {
        let is = &adjusted.bars;
        for (is, expected) in [
            (is.open[t], *open),
            (is.high[t], *high),
            (is.low[t], *low),
            (is.close[t], *close),
            (is.volume[t], *volume as f64),
        ] {
            assert!((is / expected - 1.0).abs() < 1e-6, "{t}: {is} {expected}");
        }
    }
}

#[test]
fn a_split_that_is_not_in_the_prices_is_refused() {
    let days = bars();
    for (split, part) in [
        (format!("{}=5:4", days[100].0), "does not jump by 5:4"),
        (format!("{}=3:2", days[200].0), "does not jump by 3:2"),
        (format!("{}=7:1", days[200].0), "does not jump by 7:1"),
        (format!("{}=2:1", days[201].0), "it is adjusted already, or"),
        (format!("{}=2:1", days[0].0), "is the first bar"),
        (format!("{0}=2:1,{0}=2:1", days[200].0), "is there twice"),
        ("1999-01-04=2:1".to_owned(), "there is no bar on 1999-01-04"),
    ] {
        let mut options = Options::new(today());
        options.splits = split
            .split(',')
            .map(|text| StockSplit::parse(text).unwrap())
            .collect();
        let refused = read(Path::new("file.csv"), unadjusted().into_bytes(), &options);
        let message = refused.unwrap_err().to_string();
        assert!(
            message.contains("--splits: ") && message.contains(part),
            "{message}"
        );
    }
    for wrong in [
        "",
        "2014-06-09",
        "2014-06-09=7",
        "2014-06-09=0:1",
        "2014-06-09=1:1",
        "9.6.2014=7:1",
    ] {
        assert!(StockSplit::parse(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn prices_in_several_units_or_adjusted_in_part_are_told() {
    let changed = |change: &dyn Fn(usize, [f64; 4], u64) -> ([f64; 4], u64),
                   price: &dyn Fn(f64) -> String| {
        let all: Vec<Bar> = bars()
            .into_iter()
            .enumerate()
            .map(|(t, (day, prices, volume))| {
                let (prices, volume) = change(t, prices, volume);
                (day, prices, volume)
            })
            .collect();
        text(&all, &Form { price, ..PLAIN })
    };
    let exact = &|price: f64| price.to_string();
    let lasting = |ratio: f64, with_volume: bool| {
        changed(
            &move |t, prices, volume| {
                let by = if t > 300 { ratio } else { 1.0 };
                let shares = if with_volume { by } else { 1.0 };
                (
                    prices.map(|price| price / by),
                    (volume as f64 * shares) as u64,
                )
            },
            exact,
        )
    };
    let passing = |ratio: f64, bars: usize| {
        changed(
            &move |t, prices, volume| {
                (
                    prices.map(|p| {
                        if (300..300 + bars).contains(&t) {
                            p / ratio
                        } else {
                            p
                        }
                    }),
                    volume,
                )
            },
            exact,
        )
    };
    let one = |column: usize, ratio: f64| {
        changed(
            &move |t, mut prices, volume| {
                if t == 300 {
                    prices[column] /= ratio;
                }
                (prices, volume)
            },
            exact,
        )
    };
    check(vec![
        case(
            "pence for ever",
            lasting(100.0, false),
            Warning("split", "100:1 split, or another unit from here on"),
        ),
        case(
            "pounds for ever",
            lasting(0.01, false),
            Warning("split", "100:1 reverse split, or another unit"),
        ),
        case(
            "thousands for ever",
            lasting(0.001, false),
            Warning("split", "1000:1 reverse split, or another unit"),
        ),
        case(
            "pence for three days",
            passing(100.0, 3),
            Warning("unit-of-bars", "2006-07-31 ÷ 100"),
        ),
        case(
            "pounds for a day",
            passing(0.01, 1),
            Warning("unit-of-bars", "2006-07-31 × 100"),
        ),
        case(
            "thousands for a day",
            passing(0.001, 1),
            Warning("unit-of-bars", "× 1000"),
        ),
        case(
            "an open in pence",
            one(0, 100.0),
            Refused("2006-07-31 open"),
        ),
        case("a high in pounds", one(1, 0.01), Refused("2006-07-31 high")),
        case("a low in pence", one(2, 100.0), Refused("2006-07-31 low")),
        case(
            "a close in pence",
            one(3, 100.0),
            Refused("2006-07-31 close"),
        ),
        case(
            "all closes in pence",
            changed(&|_, [o, h, l, c], v| ([o, h, l, c / 100.0], v), exact),
            Refused("close"),
        ),
        case(
            "volumes in hundreds for ever",
            changed(&|t, p, v| (p, if t > 300 { v / 100 } else { v }), exact),
            Warning("volume-unit", "from then on: 2006-08-01"),
        ),
        case(
            "a volume in thousands",
            changed(&|t, p, v| (p, if t == 300 { v / 1000 } else { v }), exact),
            Warning("volume-unit", "on single bars: 2006-07-31"),
        ),
        case("a high of 5:4", one(1, 0.8), Warning("spike", "2006-07-31")),
        case("a low of 4:5", one(2, 1.25), Warning("spike", "2006-07-31")),
        case(
            "a day of 4:3",
            passing(0.75, 1),
            Warning("split", "4:3 reverse split"),
        ),
        case(
            "twice for ever, with the volume of before",
            lasting(0.5, false),
            Warning("split", "2:1 reverse split"),
        ),
        case(
            "a nine for ever",
            lasting(9.0, true),
            Warning("split", "10:1 split"),
        ),
        case(
            "thirty for ever",
            lasting(30.0, true),
            Warning("split", "25:1 split"),
        ),
        case(
            "two hundred for ever",
            lasting(200.0, false),
            Warning("split", "201:1 split"),
        ),
        case(
            "a high of ten times",
            one(1, 0.1),
            Warning("spike", "2006-07-31"),
        ),
        case(
            "a low of a tenth",
            one(2, 10.0),
            Warning("spike", "2006-07-31"),
        ),
        case("5:4", lasting(1.25, true), Warning("split", "5:4 split")),
        case(
            "4:3",
            lasting(4.0 / 3.0, true),
            Warning("split", "4:3 split"),
        ),
        case("3:2", lasting(1.5, true), Warning("split", "3:2 split")),
        case(
            "1:4",
            lasting(0.25, true),
            Warning("split", "4:1 reverse split"),
        ),
        case(
            "closes adjusted for dividends",
            changed(
                &|t, [o, h, l, c], v| ([o, h, l, c * (0.55 + 0.4 * t as f64 / 600.0)], v),
                exact,
            ),
            Refused("only the close is adjusted"),
        ),
        case(
            "rounding of an adjustment",
            changed(
                &|t, [o, h, l, c], v| {
                    if t % 15 == 0 {
                        ([c.min(o), c * (1.0 - 2e-15), l, c], v)
                    } else {
                        ([o, h, l, c], v)
                    }
                },
                exact,
            ),
            Warning("short", "600 bars"),
        ),
    ]);
}
