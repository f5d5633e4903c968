//! The listeners of gRPC: `grpc`, which serves everything, and those of `data`, which serve the data plane alone: an
//! address and a Unix socket.
//!
//! Guarantees: all of them are bound before any of them is served; what a start that fails has bound is let go.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use tokio::net::{TcpListener, TcpSocket};

use super::Failure;
use super::connection::Stream;
use super::socket::Socket;
use crate::config::Config;
use crate::grpc::Plane;

/// Connections that wait to be accepted, at most: very many come at once when callers begin anew, and one that finds no
/// room waits a second. The system's own limit holds, too.
pub(super) const BACKLOG: u32 = 4_096;
/// Who opens the socket of a server without tokens is an administrator: its own user alone may.
const MODE_WITHOUT_TOKENS: u32 = 0o600;
/// Its group may open it, too, and proves with a token who calls.
const MODE_WITH_TOKENS: u32 = 0o660;

/// A listener that is bound.
#[derive(Debug)]
pub(super) struct Listener {
    /// What is served there.
    pub(super) plane: Plane,
    door: Door,
}

#[derive(Debug)]
enum Door {
    Tcp(TcpListener),
    Unix(Socket),
}

impl Listener {
    /// The next connection, for the thread that will serve it.
    pub(super) async fn accept(&self) -> io::Result<Stream> {
        match &self.door {
            Door::Tcp(listener) => {
                let (stream, _) = listener.accept().await?;
                stream.set_nodelay(true)?;
                Ok(Stream::Tcp(stream.into_std()?))
            }
            Door::Unix(socket) => Ok(Stream::Unix(socket.accept().await?.into_std()?)),
        }
    }
}

/// Where gRPC is served.
#[derive(Debug, Clone)]
pub(super) struct Places {
    /// Every service.
    pub(super) grpc: SocketAddr,
    /// The data plane.
    pub(super) data: Option<SocketAddr>,
    /// The data plane, for callers on this machine.
    pub(super) data_socket: Option<PathBuf>,
}

/// Binds the listeners that are configured.
pub(super) async fn bind(config: &Config) -> Result<(Vec<Listener>, Places), Failure> {
    let (grpc, address) = tcp("grpc.listen", config.grpc.listen)?;
    let mut places = Places { grpc: address, data: None, data_socket: None };
    let mut listeners = vec![Listener { plane: Plane::All, door: grpc }];
    if let Some(path) = &config.data.socket {
        let mode = if config.tokens.is_empty() { MODE_WITHOUT_TOKENS } else { MODE_WITH_TOKENS };
        listeners.push(Listener { plane: Plane::Data, door: unix(path, mode).await? });
        places.data_socket = Some(path.clone());
    }
    if let Some(wanted) = config.data.listen {
        let (data, address) = tcp("data.listen", wanted)?;
        places.data = Some(address);
        listeners.push(Listener { plane: Plane::Data, door: data });
    }
    Ok((listeners, places))
}

fn tcp(key: &str, address: SocketAddr) -> Result<(Door, SocketAddr), Failure> {
    let listener = listen(address).map_err(|error| format!("{key} {address}: {error}"))?;
    let address = listener.local_addr()?;
    Ok((Door::Tcp(listener), address))
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_reuseaddr(true)?; // A server that is started again need not wait for the last one's connections.
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

async fn unix(path: &Path, mode: u32) -> Result<Door, Failure> {
    let socket = Socket::bind(path, mode).await;
    Ok(Door::Unix(socket.map_err(|problem| format!("data.socket {}: {problem}", path.display()))?))
}
