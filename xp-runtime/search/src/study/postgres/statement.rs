//! The statements of `sql` as PostgreSQL has them. It sends nothing.

use crate::study::connection::{Change, Value};

/// A statement with numbered values of PostgreSQL.
pub(super) struct Translated {
    pub(super) text: String,
    /// Positions of the values that are sent; the server has its own time.
    pub(super) sent: Vec<usize>,
}

/// Rows of an id and a step.
const STEPS: &str = "SELECT * FROM unnest(?1::int4[], ?2::int4[]) AS pair(id, step)";

impl Translated {
    /// `?2` becomes `$2`, or the time of the server where that value is a time, and `:ids` and `:steps` the rows of lists.
    pub(super) fn of(statement: &str, values: &[Value<'_>]) -> Self {
        let statement = statement
            .replace(":ids", "SELECT unnest(?1::int4[])")
            .replace(":steps", STEPS);
        let mut sent: Vec<usize> = Vec::new();
        let mut parts = statement.split('?');
        let mut text = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let end = part
                .find(|letter: char| !letter.is_ascii_digit())
                .unwrap_or(part.len());
            let (digits, rest) = part.split_at(end);
            let position = digits.parse::<usize>().unwrap_or(1).saturating_sub(1);
            match values.get(position) {
                Some(Value::Utc(_)) => text.push_str("timezone('utc', clock_timestamp())"),
                // As Optuna writes and compares them.
                Some(Value::Heartbeat(_)) => text.push_str("clock_timestamp()::timestamp"),
                _ => {
                    let known = sent.iter().position(|known| *known == position);
                    let place = known.unwrap_or_else(|| {
                        sent.push(position);
                        sent.len() - 1
                    });
                    text.push_str(&format!("${}", place + 1));
                }
            }
            text.push_str(rest);
        }
        Self { text, sent }
    }
}

/// Several changes as one statement, of which none sees another: a message to the server for all of them.
pub(super) fn joined<'a>(changes: &[Change<'a>]) -> Change<'a> {
    let (mut parts, mut all) = (Vec::new(), Vec::new());
    for (position, (statement, values)) in changes.iter().enumerate() {
        let text = moved(statement, all.len());
        parts.push(format!("change_{position} AS ({text})"));
        all.extend_from_slice(values);
    }
    (format!("WITH {} SELECT", parts.join(", ")), all)
}

/// A statement whose values come after so many others.
fn moved(statement: &str, before: usize) -> String {
    let mut parts = statement.split('?');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|letter: char| !letter.is_ascii_digit());
        let (digits, rest) = part.split_at(end.unwrap_or(part.len()));
        let position = digits.parse::<usize>().unwrap_or(1);
        text += &format!("?{}{rest}", position + before);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_joined_with_their_values_in_order() {
        let changes = [
            (
                "UPDATE a SET b = ?2 WHERE c = ?1".to_owned(),
                vec![Value::Int(1), Value::Int(2)],
            ),
            (
                "INSERT INTO d VALUES (?1, ?2)".to_owned(),
                vec![Value::Int(3), Value::Utc("2026-11-30 12:00:00")],
            ),
        ];
        let (text, values) = joined(&changes);
        let expected = "WITH change_0 AS (UPDATE a SET b = ?2 WHERE c = ?1), change_1 AS (INSERT INTO d VALUES (?3, ?4)) SELECT";
        assert_eq!(text, expected);
        assert_eq!(values.len(), 4);
        assert!(matches!(values.get(2), Some(Value::Int(3))));
        assert!(matches!(values.get(3), Some(Value::Utc(_))));
    }

    #[test]
    fn values_are_numbered_and_times_are_the_servers() {
        let now = "2026-11-30 12:00:00";
        let cases: [(&str, &[Value<'_>], &str, &[usize]); 4] = [
            (
                "UPDATE a SET b = ?2 WHERE c = ?1",
                &[Value::Int(1), Value::Int(2)],
                "UPDATE a SET b = $1 WHERE c = $2",
                &[1, 0],
            ),
            (
                "UPDATE a SET b = ?2, d = ?3 WHERE c = ?1",
                &[Value::Int(1), Value::Utc(now), Value::Int(2)],
                "UPDATE a SET b = timezone('utc', clock_timestamp()), d = $1 WHERE c = $2",
                &[2, 0],
            ),
            (
                "INSERT INTO a VALUES (?1, ?2), (?1, ?3)",
                &[Value::Int(1), Value::Heartbeat(now), Value::Int(2)],
                "INSERT INTO a VALUES ($1, clock_timestamp()::timestamp), ($1, $2)",
                &[0, 2],
            ),
            (
                "SELECT a FROM b WHERE c IN (:ids) AND d = ?2",
                &[Value::Ids(&[1]), Value::Int(2)],
                "SELECT a FROM b WHERE c IN (SELECT unnest($1::int4[])) AND d = $2",
                &[0, 1],
            ),
        ];
        for (statement, values, text, sent) in cases {
            let translated = Translated::of(statement, values);
            assert_eq!(translated.text, text);
            assert_eq!(translated.sent, sent);
        }
    }
}
