//! How the client commands reach a server, and who they are to it.
//!
//! Guarantees: a token is read from a file or not at all, is never printed, and every call carries
//! a deadline. It does not retry: a command that failed says so and can be repeated.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};

use super::failure::root_cause;

/// How long a server may take to accept the connection.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(5);
/// The deadline of a command that sends or receives a document: the longest that servers accept.
pub(super) const STREAM_DEADLINE: Duration = Duration::from_hours(1);
/// The deadline of a command that asks one question.
pub(super) const CALL_DEADLINE: Duration = Duration::from_secs(10);

const ENDPOINT_HELP: &str = "The server's address, http://HOST:PORT, or its socket, unix:/PATH";

/// A channel that sends the caller's token with every call.
pub(super) type Server = InterceptedService<Channel, Credentials>;

/// Where the server is, and who calls.
#[derive(Args)]
pub(super) struct Connection {
    /// The server's address or socket.
    #[arg(long, env = "BAILIWICK_ENDPOINT", value_name = "URL", help = ENDPOINT_HELP)]
    #[arg(default_value = "http://127.0.0.1:50051")]
    endpoint: String,

    /// A file with the bearer token to call with
    #[arg(long, env = "BAILIWICK_TOKEN_FILE", value_name = "FILE")]
    token_file: Option<PathBuf>,
}

impl Connection {
    /// Connects at once, so that an address where nobody listens is named as such.
    pub(super) async fn open(&self) -> Result<Server, Box<dyn Error + Send + Sync>> {
        let credentials = Credentials::read(self.token_file.as_deref())?;
        let (url, endpoint) = parse(&self.endpoint)?;
        if credentials.0.is_some() && !is_local(&url, &endpoint) {
            eprintln!("warning: the token is sent to {url} unencrypted");
        }
        let channel = connect(&url, &endpoint).await?;
        Ok(InterceptedService::new(channel, credentials))
    }
}

/// A channel to a server that is asked without credentials.
pub(super) async fn channel(endpoint: &str) -> Result<Channel, Box<dyn Error + Send + Sync>> {
    let (url, endpoint) = parse(endpoint)?;
    connect(&url, &endpoint).await
}

fn parse(written: &str) -> Result<(String, Endpoint), String> {
    let url = normalize(written)?;
    let endpoint = Endpoint::from_shared(url.clone());
    let endpoint = endpoint.map_err(|_| format!("{written:?} is no address such as http://127.0.0.1:50051"))?;
    Ok((url, endpoint))
}

async fn connect(url: &str, endpoint: &Endpoint) -> Result<Channel, Box<dyn Error + Send + Sync>> {
    let channel = endpoint.clone().connect_timeout(CONNECT_TIME_MAX).tcp_nodelay(true).connect().await;
    Ok(channel
        .map_err(|error| format!("cannot reach {url}: {}", root_cause(&error).unwrap_or_else(|| error.to_string())))?)
}

/// The bearer token, as a header.
#[derive(Clone)]
pub(super) struct Credentials(Option<MetadataValue<Ascii>>);

impl Credentials {
    fn read(file: Option<&Path>) -> Result<Self, String> {
        let Some(file) = file else { return Ok(Self(None)) };
        let token = fs::read_to_string(file)
            .map_err(|error| format!("the token file {} cannot be read: {error}", file.display()))?;
        let mut header: MetadataValue<Ascii> = format!("Bearer {}", token.trim_end())
            .parse()
            .map_err(|_| format!("the token file {} holds no token", file.display()))?;
        header.set_sensitive(true);
        Ok(Self(Some(header)))
    }
}

impl Interceptor for Credentials {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(header) = &self.0 {
            request.metadata_mut().insert("authorization", header.clone());
        }
        Ok(request)
    }
}

/// A call with its deadline.
pub(super) fn call<T>(message: T, deadline: Duration) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(deadline);
    request
}

/// What every socket's address begins with.
const UNIX: &str = "unix:";

fn normalize(endpoint: &str) -> Result<String, String> {
    if let Some(path) = endpoint.strip_prefix(UNIX) {
        // With two slashes there is a host between them and the path, which must be none.
        let path = path.strip_prefix("//").map_or(Some(path), |path| path.starts_with('/').then_some(path));
        let path = path.filter(|path| !path.is_empty());
        return path.map(|path| format!("{UNIX}{path}")).ok_or_else(|| format!("{endpoint:?} is no unix:/PATH"));
    }
    match endpoint.split_once("://") {
        None => Ok(format!("http://{endpoint}")),
        Some(("http", _)) => Ok(endpoint.to_owned()),
        Some((scheme, _)) => Err(format!("the endpoint's scheme must be http or unix, not {scheme}")),
    }
}

/// Whether what is sent stays on this machine.
fn is_local(url: &str, endpoint: &Endpoint) -> bool {
    let host = endpoint.uri().host().unwrap_or_default().trim_matches(['[', ']']);
    let is_loopback = || host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
    url.starts_with(UNIX) || is_loopback()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_may_lack_its_scheme_or_be_a_socket_and_may_not_have_another() {
        assert_eq!(normalize("db:1").as_deref(), Ok("http://db:1"));
        assert_eq!(normalize("http://db:1").as_deref(), Ok("http://db:1"));
        assert!(normalize("https://db:1").is_err());
        for refused in ["unix:", "unix://", "unix://tmp/x"] {
            assert!(normalize(refused).is_err(), "{refused}");
        }
        for (written, url) in [("unix:/tmp/x", "unix:/tmp/x"), ("unix:///tmp/x", "unix:/tmp/x"), ("unix:x", "unix:x")] {
            assert_eq!(normalize(written).as_deref(), Ok(url));
        }
    }

    #[test]
    fn only_this_machine_is_local() {
        for (url, expected) in [
            ("http://127.0.0.1:1", true),
            ("http://[::1]:1", true),
            ("http://localhost:1", true),
            ("unix:/tmp/x", true),
            ("http://db:1", false),
            ("http://10.0.0.1", false),
        ] {
            assert_eq!(is_local(url, &Endpoint::from_static(url)), expected, "{url}");
        }
    }
}
