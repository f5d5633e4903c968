//! What every write says about itself, and what is said of what it did.

use prost::Message;

use crate::app::applications::Deletion;
use crate::app::caller::Caller;
use crate::app::error::{Error, Result};
use crate::app::methods::Method;
use crate::app::writer::{WriteCall, Written};
use crate::domain::name;
use crate::domain::row::{Key, Row};
use crate::domain::text;
use crate::domain::violation::Violations;
use crate::proto::v1;

/// A request that writes.
pub(in crate::grpc) trait Write: Message {
    /// Its request id, which is taken out of it.
    fn take_request_id(&mut self) -> String;

    /// Whether it only asks what would happen.
    fn is_validate_only(&self) -> bool;

    /// Why.
    fn said_reason(&self) -> &str;
}

macro_rules! writes {
    ($($request:ident),* $(,)?) => {
        $(impl Write for v1::$request {
            fn take_request_id(&mut self) -> String {
                std::mem::take(&mut self.request_id)
            }

            fn is_validate_only(&self) -> bool {
                self.validate_only
            }

            fn said_reason(&self) -> &str {
                &self.reason
            }
        })*
    };
}

writes!(
    AddGroupMembersRequest,
    AddRoleAssignmentResourcesRequest,
    AddRolePrivilegeGroupsRequest,
    AddRolePrivilegesRequest,
    AssignPrivilegeToRolesRequest,
    AssignPrivilegeToUsersRequest,
    AssignRoleToSubjectsRequest,
    AssignRolesRequest,
    BatchDeleteGroupsRequest,
    BatchDeleteScopesRequest,
    BatchRegisterPrivilegesRequest,
    BatchUpdateRelationsRequest,
    BatchUpsertResourcesRequest,
    CreateApplicationRequest,
    CreateClientRequest,
    CreateGroupRequest,
    CreatePermissionBoundaryRequest,
    CreatePrivilegeGroupRequest,
    CreatePrivilegeRequest,
    CreateResourceRequest,
    CreateRoleRequest,
    CreateScopeRequest,
    CreateTenantRequest,
    CreateTraversalSpecRequest,
    CreateUserRequest,
    DeleteApplicationRequest,
    DeleteClientRequest,
    DeleteGroupRequest,
    DeletePermissionBoundaryRequest,
    DeletePrivilegeGroupRequest,
    DeletePrivilegeRequest,
    DeleteResourceRequest,
    DeleteRoleAssignmentRequest,
    DeleteRoleRequest,
    DeleteScopeRequest,
    DeleteTenantRequest,
    DeleteTraversalSpecRequest,
    DeleteUserRequest,
    PutRoleAssignmentRequest,
    RemoveGroupMembersRequest,
    RemovePrivilegeFromRoleRequest,
    RemovePrivilegeFromUserRequest,
    RemoveRoleAssignmentResourcesRequest,
    RemoveRolePrivilegeGroupsRequest,
    RemoveRolePrivilegesRequest,
    ReplaceSubjectRolesRequest,
    RevokeRoleFromSubjectRequest,
    SetGroupMembersRequest,
    SetRolePrivilegesRequest,
    UnassignRolesRequest,
    UpdateApplicationRequest,
    UpdateClientRequest,
    UpdateGroupRequest,
    UpdatePermissionBoundaryRequest,
    UpdatePrivilegeGroupRequest,
    UpdatePrivilegeRequest,
    UpdateRoleRequest,
    UpdateResourceRequest,
    UpdateScopeRequest,
    UpdateTenantRequest,
    UpdateTraversalSpecRequest,
    UpdateUserRequest,
);

/// What the write says about itself. A retry is the same request when it is the same bytes, its id apart: maps are kept
/// in order, so equal messages are equal bytes.
pub(in crate::grpc) fn call(
    request: &mut impl Write,
    caller: Caller,
    method: &'static Method,
    violations: &mut Violations,
) -> WriteCall {
    let request_id = request.take_request_id();
    violations.take("request_id", text::request_id(&request_id));
    let reason = violations.take("reason", text::description(request.said_reason()));
    WriteCall {
        caller,
        method,
        request_id,
        request_hash: *blake3::hash(&request.encode_to_vec()).as_bytes(),
        validate_only: request.is_validate_only(),
        reason: reason.unwrap_or_default(),
        lines: None,
    }
}

/// What a Delete says about its thing.
pub(super) fn deletion(etag: String, allow_missing: bool, force: bool) -> Deletion {
    Deletion { etag, allow_missing, force }
}

/// The one thing that a write made. A retry may come when somebody has deleted it since.
pub(in crate::grpc) fn made(written: &Written) -> Result<&Row> {
    written.rows.first().ok_or_else(|| match written.receipt.keys.first() {
        Some(Key::Application(id)) => Error::not_found("application", &name::application(id)),
        Some(Key::Tenant(id)) => Error::not_found("tenant", id),
        Some(Key::User(id)) => Error::not_found("user", &format!("users/{id}")),
        Some(Key::Client(id)) => Error::not_found("client", &format!("clients/{id}")),
        Some(Key::Group(id)) => Error::not_found("group", &format!("groups/{id}")),
        Some(Key::Resource(id)) => Error::not_found("resource", id),
        Some(Key::Role(id)) => Error::not_found("role", id),
        Some(Key::Privilege(id)) => Error::not_found("privilege", id),
        Some(Key::Boundary(id)) => Error::not_found("permission boundary", id),
        Some(Key::Assignment(id)) => Error::not_found("role assignment", &id.name()),
        Some(Key::Scope(id)) => Error::not_found("scope", id),
        Some(Key::TraversalSpec(id)) => Error::not_found("traversal spec", id),
        Some(Key::PrivilegeGroup(id)) => Error::not_found("privilege group", id),
        _ => Error::Internal,
    })
}
