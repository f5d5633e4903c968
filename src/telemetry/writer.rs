//! A thread that writes log lines, so that nobody who logs waits for a slow terminal or pipe.
//!
//! Guarantees: sending a line never blocks; lines keep their order; at most
//! [`LINES_QUEUED_MAX`] lines wait, and those beyond it are counted and the count is logged.
//! It does not retry a failed write: there is nowhere left to say so.

use std::borrow::Cow;
use std::io::{self, Write};
use std::str;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use tracing_subscriber::fmt::MakeWriter;

use super::escape;

/// Lines that may wait to be written.
const LINES_QUEUED_MAX: usize = 8_192;
/// How long the end of the process waits for a stuck standard error.
const FLUSH_TIME_MAX: Duration = Duration::from_secs(1);

enum Message {
    Line(Vec<u8>),
    Flush(SyncSender<()>),
}

/// The sending end: what the log formats write to, one whole record at a time.
#[derive(Clone)]
pub(super) struct Lines {
    queue: SyncSender<Message>,
    lost: Arc<AtomicU64>,
    is_json: bool,
}

/// Waits, when dropped, until everything logged before is written, but a second at most.
#[must_use = "dropping the guard ends the wait for what is logged later"]
pub(super) struct Guard {
    queue: SyncSender<Message>,
}

/// Starts the thread and returns the two ends that keep it alive.
pub(super) fn start(output: impl Write + Send + 'static) -> (Lines, Guard) {
    let (queue, messages) = sync_channel(LINES_QUEUED_MAX);
    let lost = Arc::new(AtomicU64::new(0));
    let lines = Lines { queue: queue.clone(), lost: Arc::clone(&lost), is_json: false };
    thread::spawn(move || write_all(&messages, &lost, output));
    (lines, Guard { queue })
}

impl Lines {
    /// The same end for JSON records, in which unsafe characters are escaped on the way.
    pub(super) fn escaping_json(self) -> Self {
        Self { is_json: true, ..self }
    }
}

impl Write for Lines {
    fn write(&mut self, record: &[u8]) -> io::Result<usize> {
        let line = match str::from_utf8(record) {
            Ok(text) if self.is_json => Cow::Owned(escape::json(text).into_bytes()),
            _ => Cow::Borrowed(record),
        };
        if self.queue.try_send(Message::Line(line.into_owned())).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
        Ok(record.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let (done, written) = sync_channel(1);
        // A full queue means that standard error is stuck: then there is nothing to wait for.
        if self.queue.try_send(Message::Flush(done)).is_ok() {
            let _late_or_done = written.recv_timeout(FLUSH_TIME_MAX);
        }
    }
}

fn write_all(messages: &Receiver<Message>, lost: &AtomicU64, mut output: impl Write) {
    while let Ok(message) = messages.try_recv().or_else(|_| {
        report(lost);
        messages.recv()
    }) {
        match message {
            Message::Line(line) => drop(output.write_all(&line)),
            Message::Flush(done) => {
                drop(output.flush());
                let _nobody_waits_any_more = done.try_send(());
            }
        }
    }
}

/// Logs how many records were lost. Called when the queue is empty, so that this one is not.
fn report(lost: &AtomicU64) {
    let lost = lost.swap(0, Ordering::Relaxed);
    if lost > 0 {
        tracing::warn!(lost, "log records were lost: standard error is too slow");
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use std::sync::Mutex;
    use std::sync::mpsc::{Sender, channel};

    use super::*;

    /// An output that writes nothing before it is released.
    struct Stuck {
        release: Arc<Mutex<Receiver<()>>>,
        written: Sender<Vec<u8>>,
    }

    impl Write for Stuck {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _released = self.release.lock().unwrap().recv();
            drop(self.written.send(bytes.to_vec()));
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_stuck_output_blocks_nobody_and_what_is_lost_is_counted() {
        let ((release, released), (written, lines_written)) = (channel(), channel());
        let (mut lines, guard) = start(Stuck { release: Arc::new(Mutex::new(released)), written });
        for number in 0..LINES_QUEUED_MAX + 100 {
            lines.write_all(format!("{number}\n").as_bytes()).unwrap();
        }
        assert!(lines.lost.load(Ordering::Relaxed) >= 99);
        drop(release);
        assert_eq!(lines_written.recv().unwrap(), b"0\n");
        assert_eq!(lines_written.recv().unwrap(), b"1\n");
        drop(guard);
    }
}
