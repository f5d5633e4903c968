//! Data threads: each a current-thread runtime that serves its own connections from accept to close.
//!
//! One acceptor for each listener, on the control runtime, hands every connection to the thread that has the fewest,
//! whichever listener they came through. A connection never moves, so a check is decoded, decided and encoded on one
//! core without a lock.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use hyper::server::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};

use super::connection::{Connection, Load, Stream, Ticket};
use super::listeners::Listener;
use crate::config::Config;
use crate::grpc::{Calls, Plane};

/// Streams that a peer resets before they were accepted, beyond which it is told to go.
const PENDING_RESETS_MAX: usize = 20;
/// Streams that end by frames which should not come, in the life of a connection: beyond it the peer is told to go, so that
/// resets which nobody reads do not heap up. A call that is refused before its message has come makes one, too, and is no
/// fault: so they may be many.
const FAULTY_STREAMS_MAX: usize = 20_000;
/// A peer that does not answer a ping within this time is gone.
const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(20);
/// A silent connection is asked whether it still lives this often.
const KEEPALIVE_INTERVAL: Duration = Duration::from_mins(1);
/// How long the acceptor waits when no connection can be accepted, e.g. because no file descriptor is left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

type Accepted = (Stream, Ticket);
type Server = http2::Builder<TokioExecutor>;

/// One of something for each plane.
pub(super) struct ByPlane<T> {
    /// That of everything.
    pub(super) all: T,
    /// That of the data plane alone.
    pub(super) data: T,
}

struct Lane {
    load: Load,
    connections: ByPlane<mpsc::UnboundedSender<Accepted>>,
}

/// The threads.
#[derive(Debug)]
pub(super) struct DataThreads {
    /// One message from each thread that has ended.
    ended: Receiver<()>,
    threads: usize,
}

impl DataThreads {
    /// Starts the threads, and an acceptor for each listener. They end when `stop` becomes true.
    pub(super) fn start(
        config: &Config,
        control: &Handle,
        calls: impl Fn() -> ByPlane<Calls>,
        listeners: Vec<Listener>,
        stop: &watch::Receiver<bool>,
    ) -> io::Result<Self> {
        let (done, ended) = channel();
        let threads = config.data_threads.get();
        let lanes = (0..threads).map(|number| lane(number, config, calls(), stop.clone(), done.clone()));
        let lanes: Arc<[Lane]> = lanes.collect::<io::Result<Vec<Lane>>>()?.into();
        for listener in listeners {
            control.spawn(accept(listener, lanes.clone(), stop.clone()));
        }
        Ok(Self { ended, threads })
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
    calls: ByPlane<Calls>,
    stop: watch::Receiver<bool>,
    done: Sender<()>,
) -> io::Result<Lane> {
    let (all, all_accepted) = mpsc::unbounded_channel();
    let (data, data_accepted) = mpsc::unbounded_channel();
    let server = server(config);
    std::thread::Builder::new().name(format!("data-{number}")).spawn(move || {
        let everything = serve(server.clone(), calls.all, all_accepted, stop.clone());
        let data_plane = serve(server, calls.data, data_accepted, stop);
        match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => {
                runtime.block_on(async { tokio::join!(everything, data_plane) });
            }
            Err(error) => tracing::error!(%error, "a data thread has no runtime"),
        }
        let _nobody_waits = done.send(());
    })?;
    Ok(Lane { load: Load::default(), connections: ByPlane { all, data } })
}

fn server(config: &Config) -> Server {
    let mut server = http2::Builder::new(TokioExecutor::new());
    server
        .timer(TokioTimer::new())
        .auto_date_header(false) // No caller of gRPC looks at it.
        .max_concurrent_streams(config.streams_per_connection_max)
        .max_header_list_size(config.header_bytes_max)
        .max_pending_accept_reset_streams(PENDING_RESETS_MAX)
        .max_local_error_reset_streams(FAULTY_STREAMS_MAX)
        .keep_alive_interval(KEEPALIVE_INTERVAL)
        .keep_alive_timeout(KEEPALIVE_TIMEOUT);
    server
}

/// Serves connections until told to stop; then those that there are until they have nothing under way.
async fn serve(
    server: Server,
    calls: Calls,
    mut accepted: mpsc::UnboundedReceiver<Accepted>,
    mut stop: watch::Receiver<bool>,
) {
    let open = GracefulShutdown::new();
    loop {
        let (stream, ticket) = tokio::select! {
            next = accepted.recv() => match next {
                Some(accepted) => accepted,
                None => break,
            },
            _ = stop.wait_for(|stop| *stop) => break,
        };
        match Connection::adopt(stream, ticket) {
            Ok(connection) => {
                let ends = open.watch(server.serve_connection(TokioIo::new(connection), calls.clone()));
                tokio::spawn(async move {
                    if let Err(error) = ends.await {
                        tracing::debug!(%error, "a connection ended by an error");
                    }
                });
            }
            Err(error) => tracing::debug!(%error, "a connection could not be taken over"),
        }
    }
    drop(accepted);
    open.shutdown().await;
}

/// Accepts until told to stop. What cannot be accepted is the peer's loss, never the acceptor's end.
async fn accept(listener: Listener, lanes: Arc<[Lane]>, mut stop: watch::Receiver<bool>) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => return,
        };
        match accepted {
            Ok(stream) => hand_over(stream, listener.plane, &lanes),
            Err(error) => {
                tracing::debug!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

fn hand_over(stream: Stream, plane: Plane, lanes: &[Lane]) {
    if let Some(lane) = lanes.iter().min_by_key(|lane| lane.load.connections()) {
        let connections = match plane {
            Plane::All => &lane.connections.all,
            Plane::Data => &lane.connections.data,
        };
        let _thread_ended = connections.send((stream, lane.load.enter()));
    }
}
