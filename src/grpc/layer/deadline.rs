//! Deadlines: the `grpc-timeout` header, and a bound on a future.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, Instant};

use http::{HeaderMap, HeaderName};
use tokio::time::{Sleep, sleep_until};

use crate::app::error::Error;

const GRPC_TIMEOUT: HeaderName = HeaderName::from_static("grpc-timeout");
/// A caller's own clock, and that of the transport, which says nothing of why, run out together with the deadline:
/// the answer is this much earlier, so that it is the one that is read.
const AHEAD: Duration = Duration::from_millis(5);

/// The instant by which a call is answered. In the extensions of every request of a stream.
#[derive(Clone, Copy, Debug)]
pub(in crate::grpc) struct Deadline(Instant);

impl Deadline {
    /// The deadline of a call that arrived then; `None` when no time is left.
    pub(super) fn of(
        headers: &HeaderMap,
        arrived: Instant,
        (default, max): (Duration, Duration),
    ) -> Result<Option<Self>, Error> {
        let mut values = headers.get_all(GRPC_TIMEOUT).into_iter();
        let time = match (values.next(), values.next()) {
            (None, _) => default,
            (Some(value), None) => {
                let asked = parse(value.as_bytes()).ok_or_else(malformed)?;
                asked.saturating_sub(AHEAD.min(asked / 2))
            }
            (Some(_), Some(_)) => return Err(malformed()),
        };
        Ok((!time.is_zero()).then(|| Self(arrived + time.min(max))))
    }

    /// The output of the future, or `None` when the deadline comes first. No timer is set for what is ready at once.
    pub(in crate::grpc) async fn limit<F: Future>(self, future: F) -> Option<F::Output> {
        let (mut future, mut timer) = (pin!(future), None);
        poll_fn(|cx| {
            if let Poll::Ready(output) = future.as_mut().poll(cx) {
                return Poll::Ready(Some(output));
            }
            let timer = timer.get_or_insert_with(|| Box::pin(self.timer()));
            timer.as_mut().poll(cx).map(|()| None)
        })
        .await
    }

    /// A timer that ends at the deadline.
    pub(super) fn timer(self) -> Sleep {
        sleep_until(self.0.into())
    }
}

/// One to eight digits and a unit (the gRPC protocol over HTTP/2, "Timeout").
fn parse(value: &[u8]) -> Option<Duration> {
    let (unit, digits) = value.split_last()?;
    if !(1..=8).contains(&digits.len()) || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let number: u64 = std::str::from_utf8(digits).ok()?.parse().ok()?;
    match unit {
        b'H' => Some(Duration::from_secs(number * 3_600)),
        b'M' => Some(Duration::from_secs(number * 60)),
        b'S' => Some(Duration::from_secs(number)),
        b'm' => Some(Duration::from_millis(number)),
        b'u' => Some(Duration::from_micros(number)),
        b'n' => Some(Duration::from_nanos(number)),
        _ => None,
    }
}

fn malformed() -> Error {
    Error::invalid("grpc-timeout", "must be one to eight digits and one of the units H M S m u n, once")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    const DEFAULT: Duration = Duration::from_secs(1);
    const MAX: Duration = Duration::from_secs(30);

    fn left(values: &[&str]) -> Result<Option<Duration>, Error> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append("grpc-timeout", value.parse().unwrap());
        }
        let arrived = Instant::now();
        let deadline = Deadline::of(&headers, arrived, (DEFAULT, MAX))?;
        Ok(deadline.map(|deadline| deadline.0 - arrived))
    }

    #[test]
    fn a_call_has_the_time_it_asks_for_within_what_is_allowed() {
        assert_eq!(left(&[]), Ok(Some(DEFAULT)));
        assert_eq!(left(&["100m"]), Ok(Some(Duration::from_millis(95))));
        assert_eq!(left(&["29S"]), Ok(Some(Duration::from_millis(28_995))));
        for long in ["31S", "1M", "1H", "99999999H"] {
            assert_eq!(left(&[long]), Ok(Some(MAX)), "{long}");
        }
        assert_eq!(left(&["10u"]), Ok(Some(Duration::from_micros(5))));
        assert_eq!(left(&["0m"]), Ok(None));
    }

    #[test]
    fn a_malformed_timeout_is_refused() {
        for bad in ["", "m", "1", "1s", "-1S", "+1S", "1.5S", "1 S", "123456789m", "1SS"] {
            assert_eq!(left(&[bad]), Err(malformed()), "{bad:?}");
        }
        assert_eq!(left(&["1S", "1S"]), Err(malformed()));
    }

    #[tokio::test]
    async fn what_is_ready_is_given_even_at_the_deadline() {
        let passed = Deadline(Instant::now());
        assert_eq!(passed.limit(std::future::ready(7)).await, Some(7));
        assert_eq!(passed.limit(std::future::pending::<()>()).await, None);
    }
}
