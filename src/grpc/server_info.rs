//! `ServerService`: decode, call, encode.

use tonic::{Request, Response, async_trait};

use super::convert::complete;
use super::convert::consistency::{Past, consistency};
use super::convert::time::timestamp;
use super::metrics::kinds;
use super::{Answer, open};
use crate::app::service::App;
use crate::domain::time::Time;
use crate::domain::violation::Violations;
use crate::proto::v1;
use crate::proto::v1::DatabaseKind;
use crate::proto::v1::get_server_info_response::KindCount;
use crate::proto::v1::server_service_server::ServerService;

/// The service.
#[derive(Debug)]
pub(super) struct ServerInfo {
    /// The verbs.
    pub(super) app: App,
    /// When this process started.
    pub(super) started: Time,
}

#[async_trait]
impl ServerService for ServerInfo {
    async fn get_server_info(&self, request: Request<v1::GetServerInfoRequest>) -> Answer<v1::GetServerInfoResponse> {
        let (caller, request) = open(request)?;
        let (mut violations, tokens) = (Violations::default(), &self.app.state().tokens);
        let wish = consistency(request.consistency.as_ref(), Past::Refused, tokens, &mut violations);
        let wish = complete(violations, wish)?;
        let (info, view) = self.app.server_info(&caller, &wish).await?;
        let counts = kinds(&info.counts).map(|(kind, count)| KindCount { kind: kind.to_owned(), count });
        Ok(Response::new(v1::GetServerInfoResponse {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            store_id: info.store_id.to_string(),
            consistency_token: view.token().to_owned(),
            counts: counts.into(),
            start_time: Some(timestamp(self.started)),
            database_kind: database_kind(info.store_kind).into(),
        }))
    }
}

fn database_kind(kind: &str) -> DatabaseKind {
    match kind {
        "sqlite" => DatabaseKind::Sqlite,
        "postgresql" => DatabaseKind::Postgresql,
        "mariadb" => DatabaseKind::Mariadb,
        _ => DatabaseKind::Unspecified,
    }
}
