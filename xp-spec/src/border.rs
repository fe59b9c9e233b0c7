//! Whether a value lies at the border of the range that was searched: then the optimum may lie beyond it.

use crate::{
    scalar::{rounded, scalar},
    space::{Assignment, Domain, SearchSpace, Value},
};

/// Share of a range that is its border, at each end.
pub const BORDER: f64 = 0.05;
/// Values of a list from which on its first and last are a border: of two, each value would be one.
const LISTED: usize = 3;

/// An end of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The low end.
    Low,
    /// The high end.
    High,
}

/// A value at the border of its range.
#[derive(Debug, Clone, PartialEq)]
pub struct AtBorder {
    /// The hyperparameter.
    pub name: String,
    /// Its value.
    pub value: Value,
    /// Its range.
    pub domain: Domain,
    /// The end of the range.
    pub end: End,
}

impl AtBorder {
    /// Where the value lies, such as "3.1e-6 lies in the lowest 5 % of log(3e-6, 1e-3)".
    pub fn place(&self) -> String {
        let value = self
            .value
            .number()
            .map_or_else(|| self.value.to_string(), rounded);
        let (least, smallest) = match self.end {
            End::Low => ("lowest", "smallest"),
            End::High => ("highest", "largest"),
        };
        match &self.domain {
            Domain::Choice { .. } => format!("{value} is the {smallest} of {}", self.domain),
            domain => format!(
                "{value} lies in the {least} {:.0} % of {domain}",
                100.0 * BORDER
            ),
        }
    }
}

impl std::fmt::Display for AtBorder {
    /// A sentence without a full stop: the hyperparameter in backticks, and where its value lies.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}` {}", self.name, self.place())
    }
}

/// The values of a point that lie at the border of their range: in the outer 5 % of it, on a logarithmic axis where it is searched so,
/// or the first or last of at least three numbers. Names and shapes have no border, and where the range ends at the limit of what the
/// hyperparameter may be (a dropout of 0) nothing lies beyond.
pub fn at_border(space: &SearchSpace, point: &Assignment) -> Vec<AtBorder> {
    space
        .parameters
        .iter()
        .filter_map(|parameter| {
            let value = point.get(&parameter.name)?;
            let end = end(&parameter.domain, value)?;
            (!is_limit(&parameter.name, &parameter.domain, end)).then(|| AtBorder {
                name: parameter.name.clone(),
                value: value.clone(),
                domain: parameter.domain.clone(),
                end,
            })
        })
        .collect()
}

fn end(domain: &Domain, value: &Value) -> Option<End> {
    let at = value.number()?;
    if let Domain::Choice { values } = domain {
        let (low, high) = domain.range()?;
        return match at {
            _ if values.len() < LISTED => None,
            at if at == low => Some(End::Low),
            at if at == high => Some(End::High),
            _ => None,
        };
    }
    let (low, high) = domain.range()?;
    let place = if domain.is_logarithmic() {
        (at.ln() - low.ln()) / (high.ln() - low.ln())
    } else {
        (at - low) / (high - low)
    };
    if place <= BORDER {
        Some(End::Low)
    } else if place >= 1.0 - BORDER {
        Some(End::High)
    } else {
        None
    }
}

/// Whether the range cannot be widened there.
fn is_limit(name: &str, domain: &Domain, end: End) -> bool {
    let (Some(scalar), Some((low, high))) = (scalar(name), domain.range()) else {
        return false;
    };
    match end {
        End::Low => low <= scalar.low,
        End::High => high >= scalar.high,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::Parameter;

    #[test]
    fn the_outer_twentieth_of_a_range_is_its_border() {
        let log = Domain::Log {
            low: 1e-6,
            high: 1e-2,
        };
        let uniform = Domain::Uniform {
            low: 0.0,
            high: 0.5,
        };
        let int = |low, high| Domain::Int { low, high, step: 1 };
        let listed = |values: &[i64]| Domain::Choice {
            values: values.iter().copied().map(Value::Int).collect(),
        };
        let names = Domain::Choice {
            values: ["a", "b", "c"]
                .map(|it| Value::Text(it.to_owned()))
                .to_vec(),
        };
        let (real, whole) = (Value::Float, Value::Int);
        for (name, domain, value, expected) in [
            // A twentieth of four decades is a factor of 1.58.
            (
                "learning_rate",
                &log,
                real(1.5e-6),
                Some("`learning_rate` 1.5e-6 lies in the lowest 5 % of log(1e-6, 0.01)"),
            ),
            ("learning_rate", &log, real(1.7e-6), None),
            (
                "learning_rate",
                &log,
                real(9e-3),
                Some("`learning_rate` 9e-3 lies in the highest 5 % of log(1e-6, 0.01)"),
            ),
            ("learning_rate", &log, real(5e-3), None),
            (
                "dropout",
                &uniform,
                real(0.48),
                Some("`dropout` 0.48 lies in the highest 5 % of uniform(0, 0.5)"),
            ),
            ("dropout", &uniform, real(0.25), None),
            // No dropout is less than none.
            ("dropout", &uniform, real(0.0), None),
            (
                "steps",
                &int(1000, 3000),
                whole(2900),
                Some("`steps` 2900 lies in the highest 5 % of int(1000, 3000)"),
            ),
            ("steps", &int(1, 3000), whole(1), None),
            (
                "steps",
                &listed(&[1000, 2000, 4000]),
                whole(4000),
                Some("`steps` 4000 is the largest of [1000, 2000, 4000]"),
            ),
            (
                "steps",
                &listed(&[1000, 2000, 4000]),
                whole(1000),
                Some("`steps` 1000 is the smallest of [1000, 2000, 4000]"),
            ),
            ("steps", &listed(&[1000, 2000, 4000]), whole(2000), None),
            // Of two, each is at an end.
            ("steps", &listed(&[1000, 2000]), whole(2000), None),
            ("loss", &names, Value::Text("a".to_owned()), None),
        ] {
            let space = SearchSpace {
                parameters: vec![Parameter {
                    name: name.to_owned(),
                    domain: domain.clone(),
                }],
            };
            let point = Assignment::from([(name.to_owned(), value)]);
            let found: Vec<_> = at_border(&space, &point)
                .iter()
                .map(ToString::to_string)
                .collect();
            let expected: Vec<_> = expected.into_iter().map(str::to_owned).collect();
            assert_eq!(found, expected, "{name} {point:?}");
        }
    }
}
