//! `split: { …, train: fraction(0.25) | last("10y") }`: how much of the training region is used.

use chrono::NaiveDate;
use xp_spec::{
    nearest::nearest,
    train_part::{MOST_YEARS, TrainPart, names},
};

use super::fields::{number, text, wrong};
use crate::{diagnostic::Diagnostic, syntax::Node};

/// The part; `rows` are the days of the bars after warm-up, where they are known, and `val` is the first day of validation.
pub(crate) fn train_part(
    node: &Node,
    rows: Option<&[NaiveDate]>,
    val: Option<NaiveDate>,
    errors: &mut Vec<Diagnostic>,
) -> Option<TrainPart> {
    let part = written(node, errors)?;
    if let (Some(rows), Some(val)) = (rows, val)
        && rows.first().is_some_and(|first| *first < val)
        && part.first_day(rows, val).is_none()
    {
        let first = rows.first().copied().unwrap_or(val);
        errors.push(
            Diagnostic::new(
                node.span(),
                format!("`{part}` leaves nothing out: train begins on {first}, after warm-up, and ends before {val}"),
            )
            .help("leave `train` out, or take fewer years"),
        );
        return None;
    }
    Some(part)
}

fn written(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<TrainPart> {
    const EXPECTED: &str = "`fraction(0.25)` or `last(\"10y\")`";
    let Node::Call(name, arguments) = node else {
        wrong(node, EXPECTED, errors);
        return None;
    };
    let name = name.to_string();
    let ([argument], true) = (
        arguments.as_slice(),
        [names::FRACTION, names::LAST].contains(&name.as_str()),
    ) else {
        let mut error = Diagnostic::new(
            node.span(),
            format!("expected {EXPECTED}, found {}", node.describe()),
        );
        if let Some(near) = nearest(&name, [names::FRACTION, names::LAST])
            && near != name
        {
            error = error.help(format!("did you mean `{near}`?"));
        }
        errors.push(error);
        return None;
    };
    if name == names::FRACTION {
        let share = number(argument, errors)?;
        let part = TrainPart::fraction(share);
        if part.is_none() {
            errors.push(
                Diagnostic::new(
                    argument.span(),
                    format!(
                        "{share} is no share of train: above 0, below 1, with at most four digits"
                    ),
                )
                .help("`fraction(0.25)`; leave `train` out for the whole of it"),
            );
        }
        return part;
    }
    let years = text(argument, "\"10y\"", errors)?;
    let part = TrainPart::last(years);
    if part.is_none() {
        errors.push(
            Diagnostic::new(
                argument.span(),
                format!("\"{years}\" is no number of years"),
            )
            .help(format!(
                "`last(\"10y\")`, with 1 to {MOST_YEARS} whole years"
            )),
        );
    }
    part
}
