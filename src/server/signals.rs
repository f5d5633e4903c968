//! The signals that end a server: SIGTERM and SIGINT.
//!
//! Guarantees: from the first moment none is lost, not even by the first process of a container, which the kernel
//! ends by no signal that it does not receive itself. What a signal ends is for others to say: see [`super::serve`].

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::Failure;
use super::control::Control;

/// Signals that are received.
pub(super) struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// From now on a signal ends nothing by itself.
    pub(super) fn listen(control: &Control) -> Result<Self, Failure> {
        control.block_on(async {
            Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
        })
    }

    /// Waits for a signal, and answers with its name.
    pub(super) async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}
