//! Instants, as microseconds since the Unix epoch in UTC. Time is always a parameter; nobody here reads a clock.

use std::fmt;

/// An instant in UTC with microsecond resolution, between the years 1 and 9999.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(i64);

impl Time {
    /// 0001-01-01T00:00:00Z.
    pub const MIN: Self = Self(-62_135_596_800_000_000);
    /// 9999-12-31T23:59:59.999999Z.
    pub const MAX: Self = Self(253_402_300_799_999_999);

    /// The instant that many microseconds after the epoch; `None` outside the years 1 to 9999.
    pub const fn from_micros(micros: i64) -> Option<Self> {
        if micros < Self::MIN.0 || micros > Self::MAX.0 { None } else { Some(Self(micros)) }
    }

    /// The instant, clamped into the years 1 to 9999.
    pub const fn clamped(micros: i64) -> Self {
        match Self::from_micros(micros) {
            Some(time) => time,
            None if micros < 0 => Self::MIN,
            None => Self::MAX,
        }
    }

    /// Microseconds since the epoch.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// This instant moved by `micros`, clamped.
    #[must_use]
    pub const fn plus_micros(self, micros: i64) -> Self {
        Self::clamped(self.0.saturating_add(micros))
    }

    /// Reads an RFC 3339 time, e.g. `2026-01-31T08:00:00Z`; `None` when it is malformed or out of range.
    pub fn parse(text: &str) -> Option<Self> {
        let parsed = time::OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).ok()?;
        i64::try_from(parsed.unix_timestamp_nanos() / 1_000).ok().and_then(Self::from_micros)
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = time::OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000)
            .ok()
            .and_then(|at| at.format(&time::format_description::well_known::Rfc3339).ok());
        f.write_str(text.as_deref().unwrap_or("invalid"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_instant_are_one_to_one() {
        for text in ["1970-01-01T00:00:00Z", "2026-11-21T22:01:00.000001Z", "9999-12-31T23:59:59.999999Z"] {
            assert_eq!(Time::parse(text).map(|time| time.to_string()).as_deref(), Some(text));
        }
        assert_eq!(Time::parse("2026-02-30T00:00:00Z"), None);
        assert_eq!(Time::clamped(i64::MAX), Time::MAX);
    }
}
