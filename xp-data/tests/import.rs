//! Files of users: the formats of several sources are read to the same bars, and each error in a CSV has its line and column.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

mod sandbox;

use std::fs;

use sandbox::{Sandbox, request};
use xp_bars::{parse_bars, price_file::Options};
use xp_data::{
    DataError,
    import::{Report, Request, import},
};

/// Three days in the raw format.
const RAW: &str = "date,open,high,low,close,volume
2007-01-30,1010.5,1020,1000,1015.25,1350000
2007-01-31,1015.5,1030,1010,1025.5,2000000
2007-02-01,1026,1040,1020.75,1031,3000000
";

fn imported(sandbox: &Sandbox, bytes: &[u8], request: &Request) -> Result<Report, DataError> {
    fs::write(sandbox.path("file.csv"), bytes).unwrap();
    import(&sandbox.workspace(), &sandbox.path("file.csv"), request)
}

#[test]
fn forms_of_several_sources_give_the_same_bars() {
    for (style, dates, text) in [
        ("plain", "%Y-%m-%d", RAW.to_owned()),
        (
            "yahoo",
            "%Y-%m-%d",
            "Date,Open,High,Low,Close,Adj Close,Volume\n2007-01-30,1010.5,1020,1000,1015.25,1000,1350000\n\
             2007-01-31,1015.5,1030,1010,1025.5,1001,2000000\n2007-02-01,1026,1040,1020.75,1031,1002,3000000\n"
                .to_owned(),
        ),
        (
            "stooq or yahoo",
            "%Y-%m-%d",
            RAW.replacen("date,open,high,low,close,volume", "Date,Open,High,Low,Close,Volume", 1).replace('\n', "\r\n"),
        ),
        (
            "stooq bulk",
            "%Y%m%d",
            "<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>\n\
             SPY.US,D,20070130,000000,1010.5,1020,1000,1015.25,1350000,0\n\
             SPY.US,D,20070131,000000,1015.5,1030,1010,1025.5,2000000,0\n\
             SPY.US,D,20070201,000000,1026,1040,1020.75,1031,3000000,0\n"
                .to_owned(),
        ),
        (
            "alpha vantage",
            "%Y-%m-%d",
            "timestamp,open,high,low,close,volume\n2007-02-01,1026,1040,1020.75,1031,3000000\n\
             2007-01-31,1015.5,1030,1010,1025.5,2000000\n2007-01-30,1010.5,1020,1000,1015.25,1350000\n"
                .to_owned(),
        ),
        (
            "alpha vantage",
            "%Y-%m-%d",
            "date,1. open,2. high,3. low,4. close,5. volume\n2007-01-30,1010.5,1020,1000,1015.25,1350000\n\
             2007-01-31,1015.5,1030,1010,1025.5,2000000\n2007-02-01,1026,1040,1020.75,1031,3000000\n"
                .to_owned(),
        ),
        (
            "kaggle",
            "%m/%d/%Y",
            "Name,Date,Open,High,Low,Close,Volume\nSPY,1/30/2007,1010.5,1020,1000,1015.25,1350000\n\
             SPY,1/31/2007,1015.5,1030,1010,1025.5,2000000\nSPY,2/1/2007,1026,1040,1020.75,1031,3000000\n"
                .to_owned(),
        ),
        (
            "nasdaq.com",
            "%m/%d/%Y",
            "Date,Close/Last,Volume,Open,High,Low\n02/01/2007,$1031,3000000,$1026,$1040,$1020.75\n\
             01/31/2007,$1025.5,2000000,$1015.5,$1030,$1010\n01/30/2007,$1015.25,1350000,$1010.5,$1020,$1000\n"
                .to_owned(),
        ),
        (
            "investing.com",
            "%B %d, %Y",
            "\u{feff}\"Date\",\"Price\",\"Open\",\"High\",\"Low\",\"Vol.\",\"Change %\"\n\
             \"Feb 01, 2007\",\"1,031\",\"1,026\",\"1,040\",\"1,020.75\",\"3M\",\"0.5%\"\n\
             \"Jan 31, 2007\",\"1,025.5\",\"1,015.5\",\"1,030\",\"1,010\",\"2.00M\",\"1%\"\n\
             \"Jan 30, 2007\",\"1,015.25\",\"1,010.5\",\"1,020\",\"1,000\",\"1.35M\",\"1%\"\n"
                .to_owned(),
        ),
        (
            "other",
            "%d.%m.%Y",
            "Date;Open;High;Low;Close;Volume;Trades\n30.01.2007;1010.5;1020;1000;1015.25;1,350,000;9\n\
             31.01.2007;1015.5;1030;1010;1025.5;2,000,000;9\n01.02.2007;1026;1040;1020.75;1031;3,000,000;9\n"
                .to_owned(),
        ),
        (
            "stooq or yahoo",
            "%Y-%m-%d",
            "Date,Open,High,Low,Close,Volume\n2007-01-30 06:00:00,1010.5,1020,1000,1015.25,1350000\n\
             2007-01-31 06:00:00,1015.5,1030,1010,1025.5,2000000\n2007-02-01 06:00:00,1026,1040,1020.75,1031,3000000\n"
                .to_owned(),
        ),
    ] {
        let sandbox = Sandbox::empty();
        let report = imported(&sandbox, text.as_bytes(), &request("spy_daily")).unwrap();
        let entry = report.entry.unwrap();
        let origin = entry.imported.unwrap();
        assert_eq!((origin.style.as_str(), origin.dates.as_str()), (style, dates), "{text}");
        assert_eq!(fs::read_to_string(sandbox.path("data/raw/spy_daily.csv")).unwrap(), RAW, "{text}");
        assert_eq!((entry.rows, entry.first.as_str(), entry.last.as_str()), (3, "2007-01-30", "2007-02-01"));
        assert_eq!(sandbox.workspace().manifest().unwrap().raw["spy_daily"].md5, entry.md5);
    }
}

#[test]
fn each_fault_of_a_foreign_csv_has_its_line_and_column() {
    let sandbox = Sandbox::empty();
    let manifest = fs::read(sandbox.path("data/manifest.yaml")).unwrap();
    let head = "Date,Open,High,Low,Close,Volume\n";
    let good = "2007-01-30,1,2,0.5,1.5,10\n";
    let with = |line: &str| format!("{head}{good}{line}\n").into_bytes();
    let cases: Vec<(&str, Vec<u8>, &str, &str)> = vec![
        ("empty", Vec::new(), ":1:1", "the file is empty"),
        (
            "only a header",
            head.as_bytes().to_vec(),
            ":2:1",
            "a header and no bars",
        ),
        (
            "a missing column",
            b"Date,Open,High,Low,Volume\n2007-01-30,1,2,1,9\n".to_vec(),
            ":1:1",
            "no column is `close`",
        ),
        (
            "a column twice",
            b"Date,Open,High,Low,Close,Close\n2007-01-30,1,2,1,1,1\n".to_vec(),
            ":1:26",
            "`Close` appears twice",
        ),
        (
            "no header",
            good.repeat(2).into_bytes(),
            ":1:1",
            "numbers, not names",
        ),
        (
            "a field too few",
            with("2007-01-31,1,2,0.5,1.5"),
            ":3:23",
            "5 fields, the header has 6",
        ),
        (
            "a field too many",
            with("2007-01-31,1,2,0.5,1.5,10,9"),
            ":3:27",
            "7 fields, the header has 6",
        ),
        (
            "no date",
            with("yesterday,1,2,0.5,1.5,10"),
            ":3:1",
            "`yesterday` is not a date of the format %Y-%m-%d",
        ),
        (
            "a day that is not",
            with("2007-02-30,1,2,0.5,1.5,10"),
            ":3:1",
            "`2007-02-30` is not a date",
        ),
        (
            "another form of dates",
            with("1/31/2007,1,2,0.5,1.5,10"),
            ":3:1",
            "`1/31/2007` is not a date of the format",
        ),
        (
            "days or months",
            b"Date,Open,High,Low,Close\n01/02/2007,1,2,1,1\n01/03/2007,1,2,1,1\n".to_vec(),
            ":2:1",
            "are ambiguous",
        ),
        (
            "a word",
            with("2007-01-31,1,high,0.5,1.5,10"),
            ":3:14",
            "`high` is not a number",
        ),
        (
            "infinite",
            with("2007-01-31,1,2,0.5,inf,10"),
            ":3:20",
            "`inf` is not finite",
        ),
        (
            "too large",
            with("2007-01-31,1,2,0.5,1e999,10"),
            ":3:20",
            "`1e999` is not finite",
        ),
        (
            "a price of 0",
            with("2007-01-31,0,2,0.5,1.5,10"),
            ":3:12",
            "`0` is not a price above 0",
        ),
        (
            "a negative price",
            with("2007-01-31,1,2,-0.5,1.5,10"),
            ":3:16",
            "`-0.5` is not a price above 0",
        ),
        (
            "a missing price",
            with("2007-01-31,1,2,,1.5,10"),
            ":3:16",
            "the price is missing where others are present",
        ),
        (
            "a negative volume",
            with("2007-01-31,1,2,0.5,1.5,-10"),
            ":3:24",
            "`-10` is not a volume",
        ),
        (
            "a decimal comma",
            with("2007-01-31,\"1,5\",2,0.5,1.5,10"),
            ":3:12",
            "a comma that does not separate thousands",
        ),
        (
            "two prices for a day",
            with("2007-01-30,1,2,0.5,1.6,10"),
            ":3:1",
            "2007-01-30 appears twice with different prices",
        ),
        (
            "unsorted",
            format!("{head}{good}2007-01-31,1,2,1,1,1\n2007-01-29,1,2,1,1,1\n").into_bytes(),
            ":4:1",
            "sort the file by date",
        ),
        (
            "an open quote",
            with("\"2007-01-31,1,2,0.5,1.5,10\n2007-02-01,1,2,1,1,1"),
            ":3:1",
            "a quote that is opened here",
        ),
        (
            "Latin-1",
            [
                head.as_bytes(),
                good.as_bytes(),
                b"2007-01-31,1,2,\xe9,1,1\n",
            ]
            .concat(),
            ":3:16",
            "`é` is not a number",
        ),
        (
            "UTF-16 of a word",
            b"\xff\xfeD\0a\0".to_vec(),
            ":1:1",
            "a text and no table: “Da”",
        ),
        (
            "a zero byte",
            with("2007-01-31,1,2,0.5,1.5,1\0"),
            ":3:25",
            "a zero byte",
        ),
        (
            "two assets",
            b"Name,Date,Open,High,Low,Close\nSPY,2007-01-30,1,2,1,1\nQQQ,2007-01-30,1,2,1,1\n"
                .to_vec(),
            ":3:1",
            "a file must have one asset",
        ),
        (
            "no prices at all",
            b"Date,Open,High,Low,Close\n2007-01-30,,,,\n".to_vec(),
            ":2:12",
            "no row has prices",
        ),
    ];
    for (name, bytes, at, part) in cases {
        let message = match imported(&sandbox, &bytes, &request("spy_daily")) {
            Ok(_) => panic!("{name} was accepted"),
            Err(error) => error.to_string(),
        };
        assert!(
            message.contains(&format!("file.csv{at}: ")) && message.contains(part),
            "{name}: {message}"
        );
        assert!(
            fs::read(sandbox.path("data/manifest.yaml")).unwrap() == manifest,
            "{name}"
        );
        assert!(!sandbox.path("data/raw").exists(), "{name}");
    }
    let adjusted = Request {
        options: Options {
            adjusted: true,
            ..request("spy_daily").options
        },
        ..request("spy_daily")
    };
    let message = imported(&sandbox, RAW.as_bytes(), &adjusted)
        .unwrap_err()
        .to_string();
    assert!(
        message.contains("file.csv:1:1: --adjusted: no column is an adjusted close"),
        "{message}"
    );
}

#[test]
fn each_fault_of_the_houses_csv_has_its_line_and_column() {
    let lines: Vec<&str> = RAW.lines().collect();
    let with = |line: &str| format!("{}\n{}\n{line}\n", lines[0], lines[1]);
    for (name, text, at, part) in [
        ("empty", String::new(), "1:1", "the file is empty"),
        ("only a header", format!("{}\n", lines[0]), "2:1", "no bars"),
        (
            "a missing column",
            RAW.replacen("close", "last", 1),
            "1:1",
            "column `close` is missing",
        ),
        (
            "a short line",
            with("2007-01-31,1"),
            "3:13",
            "2 fields, the header has 6",
        ),
        (
            "a date of another form",
            with("01/31/2007,1,2,1,1,1"),
            "3:1",
            "`01/31/2007` is not a date such as 2007-01-31",
        ),
        (
            "a day again",
            with("2007-01-30,1,2,1,1,1"),
            "3:1",
            "2007-01-30 does not come after 2007-01-30",
        ),
        (
            "a word",
            with("2007-01-31,1,2,1,one,1"),
            "3:18",
            "`one` is not a price above 0",
        ),
        (
            "not a number",
            with("2007-01-31,1,NaN,1,1,1"),
            "3:14",
            "`NaN` is not a price above 0",
        ),
        (
            "no volume",
            with("2007-01-31,1,2,1,1,"),
            "3:20",
            "`` is not a volume",
        ),
    ] {
        let message = parse_bars("walk.csv".as_ref(), &text)
            .unwrap_err()
            .to_string();
        assert!(
            message.starts_with(&format!("walk.csv:{at}: ")) && message.contains(part),
            "{name}: {message}"
        );
    }
}

#[test]
fn what_is_in_the_file_twice_or_empty_is_left_out_and_kept_in_the_manifest() {
    let sandbox = Sandbox::empty();
    let lines: Vec<&str> = RAW.lines().collect();
    let text = format!(
        "{}\n{}\n{}\n2007-01-30,null,null,null,null,null\n{}\n{}\n",
        lines[0], lines[1], lines[1], lines[2], lines[3]
    );
    let report = imported(&sandbox, text.as_bytes(), &request("spy_daily")).unwrap();
    assert_eq!(
        fs::read_to_string(sandbox.path("data/raw/spy_daily.csv")).unwrap(),
        RAW
    );
    let recorded = sandbox.workspace().manifest().unwrap().raw["spy_daily"]
        .findings
        .clone();
    let recorded: Vec<_> = recorded
        .iter()
        .map(|finding| {
            (
                finding.check.as_str(),
                finding.severity.as_str(),
                finding.count,
            )
        })
        .collect();
    assert_eq!(
        recorded,
        [
            ("empty-rows", "warning", 1),
            ("duplicates", "warning", 1),
            ("short", "warning", 3)
        ]
    );
    // The same once more changes nothing; other prices need --replace; a dry run writes nothing.
    let before = sandbox.files();
    imported(&sandbox, text.as_bytes(), &request("spy_daily")).unwrap();
    let other = RAW.replace("1031", "1032");
    let message = imported(&sandbox, other.as_bytes(), &request("spy_daily"))
        .unwrap_err()
        .to_string();
    assert!(
        message.contains("choose another name, or --replace"),
        "{message}"
    );
    let dry = Request {
        dry_run: true,
        replace: true,
        ..request("spy_daily")
    };
    assert!(
        imported(&sandbox, other.as_bytes(), &dry)
            .unwrap()
            .entry
            .is_some()
    );
    assert!(sandbox.files() == before);
    assert!(report.moved.is_none());
}

#[test]
fn errors_among_findings_refuse_and_write_nothing() {
    let sandbox = Sandbox::empty();
    let swapped = RAW.replacen("open,high,low", "open,low,high", 1);
    let report = imported(&sandbox, swapped.as_bytes(), &request("spy_daily")).unwrap();
    assert!(report.entry.is_none());
    assert_eq!(
        (report.findings[0].check, report.findings[0].count),
        ("high-below-low", 3)
    );
    assert!(!sandbox.path("data/raw").exists());
    for name in [
        "",
        "Spy",
        "spy-daily",
        "../spy",
        "spy.csv",
        "1spy",
        &"s".repeat(41),
    ] {
        let message = imported(&sandbox, RAW.as_bytes(), &request(name))
            .unwrap_err()
            .to_string();
        assert!(
            message.contains("is not a name of a data set"),
            "{name}: {message}"
        );
    }
}

#[test]
fn parquet_is_taken_as_raw_and_a_torn_one_refused() {
    use polars::prelude::*;
    let sandbox = Sandbox::empty();
    let days: Vec<i32> = (0..400).collect();
    let prices = |level: f64| {
        (0..400)
            .map(|t| level + f64::from(t % 7))
            .collect::<Vec<f64>>()
    };
    let column = |name: &str, values: Vec<f64>| Series::new(name.into(), values).into_column();
    let date = Series::new("Date".into(), days)
        .cast(&DataType::Date)
        .unwrap();
    let mut frame = DataFrame::new(
        400,
        vec![
            date.into_column(),
            column("Open", prices(10.0)),
            column("High", prices(11.0)),
            column("Low", prices(9.0)),
            column("Close", prices(10.5)),
            Series::new("Volume".into(), vec![5_i64; 400]).into_column(),
        ],
    )
    .unwrap();
    let path = sandbox.path("file.parquet");
    ParquetWriter::new(fs::File::create(&path).unwrap())
        .finish(&mut frame)
        .unwrap();
    let report = import(&sandbox.workspace(), &path, &request("some_daily")).unwrap();
    assert_eq!(report.entry.unwrap().rows, 400);
    let bytes = fs::read(&path).unwrap();
    let before = sandbox.files();
    for end in [0, 3, 12, bytes.len() / 2, bytes.len() - 1] {
        fs::write(&path, &bytes[..end]).unwrap();
        let message = import(&sandbox.workspace(), &path, &request("torn_daily"))
            .unwrap_err()
            .to_string();
        assert!(
            message.contains("file.parquet: not a readable parquet"),
            "{end}: {message}"
        );
        assert!(sandbox.files() == before);
    }
}
