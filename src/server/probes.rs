//! The `metrics` listener: Prometheus text, liveness and readiness, and nothing else.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::Failure;
use crate::app::service::App;
use crate::config::Config;
use crate::grpc::{Metrics, StateFigures};
use crate::store::SqlStore;

/// The listener.
#[derive(Debug)]
pub(super) struct Probes {
    /// Where it listens.
    pub(super) address: SocketAddr,
}

#[derive(Clone)]
struct Shared {
    app: App,
    store: Arc<SqlStore>,
    metrics: Arc<Metrics>,
    stop: watch::Receiver<bool>,
    bound: std::time::Duration,
}

impl Probes {
    /// Binds the address and serves on the current runtime.
    pub(super) async fn start(
        config: &Config,
        app: App,
        store: Arc<SqlStore>,
        metrics: Arc<Metrics>,
        stop: watch::Receiver<bool>,
    ) -> Result<Self, Failure> {
        let listener = TcpListener::bind(config.metrics.listen).await;
        let listener = listener.map_err(|error| format!("metrics.listen {}: {error}", config.metrics.listen))?;
        let address = listener.local_addr()?;
        let shared = Shared { app, store, metrics, stop, bound: config.staleness_bound };
        let routes = Router::new()
            .route("/metrics", get(metrics_text))
            .route("/livez", get(|| async { "ok\n" }))
            .route("/readyz", get(ready))
            .with_state(shared);
        tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, routes).await {
                tracing::error!(%error, "the metrics listener has ended");
            }
        });
        Ok(Self { address })
    }
}

async fn metrics_text(State(shared): State<Shared>) -> impl IntoResponse {
    let state = shared.app.state();
    let current = state.current();
    let figures = StateFigures {
        revision: current.head.revision,
        age: state.age(Instant::now()),
        reloads: state.reloads(),
        skipped_rows: shared.store.skipped_rows(),
        drifted_loads: shared.store.drifted_loads(),
        counts: current.snapshot.counts(),
    };
    let text = shared.metrics.text(&figures);
    ([(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text)
}

/// Ready: answers are fresh enough, the clock is steady, and the server is not going.
async fn ready(State(shared): State<Shared>) -> impl IntoResponse {
    let state = shared.app.state();
    let problem = if *shared.stop.borrow() {
        Some("stopping")
    } else if state.require_fresh(Instant::now(), shared.bound).is_err() {
        Some("the state is too old or being loaded again")
    } else if !state.clock.is_steady() {
        Some("the clock differs from the database's")
    } else {
        None
    };
    match problem {
        None => (StatusCode::OK, "ok\n".to_owned()),
        Some(problem) => (StatusCode::SERVICE_UNAVAILABLE, format!("{problem}\n")),
    }
}
