//! What the kernel says of a process: its memory and the processor time that it has used.

use std::fs;
use std::io;
use std::time::Duration;

/// The kernel counts processor time in hundredths of a second.
const TICKS_PER_SECOND: f64 = 100.0;

/// Bytes of this process that are in memory.
///
/// # Errors
/// When the kernel does not say.
pub fn resident() -> io::Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibi = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kibi.map(|kibi| kibi * 1_024).ok_or_else(|| io::Error::other("/proc/self/status does not tell the memory"))
}

/// Processor time that a process has used, for itself and in the kernel.
///
/// # Errors
/// When there is no such process.
pub fn processor_time(id: u32) -> io::Result<Duration> {
    let path = format!("/proc/{id}/stat");
    let named = |error: io::Error| io::Error::new(error.kind(), format!("{path} cannot be read: {error}"));
    let stat = fs::read_to_string(&path).map_err(named)?;
    // The name of the program may hold anything but is in parentheses.
    let fields = stat.rsplit_once(')').map(|(_, rest)| rest.split_whitespace());
    let ticks: Option<f64> =
        fields.map(|fields| fields.skip(11).take(2).filter_map(|tick| tick.parse::<f64>().ok()).sum());
    ticks
        .map(|ticks| Duration::from_secs_f64(ticks / TICKS_PER_SECOND))
        .ok_or_else(|| io::Error::other(format!("{path} does not tell the processor time")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_in_memory_and_has_used_time() {
        assert!(resident().is_ok_and(|bytes| bytes > 1 << 20));
        let since = std::time::Instant::now();
        let mut sum = 0_u64;
        while since.elapsed() < Duration::from_millis(40) {
            sum = std::hint::black_box(sum + 1);
        }
        assert!(processor_time(std::process::id()).is_ok_and(|time| time > Duration::from_millis(9)));
        assert!(processor_time(u32::MAX).is_err());
    }
}
