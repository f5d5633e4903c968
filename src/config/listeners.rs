//! Where a server listens: sections `grpc`, `data` and `metrics`.
//!
//! Guarantees: a listener that other machines reach exists only beside a token; no two are at one address; the path of
//! a socket fits into what the system takes. Whether an address is free, and what is at a path, is found out when the
//! server binds them.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use super::Config;
use super::reader::Reader;

/// The longest path of a Unix socket, in bytes: the system's 108 less the byte that ends it.
pub const SOCKET_PATH_BYTES_MAX: usize = 107;

/// Section `grpc`: the listener that serves every service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grpc {
    /// Address and port; port 0 lets the system choose one.
    pub listen: SocketAddr,
}

/// Section `data`: the listeners that serve checks and health, and nothing else.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Data {
    /// Address and port; port 0 lets the system choose one. Unset, there is no such listener.
    pub listen: Option<SocketAddr>,
    /// A Unix socket for callers on this machine. Unset, there is none.
    pub socket: Option<PathBuf>,
}

/// Section `metrics`: the listener that serves `/metrics` and the probes, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metrics {
    /// Address and port; port 0 lets the system choose one.
    pub listen: SocketAddr,
}

impl Default for Grpc {
    fn default() -> Self {
        Self { listen: loopback(50051) }
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self { listen: loopback(9090) }
    }
}

const fn loopback(port: u16) -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port)
}

impl Config {
    /// Takes the keys of all listeners.
    pub(super) fn read_listeners(&mut self, reader: &mut Reader) {
        reader.address("grpc.listen", &mut self.grpc.listen);
        reader.optional_address("data.listen", &mut self.data.listen);
        self.data.socket = read_socket(reader);
        reader.address("metrics.listen", &mut self.metrics.listen);
    }

    /// The addresses that callers reach, by the keys that set them.
    fn called(&self) -> impl Iterator<Item = (&'static str, SocketAddr)> {
        [("grpc.listen", self.grpc.listen)].into_iter().chain(self.data.listen.map(|listen| ("data.listen", listen)))
    }

    /// Without tokens every caller is the local administrator, so only this machine may call.
    pub(super) fn check_callers(&self, reader: &mut Reader) {
        if !self.tokens.is_empty() || reader.has_failed("token") {
            return;
        }
        for (key, listen) in self.called().filter(|(_, listen)| !listen.ip().is_loopback()) {
            let problem = format!(
                "none is set, but {key} ({listen}) can be reached from other machines: \
                 without tokens every caller is an administrator. Set a token, or listen on 127.0.0.1"
            );
            reader.refuse("tokens", problem);
        }
    }

    /// No two listeners have one address; port 0 is another one each time.
    pub(super) fn check_listeners(&self, reader: &mut Reader) {
        let all: Vec<_> = self.called().chain([("metrics.listen", self.metrics.listen)]).collect();
        for (at, (key, listen)) in all.iter().enumerate().filter(|(_, (_, listen))| listen.port() != 0) {
            let other = all.iter().take(at).find(|(_, other)| other == listen);
            if let Some((other, _)) = other {
                reader.refuse(key, format!("is the address of {other}, too"));
            }
        }
    }
}

fn read_socket(reader: &mut Reader) -> Option<PathBuf> {
    let path = reader.text("data.socket")?;
    if path.len() > SOCKET_PATH_BYTES_MAX {
        let bytes = path.len();
        let problem = format!("has {bytes} bytes, and the path of a socket may have {SOCKET_PATH_BYTES_MAX}: {path}");
        reader.refuse("data.socket", problem);
        return None;
    }
    if path.contains('\0') {
        reader.refuse("data.socket", "holds a zero byte, which no path does");
        return None;
    }
    Some(path.into())
}
