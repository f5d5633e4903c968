//! Scopes.

use super::instances::{instances, shown};
use super::mask::Mask;
use super::time::timestamp;
use super::{complete, elements, id_or, one_to, required, set_of, write};
use crate::app::error::{Error, Result};
use crate::app::scopes::{DeleteScope, DeleteScopes, NewScope, UpdateScope, is_predefined};
use crate::app::selections::ShownInstance;
use crate::app::token::etag;
use crate::domain::id::Id;
use crate::domain::limit::CALL_IDS_MAX;
use crate::domain::name::{self, ScopeId};
use crate::domain::row::{Row, Stamp};
use crate::domain::scope::Scope;
use crate::domain::text;
use crate::domain::violation::{Malformed, Violations};
use crate::proto::v1;

/// The scope to be made.
pub(in crate::grpc) fn new_scope(
    request: v1::CreateScopeRequest,
    fresh: Id,
    mut violations: Violations,
) -> Result<NewScope> {
    let v = &mut violations;
    let application = v.take("parent", name::parse_application(&request.parent));
    let id = id_or(v, "scope_id", &request.scope_id, fresh);
    let message = required(v, "scope", request.scope).unwrap_or_default();
    let scope_name = v.take("scope.scope_name", text::required_name(&message.scope_name));
    let description = v.take("scope.description", text::description(&message.description));
    let instances = instances(v, "scope.instances", message.instances);
    let scope = (|| {
        let id = ScopeId { application: application?, scope: id? };
        Some(Scope { id, scope_name: scope_name?, description: description?, stamp: Stamp::default() })
    })();
    complete(violations, scope.map(|scope| NewScope { scope, instances }))
}

/// The change of a scope.
pub(in crate::grpc) fn update_scope(
    request: v1::UpdateScopeRequest,
    mut violations: Violations,
) -> Result<UpdateScope> {
    let v = &mut violations;
    let message = required(v, "scope", request.scope).unwrap_or_default();
    let id = v.take("scope.name", ScopeId::parse(&message.name));
    let fields = [
        ("scope_name", !message.scope_name.is_empty()),
        ("description", !message.description.is_empty()),
        ("instances", !message.instances.is_empty()),
    ];
    let mask = Mask::read("scope", request.update_mask.as_ref(), &fields, v);
    let scope_name = mask.take(v, "scope_name", || text::required_name(&message.scope_name));
    let description = mask.take(v, "description", || text::description(&message.description));
    let instances = mask.has("instances").then(|| instances(v, "scope.instances", message.instances));
    let etag = message.etag;
    complete(violations, id.map(|id| UpdateScope { id, scope_name, description, instances, etag }))
}

/// The scope to be deleted.
pub(in crate::grpc) fn delete_scope(
    request: v1::DeleteScopeRequest,
    mut violations: Violations,
) -> Result<DeleteScope> {
    let id = violations.take("name", ScopeId::parse(&request.name));
    let deletion = write::deletion(request.etag, request.allow_missing, request.force);
    complete(violations, id.map(|id| DeleteScope { id, deletion }))
}

/// The scopes to be deleted, all of one application.
pub(in crate::grpc) fn delete_scopes(
    request: &v1::BatchDeleteScopesRequest,
    mut violations: Violations,
) -> Result<DeleteScopes> {
    let application = violations.take("parent", name::parse_application(&request.parent));
    let ids = set_of(&mut violations, "names", &request.names, |name| {
        let id = ScopeId::parse(name)?;
        match &application {
            Some(application) if id.application != *application => {
                Err(Malformed::new(format!("must be a scope of applications/{application}")))
            }
            _ => Ok(id),
        }
    });
    one_to(&mut violations, "names", &request.names, ids.len(), CALL_IDS_MAX);
    let deletion = write::deletion(String::new(), request.allow_missing, request.force);
    complete(violations, Some(DeleteScopes { ids: elements(ids).collect(), deletion }))
}

/// How much of each scope a list shows: everything, or not.
pub(in crate::grpc) fn list_view(request: &v1::ListScopesRequest, violations: &mut Violations) -> bool {
    use v1::ScopeView as View;
    let view = View::try_from(request.view).map_err(|_| Malformed::new("must be SCOPE_VIEW_BASIC or SCOPE_VIEW_FULL"));
    violations.take("view", view) == Some(View::Full)
}

/// A scope, as the API shows it, with these instances.
pub(in crate::grpc) fn scope(row: &Row, instances: Vec<ShownInstance>) -> Result<v1::Scope> {
    let Row::Scope(row) = row else { return Err(Error::Internal) };
    let (name, predefined) = (row.id.to_string(), is_predefined(&row.id));
    Ok(v1::Scope {
        etag: etag(&name, row.stamp.revision),
        name,
        scope_name: row.scope_name.clone(),
        description: row.description.clone(),
        instances: shown(&row.id.application, instances),
        predefined,
        create_time: (!predefined).then(|| timestamp(row.stamp.created_at)),
        created_by: row.stamp.created_by.clone(),
        update_time: (!predefined).then(|| timestamp(row.stamp.updated_at)),
        updated_by: row.stamp.updated_by.clone(),
    })
}
