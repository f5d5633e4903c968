//! Documents on their way, as any client sends and receives them.

use bailiwick::proto::v1::import_policy_request::{Options, Part};
use bailiwick::proto::v1::{
    Consistency, ExportPolicyRequest, ExportPolicyResponse, ImportPolicyRequest, ImportPolicyResponse,
};
use bytes::Bytes;
use tonic::Status;

use crate::harness::Clients;

/// Bytes in one message, below the 512 KiB that a server takes.
pub(crate) const CHUNK_BYTES: usize = 256 << 10;

/// Imports a document and returns what that did.
pub(crate) async fn import(clients: &Clients, document: impl AsRef<[u8]>) -> ImportPolicyResponse {
    import_with(clients, Options::default(), document).await.unwrap()
}

/// Imports a document, or not.
pub(crate) async fn import_with(
    clients: &Clients,
    options: Options,
    document: impl AsRef<[u8]>,
) -> Result<ImportPolicyResponse, Status> {
    send(clients, parts(options, document.as_ref(), CHUNK_BYTES)).await
}

/// The messages of an import.
pub(crate) fn parts(options: Options, document: &[u8], chunk_bytes: usize) -> Vec<Part> {
    let chunks = document.chunks(chunk_bytes).map(|chunk| Part::Data(Bytes::copy_from_slice(chunk)));
    std::iter::once(Part::Options(options)).chain(chunks).collect()
}

/// Sends messages that may be no import at all; one without a part is empty.
pub(crate) async fn send(
    clients: &Clients,
    parts: Vec<impl Into<Option<Part>>>,
) -> Result<ImportPolicyResponse, Status> {
    let messages: Vec<_> = parts.into_iter().map(|part| ImportPolicyRequest { part: part.into() }).collect();
    let answer = clients.policy.clone().import_policy(tokio_stream::iter(messages)).await?;
    Ok(answer.into_inner())
}

/// What an export said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Exported {
    pub(crate) document: String,
    /// Names the revision.
    pub(crate) token: String,
}

/// Exports the newest state.
pub(crate) async fn export(clients: &Clients) -> Exported {
    export_at(clients, None).await.unwrap()
}

/// Exports a state.
pub(crate) async fn export_at(
    clients: &Clients,
    consistency: impl Into<Option<Consistency>>,
) -> Result<Exported, Status> {
    let pieces = pieces(clients, consistency).await?;
    let document = pieces.iter().flat_map(|piece| piece.data.to_vec()).collect();
    Ok(Exported { document: String::from_utf8(document).unwrap(), token: pieces[0].consistency_token.clone() })
}

/// The messages of an export.
pub(crate) async fn pieces(
    clients: &Clients,
    consistency: impl Into<Option<Consistency>>,
) -> Result<Vec<ExportPolicyResponse>, Status> {
    let consistency = consistency.into();
    let mut stream = clients.policy.clone().export_policy(ExportPolicyRequest { consistency }).await?.into_inner();
    let mut pieces = Vec::new();
    while let Some(piece) = stream.message().await? {
        assert_eq!(pieces.is_empty(), !piece.consistency_token.is_empty(), "the first message alone has the token");
        pieces.push(piece);
    }
    Ok(pieces)
}

/// A document of these lines below the header.
pub(crate) fn document<T: AsRef<str>>(lines: impl IntoIterator<Item = T>) -> String {
    let mut document = String::from("{\"bailiwick_policy\":{\"version\":1}}\n");
    for line in lines {
        document.push_str(line.as_ref());
        document.push('\n');
    }
    document
}
