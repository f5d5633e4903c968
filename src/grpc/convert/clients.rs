//! Clients.

use super::identities;
use super::mask::Mask;
use super::time::timestamp;
use super::{complete, id_or, owner, required, write};
use crate::app::clients::{DeleteClient, NewClient, Owner, UpdateClient};
use crate::app::error::{Error, Result};
use crate::app::state::Snapshot;
use crate::app::token::etag;
use crate::domain::directory::Client;
use crate::domain::id::Id;
use crate::domain::name::{self, Subject, TenantId};
use crate::domain::row::{Row, Stamp};
use crate::domain::text;
use crate::domain::violation::{Malformed, Violations};
use crate::proto::v1;

/// The client to be made.
pub(in crate::grpc) fn new_client(
    request: v1::CreateClientRequest,
    fresh: Id,
    mut violations: Violations,
) -> Result<NewClient> {
    let id_is_chosen = !request.client_id.is_empty();
    let id = id_or(&mut violations, "client_id", &request.client_id, fresh);
    let message = required(&mut violations, "client", request.client).unwrap_or_default();
    let owner = violations.take("client.owner", owned_by(&message.owner));
    let display_name = violations.take("client.display_name", text::display(&message.display_name));
    let enabled = message.enabled.unwrap_or(true);
    let client = (|| {
        let (id, (application, tenant), display_name) = (id?, owner?, display_name?);
        Some(Client { id, application, tenant, display_name, enabled, stamp: Stamp::default() })
    })();
    let external_identities = identities::given(&mut violations, "client", &message.external_identities);
    complete(violations, client.map(|client| NewClient { client, external_identities, id_is_chosen }))
}

fn owned_by(text: &str) -> Result<Owner, Malformed> {
    owner(text).map(|(application, tenant)| (application, tenant.map(|tenant| tenant.tenant)))
}

/// The client to be changed.
pub(in crate::grpc) fn update_client(
    request: v1::UpdateClientRequest,
    mut violations: Violations,
) -> Result<UpdateClient> {
    let client = required(&mut violations, "client", request.client).unwrap_or_default();
    let id = violations.take("client.name", name::parse_top("clients", &client.name));
    let owner = match client.owner.as_str() {
        "" => None,
        text => violations.take("client.owner", owned_by(text)),
    };
    let writable = [
        ("display_name", !client.display_name.is_empty()),
        ("enabled", client.enabled.is_some()),
        ("external_identities", !client.external_identities.is_empty()),
    ];
    let mask = Mask::read("client", request.update_mask.as_ref(), &writable, &mut violations);
    let display_name = mask.take(&mut violations, "display_name", || text::display(&client.display_name));
    let enabled = mask.has("enabled").then_some(client.enabled.unwrap_or(true));
    let external_identities = mask
        .has("external_identities")
        .then(|| identities::given(&mut violations, "client", &client.external_identities));
    let etag = client.etag;
    let update = id.map(|id| UpdateClient { id, owner, display_name, enabled, external_identities, etag });
    complete(violations, update)
}

/// The client to be deleted.
pub(in crate::grpc) fn delete_client(
    request: v1::DeleteClientRequest,
    mut violations: Violations,
) -> Result<DeleteClient> {
    let id = violations.take("name", name::parse_top("clients", &request.name));
    let deletion = write::deletion(request.etag, request.allow_missing, request.force);
    complete(violations, id.map(|id| DeleteClient { id, deletion }))
}

/// A client, as the API shows it, with the identities that it has in the state.
pub(in crate::grpc) fn client(row: &Row, snapshot: &Snapshot) -> Result<v1::Client> {
    let Row::Client(row) = row else { return Err(Error::Internal) };
    let name = format!("clients/{}", row.id);
    let application = || row.application.clone();
    let tenant = row.tenant.clone().map(|tenant| TenantId { application: application(), tenant });
    Ok(v1::Client {
        etag: etag(&name, row.stamp.revision),
        name,
        owner: tenant.map_or_else(|| name::application(&row.application), |tenant| tenant.to_string()),
        display_name: row.display_name.clone(),
        enabled: Some(row.enabled),
        external_identities: identities::shown(snapshot, &Subject::Client(row.id.clone())),
        create_time: Some(timestamp(row.stamp.created_at)),
        created_by: row.stamp.created_by.clone(),
        update_time: Some(timestamp(row.stamp.updated_at)),
        updated_by: row.stamp.updated_by.clone(),
    })
}
