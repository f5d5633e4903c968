//! Users.

use super::identities;
use super::mask::Mask;
use super::time::timestamp;
use super::{at_most, complete, elements, id_or, requested, required, set_of, write};
use crate::app::caller::Caller;
use crate::app::error::{Error, Result};
use crate::app::state::Snapshot;
use crate::app::token::etag;
use crate::app::users::{DeleteUser, NewUser, UpdateUser};
use crate::domain::directory::User;
use crate::domain::id::Id;
use crate::domain::limit::USER_TENANTS_MAX;
use crate::domain::name::{self, Subject, TenantId};
use crate::domain::row::{Row, Stamp};
use crate::domain::text;
use crate::domain::violation::{Malformed, Violations};
use crate::proto::v1;

/// The user to be made.
pub(in crate::grpc) fn new_user(
    request: v1::CreateUserRequest,
    fresh: Id,
    mut violations: Violations,
) -> Result<NewUser> {
    let id_is_chosen = !request.user_id.is_empty();
    let id = id_or(&mut violations, "user_id", &request.user_id, fresh);
    let message = required(&mut violations, "user", request.user).unwrap_or_default();
    let user = user_of(&message, id, &mut violations);
    let tenants = tenants_of(&message, user.as_ref().and_then(|user| user.application.as_ref()), &mut violations);
    let external_identities = identities::given(&mut violations, "user", &message.external_identities);
    complete(violations, user.map(|user| NewUser { user, tenants, external_identities, id_is_chosen }))
}

fn user_of(message: &v1::User, id: Option<Id>, violations: &mut Violations) -> Option<User> {
    let username = violations.take("user.username", text::required_name(&message.username));
    let display_name = violations.take("user.display_name", text::display(&message.display_name));
    let first_name = violations.take("user.first_name", text::display(&message.first_name));
    let last_name = violations.take("user.last_name", text::display(&message.last_name));
    let email = violations.take("user.email", text::display(&message.email));
    let application = match message.application.as_str() {
        "" => Some(None),
        name => violations.take("user.application", name::parse_application(name)).map(Some),
    };
    Some(User {
        id: id?,
        username: username?,
        display_name: display_name?,
        first_name: first_name?,
        last_name: last_name?,
        email: email?,
        enabled: message.enabled.unwrap_or(true),
        application: application?,
        tenant_level: false,
        stamp: Stamp::default(),
    })
}

fn tenants_of(message: &v1::User, home: Option<&Id>, violations: &mut Violations) -> Vec<TenantId> {
    let parse = |text: &str| {
        let tenant = TenantId::parse(text)?;
        match home {
            Some(home) if tenant.application != *home => {
                Err(Malformed::new(format!("must be a tenant of the user's application, applications/{home}")))
            }
            _ => Ok(tenant),
        }
    };
    let tenants = set_of(violations, "user.tenants", &message.tenants, parse);
    at_most(violations, "user.tenants", tenants.len(), USER_TENANTS_MAX);
    elements(tenants).collect()
}

/// The user to be changed.
pub(in crate::grpc) fn update_user(request: v1::UpdateUserRequest, mut violations: Violations) -> Result<UpdateUser> {
    let user = required(&mut violations, "user", request.user).unwrap_or_default();
    let id = violations.take("user.name", name::parse_top("users", &user.name));
    let application = match user.application.as_str() {
        "" => None,
        name => violations.take("user.application", name::parse_application(name)),
    };
    let writable = [
        ("display_name", !user.display_name.is_empty()),
        ("first_name", !user.first_name.is_empty()),
        ("last_name", !user.last_name.is_empty()),
        ("email", !user.email.is_empty()),
        ("enabled", user.enabled.is_some()),
        ("tenants", !user.tenants.is_empty()),
        ("external_identities", !user.external_identities.is_empty()),
    ];
    let mask = Mask::read("user", request.update_mask.as_ref(), &writable, &mut violations);
    let mut text = |field, value: &str| mask.take(&mut violations, field, || text::display(value));
    let display_name = text("display_name", &user.display_name);
    let first_name = text("first_name", &user.first_name);
    let last_name = text("last_name", &user.last_name);
    let email = text("email", &user.email);
    let enabled = mask.has("enabled").then_some(user.enabled.unwrap_or(true));
    let tenants = mask.has("tenants").then(|| tenants_of(&user, application.as_ref(), &mut violations));
    let external_identities =
        mask.has("external_identities").then(|| identities::given(&mut violations, "user", &user.external_identities));
    let roles = request.role_assignments.and_then(|sent| requested::of_user(sent, &mut violations));
    let username = Some(user.username).filter(|sent| !sent.is_empty());
    let etag = user.etag;
    let update = id.map(|id| UpdateUser {
        id,
        username,
        application,
        display_name,
        first_name,
        last_name,
        email,
        enabled,
        tenants,
        external_identities,
        roles,
        etag,
    });
    complete(violations, update)
}

/// The user to be deleted.
pub(in crate::grpc) fn delete_user(request: v1::DeleteUserRequest, mut violations: Violations) -> Result<DeleteUser> {
    let id = violations.take("name", name::parse_top("users", &request.name));
    let deletion = write::deletion(request.etag, request.allow_missing, request.force);
    complete(violations, id.map(|id| DeleteUser { id, deletion }))
}

/// The subject that the name of a user means: `users/me` is the caller, whatever kind of subject the caller is.
pub(in crate::grpc) fn user_meant(text: &str, caller: &Caller) -> Result<Subject, Malformed> {
    if text == "users/me" {
        return Ok(caller.subject.clone());
    }
    name::parse_top("users", text).map(Subject::User)
}

/// A user, as the API shows it, with the tenants that it has in the state.
pub(in crate::grpc) fn user(row: &Row, snapshot: &Snapshot) -> Result<v1::User> {
    let Row::User(row) = row else { return Err(Error::Internal) };
    let (name, subject) = (format!("users/{}", row.id), Subject::User(row.id.clone()));
    Ok(v1::User {
        etag: etag(&name, row.stamp.revision),
        name,
        username: row.username.clone(),
        display_name: row.display_name.clone(),
        first_name: row.first_name.clone(),
        last_name: row.last_name.clone(),
        email: row.email.clone(),
        enabled: Some(row.enabled),
        application: row.application.as_ref().map(name::application).unwrap_or_default(),
        tenants: snapshot.tenants_of_subject(&subject),
        external_identities: identities::shown(snapshot, &subject),
        tenant_level: row.tenant_level,
        create_time: Some(timestamp(row.stamp.created_at)),
        created_by: row.stamp.created_by.clone(),
        update_time: Some(timestamp(row.stamp.updated_at)),
        updated_by: row.stamp.updated_by.clone(),
    })
}
