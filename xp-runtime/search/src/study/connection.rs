//! What the study asks of a database: statements with values, and transactions. It knows no table.

use crate::study::error::StudyError;

/// A value of a statement, by its position: `?1` is the first.
#[derive(Debug, Clone, Copy)]
pub(super) enum Value<'a> {
    Int(i64),
    Real(Option<f64>),
    Text(Option<&'a str>),
    /// Ids, for the rows of `:ids`, which stands for the first value of a statement, or ids and steps, for those of `:steps`.
    Ids(&'a [i64]),
    /// Now in UTC. A server takes its own time instead of this one.
    Utc(&'a str),
    /// Now as heartbeats have it: in UTC, or as Optuna has it, in the time zone of a server. A server takes its own time.
    Heartbeat(&'a str),
}

impl From<i64> for Value<'_> {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<u32> for Value<'_> {
    fn from(value: u32) -> Self {
        Self::Int(i64::from(value))
    }
}

impl From<f64> for Value<'_> {
    fn from(value: f64) -> Self {
        Self::Real(Some(value))
    }
}

impl From<Option<f64>> for Value<'_> {
    fn from(value: Option<f64>) -> Self {
        Self::Real(value)
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(value: &'a str) -> Self {
        Self::Text(Some(value))
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(value: &'a String) -> Self {
        Self::Text(Some(value))
    }
}

impl<'a> From<Option<&'a str>> for Value<'a> {
    fn from(value: Option<&'a str>) -> Self {
        Self::Text(value)
    }
}

/// The values of a statement.
macro_rules! values {
    ($($value:expr),* $(,)?) => { &[$($crate::study::connection::Value::from($value)),*] };
}
pub(super) use values;

/// A cell of a row that was read.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    Null,
    Int(i64),
    Real(f64),
    Text(String),
}

/// A row that was read.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row(pub(super) Vec<Cell>);

impl Row {
    /// The cell of a column.
    ///
    /// # Errors
    /// It is of another type, as another program may have written it.
    pub(super) fn get<T: FromCell>(&self, column: usize) -> Result<T, StudyError> {
        let cell = self.0.get(column).unwrap_or(&Cell::Null);
        T::from_cell(cell).ok_or_else(|| StudyError::UnexpectedCell {
            found: format!("{cell:?}"),
            needed: T::NAME,
        })
    }

    /// The text of a column; absent where there is none.
    pub(super) fn text(&self, column: usize) -> Option<&str> {
        match self.0.get(column) {
            Some(Cell::Text(text)) => Some(text),
            _ => None,
        }
    }
}

/// A type that a cell may have.
pub(super) trait FromCell: Sized {
    /// What it is, for messages.
    const NAME: &'static str;
    fn from_cell(cell: &Cell) -> Option<Self>;
}

impl FromCell for i64 {
    const NAME: &'static str = "an integer";
    fn from_cell(cell: &Cell) -> Option<Self> {
        match cell {
            Cell::Int(value) => Some(*value),
            _ => None,
        }
    }
}

impl FromCell for u32 {
    const NAME: &'static str = "a number from 0";
    fn from_cell(cell: &Cell) -> Option<Self> {
        i64::from_cell(cell).and_then(|value| value.try_into().ok())
    }
}

impl FromCell for f64 {
    const NAME: &'static str = "a number";
    fn from_cell(cell: &Cell) -> Option<Self> {
        match cell {
            Cell::Real(value) => Some(*value),
            Cell::Int(value) => Some(*value as Self),
            _ => None,
        }
    }
}

impl FromCell for String {
    const NAME: &'static str = "text";
    fn from_cell(cell: &Cell) -> Option<Self> {
        match cell {
            Cell::Text(text) => Some(text.clone()),
            _ => None,
        }
    }
}

impl<T: FromCell> FromCell for Option<T> {
    const NAME: &'static str = T::NAME;
    fn from_cell(cell: &Cell) -> Option<Self> {
        match cell {
            Cell::Null => Some(None),
            other => T::from_cell(other).map(Some),
        }
    }
}

/// Whom a transaction keeps out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lock {
    /// Every other transaction of the study that has this lock: what it reads stays so until it ends.
    Study,
    /// Nobody, where the database can do without.
    None,
}

/// A statement that changes rows, with its values.
pub(super) type Change<'a> = (String, Vec<Value<'a>>);

/// A connection to the database of a study.
pub(super) trait Connection {
    /// Where the study is, for messages.
    fn place(&self) -> String;

    /// The rows of a statement.
    fn query(&self, statement: &str, values: &[Value<'_>]) -> Result<Vec<Row>, StudyError>;

    /// Makes a change; the number of rows that changed.
    fn execute(&self, statement: &str, values: &[Value<'_>]) -> Result<u64, StudyError>;

    /// Makes changes of which none sees another, in one message to a server.
    fn execute_all(&self, changes: &[Change<'_>]) -> Result<(), StudyError> {
        changes.iter().try_for_each(|(statement, values)| {
            self.execute(statement, values)?;
            Ok(())
        })
    }

    /// Begins a transaction. Errors with [`StudyError::Locked`] where another one has the lock for longer than [`Self::lock_seconds`].
    fn begin(&self, study_id: i64, lock: Lock) -> Result<(), StudyError>;

    /// How long [`Self::begin`] waits for a lock, seconds.
    fn lock_seconds(&self) -> u32;

    /// Ends the transaction: all of it is stored.
    fn commit(&self) -> Result<(), StudyError>;

    /// Ends the transaction: nothing of it is stored. Where there is none it does nothing.
    fn roll_back(&self);

    /// Whether the next commits wait for the disk, where that is this connection's to decide.
    fn synchronise(&self, full: bool) -> Result<(), StudyError>;

    /// Connects again after [`StudyError::Disconnected`].
    fn reconnect(&self) -> Result<(), StudyError>;

    /// Takes, or has, the lock of who writes the results of a study; `false` where another connection has it.
    fn claim_results(&self, study_id: i64) -> Result<bool, StudyError>;

    /// SQL after a query that locks the rows of the trials `t` that it finds.
    fn row_lock(&self) -> &'static str;

    /// SQL of a heartbeat's age in seconds by the clock of the database, of the trial `t`; absent where it has no clock of its own.
    fn heartbeat_age(&self) -> Option<&'static str>;
}

/// The first row of a statement, if any.
pub(super) fn first(
    connection: &dyn Connection,
    statement: &str,
    values: &[Value<'_>],
) -> Result<Option<Row>, StudyError> {
    Ok(connection.query(statement, values)?.into_iter().next())
}
