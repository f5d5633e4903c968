//! The signals that end a server: SIGTERM and SIGINT.
//!
//! Guarantees: from the first moment none is lost, not even by the first process of a container, which the kernel
//! ends by no signal that it does not receive itself. A server that does not serve yet has nothing to finish, and
//! ends at once. It drains nothing: see [`super::Running::stop`].

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::Failure;

/// Signals that are received on a thread of their own.
pub(super) struct Signals {
    is_serving: Arc<AtomicBool>,
    received: Receiver<()>,
}

impl Signals {
    /// `end` is the last thing that is done when the process ends at once.
    pub(super) fn listen(end: impl FnOnce() + Send + 'static) -> Result<Self, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
        let entered = runtime.enter();
        let (terminate, interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        drop(entered);
        let is_serving = Arc::new(AtomicBool::new(false));
        let (sender, received) = channel();
        let listen = listen(terminate, interrupt, is_serving.clone(), sender);
        std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
            if runtime.block_on(listen).is_break() {
                end();
                std::process::exit(0);
            }
        })?;
        Ok(Self { is_serving, received })
    }

    /// From now on a signal ends what [`wait`](Self::wait) waits for, and no longer the process.
    pub(super) fn serving(&self) {
        self.is_serving.store(true, Ordering::Release);
    }

    /// Waits for a signal.
    pub(super) fn wait(&self) {
        if self.received.recv().is_err() {
            tracing::error!("signals cannot be received; stopping");
        }
    }
}

/// Passes signals on; breaks at one that comes before anybody is served.
async fn listen(
    mut terminate: Signal,
    mut interrupt: Signal,
    is_serving: Arc<AtomicBool>,
    sender: Sender<()>,
) -> ControlFlow<()> {
    loop {
        let name = tokio::select! {
            _ = terminate.recv() => "SIGTERM",
            _ = interrupt.recv() => "SIGINT",
        };
        if !is_serving.load(Ordering::Acquire) {
            tracing::info!("{name} received before the start was over");
            return ControlFlow::Break(());
        }
        tracing::info!("{name} received");
        if sender.send(()).is_err() {
            return ControlFlow::Continue(());
        }
    }
}
