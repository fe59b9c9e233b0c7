//! Layouts of tables.

use chrono::NaiveDate;
use csv::StringRecord;
use std::path::Path;
use xp_bars::price_file::{Options, from_columns};

use crate::fixture::{
    Expected::{Finding, Refused, Same},
    *,
};

#[test]
fn layouts_of_providers_and_programs_are_read() {
    let body = |form: &Form<'_>| {
        let text = text(&bars(), form);
        text.split_once('\n').unwrap().1.to_owned()
    };
    let rows = body(&PLAIN);
    let semicolons = Form {
        separator: ";",
        head: "Date;Open;High;Low;Close;Volume",
        ..PLAIN
    };
    let plain = text(&bars(), &PLAIN);
    let numbered: String = plain
        .lines()
        .enumerate()
        .map(|(at, line)| {
            if at == 0 {
                format!(",{line}\n")
            } else {
                format!("{},{line}\n", at - 1)
            }
        })
        .collect();
    let row_names: String = plain
        .lines()
        .enumerate()
        .map(|(at, line)| {
            if at == 0 {
                format!("{line}\n")
            } else {
                format!("\"{at}\",{line}\n")
            }
        })
        .collect();
    let trailing: String = plain.lines().map(|line| format!("{line},\n")).collect();
    let tails_of_rows: String = plain
        .lines()
        .enumerate()
        .map(|(at, line)| {
            if at == 0 {
                format!("{line}\n")
            } else {
                format!("{line},\n")
            }
        })
        .collect();
    check(vec![
        case(
            "yfinance: three lines of header",
            format!(
                "Price,Open,High,Low,Close,Volume\nTicker,SPY,SPY,SPY,SPY,SPY\nDate,,,,,\n{rows}"
            ),
            Same,
        ),
        case(
            "yfinance: two lines of header",
            format!("Price,Open,High,Low,Close,Volume\nTicker,SPY,SPY,SPY,SPY,SPY\n{rows}"),
            Same,
        ),
        case(
            "yfinance: tickers above",
            format!(
                "Ticker,SPY,SPY,SPY,SPY,SPY\nPrice,Open,High,Low,Close,Volume\nDate,,,,,\n{rows}"
            ),
            Same,
        ),
        case(
            "pandas: empty first fields",
            format!(",Open,High,Low,Close,Volume\n,SPY,SPY,SPY,SPY,SPY\nDate,,,,,\n{rows}"),
            Same,
        ),
        case(
            "yfinance: two tickers",
            "Price,Close,Close,High,High,Low,Low,Open,Open\nTicker,AAA,BBB,AAA,BBB,AAA,BBB,AAA,BBB\nDate,,,,,,,,\n2007-01-31,1,1,1,1,1,1,1,1\n",
            Refused("2 tickers, from AAA to BBB"),
        ),
        case(
            "a ticker that is a column's name",
            format!("Price,Open,High,Low,Close,Volume\nTicker,C,C,C,C,C\nDate,,,,,\n{rows}"),
            Same,
        ),
        case(
            "a ticker that is a number",
            format!(
                "Price,Open,High,Low,Close,Volume\nTicker,7203,7203,7203,7203,7203\nDate,,,,,\n{rows}"
            ),
            Same,
        ),
        case(
            "a ticker L behind",
            body_with("Date,Open_L,High_L,Low_L,Close_L,Volume_L", &rows),
            Same,
        ),
        case(
            "adjusted columns beside",
            {
                let lines = text(&bars(), &PLAIN).replacen(
                    "Volume",
                    "Volume,Adj. Open,Adj. High,Adj. Low,Adj. Close,Adj. Volume",
                    1,
                );
                lines
                    .lines()
                    .enumerate()
                    .map(|(at, line)| {
                        if at == 0 {
                            format!("{line}\n")
                        } else {
                            format!("{line},1,1,1,1,1\n")
                        }
                    })
                    .collect::<String>()
            },
            Same,
        ),
        case(
            "another name of the dates",
            body_with("Kurstag,Open,High,Low,Close,Volume", &rows),
            Same,
        ),
        case(
            "rows above the header",
            format!("{}\n{plain}", &rows[..200].rsplit_once('\n').unwrap().0),
            Refused("1:1: rows of data stand above the header"),
        ),
        case(
            "two names, one of them constant",
            "Name,Symbol,Date,Open,High,Low,Close\nX,A,2007-01-30,1,2,1,1\nX,B,2007-01-31,1,2,1,1\n",
            Refused("3:3: `B` after `A`"),
        ),
        case(
            "a cut line of words",
            "Date;Open;High;Low;Close\nJan 30, 2007;1,5;2,5;1,5;1,5\nJan 31, 20",
            Refused("1 fields, the header has 5"),
        ),
        case(
            "a licence that is no word",
            format!("{plain}#数据来源:通达信\n"),
            Finding("lines-below", "数据来源"),
        ),
        case(
            "an empty line of fields",
            plain.replacen('\n', "\n,,,,,\n", 1),
            Same,
        ),
        case(
            "quantmod",
            body_with(
                "\"\",\"SPY.Open\",\"SPY.High\",\"SPY.Low\",\"SPY.Close\",\"SPY.Volume\"",
                &rows,
            ),
            Same,
        ),
        case(
            "names and tickers in one",
            body_with("Date,Open_SPY,High_SPY,Low_SPY,Close_SPY,Volume_SPY", &rows),
            Same,
        ),
        case(
            "names of two tickers",
            "Date,A.Open,A.High,A.Low,A.Close,B.Open,B.High,B.Low,B.Close\n2007-01-31,1,2,1,1,1,2,1,1\n",
            Refused("2 tickers"),
        ),
        case(
            "an index without a name",
            body_with(",Open,High,Low,Close,Volume", &rows),
            Same,
        ),
        case(
            "an index of pandas",
            body_with("Unnamed: 0,Open,High,Low,Close,Volume", &rows),
            Same,
        ),
        case("row numbers before the dates", numbered, Same),
        case(
            "prices of R without a name of the dates",
            plain.replacen("Date,Open,", "\"SPY.Open\",", 1).replacen(
                "High,Low,Close,Volume",
                "\"SPY.High\",\"SPY.Low\",\"SPY.Close\",\"SPY.Volume\"",
                1,
            ),
            Same,
        ),
        case(
            "spaces between fields",
            plain.replace(',', "  "),
            Refused("separated by spaces"),
        ),
        case("row names of R without a name", row_names, Same),
        case("an empty field at all ends", trailing, Same),
        case("an empty field at the ends of rows", tails_of_rows, Same),
        case(
            "a licence above",
            behind("Prices of the exchange, delayed; see terms\n\n"),
            Finding("lines-above", "Prices of the exchange"),
        ),
        case(
            "an address above",
            behind("https://www.example.com/data\n"),
            Finding("lines-above", "https"),
        ),
        case(
            "several lines above",
            behind("Symbol: SPY\nCurrency,USD\nFrom,2005-06-06,To,2007-09-21\n"),
            Finding("lines-above", "Symbol"),
        ),
        case(
            "a licence below",
            format!("{plain}\nSource: the exchange, all rights reserved\n"),
            Finding("lines-below", "Source"),
        ),
        case(
            "a line that was cut",
            format!("{plain}2007-09-2"),
            Refused("1 fields, the header has 6"),
        ),
        case(
            "sep=; of Excel",
            format!("sep=;\n{}", text(&bars(), &semicolons)),
            Same,
        ),
        case("sep=, of Excel", behind("\"sep=,\"\r\n"), Same),
        case(
            "pipes",
            text(
                &bars(),
                &Form {
                    separator: "|",
                    head: "DATE|OPEN|HIGH|LOW|CLOSE|VOLUME",
                    ..PLAIN
                },
            ),
            Same,
        ),
        case(
            "tabs and lines of Windows",
            text(
                &bars(),
                &Form {
                    separator: "\t",
                    head: "Date\tOpen\tHigh\tLow\tClose\tVolume",
                    end: "\r\n",
                    ..PLAIN
                },
            ),
            Same,
        ),
        case("lines of old Macs", plain.replace('\n', "\r"), Same),
        case(
            "blanks around names and fields",
            plain.replace(',', " , "),
            Same,
        ),
    ]);
}

#[test]
fn columns_of_a_file_without_lines_are_read_alike() {
    let path = Path::new("file.parquet");
    let options = Options::new(today());
    let names = StringRecord::from(vec![
        "__index_level_0__",
        "Open",
        "High",
        "Low",
        "Close",
        "Volume",
    ]);
    let rows = |date: &dyn Fn(NaiveDate) -> String| -> Vec<StringRecord> {
        let record = |(day, prices, volume): Bar| {
            let mut fields = vec![date(day)];
            fields.extend(prices.iter().map(ToString::to_string));
            fields.push(volume.to_string());
            StringRecord::from(fields)
        };
        bars().into_iter().map(record).collect()
    };
    for (name, date) in [
        ("Tokyo", "T00:00:00+09:00"),
        ("Berlin", "T00:00:00+02:00"),
        ("New York", "T16:00:00-04:00"),
        ("no zone", " 00:00:00"),
    ] {
        let converted =
            from_columns(path, &names, rows(&|day| format!("{day}{date}")), &options).unwrap();
        assert_same(name, &converted.bars, &bars());
    }
    let mut broken = rows(&|day| day.to_string());
    broken[2] = StringRecord::from(vec!["2005-06-08", "1", "2", "-3", "1", "1"]);
    let error = from_columns(path, &names, broken, &options)
        .unwrap_err()
        .to_string();
    assert_eq!(
        error,
        "file.parquet: row 3, column `Low`: `-3` is not a price above 0"
    );
}
