//! The way from the data threads to the control runtime.
//!
//! Administrative calls await the database, whose connections live on the control runtime: they are run there from
//! their first byte to their answer, so that a data thread waits for nothing. A call that is given up by its caller
//! is given up there, too.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use http::{Request, Response};
use tokio::runtime::Handle;
use tokio::task::{JoinError, JoinHandle};
use tonic::Status;
use tonic::body::Body;
use tonic::server::NamedService;
use tower::Service;
use tracing::Instrument;

use super::status;
use crate::app::error::Error;

/// A service that runs on another runtime.
#[derive(Clone, Debug)]
pub(super) struct OnControl<S> {
    service: S,
    control: Handle,
}

impl<S> OnControl<S> {
    /// Runs `service` on `control`.
    pub(super) fn new(service: S, control: Handle) -> Self {
        Self { service, control }
    }
}

impl<S: NamedService> NamedService for OnControl<S> {
    const NAME: &'static str = S::NAME;
}

impl<S> Service<Request<Body>> for OnControl<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.service.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let call = run(&self.control, self.service.call(request));
        call.map(|outcome| outcome.unwrap_or_else(|status| Ok(status.into_http()))).boxed()
    }
}

/// Runs a future on the control runtime and waits for it.
pub(super) fn run<F>(control: &Handle, future: F) -> impl Future<Output = Result<F::Output, Status>> + Send + use<F>
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    Task(control.spawn(future.in_current_span())).map(|outcome| outcome.map_err(|error| refusal(&error)))
}

/// A task that has panicked is a bug, and the hook of the process has logged it; else its runtime is ending.
fn refusal(error: &JoinError) -> Status {
    if error.is_panic() { Error::Internal.into() } else { status::stopping() }
}

/// A task that is nobody's once it is dropped.
struct Task<T>(JoinHandle<T>);

impl<T> Future for Task<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(cx)
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::runtime::{Builder, Runtime};
    use tonic::Code;

    use super::*;

    fn runtime() -> Option<Runtime> {
        Builder::new_multi_thread().worker_threads(1).thread_name("elsewhere").build().ok()
    }

    #[test]
    fn the_work_is_done_on_the_other_runtime() {
        let (Some(here), Some(there)) = (runtime(), runtime()) else { return };
        let name = here.block_on(run(there.handle(), async { std::thread::current().name().map(str::to_owned) }));
        assert_eq!(name.ok().flatten().as_deref(), Some("elsewhere"));
    }

    #[test]
    fn a_panic_there_is_an_internal_error_here() {
        let (Some(here), Some(there)) = (runtime(), runtime()) else { return };
        let outcome = here.block_on(run(there.handle(), async { assert_eq!(1, 2, "on purpose") }));
        assert_eq!(outcome.map_err(|status| status.code()), Err(Code::Internal));
    }

    #[test]
    fn a_call_that_is_given_up_is_given_up_there_too() {
        let (Some(here), Some(there)) = (runtime(), runtime()) else { return };
        let alive = Arc::new(());
        let held = alive.clone();
        let waiting = run(there.handle(), async move {
            std::future::pending::<()>().await;
            drop(held);
        });
        drop(waiting);
        here.block_on(async {
            while Arc::strong_count(&alive) > 1 {
                tokio::task::yield_now().await;
            }
        });
    }
}
