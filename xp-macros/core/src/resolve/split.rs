//! `split: { … }`: days inside the data, in their order.

use chrono::NaiveDate;
use xp_spec::{
    split::{Spine, Split, row_days},
    timescale::Timescale,
    train_part::TrainPart,
    vocabulary,
};

use super::{
    fields::{Fields, text, whole, wrong},
    train_part::train_part,
};
use crate::{diagnostic::Diagnostic, syntax::Node};

/// First days of validation and test, the embargo, and the part of train; `timescale` is that of the bars.
pub(crate) fn split(
    node: &Node,
    spine: Option<&Spine>,
    timescale: Option<Timescale>,
    errors: &mut Vec<Diagnostic>,
) -> Option<Split> {
    let Node::Map(map) = node else {
        wrong(
            node,
            "`{ val: \"2007-01-01\", test: \"2010-01-01\" }`",
            errors,
        );
        return None;
    };
    let fields = Fields::new(map, "`split`", vocabulary::split::ALL, errors);
    let mut border = |key: &str| {
        let example = if key == "val" {
            "\"2007-01-01\""
        } else {
            "\"2010-01-01\""
        };
        let node = fields.required(key, example, errors)?;
        let date = date(node, errors)?;
        if let Some((first, last)) =
            spine.and_then(|spine| Some((*spine.dates.first()?, *spine.dates.last()?)))
            && !(first..=last).contains(&date)
        {
            errors.push(
                Diagnostic::new(node.span(), format!("{date} is outside the data"))
                    .help(format!("the daily prices reach from {first} to {last}")),
            );
            return None;
        }
        Some((date, node.span()))
    };
    let (val, test) = (border("val"), border("test"));
    let embargo = match fields.optional("embargo") {
        Some(node) => whole(node, 0..=250, errors),
        None => Some(0),
    };
    let part = match fields.optional("train") {
        Some(node) => {
            let rows = spine
                .zip(timescale)
                .map(|(spine, timescale)| row_days(&spine.dates, timescale));
            train_part(node, rows.as_deref(), val.map(|(val, _)| val), errors)
        }
        None => Some(TrainPart::Whole),
    };
    let ((val, _), (test, span)) = (val?, test?);
    if test <= val {
        errors.push(
            Diagnostic::new(
                span,
                format!("`test` starts on {test}, not after `val` on {val}"),
            )
            .help("the order is train, val, test"),
        );
        return None;
    }
    Some(Split {
        val,
        test,
        embargo: u32::try_from(embargo?).ok()?,
        train: part?,
    })
}

fn date(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<NaiveDate> {
    let written = text(node, "\"2007-01-01\"", errors)?;
    // In its normal form only: chrono also accepts `2007-1-1`, and equal experiments would look different.
    let found = NaiveDate::parse_from_str(written, "%Y-%m-%d")
        .ok()
        .filter(|date| date.to_string() == written);
    if found.is_none() {
        errors.push(
            Diagnostic::new(node.span(), format!("\"{written}\" is no date"))
                .help("year-month-day, such as \"2007-01-01\""),
        );
    }
    found
}
