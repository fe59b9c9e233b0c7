//! Values as PostgreSQL has them: each is sent as the type that the server expects, and read as the type that it sends.

use std::error::Error;

use chrono::NaiveDateTime;
use postgres::types::{FromSql, IsNull, Kind, ToSql, Type, private::BytesMut, to_sql_checked};

use crate::study::{
    connection::{Cell, Row, Value},
    time,
};

type Fault = Box<dyn Error + Sync + Send>;

impl ToSql for Value<'_> {
    fn to_sql(&self, expected: &Type, out: &mut BytesMut) -> Result<IsNull, Fault> {
        match self {
            Self::Int(value) if *expected == Type::INT4 => {
                i32::try_from(*value)?.to_sql(expected, out)
            }
            Self::Int(value) if *expected == Type::FLOAT8 => (*value as f64).to_sql(expected, out),
            Self::Int(value) => value.to_sql(expected, out),
            Self::Real(value) => value.to_sql(expected, out),
            Self::Text(None) => Ok(IsNull::Yes),
            Self::Text(Some(text)) | Self::Utc(text) | Self::Heartbeat(text) => {
                if *expected == Type::TIMESTAMP {
                    let time = time::parse(text).ok_or("not a time")?;
                    return time.to_sql(expected, out);
                }
                // The binary form of a name in an enumeration is its text.
                out.extend_from_slice(text.as_bytes());
                Ok(IsNull::No)
            }
            Self::Ids(ids) => {
                let ids: Vec<i32> = ids
                    .iter()
                    .map(|id| i32::try_from(*id))
                    .collect::<Result<_, _>>()?;
                ids.to_sql(expected, out)
            }
        }
    }

    /// Every type: one that does not fit is the server's to refuse.
    fn accepts(_expected: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl FromSql<'_> for Cell {
    fn from_sql(found: &Type, raw: &[u8]) -> Result<Self, Fault> {
        Ok(match *found {
            Type::INT4 => Self::Int(i32::from_sql(found, raw)?.into()),
            Type::INT8 => Self::Int(i64::from_sql(found, raw)?),
            Type::FLOAT8 => Self::Real(f64::from_sql(found, raw)?),
            Type::BOOL => Self::Int(bool::from_sql(found, raw)?.into()),
            Type::TIMESTAMP => {
                let time = NaiveDateTime::from_sql(found, raw)?;
                Self::Text(time::stored(time))
            }
            _ => Self::Text(std::str::from_utf8(raw)?.to_owned()),
        })
    }

    fn from_sql_null(_found: &Type) -> Result<Self, Fault> {
        Ok(Self::Null)
    }

    fn accepts(found: &Type) -> bool {
        let read = [
            Type::INT4,
            Type::INT8,
            Type::FLOAT8,
            Type::BOOL,
            Type::TIMESTAMP,
            Type::TEXT,
            Type::VARCHAR,
            Type::NAME,
        ];
        read.contains(found) || matches!(found.kind(), Kind::Enum(_) | Kind::Domain(_))
    }
}

/// A row with its cells.
pub(super) fn row(found: &postgres::Row) -> Result<Row, postgres::Error> {
    let cells = (0..found.len()).map(|column| found.try_get::<_, Cell>(column));
    cells.collect::<Result<_, _>>().map(Row)
}
