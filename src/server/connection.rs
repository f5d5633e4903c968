//! A connection that counts itself, so that the next one goes to the thread with the fewest, and that ends if its peer
//! does not begin to speak HTTP/2.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::{Sleep, sleep};

/// How many bytes every client of HTTP/2 begins with (RFC 9113, section 3.4).
const PREFACE_BYTES: usize = 24;
/// How long a peer has for them. From then on pings ask whether it lives.
const PREFACE_TIMEOUT: Duration = Duration::from_secs(10);

/// How many connections a thread has.
#[derive(Debug, Clone, Default)]
pub(super) struct Load(Arc<AtomicUsize>);

impl Load {
    /// Connections at this moment.
    pub(super) fn connections(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// Counts a connection until the ticket is dropped.
    pub(super) fn enter(&self) -> Ticket {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ticket(self.0.clone())
    }
}

/// One connection's place in the count.
#[derive(Debug)]
pub(super) struct Ticket(Arc<AtomicUsize>);

impl Drop for Ticket {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A connection on its way to the thread that will serve it: no runtime's.
#[derive(Debug)]
pub(super) enum Stream {
    /// From this or another machine.
    Tcp(std::net::TcpStream),
    /// From this machine.
    Unix(std::os::unix::net::UnixStream),
}

/// A connection of the current runtime, with its ticket.
#[derive(Debug)]
pub(super) struct Connection {
    io: Io,
    /// Until the preface is read.
    preface: Option<Preface>,
    _ticket: Ticket,
}

#[derive(Debug)]
struct Preface {
    missing: usize,
    timeout: Pin<Box<Sleep>>,
}

#[derive(Debug)]
enum Io {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Connection {
    /// Takes a connection over onto the current runtime.
    pub(super) fn adopt(stream: Stream, ticket: Ticket) -> io::Result<Self> {
        let io = match stream {
            Stream::Tcp(stream) => Io::Tcp(TcpStream::from_std(stream)?),
            Stream::Unix(stream) => Io::Unix(UnixStream::from_std(stream)?),
        };
        let preface = Preface { missing: PREFACE_BYTES, timeout: Box::pin(sleep(PREFACE_TIMEOUT)) };
        Ok(Self { io, preface: Some(preface), _ticket: ticket })
    }

    /// Takes note of what was read; an error if the preface takes too long.
    fn heard(&mut self, bytes: usize, cx: &mut Context<'_>) -> io::Result<()> {
        let Some(preface) = &mut self.preface else { return Ok(()) };
        preface.missing = preface.missing.saturating_sub(bytes);
        if preface.missing == 0 {
            self.preface = None;
        } else if preface.timeout.as_mut().poll(cx).is_ready() {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "the peer has not begun to speak HTTP/2"));
        }
        Ok(())
    }
}

/// Does the same with either kind of connection.
macro_rules! each {
    ($connection:expr, $io:ident => $done:expr) => {
        match &mut $connection.io {
            Io::Tcp($io) => $done,
            Io::Unix($io) => $done,
        }
    };
}

impl AsyncRead for Connection {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        let read = each!(this, io => Pin::new(io).poll_read(cx, buf));
        this.heard(buf.filled().len() - before, cx)?;
        read
    }
}

impl AsyncWrite for Connection {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        each!(self.get_mut(), io => Pin::new(io).poll_write(cx, buf))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        each!(self.get_mut(), io => Pin::new(io).poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        each!(self.get_mut(), io => Pin::new(io).poll_shutdown(cx))
    }

    fn is_write_vectored(&self) -> bool {
        match &self.io {
            Io::Tcp(io) => io.is_write_vectored(),
            Io::Unix(io) => io.is_write_vectored(),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        each!(self.get_mut(), io => Pin::new(io).poll_write_vectored(cx, bufs))
    }
}
