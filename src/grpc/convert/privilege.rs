//! Privileges of a catalogue.

use std::collections::BTreeSet;

use super::mask::Mask;
use super::policy_document::{self as policy, How};
use super::time::timestamp;
use super::{at_most, complete, elements, required, set_of, write};
use crate::app::error::{Error, Result};
use crate::app::privileges::{
    CatalogueEntry, DeletePrivilege, NewPrivilege, RegisterPrivileges, UpdatePrivilege, near_twins,
};
use crate::app::token::etag;
use crate::app::writer::Written;
use crate::domain::id::{Id, PrivilegeKey};
use crate::domain::limit::CALL_IDS_MAX;
use crate::domain::name::{self, PrivilegeId};
use crate::domain::predefined::{self, Predefined};
use crate::domain::privilege::Privilege;
use crate::domain::row::{Row, Stamp};
use crate::domain::text;
use crate::domain::violation::{Malformed, Violations};
use crate::proto::v1;
use crate::proto::v1::batch_register_privileges_response::Warning;
use crate::proto::v1::privilege::{Kind, TenantVisibility};

/// The privileges to be registered.
pub(in crate::grpc) fn register(
    request: &v1::BatchRegisterPrivilegesRequest,
    mut violations: Violations,
) -> Result<RegisterPrivileges> {
    let application = violations.take("parent", name::parse_application(&request.parent));
    if !(1..=CALL_IDS_MAX).contains(&request.privileges.len()) {
        violations.add("privileges", format!("must hold 1 to {CALL_IDS_MAX}"));
    }
    let mut keys = BTreeSet::new();
    let mut privileges = Vec::with_capacity(request.privileges.len());
    for (index, message) in request.privileges.iter().enumerate() {
        if !keys.insert(&message.key) {
            violations.add(format!("privileges[{index}].key"), "must not be named twice");
        }
        let field = format!("privileges[{index}]");
        privileges.extend(new_of(message, application.as_ref(), &field, &mut violations));
    }
    complete(violations, application.map(|application| RegisterPrivileges { application, privileges }))
}

/// The privilege to be made.
pub(in crate::grpc) fn new_privilege(
    request: v1::CreatePrivilegeRequest,
    mut violations: Violations,
) -> Result<NewPrivilege> {
    let application = violations.take("parent", name::parse_application(&request.parent));
    let message = required(&mut violations, "privilege", request.privilege).unwrap_or_default();
    let new = new_of(&message, application.as_ref(), "privilege", &mut violations);
    complete(violations, new)
}

/// The change of a privilege.
pub(in crate::grpc) fn update_privilege(
    request: v1::UpdatePrivilegeRequest,
    mut violations: Violations,
) -> Result<UpdatePrivilege> {
    let message = required(&mut violations, "privilege", request.privilege).unwrap_or_default();
    let id = violations.take("privilege.name", PrivilegeId::parse(&message.name));
    if id.as_ref().is_some_and(|id| !message.key.is_empty() && message.key != id.key.as_str()) {
        violations.add("privilege.key", "is immutable");
    }
    let fields = [
        ("display_name", !message.display_name.is_empty()),
        ("description", !message.description.is_empty()),
        ("tenant_visibility", message.tenant_visibility != 0),
        ("document", message.document.is_some()),
    ];
    let mask = Mask::read("privilege", request.update_mask.as_ref(), &fields, &mut violations);
    let display_name = mask.take(&mut violations, "display_name", || text::display(&message.display_name));
    let description = mask.take(&mut violations, "description", || text::description(&message.description));
    let tenant_visible = mask.take(&mut violations, "tenant_visibility", || visible(message.tenant_visibility));
    let sent = message.document.as_ref().filter(|_| mask.has("document"));
    let document = sent.and_then(|document| policy::document("privilege.document", document, &mut violations));
    if sent.is_none() && names_document(request.update_mask.as_ref()) {
        violations.add("privilege.document", "must be set: a document can be replaced, and not be taken away");
    }
    let (object_scoped, etag) = (message.object_scoped, message.etag);
    let update = |id| UpdatePrivilege { id, display_name, description, tenant_visible, object_scoped, document, etag };
    complete(violations, id.map(update))
}

/// Whether the mask itself names the document, which `*` does not.
fn names_document(mask: Option<&prost_types::FieldMask>) -> bool {
    mask.is_some_and(|mask| mask.paths.iter().any(|path| path == "document"))
}

/// The privilege to be deleted.
pub(in crate::grpc) fn delete_privilege(
    request: v1::DeletePrivilegeRequest,
    mut violations: Violations,
) -> Result<DeletePrivilege> {
    let id = violations.take("name", PrivilegeId::parse(&request.name));
    let deletion = write::deletion(request.etag, request.allow_missing, request.force);
    complete(violations, id.map(|id| DeletePrivilege { id, deletion }))
}

/// The keys that a List is about, and how much of their documents it shows.
pub(in crate::grpc) fn shown(
    request: &v1::ListPrivilegesRequest,
    violations: &mut Violations,
) -> (BTreeSet<PrivilegeKey>, How) {
    use v1::PrivilegeView as View;
    let view =
        View::try_from(request.view).map_err(|_| Malformed::new("must be PRIVILEGE_VIEW_BASIC or PRIVILEGE_VIEW_FULL"));
    let how = if violations.take("view", view) == Some(View::Full) { How::Full } else { How::Basic };
    let keys = set_of(violations, "keys", &request.keys, PrivilegeKey::parse);
    at_most(violations, "keys", keys.len(), CALL_IDS_MAX);
    (elements(keys).collect(), how)
}

fn new_of(
    message: &v1::Privilege,
    application: Option<&Id>,
    of: &str,
    violations: &mut Violations,
) -> Option<NewPrivilege> {
    let sent = message.document.as_ref();
    let document = sent.map(|sent| policy::document(&format!("{of}.document"), sent, violations));
    let privilege = privilege_of(message, application, of, violations)?;
    let Some(document) = document else { return Some(NewPrivilege { privilege, actions: Vec::new() }) };
    let (document, actions) = document?;
    Some(NewPrivilege { privilege: Privilege { document: Some(document), ..privilege }, actions })
}

/// A privilege, without its document.
fn privilege_of(
    message: &v1::Privilege,
    application: Option<&Id>,
    of: &str,
    violations: &mut Violations,
) -> Option<Privilege> {
    let field = |name: &str| format!("{of}.{name}");
    let key = violations.take(field("key"), new_key(&message.key));
    let display_name = violations.take(field("display_name"), text::display(&message.display_name));
    let description = violations.take(field("description"), text::description(&message.description));
    let tenant_visible = violations.take(field("tenant_visibility"), visible(message.tenant_visibility));
    Some(Privilege {
        id: PrivilegeId { application: application?.clone(), key: key? },
        display_name: display_name?,
        description: description?,
        object_scoped: message.object_scoped.unwrap_or(true),
        tenant_visible: tenant_visible?,
        document: None,
        stamp: Stamp::default(),
    })
}

fn new_key(text: &str) -> Result<PrivilegeKey, Malformed> {
    if predefined::is_reserved(text) {
        return Err(Malformed::new(format!("must not begin with {}", predefined::KEY_PREFIX)));
    }
    PrivilegeKey::parse(text)
}

fn visible(number: i32) -> Result<bool, Malformed> {
    match TenantVisibility::try_from(number) {
        Ok(TenantVisibility::Unspecified | TenantVisibility::All) => Ok(true),
        Ok(TenantVisibility::None) => Ok(false),
        Err(_) => Err(Malformed::new("must be TENANT_VISIBILITY_ALL or TENANT_VISIBILITY_NONE")),
    }
}

/// The privilege that was made or changed.
pub(in crate::grpc) fn privilege(written: &Written) -> Result<v1::Privilege> {
    match write::made(written)? {
        Row::Privilege(row) => Ok(custom(row, How::Full)),
        _ => Err(Error::Internal),
    }
}

/// The privilege that was made, and whether it has a twin.
pub(in crate::grpc) fn created(written: &Written, consistency_token: String) -> Result<v1::CreatePrivilegeResponse> {
    let Row::Privilege(row) = write::made(written)? else { return Err(Error::Internal) };
    let warnings = warnings(written, &row.id.application, &[row.id.key.as_str()]);
    Ok(v1::CreatePrivilegeResponse { privilege: Some(custom(row, How::Full)), consistency_token, warnings })
}

fn warnings(written: &Written, application: &Id, new: &[&str]) -> Vec<Warning> {
    let twins = near_twins(&written.snapshot, application, new).into_iter();
    let warnings = twins.map(|twins| Warning {
        message: format!("{:?} differs from {:?} only by case", twins.key, twins.twin),
        key: twins.key,
        twin_key: twins.twin,
    });
    warnings.collect()
}

/// What was registered, and which new keys have a twin.
pub(in crate::grpc) fn registered(
    application: &Id,
    written: &Written,
    consistency_token: String,
) -> Result<v1::BatchRegisterPrivilegesResponse> {
    let rows = written.rows.iter().map(|row| match row {
        Row::Privilege(row) => Ok(row),
        _ => Err(Error::Internal),
    });
    let rows = rows.collect::<Result<Vec<&Privilege>>>()?;
    let warnings = warnings(written, application, &newest(&rows, written.receipt.created));
    let privileges = rows.into_iter().map(|row| custom(row, How::Basic)).collect();
    Ok(v1::BatchRegisterPrivilegesResponse { privileges, warnings, consistency_token })
}

/// The keys that this call registered: if it did register any, those of the newest revision.
fn newest<'a>(rows: &[&'a Privilege], created: u64) -> Vec<&'a str> {
    let newest = rows.iter().map(|row| row.stamp.revision).max().filter(|_| created > 0);
    let new = rows.iter().filter(|row| Some(row.stamp.revision) == newest);
    new.map(|row| row.id.key.as_str()).collect()
}

/// An entry of a catalogue, as the API shows it.
pub(in crate::grpc) fn entry(entry: &CatalogueEntry, how: How) -> v1::Privilege {
    match entry {
        CatalogueEntry::Registered(row) => custom(row, how),
        CatalogueEntry::Predefined(id, privilege) => own(id, privilege),
    }
}

fn custom(row: &Privilege, how: How) -> v1::Privilege {
    let name = row.id.to_string();
    let visibility = if row.tenant_visible { TenantVisibility::All } else { TenantVisibility::None };
    v1::Privilege {
        etag: etag(&name, row.stamp.revision),
        name,
        key: row.id.key.to_string(),
        display_name: row.display_name.clone(),
        description: row.description.clone(),
        kind: Kind::Custom.into(),
        object_scoped: Some(row.object_scoped),
        tenant_visibility: visibility.into(),
        document: row.document.as_ref().map(|document| policy::shown(document, how)),
        create_time: Some(timestamp(row.stamp.created_at)),
        created_by: row.stamp.created_by.clone(),
        update_time: Some(timestamp(row.stamp.updated_at)),
        updated_by: row.stamp.updated_by.clone(),
    }
}

/// A predefined privilege is part of the product: nobody made it, and it never changes.
fn own(id: &PrivilegeId, privilege: &Predefined) -> v1::Privilege {
    let name = id.to_string();
    v1::Privilege {
        etag: etag(&name, 0),
        name,
        key: privilege.key.to_owned(),
        description: privilege.description.to_owned(),
        kind: Kind::Predefined.into(),
        object_scoped: Some(true),
        tenant_visibility: TenantVisibility::All.into(),
        ..v1::Privilege::default()
    }
}
