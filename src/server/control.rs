//! The control runtime: everything but the connections of callers runs on it.

use std::ops::Deref;
use std::time::Duration;

use tokio::runtime::{Builder, Handle, Runtime};

use super::Failure;

/// How long the end waits for what still runs.
const END_TIME_MAX: Duration = Duration::from_millis(500);

/// The runtime. When this is dropped, what runs on it ends, and lets go of what it holds.
#[derive(Debug)]
pub(super) struct Control {
    handle: Handle,
    runtime: Option<Runtime>,
}

impl Control {
    pub(super) fn start() -> Result<Self, Failure> {
        let runtime = Builder::new_multi_thread().worker_threads(2).thread_name("control").enable_all().build()?;
        Ok(Self { handle: runtime.handle().clone(), runtime: Some(runtime) })
    }
}

impl Deref for Control {
    type Target = Handle;

    fn deref(&self) -> &Handle {
        &self.handle
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(END_TIME_MAX);
        }
    }
}
