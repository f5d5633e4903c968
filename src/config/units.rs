//! Durations and sizes as people write them: `250ms`, `1h30m`, `1MiB`.
//!
//! Guarantees: what is written is read exactly or refused; a unit is never guessed for a duration.

use std::time::Duration;

const TIMES: [(&str, u64); 4] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)];
const SIZES: [(&str, u64); 5] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1), ("", 1)];

/// Reads one or more numbers, each with its unit: `ms`, `s`, `m` or `h`.
pub(super) fn duration(text: &str) -> Option<Duration> {
    let (mut rest, mut total) = (text, 0_u64);
    while !rest.is_empty() || text.is_empty() {
        let (count, after) = leading_number(rest)?;
        let end = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
        let (unit, next) = after.split_at(end);
        total = total.checked_add(count.checked_mul(factor(&TIMES, unit)?)?)?;
        rest = next;
    }
    Some(Duration::from_millis(total))
}

/// Reads a number of bytes, or of `KiB`, `MiB` or `GiB`.
pub(super) fn bytes(text: &str) -> Option<u64> {
    let (count, unit) = leading_number(text)?;
    count.checked_mul(factor(&SIZES, unit.trim_start())?)
}

/// A duration in the spelling that [`duration`] reads.
pub(super) fn spell_duration(duration: Duration) -> String {
    let millis = duration.as_millis();
    let fitting = TIMES.iter().rev().find(|(_, unit)| millis > 0 && millis.is_multiple_of(u128::from(*unit)));
    fitting.map_or_else(|| "0s".to_owned(), |(name, unit)| format!("{}{name}", millis / u128::from(*unit)))
}

/// A size in the spelling that [`bytes`] reads.
pub(super) fn spell_bytes(bytes: u64) -> String {
    let fitting = SIZES.iter().find(|(_, unit)| bytes > 0 && bytes.is_multiple_of(*unit));
    fitting.map_or_else(|| "0B".to_owned(), |(name, unit)| format!("{}{name}", bytes / unit))
}

fn leading_number(text: &str) -> Option<(u64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    Some((digits.parse().ok()?, rest))
}

fn factor(units: &[(&str, u64)], unit: &str) -> Option<u64> {
    units.iter().find(|(name, _)| *name == unit).map(|(_, factor)| *factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_with_their_units_only() {
        assert_eq!(duration("250ms"), Some(Duration::from_millis(250)));
        assert_eq!(duration("1h30m"), Some(Duration::from_mins(90)));
        assert_eq!(duration("0s"), Some(Duration::ZERO));
        for refused in ["", "30", "s", "1d", "1.5s", "-1s", "1 s", "1s ", "99999999999999999999s", "9999999999999999h"]
        {
            assert_eq!(duration(refused), None, "{refused:?}");
        }
    }

    #[test]
    fn sizes_are_read_with_or_without_a_unit() {
        assert_eq!(bytes("1048576"), Some(1 << 20));
        assert_eq!(bytes("1MiB"), Some(1 << 20));
        assert_eq!(bytes("16 KiB"), Some(16 << 10));
        for refused in ["", "MiB", "1MB", "1mib", "-1", "1.5MiB", "99999999999GiB"] {
            assert_eq!(bytes(refused), None, "{refused:?}");
        }
    }

    #[test]
    fn what_is_spelled_is_read_back() {
        for millis in [0, 1, 250, 1_000, 90_000, 3_600_000, 5_400_000] {
            let written = Duration::from_millis(millis);
            assert_eq!(duration(&spell_duration(written)), Some(written));
        }
        for size in [0, 1, 1_000, 1_024, 16 << 10, 1 << 20, 3 << 30] {
            assert_eq!(bytes(&spell_bytes(size)), Some(size));
        }
    }
}
