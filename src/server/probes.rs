//! The `metrics` listener: Prometheus text, liveness and readiness, and nothing else.

use std::net::SocketAddr;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::Failure;
use super::figures::Figures;
use crate::config::Config;
use crate::telemetry;

/// The listener.
#[derive(Debug)]
pub(super) struct Probes {
    /// Where it listens.
    pub(super) address: SocketAddr,
}

#[derive(Clone)]
struct Shared {
    figures: Figures,
    stop: watch::Receiver<bool>,
}

impl Probes {
    /// Binds the address and serves on the current runtime.
    pub(super) async fn start(config: &Config, figures: Figures, stop: watch::Receiver<bool>) -> Result<Self, Failure> {
        let listener = TcpListener::bind(config.metrics.listen).await;
        let listener = listener.map_err(|error| format!("metrics.listen {}: {error}", config.metrics.listen))?;
        let address = listener.local_addr()?;
        let shared = Shared { figures, stop };
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
    ([(header::CONTENT_TYPE, telemetry::PROMETHEUS)], telemetry::prometheus_text(&shared.figures.read()))
}

/// Ready: answers are fresh enough, the clock is steady, and the server is not going.
async fn ready(State(shared): State<Shared>) -> impl IntoResponse {
    let problem = if *shared.stop.borrow() { Some("stopping") } else { shared.figures.problem() };
    match problem {
        None => (StatusCode::OK, "ok\n".to_owned()),
        Some(problem) => (StatusCode::SERVICE_UNAVAILABLE, format!("{problem}\n")),
    }
}
