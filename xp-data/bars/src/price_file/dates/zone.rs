//! Time zones of exchanges, from the IANA database that is compiled in.

use std::str::FromStr as _;

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use chrono_tz::Tz;

/// Where an exchange is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zone(Place);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Named(Tz),
    Fixed(FixedOffset),
}

impl Zone {
    /// The zone of a name such as `Asia/Tokyo`, or of an offset such as `+09:00`.
    ///
    /// # Errors
    /// A sentence where there is none.
    pub fn parse(name: &str) -> Result<Self, String> {
        if let Ok(zone) = Tz::from_str(name) {
            return Ok(Self(Place::Named(zone)));
        }
        match FixedOffset::from_str(name) {
            Ok(offset) => Ok(Self(Place::Fixed(offset))),
            Err(_) => Err(format!(
                "`{name}` is not a time zone; specify one such as Asia/Tokyo, America/New_York, or +09:00"
            )),
        }
    }

    /// Its name.
    pub fn name(self) -> String {
        match self.0 {
            Place::Named(zone) => zone.name().to_owned(),
            Place::Fixed(offset) => offset.to_string(),
        }
    }

    /// The date there at an instant.
    pub fn date(self, instant: DateTime<Utc>) -> NaiveDate {
        match self.0 {
            Place::Named(zone) => instant.with_timezone(&zone).date_naive(),
            Place::Fixed(offset) => instant.with_timezone(&offset).date_naive(),
        }
    }

    /// The instant as it is written there, with the offset from UTC.
    pub fn written(self, instant: DateTime<Utc>) -> String {
        match self.0 {
            Place::Named(zone) => instant.with_timezone(&zone).to_rfc3339(),
            Place::Fixed(offset) => instant.with_timezone(&offset).to_rfc3339(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may state what it believes")]
    use super::*;

    #[test]
    fn an_instant_is_the_date_of_its_place() {
        let instant = DateTime::from_timestamp(1_170_198_000, 0).unwrap();
        for (zone, written, date) in [
            ("UTC", "2007-01-30T23:00:00+00:00", "2007-01-30"),
            ("Europe/Berlin", "2007-01-31T00:00:00+01:00", "2007-01-31"),
            ("Asia/Tokyo", "2007-01-31T08:00:00+09:00", "2007-01-31"),
            (
                "America/New_York",
                "2007-01-30T18:00:00-05:00",
                "2007-01-30",
            ),
            ("+09:00", "2007-01-31T08:00:00+09:00", "2007-01-31"),
        ] {
            let zone = Zone::parse(zone).unwrap();
            assert_eq!(zone.written(instant), written);
            assert_eq!(zone.date(instant).to_string(), date);
        }
        assert!(
            Zone::parse("Tokio")
                .unwrap_err()
                .contains("`Tokio` is not a time zone")
        );
    }
}
