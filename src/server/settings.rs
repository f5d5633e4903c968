//! From the configuration to what each layer wants to know of it.

use std::time::Duration;

use tracing::info_span;

use super::{Failure, secret};
use crate::app::error::Error;
use crate::app::service::{App, Settings};
use crate::config::Config;
use crate::domain::name::Subject;
use crate::grpc;

/// What the verbs want to know.
pub(super) fn settings(config: &Config, deployment: [u8; 32]) -> Result<Settings, Failure> {
    let seed = secret::random()?.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
    Ok(Settings {
        staleness_bound: config.staleness_bound,
        poll_interval: config.poll_interval,
        cache_ttl: config.cache_ttl,
        replaced_roles_max: config.replaced_roles_max,
        secret: deployment,
        seed,
    })
}

/// Whom each configured token stands for; without tokens, the local administrator.
pub(super) fn authenticator(config: &Config) -> Result<grpc::Authenticator, Failure> {
    let mut tokens = Vec::new();
    for token in &config.tokens {
        let subject = Subject::parse(&token.subject).map_err(|error| format!("tokens: {}: {error}", token.subject))?;
        if !matches!(subject, Subject::User(_) | Subject::Client(_)) {
            return Err(format!("tokens: {subject}: only users and clients have tokens").into());
        }
        tokens.push((token.expose().to_owned(), subject));
    }
    Ok(if tokens.is_empty() { grpc::Authenticator::local() } else { grpc::Authenticator::tokens(tokens) })
}

/// What the gRPC layer enforces.
pub(super) fn limits(config: &Config) -> grpc::Limits {
    grpc::Limits {
        deadline_default: config.deadline_default,
        deadline_max: config.deadline_max,
        stream_deadline_max: config.stream_deadline_max,
        in_flight_max: config.in_flight_max,
        message_bytes_max: config.message_bytes_max,
        traced_share: config.otlp.traced_share(),
    }
}

/// How often the head goes to the log.
const HEAD_INTERVAL: Duration = Duration::from_mins(10);

/// Tells the log, and the collector of traces if there is one, the newest revision and its chain: whoever keeps either
/// can tell later whether history was changed.
pub(super) fn log_head(app: &App) {
    let published = app.state().current();
    let head = &published.head;
    let chain = data_encoding::HEXLOWER.encode(&head.chain);
    tracing::info!(store_id = %head.store_id, revision = head.revision, chain, "head");
    drop(info_span!(
        target: "traces",
        parent: None,
        "head",
        bailiwick.store_id = head.store_id.as_str(),
        bailiwick.revision = head.revision,
        bailiwick.chain = chain,
    ));
}

/// Logs the head at its interval, for ever.
pub(super) async fn log_head_now_and_then(app: App) {
    let mut ticks = tokio::time::interval(HEAD_INTERVAL);
    loop {
        ticks.tick().await;
        log_head(&app);
    }
}

/// An error with all of its violations, for the operator.
pub(super) fn explained(error: &Error) -> String {
    match error {
        Error::Stopped { cause, .. } => explained(cause),
        Error::Invalid(violations) => violations.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
        other => other.to_string(),
    }
}
