//! Resources of other services.

use super::mask::Mask;
use super::time::timestamp;
use super::{complete, required, tenant_named, write};
use crate::app::error::{Error, Result};
use crate::app::resources::{DeleteResource, NewResource, UpdateResource};
use crate::app::token::etag;
use crate::domain::id::{ForeignId, Id, ResourceKind};
use crate::domain::name::{self, ResourceId};
use crate::domain::row::Row;
use crate::domain::violation::{Malformed, Violations};
use crate::proto::v1;

/// The resource to be registered.
pub(in crate::grpc) fn new_resource(
    request: v1::CreateResourceRequest,
    mut violations: Violations,
) -> Result<NewResource> {
    let application = violations.take("parent", name::parse_application(&request.parent));
    let message = required(&mut violations, "resource", request.resource).unwrap_or_default();
    let kind = violations.take("resource.kind", ResourceKind::parse(&message.kind));
    let id = violations.take("resource.id", ForeignId::parse(&message.id));
    let tenant = application
        .as_ref()
        .and_then(|application| violations.take("resource.tenant", optional_tenant(application, &message.tenant)));
    let new =
        (|| Some(NewResource { id: ResourceId { application: application?, kind: kind?, id: id? }, tenant: tenant? }))(
        );
    complete(violations, new)
}

/// A tenant of the application by its name, which may be left out.
fn optional_tenant(application: &Id, text: &str) -> Result<Option<Id>, Malformed> {
    if text.is_empty() { Ok(None) } else { tenant_named(application, text).map(Some) }
}

/// The change of a resource.
pub(in crate::grpc) fn update_resource(
    request: v1::UpdateResourceRequest,
    mut violations: Violations,
) -> Result<UpdateResource> {
    let message = required(&mut violations, "resource", request.resource).unwrap_or_default();
    let id = violations.take("resource.name", ResourceId::parse(&message.name));
    let fields = [("tenant", !message.tenant.is_empty())];
    let mask = Mask::read("resource", request.update_mask.as_ref(), &fields, &mut violations);
    let mut tenant = None;
    if let Some(id) = &id {
        for (field, sent, is) in [("kind", &message.kind, id.kind.as_str()), ("id", &message.id, id.id.as_str())] {
            if !sent.is_empty() && sent != is {
                violations.add(format!("resource.{field}"), "is immutable");
            }
        }
        tenant = mask.take(&mut violations, "tenant", || optional_tenant(&id.application, &message.tenant));
    }
    complete(violations, id.map(|id| UpdateResource { id, tenant, etag: message.etag }))
}

/// The resource to be deleted.
pub(in crate::grpc) fn delete_resource(
    request: v1::DeleteResourceRequest,
    mut violations: Violations,
) -> Result<DeleteResource> {
    let id = violations.take("name", ResourceId::parse(&request.name));
    let deletion = write::deletion(request.etag, request.allow_missing, false);
    complete(violations, id.map(|id| DeleteResource { id, deletion }))
}

/// A resource, as the API shows it.
pub(in crate::grpc) fn resource(row: &Row) -> Result<v1::Resource> {
    let Row::Resource(row) = row else { return Err(Error::Internal) };
    let name = row.id.to_string();
    Ok(v1::Resource {
        etag: etag(&name, row.stamp.revision),
        name,
        kind: row.id.kind.to_string(),
        id: row.id.id.to_string(),
        tenant: row.tenant_id().map(|tenant| tenant.to_string()).unwrap_or_default(),
        tenant_level: row.tenant_level || row.tenant.is_some(),
        create_time: Some(timestamp(row.stamp.created_at)),
        created_by: row.stamp.created_by.clone(),
        update_time: Some(timestamp(row.stamp.updated_at)),
        updated_by: row.stamp.updated_by.clone(),
    })
}
