//! Files as users have them: forms of several sources are read to the same bars, and each fault of a CSV has its line and column.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

mod place;

use std::fs;

use place::{Place, request};
use xp_data::{
    DataError,
    bars::parse_bars,
    import::{Report, Request, import},
};

/// Three days in the house's form.
const HOUSE: &str = "date,open,high,low,close,volume
2007-01-30,1010.5,1020,1000,1015.25,1350000
2007-01-31,1015.5,1030,1010,1025.5,2000000
2007-02-01,1026,1040,1020.75,1031,3000000
";

fn imported(place: &Place, bytes: &[u8], request: &Request) -> Result<Report, DataError> {
    fs::write(place.path("file.csv"), bytes).unwrap();
    import(&place.workspace(), &place.path("file.csv"), request)
}

#[test]
fn forms_of_several_sources_give_the_same_bars() {
    for (style, dates, text) in [
        ("plain", "%Y-%m-%d", HOUSE.to_owned()),
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
            HOUSE.replacen("date,open,high,low,close,volume", "Date,Open,High,Low,Close,Volume", 1).replace('\n', "\r\n"),
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
            "%b %d, %Y",
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
        let place = Place::empty();
        let report = imported(&place, text.as_bytes(), &request("spy_daily")).unwrap();
        let entry = report.entry.unwrap();
        let origin = entry.imported.unwrap();
        assert_eq!((origin.style.as_str(), origin.dates.as_str()), (style, dates), "{text}");
        assert_eq!(fs::read_to_string(place.path("data/raw/spy_daily.csv")).unwrap(), HOUSE, "{text}");
        assert_eq!((entry.rows, entry.first.as_str(), entry.last.as_str()), (3, "2007-01-30", "2007-02-01"));
        assert_eq!(place.workspace().manifest().unwrap().raw["spy_daily"].md5, entry.md5);
    }
}

#[test]
fn each_fault_of_a_foreign_csv_has_its_line_and_column() {
    let place = Place::empty();
    let manifest = fs::read(place.path("data/manifest.yaml")).unwrap();
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
            "`Close` is there twice",
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
            "`yesterday` is no date of the form %Y-%m-%d",
        ),
        (
            "a day that is not",
            with("2007-02-30,1,2,0.5,1.5,10"),
            ":3:1",
            "`2007-02-30` is no date",
        ),
        (
            "another form of dates",
            with("1/31/2007,1,2,0.5,1.5,10"),
            ":3:1",
            "`1/31/2007` is no date of the form",
        ),
        (
            "days or months",
            b"Date,Open,High,Low,Close\n01/02/2007,1,2,1,1\n01/03/2007,1,2,1,1\n".to_vec(),
            ":2:1",
            "cannot be told apart",
        ),
        (
            "a word",
            with("2007-01-31,1,high,0.5,1.5,10"),
            ":3:14",
            "`high` is no number",
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
            "`0` is no price above 0",
        ),
        (
            "a negative price",
            with("2007-01-31,1,2,-0.5,1.5,10"),
            ":3:16",
            "`-0.5` is no price above 0",
        ),
        (
            "a missing price",
            with("2007-01-31,1,2,,1.5,10"),
            ":3:16",
            "the price is missing where others are there",
        ),
        (
            "a negative volume",
            with("2007-01-31,1,2,0.5,1.5,-10"),
            ":3:24",
            "`-10` is no volume",
        ),
        (
            "a decimal comma",
            with("2007-01-31,\"1,5\",2,0.5,1.5,10"),
            ":3:12",
            "a comma that parts no thousands",
        ),
        (
            "two prices for a day",
            with("2007-01-30,1,2,0.5,1.6,10"),
            ":3:1",
            "2007-01-30 is there twice with different prices",
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
            "not UTF-8",
        ),
        ("UTF-16", b"\xff\xfeD\0a\0".to_vec(), ":1:1", "UTF-16"),
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
            "one asset a file",
        ),
        (
            "no prices at all",
            b"Date,Open,High,Low,Close\n2007-01-30,,,,\n".to_vec(),
            ":2:12",
            "no row has prices",
        ),
    ];
    for (name, bytes, at, part) in cases {
        let said = match imported(&place, &bytes, &request("spy_daily")) {
            Ok(_) => panic!("{name} was taken"),
            Err(error) => error.to_string(),
        };
        assert!(
            said.contains(&format!("file.csv{at}: ")) && said.contains(part),
            "{name}: {said}"
        );
        assert!(
            fs::read(place.path("data/manifest.yaml")).unwrap() == manifest,
            "{name}"
        );
        assert!(!place.path("data/raw").exists(), "{name}");
    }
    let adjusted = Request {
        adjusted: true,
        ..request("spy_daily")
    };
    let said = imported(&place, HOUSE.as_bytes(), &adjusted)
        .unwrap_err()
        .to_string();
    assert!(
        said.contains("file.csv:1:1: --adjusted: no column is an adjusted close"),
        "{said}"
    );
}

#[test]
fn each_fault_of_the_houses_csv_has_its_line_and_column() {
    let lines: Vec<&str> = HOUSE.lines().collect();
    let with = |line: &str| format!("{}\n{}\n{line}\n", lines[0], lines[1]);
    for (name, text, at, part) in [
        ("empty", String::new(), "1:1", "the file is empty"),
        ("only a header", format!("{}\n", lines[0]), "2:1", "no bars"),
        (
            "a missing column",
            HOUSE.replacen("close", "last", 1),
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
            "`01/31/2007` is no date such as 2007-01-31",
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
            "`one` is no price above 0",
        ),
        (
            "not a number",
            with("2007-01-31,1,NaN,1,1,1"),
            "3:14",
            "`NaN` is no price above 0",
        ),
        (
            "no volume",
            with("2007-01-31,1,2,1,1,"),
            "3:20",
            "`` is no volume",
        ),
    ] {
        let said = parse_bars("walk.csv".as_ref(), &text)
            .unwrap_err()
            .to_string();
        assert!(
            said.starts_with(&format!("walk.csv:{at}: ")) && said.contains(part),
            "{name}: {said}"
        );
    }
}

#[test]
fn what_is_in_the_file_twice_or_empty_is_left_out_and_kept_in_the_manifest() {
    let place = Place::empty();
    let lines: Vec<&str> = HOUSE.lines().collect();
    let text = format!(
        "{}\n{}\n{}\n2007-01-30,null,null,null,null,null\n{}\n{}\n",
        lines[0], lines[1], lines[1], lines[2], lines[3]
    );
    let report = imported(&place, text.as_bytes(), &request("spy_daily")).unwrap();
    assert_eq!(
        fs::read_to_string(place.path("data/raw/spy_daily.csv")).unwrap(),
        HOUSE
    );
    let kept = place.workspace().manifest().unwrap().raw["spy_daily"]
        .findings
        .clone();
    let kept: Vec<_> = kept
        .iter()
        .map(|kept| (kept.check.as_str(), kept.severity.as_str(), kept.count))
        .collect();
    assert_eq!(
        kept,
        [
            ("empty-rows", "warning", 1),
            ("duplicates", "warning", 1),
            ("short", "warning", 3)
        ]
    );
    // The same once more changes nothing; other prices need --replace; a dry run writes nothing.
    let before = place.files();
    imported(&place, text.as_bytes(), &request("spy_daily")).unwrap();
    let other = HOUSE.replace("1031", "1032");
    let said = imported(&place, other.as_bytes(), &request("spy_daily"))
        .unwrap_err()
        .to_string();
    assert!(
        said.contains("choose another --name, or --replace"),
        "{said}"
    );
    let dry = Request {
        dry_run: true,
        replace: true,
        ..request("spy_daily")
    };
    assert!(
        imported(&place, other.as_bytes(), &dry)
            .unwrap()
            .entry
            .is_some()
    );
    assert!(place.files() == before);
    assert!(report.moved.is_none());
}

#[test]
fn errors_among_findings_refuse_and_write_nothing() {
    let place = Place::empty();
    let swapped = HOUSE.replacen("open,high,low", "open,low,high", 1);
    let report = imported(&place, swapped.as_bytes(), &request("spy_daily")).unwrap();
    assert!(report.entry.is_none());
    assert_eq!(
        (report.findings[0].check, report.findings[0].count),
        ("high-below-low", 3)
    );
    assert!(!place.path("data/raw").exists());
    for name in [
        "",
        "Spy",
        "spy-daily",
        "../spy",
        "spy.csv",
        "1spy",
        &"s".repeat(41),
    ] {
        let said = imported(&place, HOUSE.as_bytes(), &request(name))
            .unwrap_err()
            .to_string();
        assert!(said.contains("is no name of a data set"), "{name}: {said}");
    }
}

#[test]
fn parquet_is_taken_as_raw_and_a_torn_one_refused() {
    use polars::prelude::*;
    let place = Place::empty();
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
    let path = place.path("file.parquet");
    ParquetWriter::new(fs::File::create(&path).unwrap())
        .finish(&mut frame)
        .unwrap();
    let report = import(&place.workspace(), &path, &request("some_daily")).unwrap();
    assert_eq!(report.entry.unwrap().rows, 400);
    let bytes = fs::read(&path).unwrap();
    let before = place.files();
    for end in [0, 3, 12, bytes.len() / 2, bytes.len() - 1] {
        fs::write(&path, &bytes[..end]).unwrap();
        let said = import(&place.workspace(), &path, &request("torn_daily"))
            .unwrap_err()
            .to_string();
        assert!(
            said.contains("file.parquet: no readable parquet"),
            "{end}: {said}"
        );
        assert!(place.files() == before);
    }
}
