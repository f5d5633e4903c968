//! Data threads: each a current-thread runtime that serves its own connections from accept to close.
//!
//! One acceptor on the control runtime hands every connection to the thread that has the fewest. A connection never
//! moves, so a check is decoded, decided and encoded on one core without a lock.

use std::io;
use std::net::SocketAddr;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};
use tokio_stream::StreamExt;
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::service::Routes;
use tonic::transport::Server;

use super::Failure;
use super::connection::{Connection, Load, Ticket};
use crate::config::Config;

/// Streams that a peer resets before they were accepted, beyond which it is told to go.
const PENDING_RESETS_MAX: usize = 20;
/// A peer that does not answer a ping within this time is gone.
const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(20);
/// A silent connection is asked whether it still lives this often.
const KEEPALIVE_INTERVAL: Duration = Duration::from_mins(1);
/// How long the acceptor waits when no connection can be accepted, e.g. because no file descriptor is left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

type Accepted = (std::net::TcpStream, Ticket);

struct Lane {
    load: Load,
    connections: mpsc::UnboundedSender<Accepted>,
}

/// The threads.
#[derive(Debug)]
pub(super) struct DataThreads {
    /// Where they listen.
    pub(super) address: SocketAddr,
    /// One message from each thread that has ended.
    ended: Receiver<()>,
    threads: usize,
}

impl DataThreads {
    /// Binds the address and starts the threads and the acceptor. They end when `stop` becomes true.
    pub(super) fn start(
        config: &Config,
        control: &Handle,
        routes: &Routes,
        stop: &watch::Receiver<bool>,
    ) -> Result<Self, Failure> {
        let listener = control.block_on(TcpListener::bind(config.grpc.listen));
        let listener = listener.map_err(|error| format!("grpc.listen {}: {error}", config.grpc.listen))?;
        let address = listener.local_addr()?;
        let (done, ended) = channel();
        let threads = config.data_threads.get();
        let lanes = (0..threads).map(|number| lane(number, config, routes.clone(), stop.clone(), done.clone()));
        let lanes = lanes.collect::<io::Result<Vec<Lane>>>()?;
        control.spawn(accept(listener, lanes, stop.clone()));
        Ok(Self { address, ended, threads })
    }

    /// Waits until all threads have ended, at most for the grace period; says whether they all did.
    pub(super) fn join(self, grace: Duration) -> bool {
        let deadline = Instant::now() + grace;
        (0..self.threads).all(|_| {
            let left = deadline.saturating_duration_since(Instant::now());
            !matches!(self.ended.recv_timeout(left), Err(RecvTimeoutError::Timeout))
        })
    }
}

fn lane(
    number: usize,
    config: &Config,
    routes: Routes,
    stop: watch::Receiver<bool>,
    done: Sender<()>,
) -> io::Result<Lane> {
    let (connections, accepted) = mpsc::unbounded_channel();
    let server = server(config);
    std::thread::Builder::new().name(format!("data-{number}")).spawn(move || {
        match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime.block_on(serve(server, routes, accepted, stop)),
            Err(error) => tracing::error!(%error, "a data thread has no runtime"),
        }
        let _nobody_waits = done.send(());
    })?;
    Ok(Lane { load: Load::default(), connections })
}

fn server(config: &Config) -> Server {
    Server::builder()
        .max_concurrent_streams(config.streams_per_connection_max)
        .http2_max_header_list_size(config.header_bytes_max)
        .http2_max_pending_accept_reset_streams(Some(PENDING_RESETS_MAX))
        .http2_keepalive_interval(Some(KEEPALIVE_INTERVAL))
        .http2_keepalive_timeout(Some(KEEPALIVE_TIMEOUT))
}

async fn serve(
    mut server: Server,
    routes: Routes,
    accepted: mpsc::UnboundedReceiver<Accepted>,
    mut stop: watch::Receiver<bool>,
) {
    let connections = UnboundedReceiverStream::new(accepted);
    let incoming = connections.map(|(stream, ticket)| Connection::adopt(stream, ticket));
    let stopped = async move {
        let _sender_gone = stop.wait_for(|stop| *stop).await;
    };
    let outcome = server.add_routes(routes).serve_with_incoming_shutdown(incoming, stopped).await;
    if let Err(error) = outcome {
        tracing::error!(%error, "a data thread has ended");
    }
}

/// Accepts until told to stop. What cannot be accepted is the peer's loss, never the acceptor's end.
async fn accept(listener: TcpListener, lanes: Vec<Lane>, mut stop: watch::Receiver<bool>) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => return,
        };
        match accepted.and_then(|(stream, _)| prepared(stream)) {
            Ok(stream) => hand_over(stream, &lanes),
            Err(error) => {
                tracing::debug!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

fn prepared(stream: tokio::net::TcpStream) -> io::Result<std::net::TcpStream> {
    stream.set_nodelay(true)?;
    stream.into_std()
}

fn hand_over(stream: std::net::TcpStream, lanes: &[Lane]) {
    if let Some(lane) = lanes.iter().min_by_key(|lane| lane.load.connections()) {
        let ticket = lane.load.enter();
        let _thread_ended = lane.connections.send((stream, ticket));
    }
}
