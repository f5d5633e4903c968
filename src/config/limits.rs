//! The keys that bound time, work and size, with the range that each accepts.
//!
//! Guarantees: no combination that passes can contradict itself (a default deadline above the
//! maximum, an answer kept longer than it may be stale). It does not enforce the limits.

use std::time::Duration;

use super::Config;
use super::reader::Reader;

const MILLISECOND: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);
const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;

impl Config {
    /// Reads every limit, then checks those that depend on one another.
    pub(super) fn read_limits(&mut self, reader: &mut Reader) {
        self.read_freshness(reader);
        self.read_deadlines(reader);
        self.read_sizes(reader);
    }

    fn read_freshness(&mut self, reader: &mut Reader) {
        reader.duration("staleness_bound", SECOND..=HOUR, &mut self.staleness_bound);
        reader.duration("poll_interval", 10 * MILLISECOND..=MINUTE, &mut self.poll_interval);
        reader.duration("cache_ttl", Duration::ZERO..=HOUR, &mut self.cache_ttl);
        if self.poll_interval >= self.staleness_bound {
            reader.refuse("poll_interval", "must be shorter than staleness_bound");
        }
        if self.cache_ttl > self.staleness_bound {
            reader.refuse("cache_ttl", "must not be longer than staleness_bound");
        }
    }

    fn read_deadlines(&mut self, reader: &mut Reader) {
        reader.duration("deadline_default", MILLISECOND..=HOUR, &mut self.deadline_default);
        reader.duration("deadline_max", MILLISECOND..=HOUR, &mut self.deadline_max);
        reader.duration("stream_deadline_max", SECOND..=24 * HOUR, &mut self.stream_deadline_max);
        reader.duration("shutdown_grace", Duration::ZERO..=HOUR, &mut self.shutdown_grace);
        if self.deadline_default > self.deadline_max {
            reader.refuse("deadline_default", "must not be longer than deadline_max");
        }
    }

    fn read_sizes(&mut self, reader: &mut Reader) {
        reader.number("in_flight_max", 1..=1_000_000, &mut self.in_flight_max);
        reader.number("streams_per_connection_max", 1..=65_536, &mut self.streams_per_connection_max);
        reader.bytes("message_bytes_max", 4 * KIB..=64 * MIB, &mut self.message_bytes_max);
        reader.bytes("header_bytes_max", KIB..=MIB, &mut self.header_bytes_max);
        reader.number("replaced_roles_max", 1..=1_000, &mut self.replaced_roles_max);
    }
}
