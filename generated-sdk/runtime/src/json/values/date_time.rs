use std::cmp::Ordering;
use std::fmt;
use std::time::SystemTime;

use jiff::{Timestamp, civil, tz::TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Point in time, in the notation of the API.
///
/// It stores the text. A value is therefore written back unchanged (`…:02.0000Z`), and an invalid value in one
/// field does not fail the entire response. [`timestamp`](Self::timestamp) parses it, and `TryFrom` converts it to
/// [`SystemTime`], [`jiff::Timestamp`], and with the features `chrono` and `time` to the types of those crates.
///
/// ```
/// use std::time::SystemTime;
///
/// use sdk_runtime::DateTime;
///
/// let created = DateTime::from("2014-03-01T12:21:02.0000Z");
/// assert_eq!(created.timestamp()?.as_second(), 1_393_676_462);
/// assert_eq!(created.to_string(), "2014-03-01T12:21:02.0000Z");
/// assert!(created < DateTime::from(SystemTime::now()));
/// let time = SystemTime::try_from(&created)?;
/// assert_eq!(DateTime::from(time).as_str(), "2014-03-01T12:21:02Z");
/// # Ok::<(), jiff::Error>(())
/// ```
///
/// Values are equal if their text is equal. They are ordered by time, then by text; invalid values come last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct DateTime(String);

impl DateTime {
    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Parses an RFC 3339 timestamp. A date means midnight in UTC.
    ///
    /// # Errors
    /// Returns an error if the text is neither a timestamp nor a date.
    pub fn timestamp(&self) -> Result<Timestamp, jiff::Error> {
        match self.0.parse::<Timestamp>() {
            Ok(timestamp) => Ok(timestamp),
            Err(error) => match self.0.parse::<civil::Date>() {
                Ok(date) if self.0.len() == 10 => Ok(date.to_zoned(TimeZone::UTC)?.timestamp()),
                _ => Err(error),
            },
        }
    }

    /// Converts nanoseconds since 1970. Values outside the years -9999 to 9999 become the nearest valid one.
    #[cfg(any(feature = "chrono", feature = "time"))]
    fn from_nanoseconds(nanoseconds: i128) -> Self {
        let nearest = if nanoseconds < 0 { Timestamp::MIN } else { Timestamp::MAX };
        Timestamp::from_nanosecond(nanoseconds).unwrap_or(nearest).into()
    }
}

impl Ord for DateTime {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_time = match (self.timestamp(), other.timestamp()) {
            (Ok(one), Ok(other)) => one.cmp(&other),
            (Ok(_), Err(_)) => Ordering::Less,
            (Err(_), Ok(_)) => Ordering::Greater,
            (Err(_), Err(_)) => Ordering::Equal,
        };
        by_time.then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for DateTime {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl TryFrom<&DateTime> for Timestamp {
    type Error = jiff::Error;

    fn try_from(time: &DateTime) -> Result<Self, jiff::Error> {
        time.timestamp()
    }
}

impl TryFrom<&DateTime> for SystemTime {
    type Error = jiff::Error;

    fn try_from(time: &DateTime) -> Result<Self, jiff::Error> {
        time.timestamp().map(Self::from)
    }
}

#[cfg(feature = "chrono")]
impl TryFrom<&DateTime> for chrono::DateTime<chrono::Utc> {
    type Error = jiff::Error;

    fn try_from(time: &DateTime) -> Result<Self, jiff::Error> {
        let timestamp = time.timestamp()?;
        let since_epoch = chrono::TimeDelta::seconds(timestamp.as_second())
            + chrono::TimeDelta::nanoseconds(timestamp.subsec_nanosecond().into());
        Ok(Self::UNIX_EPOCH + since_epoch)
    }
}

/// Values outside the years -9999 to 9999 become the nearest valid one.
#[cfg(feature = "chrono")]
impl<Z: chrono::TimeZone> From<chrono::DateTime<Z>> for DateTime {
    fn from(time: chrono::DateTime<Z>) -> Self {
        let nanoseconds = i128::from(time.timestamp_subsec_nanos());
        Self::from_nanoseconds(i128::from(time.timestamp()) * 1_000_000_000 + nanoseconds)
    }
}

#[cfg(feature = "time")]
impl TryFrom<&DateTime> for time::OffsetDateTime {
    type Error = jiff::Error;

    fn try_from(time: &DateTime) -> Result<Self, jiff::Error> {
        let timestamp = time.timestamp()?;
        Self::from_unix_timestamp_nanos(timestamp.as_nanosecond())
            .map_err(|error| jiff::Error::from_args(format_args!("{error}")))
    }
}

/// Values outside the years -9999 to 9999 become the nearest valid one.
#[cfg(feature = "time")]
impl From<time::OffsetDateTime> for DateTime {
    fn from(time: time::OffsetDateTime) -> Self {
        Self::from_nanoseconds(time.unix_timestamp_nanos())
    }
}

/// A calendar date (`2019-04-30`), in the notation of the API.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Date(String);

impl Date {
    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Parses the date.
    ///
    /// # Errors
    /// Returns an error if the text is not a date.
    pub fn date(&self) -> Result<civil::Date, jiff::Error> {
        self.0.parse()
    }
}

/// A time of day (`12:21:02`, with or without an offset), in the notation of the API.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Time(String);

impl Time {
    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Parses the time. An offset is ignored.
    ///
    /// # Errors
    /// Returns an error if the text is not a time.
    pub fn time(&self) -> Result<civil::Time, jiff::Error> {
        let offset = self.0.find(['Z', 'z', '+', '-']).unwrap_or(self.0.len());
        self.0[..offset].parse()
    }
}

/// A duration in ISO 8601 (`P3DT12H`), in the notation of the API.
///
/// ```
/// # use sdk_runtime::{Duration, jiff::ToSpan};
/// assert_eq!(Duration::from("PT90S").span()?.fieldwise(), 90.seconds());
/// assert_eq!(Duration::from(std::time::Duration::from_millis(1500)).as_str(), "PT1.5S");
/// # Ok::<(), sdk_runtime::jiff::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Duration(String);

impl Duration {
    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Parses the duration. It is a span of calendar units, because months and years have no fixed length.
    ///
    /// # Errors
    /// Returns an error if the text is not a duration.
    pub fn span(&self) -> Result<jiff::Span, jiff::Error> {
        self.0.parse()
    }
}

impl From<jiff::Span> for Duration {
    fn from(span: jiff::Span) -> Self {
        Self(span.to_string())
    }
}

/// Writes seconds. Durations above 292 billion years are clamped.
impl From<std::time::Duration> for Duration {
    fn from(duration: std::time::Duration) -> Self {
        Self(jiff::SignedDuration::try_from(duration).unwrap_or(jiff::SignedDuration::MAX).to_string())
    }
}

impl From<civil::Time> for Time {
    fn from(time: civil::Time) -> Self {
        Self(time.to_string())
    }
}

impl From<Timestamp> for DateTime {
    fn from(timestamp: Timestamp) -> Self {
        Self(timestamp.to_string())
    }
}

/// Values outside the years -9999 to 9999 become the nearest valid one.
impl From<SystemTime> for DateTime {
    fn from(time: SystemTime) -> Self {
        let nearest = if time < SystemTime::UNIX_EPOCH { Timestamp::MIN } else { Timestamp::MAX };
        Timestamp::try_from(time).unwrap_or(nearest).into()
    }
}

impl From<civil::Date> for DateTime {
    fn from(date: civil::Date) -> Self {
        Self(date.to_string())
    }
}

impl From<civil::Date> for Date {
    fn from(date: civil::Date) -> Self {
        Self(date.to_string())
    }
}

macro_rules! text {
    ($name:ident) => {
        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl From<&$name> for $name {
            fn from(value: &$name) -> Self {
                value.clone()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer).map(Self)
            }
        }
    };
}

text!(DateTime);
text!(Date);
text!(Time);
text!(Duration);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn date_times_are_ordered_by_time() {
        let texts =
            ["2024-05-01T00:30:00+02:00", "2024-05-01", "2024-05-01T00:00:00.000Z", "2024-05-01T00:00:00.5Z"];
        let mut sorted = texts.map(DateTime::from);
        sorted.reverse();
        sorted.sort();
        assert_eq!(sorted, texts.map(DateTime::from));
        assert!(DateTime::from("soon") > DateTime::from("9999-12-30"));
    }

    #[test]
    fn conversions_round_trip_and_omit_an_empty_fraction() {
        for text in ["2014-03-01T12:21:02Z", "1969-12-31T23:59:58.25Z", "2024-02-29T00:00:00.000000001Z"] {
            let time = DateTime::from(text);
            let system = SystemTime::try_from(&time).unwrap_or(SystemTime::UNIX_EPOCH);
            let timestamp = Timestamp::try_from(&time).unwrap_or_default();
            assert_eq!((DateTime::from(system).as_str(), DateTime::from(timestamp).as_str()), (text, text));
            #[cfg(feature = "chrono")]
            {
                let chrono = chrono::DateTime::try_from(&time).unwrap_or_default();
                assert_eq!(DateTime::from(chrono).as_str(), text);
            }
            #[cfg(feature = "time")]
            {
                let time = time::OffsetDateTime::try_from(&time).unwrap_or(time::OffsetDateTime::UNIX_EPOCH);
                assert_eq!(DateTime::from(time).as_str(), text);
            }
        }
        assert!(SystemTime::try_from(&DateTime::from("soon")).is_err());
    }
}
