//! The listeners of gRPC: `grpc`, which serves everything, and `data`, which serves the data plane alone.
//!
//! Guarantees: all of them are bound before any of them is served.

use std::io;
use std::net::SocketAddr;

use tokio::net::TcpListener;

use super::Failure;
use super::connection::Stream;
use crate::config::Config;
use crate::grpc::Plane;

/// A listener that is bound.
#[derive(Debug)]
pub(super) struct Listener {
    /// What is served there.
    pub(super) plane: Plane,
    socket: TcpListener,
}

impl Listener {
    async fn bind(key: &str, address: SocketAddr, plane: Plane) -> Result<Self, Failure> {
        let socket = TcpListener::bind(address).await.map_err(|error| format!("{key} {address}: {error}"))?;
        Ok(Self { plane, socket })
    }

    /// The next connection, for the thread that will serve it.
    pub(super) async fn accept(&self) -> io::Result<Stream> {
        let (stream, _) = self.socket.accept().await?;
        stream.set_nodelay(true)?;
        stream.into_std()
    }
}

/// Where gRPC is served.
#[derive(Debug, Clone)]
pub(super) struct Places {
    /// Every service.
    pub(super) grpc: SocketAddr,
    /// The data plane.
    pub(super) data: Option<SocketAddr>,
}

/// Binds the listeners that are configured.
pub(super) async fn bind(config: &Config) -> Result<(Vec<Listener>, Places), Failure> {
    let grpc = Listener::bind("grpc.listen", config.grpc.listen, Plane::All).await?;
    let mut places = Places { grpc: grpc.socket.local_addr()?, data: None };
    let mut listeners = vec![grpc];
    if let Some(address) = config.data.listen {
        let data = Listener::bind("data.listen", address, Plane::Data).await?;
        places.data = Some(data.socket.local_addr()?);
        listeners.push(data);
    }
    Ok((listeners, places))
}
