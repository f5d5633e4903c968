//! `PolicyDataService`: documents in and out, piece by piece.
//!
//! Guarantees: no more than a few pieces of a document are in memory, whatever its size; an export whose reader is
//! slow or gone lets go of the database by its deadline.

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming, async_trait};

use super::convert::consistency::{Past, consistency};
use super::convert::{complete, int64, policy as convert};
use super::layer::Deadline;
use super::{Answer, open, status};
use crate::app::error::Error;
use crate::app::export_policy::Export;
use crate::app::service::App;
use crate::domain::violation::Violations;
use crate::proto::v1;
use crate::proto::v1::import_policy_request::Part;
use crate::proto::v1::policy_data_service_server::PolicyDataService;

/// Bytes of one piece of a document, at most.
const PIECE_BYTES_MAX: usize = 512 * 1_024;
/// Pieces of an export that wait for their reader, at most.
const PIECES_AHEAD_MAX: usize = 2;

/// The service.
#[derive(Debug)]
pub(super) struct PolicyData {
    /// The verbs.
    pub(super) app: App,
}

#[async_trait]
impl PolicyDataService for PolicyData {
    async fn import_policy(
        &self,
        request: Request<Streaming<v1::ImportPolicyRequest>>,
    ) -> Answer<v1::ImportPolicyResponse> {
        let (caller, mut messages) = open(request)?;
        let options = match next(&mut messages).await? {
            Some(Part::Options(options)) => convert::options(&options)?,
            _ => return Err(Error::invalid("options", "must be set in the first message").into()),
        };
        let mut import = self.app.import(&caller, options).await?;
        while let Some(part) = next(&mut messages).await? {
            let piece = data(part).map_err(|error| import.stopped(error))?;
            import.feed(&piece).await?;
        }
        Ok(Response::new(convert::imported(import.finish().await?)))
    }

    type ExportPolicyStream = ReceiverStream<Result<v1::ExportPolicyResponse, Status>>;

    async fn export_policy(
        &self,
        request: Request<v1::ExportPolicyRequest>,
    ) -> Answer<ReceiverStream<Result<v1::ExportPolicyResponse, Status>>> {
        let deadline = request.extensions().get::<Deadline>().copied().ok_or(Error::Internal)?;
        let (caller, request) = open(request)?;
        let (mut violations, tokens) = (Violations::default(), &self.app.state().tokens);
        let wish = consistency(request.consistency.as_ref(), Past::Answered, tokens, &mut violations);
        let export = self.app.export(&caller, &complete(violations, wish)?).await?;
        let (pieces, answer) = mpsc::channel(PIECES_AHEAD_MAX);
        tokio::spawn(deadline.limit(send(export, pieces)));
        Ok(Response::new(ReceiverStream::new(answer)))
    }
}

/// The next part of an import; `None` after the last message.
async fn next(messages: &mut Streaming<v1::ImportPolicyRequest>) -> Result<Option<Part>, Status> {
    match messages.message().await.map_err(|status| status::with_reason(&status))? {
        None => Ok(None),
        Some(v1::ImportPolicyRequest { part: Some(part) }) => Ok(Some(part)),
        Some(v1::ImportPolicyRequest { part: None }) => Err(Error::invalid("part", "must be set").into()),
    }
}

fn data(part: Part) -> Result<Bytes, Error> {
    match part {
        Part::Data(data) if data.len() <= PIECE_BYTES_MAX => Ok(data),
        Part::Data(_) => Err(Error::invalid("data", format!("must be at most {PIECE_BYTES_MAX} bytes long"))),
        Part::Options(_) => Err(Error::invalid("options", "must be set in the first message only")),
    }
}

type Pieces = mpsc::Sender<Result<v1::ExportPolicyResponse, Status>>;

/// Sends an export until its end, or until nobody reads it any more.
async fn send(mut export: Export, pieces: Pieces) {
    let mut head = v1::ExportPolicyResponse {
        data: Bytes::new(),
        consistency_token: export.token.clone(),
        total_rows: int64(export.rows),
    };
    loop {
        let mut chunk = match export.next().await {
            Ok(Some(chunk)) => Bytes::from(chunk),
            Ok(None) => return,
            Err(error) => {
                let _nobody_reads = pieces.send(Err(error.into())).await;
                return;
            }
        };
        while !chunk.is_empty() {
            let data = chunk.split_to(chunk.len().min(PIECE_BYTES_MAX));
            let piece = v1::ExportPolicyResponse { data, ..std::mem::take(&mut head) };
            if pieces.send(Ok(piece)).await.is_err() {
                return;
            }
        }
    }
}
