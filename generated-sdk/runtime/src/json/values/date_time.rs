use std::fmt;
use std::time::SystemTime;

use jiff::{Timestamp, civil, tz::TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A moment, as the API wrote it.
///
/// It keeps the text, so that what was read is written back to the letter (`…:02.0000Z` stays so) and an odd
/// value in one field doesn't spoil a whole answer. [`timestamp`](Self::timestamp) reads it.
///
/// ```
/// # use sdk_runtime::DateTime;
/// let created = DateTime::from("2014-03-01T12:21:02.0000Z");
/// assert_eq!(created.timestamp()?.as_second(), 1_393_676_462);
/// assert_eq!(created.to_string(), "2014-03-01T12:21:02.0000Z");
/// # Ok::<(), jiff::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct DateTime(String);

impl DateTime {
    /// The text as the API wrote it, or as it will be sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The moment: an RFC 3339 timestamp, or a date, which means its first instant in UTC.
    ///
    /// # Errors
    /// When the text is neither.
    pub fn timestamp(&self) -> Result<Timestamp, jiff::Error> {
        match self.0.parse::<Timestamp>() {
            Ok(timestamp) => Ok(timestamp),
            Err(error) => match self.0.parse::<civil::Date>() {
                Ok(date) if self.0.len() == 10 => Ok(date.to_zoned(TimeZone::UTC)?.timestamp()),
                _ => Err(error),
            },
        }
    }
}

/// A day of the calendar (`2019-04-30`), as the API wrote it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Date(String);

impl Date {
    /// The text as the API wrote it, or as it will be sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The day.
    ///
    /// # Errors
    /// When the text is not a date.
    pub fn date(&self) -> Result<civil::Date, jiff::Error> {
        self.0.parse()
    }
}

/// A time of day (`12:21:02`, with or without an offset), as the API wrote it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Time(String);

impl Time {
    /// The text as the API wrote it, or as it will be sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The time on the clock. An offset behind it is not looked at.
    ///
    /// # Errors
    /// When the text is not a time.
    pub fn time(&self) -> Result<civil::Time, jiff::Error> {
        let offset = self.0.find(['Z', 'z', '+', '-']).unwrap_or(self.0.len());
        self.0[..offset].parse()
    }
}

/// A length of time by ISO 8601 (`P3DT12H`), as the API wrote it.
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
    /// The text as the API wrote it, or as it will be sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The length. Months and years have no fixed one, so that it is a span of calendar units.
    ///
    /// # Errors
    /// When the text is not a duration.
    pub fn span(&self) -> Result<jiff::Span, jiff::Error> {
        self.0.parse()
    }
}

impl From<jiff::Span> for Duration {
    fn from(span: jiff::Span) -> Self {
        Self(span.to_string())
    }
}

/// In seconds. What is beyond some 292 billion years becomes that.
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

/// Moments outside the years -9999 to 9999 become the nearest one inside.
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
