//! Numbers and absent values.

use std::fmt::Write as _;

use xp_bars::price_file::{Decimal, Options, from_text};

use crate::fixture::{
    Expected::{Refused, Same, Warning},
    *,
};

#[test]
fn numbers_are_read_by_the_marks_of_the_file() {
    let semicolons = "Date;Open;High;Low;Close;Volume";
    let tabs = "Date\tOpen\tHigh\tLow\tClose\tVolume";
    let comma = |decimals: usize| move |price: f64| format!("{price:.decimals$}").replace('.', ",");
    let with = |bars: Vec<Bar>, form: &Form<'_>, name, expected| Case {
        bars: bars.clone(),
        ..case(name, text(&bars, form), expected)
    };
    let quoted = |text: String| format!("\"{text}\"");
    let large = || times(10.0, 2);
    let below_one = || times(1.0 / 200.0, 3);
    let list = Form {
        separator: ";",
        head: semicolons,
        ..PLAIN
    };
    let tabbed = Form {
        separator: "\t",
        head: tabs,
        ..PLAIN
    };
    check(vec![
        with(
            bars(),
            &Form {
                price: &comma(2),
                ..list
            },
            "decimal commas behind semicolons",
            Same,
        ),
        with(
            bars(),
            &Form {
                price: &comma(3),
                ..list
            },
            "three decimals behind semicolons",
            Same,
        ),
        with(
            bars(),
            &Form {
                price: &|p| format!("{p:.3}"),
                ..list
            },
            "three decimals behind a point and semicolons",
            Same,
        ),
        with(
            bars(),
            &Form {
                price: &comma(2),
                ..tabbed
            },
            "decimal commas behind tabs",
            Same,
        ),
        with(
            bars(),
            &Form {
                price: &comma(3),
                ..tabbed
            },
            "three decimals behind tabs, volumes without groups",
            Same,
        ),
        with(
            large(),
            &Form {
                price: &|p| grouped(p, 2, ".", ","),
                volume: &|v| grouped(v as f64, 0, ".", ""),
                ..list
            },
            "Germany",
            Same,
        ),
        with(
            large(),
            &Form {
                price: &|p| grouped(p, 2, "'", "."),
                volume: &|v| grouped(v as f64, 0, "'", ""),
                ..list
            },
            "Switzerland",
            Same,
        ),
        with(
            large(),
            &Form {
                price: &|p| grouped(p, 2, "\u{202f}", ","),
                volume: &|v| grouped(v as f64, 0, "\u{202f}", ""),
                ..list
            },
            "France",
            Same,
        ),
        with(
            large(),
            &Form {
                price: &|p| grouped(p, 2, "\u{a0}", ","),
                ..list
            },
            "spaces that do not break",
            Same,
        ),
        with(
            large(),
            &Form {
                price: &|p| quoted(grouped(p, 2, ",", ".")),
                volume: &|v| quoted(grouped(v as f64, 0, ",", "")),
                ..PLAIN
            },
            "America, in quotes",
            Same,
        ),
        with(
            large(),
            &Form {
                price: &|p| quoted(grouped(p, 2, ".", ",")),
                ..PLAIN
            },
            "Germany, in quotes behind commas",
            Same,
        ),
        with(
            bars(),
            &Form {
                volume: &indian,
                ..PLAIN
            },
            "India",
            Same,
        ),
        with(
            bars(),
            &Form {
                price: &|p| format!("${p:.2}"),
                ..PLAIN
            },
            "dollars",
            Same,
        ),
        with(
            bars(),
            &Form {
                price: &|p| format!("{p:.2} €").replace('.', ","),
                ..list
            },
            "euros behind",
            Same,
        ),
        with(
            bars(),
            &Form {
                volume: &|v| format!("{:.6}M", v as f64 / 1e6),
                ..PLAIN
            },
            "millions",
            Same,
        ),
        with(
            bars(),
            &Form {
                volume: &|v| format!("{:.3}K", v as f64 / 1e3).replace('.', ","),
                price: &comma(2),
                ..list
            },
            "thousands with a comma",
            Same,
        ),
        with(
            bars(),
            &Form {
                volume: &|v| format!("{:E}", v as f64),
                ..PLAIN
            },
            "powers of ten",
            Same,
        ),
        with(
            below_one(),
            &Form {
                price: &|p| format!("{p:.3}"),
                ..PLAIN
            },
            "prices below one",
            Same,
        ),
        with(
            below_one(),
            &Form {
                price: &comma(3),
                ..list
            },
            "prices below one behind semicolons",
            Same,
        ),
        with(
            below_one(),
            &Form {
                price: &comma(3),
                ..tabbed
            },
            "prices below one behind tabs",
            Refused("--decimal comma or --decimal point"),
        ),
        with(
            below_one(),
            &Form {
                price: &|p| quoted(format!("{p:.3}").replace('.', ",")),
                ..PLAIN
            },
            "prices below one in quotes",
            Refused("2:12: `0,599` begins with a 0"),
        ),
        with(
            bars(),
            &Form {
                price: &|p| quoted(format!("{p:.3}").replace('.', ",")),
                ..PLAIN
            },
            "three decimals in quotes",
            Refused("may have thousands or decimals"),
        ),
        with(
            bars(),
            &Form {
                price: &|p| format!("{p:.3}"),
                volume: &|v| format!("{}M", v / 1_000_000),
                ..list
            },
            "nothing tells",
            Refused("behind its separator"),
        ),
        case(
            "groups of several kinds",
            "Date;Open;High;Low;Close;Volume\n2007-01-30;1;2;1;1;1,234,567\n2007-01-31;1;2;1;1;12,34,567\n",
            Refused("3:20: `12,34,567` is grouped otherwise"),
        ),
        case(
            "groups here and not there",
            "Date,Open,High,Low,Close,Volume\n2007-01-30,1.5,2,1,1,\"1,234\"\n2007-01-31,1,2,1,1,123456\n",
            Refused("`1,234` has a separator of thousands, which longer numbers"),
        ),
        case(
            "decimal commas between commas",
            "Date,Open,High,Low,Close\n2007-01-30,1,5,2,0,1,0,1,0\n",
            Refused("are decimals written with a comma?"),
        ),
        case(
            "thousands or decimals in quotes",
            "Date,Open,High,Low,Close\n2007-01-30,\"119,800\",\"120,250\",\"119,500\",\"120,060\"\n",
            Refused("2:12: `119,800` may have thousands or decimals"),
        ),
        case(
            "one volume with the other mark",
            "Date;Open;High;Low;Close;Volume\n2007-01-30;119.800;120.250;119.500;120.060;24641600\n2007-01-31;120.060;120.750;119.900;120.250;36504400,5\n",
            Refused("2:12: `119.800` may have thousands or decimals"),
        ),
        case(
            "parts of 32",
            "Date,Open,High,Low,Close\n2007-01-30,119'160,120'250,119'050,120'060\n",
            Refused("`119'160` may have thousands or decimals"),
        ),
        case(
            "a letter behind a price",
            "Date;Open;High;Low;Close\n2007-01-30;119,80 b;120,25 b;119,50 b;120,06 b\n",
            Refused("`119,80 b` is not a number"),
        ),
        case(
            "a scaled price that is none",
            "Date,Open,High,Low,Close\n2007-01-30,1e999,2,1,1\n",
            Refused("is not finite"),
        ),
        case(
            "both marks in turn",
            "Date;Open;High;Low;Close;Volume\n2007-01-30;1,5;2;1;1;1\n2007-01-31;1.5;2;1;1;1\n",
            Refused("3:12: `1.5`"),
        ),
    ]);
    let mut said = with(
        below_one(),
        &Form {
            price: &comma(3),
            ..tabbed
        },
        "a comma, as the user says",
        Same,
    );
    said.options.decimal = Some(Decimal::Comma);
    let mut wrong = with(
        bars(),
        &PLAIN,
        "a comma, where there are points",
        Refused("2:12: `119.83` has a point that does not separate thousands"),
    );
    wrong.options.decimal = Some(Decimal::Comma);
    check(vec![said, wrong]);
}

#[test]
fn absent_prices_are_told_and_wrong_ones_refused() {
    let mut lines: Vec<String> = text(&bars(), &PLAIN)
        .lines()
        .map(ToOwned::to_owned)
        .collect();
    for (at, mark) in [
        (30, "-"),
        (50, "N/D"),
        (70, "#N/A"),
        (90, "--"),
        (110, "null"),
        (130, "NaN"),
        (150, ""),
    ] {
        let date = lines[at].split(',').next().unwrap().to_owned();
        lines[at] = date + &format!(",{mark}").repeat(5);
    }
    let adjusted = |close: &str| {
        let mut text = "Date,Open,High,Low,Close,Adj Close,Volume\n".to_owned();
        for (t, (day, [open, high, low, price], volume)) in bars().iter().enumerate() {
            let close = if t == 3 {
                close.to_owned()
            } else {
                price.to_string()
            };
            writeln!(text, "{day},{open},{high},{low},{price},{close},{volume}").unwrap();
        }
        text
    };
    let scaled = |text: String, expected| {
        let mut case = case("adjusted", text, expected);
        case.options.adjusted = true;
        case
    };
    check(vec![
        case(
            "marks of absent prices",
            lines.join("\n"),
            Warning("empty-rows", "2005-07-15"),
        ),
        scaled(
            adjusted("-0.03"),
            Refused("5:40: `-0.03` is not an adjusted price above 0"),
        ),
        scaled(
            adjusted("0"),
            Refused("`0` is not an adjusted price above 0"),
        ),
        scaled(adjusted(""), Refused("`` is not an adjusted price above 0")),
        scaled(
            text(&bars(), &PLAIN),
            Refused("--adjusted: no column is an adjusted close"),
        ),
    ]);
}

/// Prices without decimals, and volumes in thousands beside volumes below one: separators in the volume are of thousands.
#[test]
fn separators_of_a_volume_are_of_thousands() {
    for (name, text) in [
        (
            "semicolons",
            "Date;Open;High;Low;Close;Volume\n2007-01-30;11951;12092;11945;12049;987\n2007-01-31;11951;12092;11945;12049;1,397\n",
        ),
        (
            "semicolons without",
            "Date;Open;High;Low;Close;Volume\n2007-01-30;11951;12092;11945;12049;1,987\n2007-01-31;11951;12092;11945;12049;1,397\n",
        ),
        (
            "points",
            "Date;Open;High;Low;Close;Volume\n2007-01-30;11951;12092;11945;12049;987\n2007-01-31;11951;12092;11945;12049;1.397\n",
        ),
        (
            "quotes",
            "Date,Open,High,Low,Close,Volume\n2007-01-30,119.5,120.92,119.45,120.49,987\n2007-01-31,119.51,120.92,119.45,120.49,\"1,397\"\n",
        ),
    ] {
        let read = from_text("file.csv".as_ref(), text, &Options::new(today())).unwrap();
        assert_eq!(read.bars.volume[1], 1397.0, "{name}");
    }
}
