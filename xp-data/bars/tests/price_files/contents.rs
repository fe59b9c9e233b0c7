//! Encodings, compression, and files that are no tables.

use crate::fixture::{
    Expected::{Finding, Refused, Same},
    *,
};

#[test]
fn encodings_and_compression_are_read() {
    let plain = text(&bars(), &PLAIN);
    let tabs = Form {
        separator: "\t",
        head: "Date\tOpen\tHigh\tLow\tClose\tVolume",
        end: "\r\n",
        ..PLAIN
    };
    let french = Form {
        separator: ";",
        head: "Date;Ouverture;Plus Haut;Plus Bas;Cl\u{f4}ture;Volumes",
        ..PLAIN
    };
    let latin: Vec<u8> = text(&bars(), &french)
        .chars()
        .map(|c| u8::try_from(c).unwrap())
        .collect();
    let japanese = text(
        &bars(),
        &Form {
            head: "日付,始値,高値,安値,終値,出来高",
            ..PLAIN
        },
    );
    let (shift_jis, ..) = encoding_rs::SHIFT_JIS.encode(&japanese);
    check(vec![
        case("UTF-8 with its mark", format!("\u{feff}{plain}"), Same),
        case("UTF-16 of Excel", utf16(&text(&bars(), &tabs), true), Same),
        case("UTF-16 without its mark", utf16(&plain, false), Same),
        case("Windows-1252", latin, Finding("encoding", "windows-1252")),
        case(
            "Shift JIS",
            shift_jis.into_owned(),
            Finding("encoding", "Shift_JIS"),
        ),
        case("gzip", gzip(plain.as_bytes()), Same),
        case("gzip of UTF-16", gzip(&utf16(&plain, true)), Same),
        case(
            "half a gzip",
            gzip(plain.as_bytes())[..200].to_vec(),
            Refused("a damaged gzip file"),
        ),
        case(
            "a bomb",
            gzip(&vec![b'1'; 65 << 20]),
            Refused("expected daily bars"),
        ),
    ]);
}

#[test]
fn what_is_no_table_is_named_for_what_it_is() {
    let workbook = b"PK\x03\x04\x14\0\0\0\x08\0\0\0!\0rest of the archive with [Content_Types].xml and xl/workbook.xml in it";
    check(vec![
        case("nothing", "", Refused("1:1: the file is empty")),
        case("blanks", " \n\n", Refused("1:1: the file is empty")),
        case(
            "a header alone",
            "Date,Open,High,Low,Close,Volume\n",
            Refused("a header and no bars"),
        ),
        case(
            "a limit",
            "Exceeded the daily hits limit",
            Refused(
                "a text and no table: “Exceeded the daily hits limit”; is it the message of a server?",
            ),
        ),
        case(
            "a limit with commas",
            "Thank you for using us! Our limit is 25 requests a day, please subscribe, or wait.\n",
            Refused("a text and no table: “Thank you for using us!"),
        ),
        case(
            "a page",
            "<!DOCTYPE html><html><head><title>Too many requests</title></head></html>",
            Refused("an HTML page (“Too many requests”)"),
        ),
        case(
            "a message",
            r#"{"Note": "The rate limit of this key is 25 requests per day."}"#,
            Refused("JSON, not a table"),
        ),
        case(
            "lines of JSON",
            "{\"date\":\"2007-01-30\",\"open\":1}\n{\"date\":\"2007-01-31\",\"open\":1}\n",
            Refused("JSON, not a table"),
        ),
        case("a list", "[1, 2]", Refused("JSON, not a table")),
        case(
            "XML",
            "<?xml version=\"1.0\"?><prices/>",
            Refused("an XML document"),
        ),
        case(
            "a workbook",
            workbook.to_vec(),
            Refused("an Excel workbook"),
        ),
        case(
            "an old workbook",
            [
                &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1][..],
                &[0; 600],
            ]
            .concat(),
            Refused("an Excel workbook"),
        ),
        case(
            "an archive",
            b"PK\x03\x04\x14\0\0\0\x08\0\0\0!\0prices.csv".to_vec(),
            Refused("an archive (zip)"),
        ),
        case(
            "a PDF",
            b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec(),
            Refused("application/pdf"),
        ),
        case(
            "a picture",
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(),
            Refused("image/png"),
        ),
        case(
            "a zero byte",
            "Date,Open,High,Low,Close\n2007-01-31,1,2,1,1\0\n",
            Refused("2:19: a zero byte"),
        ),
        case(
            "no header",
            "2007-01-30,1,2,0.5,1.5,10\n",
            Refused("1:1: the first line has numbers, not names"),
        ),
        case(
            "a word that begins as a picture does",
            behind("BM data of the exchange\n"),
            Finding("lines-above", "BM data"),
        ),
    ]);
}

/// What a file says is shown short and without characters that move a terminal.
#[test]
fn hostile_text_is_shown_harmless() {
    let escape = "\u{1b}[31mX\u{7}\u{9b}\u{202e}";
    let harmless = "`\\u{1b}[31mX\\u{7}\\u{9b}\\u{202e}`";
    let long = "9".repeat(1_000_000);
    let row = |price: &str| format!("Date,Open,High,Low,Close\n2007-01-31,{price},2,1,1\n");
    let dated = |date: &str| format!("Date,Open,High,Low,Close\n{date},1,2,1,1\n");
    check(vec![
        case("a price", row(escape), Refused(harmless)),
        case("a date", dated(escape), Refused(harmless)),
        case(
            "an asset",
            format!(
                "Name,Date,Open,High,Low,Close\n{escape},2007-01-30,1,2,1,1\nB,2007-01-31,1,2,1,1\n"
            ),
            Refused(harmless),
        ),
        case(
            "a message",
            format!("limit {escape}"),
            Refused("\\u{1b}[31mX"),
        ),
        case("a long price", row(&long), Refused("9999…`")),
        case("a long date", dated(&long), Refused("9999…`")),
        case(
            "many lines",
            "2007-01-31,1,2,1,1\n".repeat(200_000),
            Refused("more than 160000 lines"),
        ),
    ]);
}
