//! Resources of other services.

use std::collections::BTreeMap;

use prost::Message;

use super::mask::Mask;
use super::time::timestamp;
use super::{at_most, complete, elements, int32, int64, required, set_of, tenant_named, write};
use crate::app::error::{Error, Result};
use crate::app::methods;
use crate::app::port::Receipt;
use crate::app::resources::{
    DeleteResource, ImportProgress, NewResource, Options, Relation, UpdateRelations, UpdateResource, Upsert,
    UpsertResources,
};
use crate::app::state::Snapshot;
use crate::app::token::etag;
use crate::domain::id::{ForeignId, Id, ResourceKind};
use crate::domain::limit::{CALL_IDS_MAX, RESOURCE_PARENTS_MAX};
use crate::domain::name::{self, ResourceId, ResourceKey};
use crate::domain::row::Row;
use crate::domain::text;
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
    let parents = elements(parents(&mut violations, "resource.parents", &message.parents)).collect();
    let id = (|| Some(ResourceId { application: application?, kind: kind?, id: id? }))();
    let new = id.zip(tenant).map(|(id, tenant)| NewResource { id, tenant, parents });
    complete(violations, new)
}

/// What a resource is below, each with its place.
fn parents(violations: &mut Violations, field: &str, texts: &[String]) -> Vec<(usize, ResourceKey)> {
    let parents = set_of(violations, field, texts, ResourceKey::parse);
    at_most(violations, field, parents.len(), RESOURCE_PARENTS_MAX);
    parents
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
    let fields = [("tenant", !message.tenant.is_empty()), ("parents", !message.parents.is_empty())];
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
    let above =
        mask.has("parents").then(|| elements(parents(&mut violations, "resource.parents", &message.parents)).collect());
    complete(violations, id.map(|id| UpdateResource { id, tenant, parents: above, etag: message.etag }))
}

/// The resource to be deleted.
pub(in crate::grpc) fn delete_resource(
    request: v1::DeleteResourceRequest,
    mut violations: Violations,
) -> Result<DeleteResource> {
    let id = violations.take("name", ResourceId::parse(&request.name));
    let deletion = write::deletion(request.etag, request.allow_missing, request.force);
    complete(violations, id.map(|id| DeleteResource { id, deletion }))
}

/// A resource, as the API shows it.
pub(in crate::grpc) fn resource(row: &Row, state: &Snapshot) -> Result<v1::Resource> {
    let Row::Resource(row) = row else { return Err(Error::Internal) };
    let name = row.id.to_string();
    Ok(v1::Resource {
        etag: etag(&name, row.stamp.revision),
        name,
        kind: row.id.kind.to_string(),
        id: row.id.id.to_string(),
        tenant: row.tenant_id().map(|tenant| tenant.to_string()).unwrap_or_default(),
        tenant_level: row.tenant_level || row.tenant.is_some(),
        parents: state.parents_of(&row.id).iter().map(ToString::to_string).collect(),
        create_time: Some(timestamp(row.stamp.created_at)),
        created_by: row.stamp.created_by.clone(),
        update_time: Some(timestamp(row.stamp.updated_at)),
        updated_by: row.stamp.updated_by.clone(),
    })
}

/// The resources to be registered or changed.
pub(in crate::grpc) fn upserts(
    request: v1::BatchUpsertResourcesRequest,
    mut violations: Violations,
) -> Result<UpsertResources> {
    let application = violations.take("parent", name::parse_application(&request.parent));
    let chunk = application.map(|application| chunk_of(&application, "resources", request.resources, &mut violations));
    let method = &methods::BATCH_UPSERT_RESOURCES;
    complete(violations, chunk.map(|chunk| UpsertResources { method, chunks: vec![chunk] }))
}

/// What a batch did.
pub(in crate::grpc) fn upserted(receipt: &Receipt, token: String) -> v1::BatchUpsertResourcesResponse {
    v1::BatchUpsertResourcesResponse {
        created_count: int32(receipt.created),
        updated_count: int32(receipt.updated),
        unchanged_count: int32(receipt.unchanged),
        consistency_token: token,
    }
}

fn chunk_of(application: &Id, field: &str, messages: Vec<v1::Resource>, violations: &mut Violations) -> Vec<Upsert> {
    if messages.is_empty() {
        violations.add(field, "must not be empty");
    }
    if messages.len() > CALL_IDS_MAX {
        at_most(violations, field, messages.len(), CALL_IDS_MAX);
        return Vec::new();
    }
    let (mut seen, mut items) = (BTreeMap::new(), Vec::with_capacity(messages.len()));
    for (index, message) in messages.into_iter().enumerate() {
        let place = format!("{field}[{index}]");
        let Some(item) = upsert(application, place, &message, violations) else { continue };
        if let Some(first) = seen.insert(item.id.clone(), index) {
            violations.add(&item.place, format!("is the resource of {field}[{first}]"));
        }
        items.push(item);
    }
    items
}

fn upsert(application: &Id, place: String, message: &v1::Resource, violations: &mut Violations) -> Option<Upsert> {
    let kind = violations.take(format!("{place}.kind"), ResourceKind::parse(&message.kind));
    let id = violations.take(format!("{place}.id"), ForeignId::parse(&message.id));
    let tenant = violations.take(format!("{place}.tenant"), optional_tenant(application, &message.tenant));
    let parents = parents(violations, &format!("{place}.parents"), &message.parents);
    let id = ResourceId { application: application.clone(), kind: kind?, id: id? };
    Some(Upsert { place, id, tenant: tenant?, parents })
}

/// The relations to be added and removed.
pub(in crate::grpc) fn relations(
    request: &v1::BatchUpdateRelationsRequest,
    mut violations: Violations,
) -> Result<UpdateRelations> {
    let application = violations.take("parent", name::parse_application(&request.parent));
    match request.add.len() + request.remove.len() {
        0 => violations.add("add", "must not be empty when `remove` is"),
        count if count > CALL_IDS_MAX => {
            let most = format!("must hold at most {CALL_IDS_MAX} together with `remove`, and they hold {count}");
            violations.add("add", most);
            return complete(violations, None);
        }
        _ => {}
    }
    let mut seen = BTreeMap::new();
    let add = distinct("add", &request.add, &mut seen, &mut violations);
    let remove = distinct("remove", &request.remove, &mut seen, &mut violations);
    complete(violations, application.map(|application| UpdateRelations { application, add, remove }))
}

/// The relations of one list; none of them is in it twice, or in the one before.
fn distinct(
    field: &str,
    messages: &[v1::ResourceRelation],
    seen: &mut BTreeMap<Relation, String>,
    violations: &mut Violations,
) -> Vec<Relation> {
    let mut relations = Vec::with_capacity(messages.len());
    for (index, message) in messages.iter().enumerate() {
        let place = format!("{field}[{index}]");
        let child = violations.take(format!("{place}.child"), ResourceKey::parse(&message.child));
        let parent = violations.take(format!("{place}.parent"), ResourceKey::parse(&message.parent));
        let Some((child, parent)) = child.zip(parent) else { continue };
        let relation = Relation { child, parent };
        if let Some(first) = seen.insert(relation.clone(), place.clone()) {
            violations.add(&place, format!("is the relation of {first}"));
        }
        relations.push(relation);
    }
    relations
}

/// How resources are imported.
pub(in crate::grpc) fn import_options(message: &v1::import_resources_request::Options) -> Result<Options> {
    let mut violations = Violations::default();
    let application = violations.take("options.parent", name::parse_application(&message.parent));
    let import_id = violations.take("options.import_id", text::request_id(&message.import_id));
    let reason = violations.take("options.reason", text::description(&message.reason));
    let validate_only = message.validate_only;
    let options =
        (|| Some(Options { application: application?, import_id: import_id?, validate_only, reason: reason? }))();
    complete(violations, options)
}

/// The resources of a chunk, and the hash by which a chunk that is sent again is known.
pub(in crate::grpc) fn chunk(
    application: &Id,
    number: u64,
    message: v1::import_resources_request::Chunk,
) -> Result<(Vec<Upsert>, [u8; 32])> {
    let mut hash = blake3::Hasher::new();
    hash.update(application.as_str().as_bytes()).update(b"/").update(&message.encode_to_vec());
    let mut violations = Violations::default();
    let items = chunk_of(application, &format!("chunks[{number}].resources"), message.resources, &mut violations);
    complete(violations, Some((items, *hash.finalize().as_bytes())))
}

/// What an import did.
pub(in crate::grpc) fn imported(done: ImportProgress) -> v1::ImportResourcesResponse {
    v1::ImportResourcesResponse {
        resources: int64(done.resources),
        chunks: int64(done.chunks),
        created: int64(done.created),
        updated: int64(done.updated),
        unchanged: int64(done.unchanged),
        skipped_chunks: int64(done.skipped_chunks),
        consistency_token: done.token,
    }
}
