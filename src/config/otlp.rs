//! Section `otlp`: where traces and metrics are sent, if anywhere.
//!
//! Guarantees: without an endpoint nothing is sent; no header is shown by `Debug` or named in an error.
//! The variables that OpenTelemetry itself defines (`OTEL_EXPORTER_OTLP_ENDPOINT` and its like) stand in for keys that
//! are set nowhere else; see [`super::Flags`].

use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

use super::reader::Reader;
use super::secret;

const HEADERS_MAX: usize = 32;
/// How often metrics may be sent.
pub(super) const METRICS_INTERVALS: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_hours(1);

const MILLIONTHS: u32 = 1_000_000;

/// Traces and metrics over OTLP (gRPC).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Otlp {
    /// The collector, `http://HOST:PORT` or `https://…`; unset, nothing is sent.
    pub endpoint: Option<String>,
    /// What is sent along with every export, such as a key of the collector.
    pub headers: Headers,
    /// The share of calls that are traced, of those that no trace of their callers' decides about.
    pub sampling_ratio: Ratio,
    /// How often metrics are sent.
    pub metrics_interval: Duration,
}

/// A share between nothing and everything, to a millionth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ratio(u32);

/// Headers; their values are secrets.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Headers(Vec<(String, String)>);

impl Default for Otlp {
    fn default() -> Self {
        Self {
            endpoint: None,
            headers: Headers::default(),
            sampling_ratio: Ratio(MILLIONTHS / 100),
            metrics_interval: Duration::from_mins(1),
        }
    }
}

impl Otlp {
    /// The share of calls that are traced; `None` when nothing is sent.
    pub fn traced_share(&self) -> Option<f64> {
        self.endpoint.as_ref().map(|_| self.sampling_ratio.share())
    }

    pub(super) fn read(reader: &mut Reader) -> Self {
        let endpoint = reader.text("otlp.endpoint");
        if endpoint.as_deref().is_some_and(|endpoint| !is_endpoint(endpoint)) {
            // The value is not repeated: it may hold a password.
            reader.refuse("otlp.endpoint", "must be http:// or https:// with a host and a port, and nothing else");
        }
        let mut otlp = Self { endpoint, headers: Headers::read(reader), ..Self::default() };
        reader.ratio("otlp.sampling_ratio", &mut otlp.sampling_ratio);
        reader.duration("otlp.metrics_interval", METRICS_INTERVALS, &mut otlp.metrics_interval);
        otlp
    }
}

/// A host and perhaps a port; no path, for gRPC has none of its own, and no user, for that is what headers are for.
pub(super) fn is_endpoint(text: &str) -> bool {
    let host = ["http://", "https://"].iter().find_map(|scheme| text.strip_prefix(scheme));
    host.map(|host| host.strip_suffix('/').unwrap_or(host)).is_some_and(|host| {
        let allowed = |c: char| c.is_ascii_alphanumeric() || ".-_:[]".contains(c);
        !host.is_empty() && host.chars().all(allowed)
    })
}

impl Ratio {
    /// Reads a number from 0 to 1.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let share: f64 = text.parse().ok().filter(|share| (0.0..=1.0).contains(share))?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is from 0 to a million")]
        let millionths = (share * f64::from(MILLIONTHS)).round() as u32;
        Some(Self(millionths))
    }

    /// The share, from 0 to 1.
    pub fn share(self) -> f64 {
        f64::from(self.0) / f64::from(MILLIONTHS)
    }
}

impl Headers {
    /// Names and values, for sending them.
    pub fn expose(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn read(reader: &mut Reader) -> Self {
        let written = reader.text("otlp.headers");
        let file = reader.text("otlp.headers_file");
        let (key, text) = match (written, file) {
            (Some(_), Some(_)) => {
                reader.refuse("otlp.headers", "is set beside otlp.headers_file: set one of them");
                return Self::default();
            }
            (Some(text), None) => ("otlp.headers", text),
            (None, Some(path)) => match secret::read_file("otlp.headers_file", &path, reader) {
                Some(bytes) => ("otlp.headers_file", String::from_utf8_lossy(&bytes).into_owned()),
                None => return Self::default(),
            },
            (None, None) => return Self::default(),
        };
        Self::parse(&text).unwrap_or_else(|| {
            let problem = "must be name=value, separated by commas or lines: at most 32 of them, each name of small \
                           letters, digits, - _ and ., each value of visible ASCII (others as %20)";
            reader.refuse(key, problem);
            Self::default()
        })
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let pieces = text.split([',', '\n']).map(str::trim).filter(|piece| !piece.is_empty());
        let headers = pieces.map(header).collect::<Option<Vec<_>>>()?;
        (headers.len() <= HEADERS_MAX).then_some(Self(headers))
    }
}

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.0.iter().map(|(name, _)| (name, "[redacted]"));
        f.debug_map().entries(names).finish()
    }
}

fn header(piece: &str) -> Option<(String, String)> {
    let (name, value) = piece.split_once('=')?;
    let (name, value) = (name.trim().to_ascii_lowercase(), decoded(value.trim())?);
    let named = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
    // A name that ends in -bin would be decoded on the way; those of grpc are the transport's own.
    let fits = !name.is_empty() && name.chars().all(named) && !name.ends_with("-bin") && !name.starts_with("grpc-");
    fits.then_some((name, value))
}

/// A value of which any byte may be written as a percent sign and two hexadecimal digits.
fn decoded(value: &str) -> Option<String> {
    let mut pieces = value.split('%');
    let mut text = pieces.next()?.to_owned();
    for piece in pieces {
        let (digits, rest) = (piece.get(..2)?, piece.get(2..)?);
        text.push(char::from(u8::from_str_radix(digits, 16).ok()?));
        text.push_str(rest);
    }
    text.chars().all(|c| c == ' ' || c.is_ascii_graphic()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read_as_opentelemetry_writes_them() {
        let read = |text| Headers::parse(text).map(|Headers(list)| list);
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            read("api-key=x=y,Authorization=Bearer%20z"),
            Some(vec![pair("api-key", "x=y"), pair("authorization", "Bearer z")])
        );
        assert_eq!(read("a=1\nb=2\n"), Some(vec![pair("a", "1"), pair("b", "2")]));
        for refused in ["a", "=1", "a b=1", "a=%0", "a=%zz", "a=\u{e4}", "a=%0a", "x-bin=1", "grpc-timeout=1"] {
            assert_eq!(read(refused), None, "{refused:?}");
        }
        assert!(!format!("{:?}", Headers::parse("a=secret")).contains("secret"));
    }

    #[test]
    fn an_endpoint_is_a_scheme_a_host_and_a_port() {
        for good in ["http://localhost:4317", "https://otel.example", "http://[::1]:4317", "http://a/"] {
            assert!(is_endpoint(good), "{good}");
        }
        for bad in ["", "localhost:4317", "http://", "http://u:p@h:1", "grpc://h", "http://h/v1/traces", "http://h?x"] {
            assert!(!is_endpoint(bad), "{bad}");
        }
    }

    #[test]
    fn a_ratio_is_between_nothing_and_everything() {
        assert_eq!(Ratio::parse("0.01"), Some(Otlp::default().sampling_ratio));
        for (text, share) in [("0", 0.0), ("1", 1.0), ("1.0", 1.0), ("0.25", 0.25)] {
            assert!(Ratio::parse(text).is_some_and(|ratio| (ratio.share() - share).abs() < 1e-9), "{text}");
        }
        for refused in ["", "-0.1", "1.1", "NaN", "10%", "inf"] {
            assert_eq!(Ratio::parse(refused), None, "{refused}");
        }
    }
}
