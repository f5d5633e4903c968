//! Instants and durations, between protobuf and ours.
//!
//! Ours have a resolution of microseconds: what is finer is cut off.

use std::time::Duration;

use crate::domain::time::Time;
use crate::domain::violation::Malformed;

const MICROS: i64 = 1_000_000;
const NANOS: i32 = 1_000_000_000;

/// The instant of a timestamp.
pub(super) fn instant(timestamp: &prost_types::Timestamp) -> Result<Time, Malformed> {
    let malformed = || Malformed::new("must be a time between the years 1 and 9999");
    if !(0..NANOS).contains(&timestamp.nanos) {
        return Err(malformed());
    }
    let micros = timestamp.seconds.checked_mul(MICROS).and_then(|micros| {
        let below = i64::from(timestamp.nanos / 1_000);
        micros.checked_add(below)
    });
    micros.and_then(Time::from_micros).ok_or_else(malformed)
}

/// The length of time that is not negative.
pub(super) fn length(duration: &prost_types::Duration) -> Result<Duration, Malformed> {
    let seconds = u64::try_from(duration.seconds).ok();
    let nanos = u32::try_from(duration.nanos).ok().filter(|_| duration.nanos < NANOS);
    let length = seconds.zip(nanos).map(|(seconds, nanos)| Duration::new(seconds, nanos));
    length.ok_or_else(|| Malformed::new("must be a length of time that is not negative"))
}

/// The timestamp of an instant.
pub(in crate::grpc) fn timestamp(time: Time) -> prost_types::Timestamp {
    let nanos = time.micros().rem_euclid(MICROS) * 1_000;
    prost_types::Timestamp {
        seconds: time.micros().div_euclid(MICROS),
        nanos: i32::try_from(nanos).unwrap_or_default(),
    }
}

/// The message of a length of time.
pub(super) fn duration(length: Duration) -> prost_types::Duration {
    prost_types::Duration {
        seconds: i64::try_from(length.as_secs()).unwrap_or(i64::MAX),
        nanos: i32::try_from(length.subsec_nanos()).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_survive_the_way_there_and_back() {
        for micros in [Time::MIN.micros(), -1, 0, 1, 1_763_000_000_123_456, Time::MAX.micros()] {
            let time = Time::clamped(micros);
            assert_eq!(instant(&timestamp(time)), Ok(time));
        }
    }

    #[test]
    fn what_is_no_instant_is_refused() {
        for (seconds, nanos) in [(0, -1), (0, NANOS), (i64::MAX, 0), (i64::MIN, 0), (253_402_300_800, 0)] {
            assert!(instant(&prost_types::Timestamp { seconds, nanos }).is_err(), "{seconds} {nanos}");
        }
    }

    #[test]
    fn a_length_of_time_is_not_negative() {
        let of = |seconds, nanos| length(&prost_types::Duration { seconds, nanos });
        assert_eq!(of(1, 500_000_000), Ok(Duration::from_millis(1_500)));
        assert_eq!(of(0, 0), Ok(Duration::ZERO));
        for (seconds, nanos) in [(-1, 0), (0, -1), (1, -1), (0, NANOS)] {
            assert!(of(seconds, nanos).is_err(), "{seconds} {nanos}");
        }
    }
}
