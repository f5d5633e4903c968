//! Lines about users, clients and groups.

use super::{GONE, immutable, put, require, require_application, require_tenant};
use crate::app::draft::Draft;
use crate::app::error::{Error, Result};
use crate::app::identities;
use crate::domain::directory::{Client, ExternalIdentity, Group, GroupMember, User, UserTenant};
use crate::domain::id::Id;
use crate::domain::name::{Subject, TenantId};
use crate::domain::row::{Key, Row};

pub(super) async fn put_user(
    draft: &mut Draft<'_>,
    user: &User,
    tenants: &[TenantId],
    former: &[TenantId],
) -> Result<bool> {
    if let Some(application) = &user.application {
        require_application(draft, application)?;
    }
    let old = match draft.get(&Key::User(user.id.clone())).await? {
        Some(Row::User(old)) => Some(old),
        _ => None,
    };
    if old.as_ref().is_some_and(|old| old.username != user.username) {
        return Err(immutable(&format!("users/{}", user.id), "username"));
    }
    if old.as_ref().is_some_and(|old| old.application != user.application) {
        return Err(immutable(&format!("users/{}", user.id), "application"));
    }
    let level = user.tenant_level || !tenants.is_empty() || old.as_ref().is_some_and(|old| old.tenant_level);
    let mut changed = put(draft, Row::User(User { tenant_level: level, ..user.clone() })).await?;
    if old.is_some() {
        changed |= drop_other_tenants(draft, &user.id, tenants, former).await?;
    }
    for tenant in tenants {
        let incarnation = require_tenant(draft, tenant).await?;
        let row = UserTenant { user: user.id.clone(), tenant: tenant.clone(), incarnation };
        changed |= put(draft, Row::UserTenant(row)).await?;
    }
    for tenant in former {
        changed |= put_former(draft, &user.id, tenant).await?;
    }
    Ok(changed)
}

/// A membership in a tenant that is gone; one that is there already and dead stays as it is.
async fn put_former(draft: &mut Draft<'_>, user: &Id, tenant: &TenantId) -> Result<bool> {
    require(draft, &Key::Tenant(tenant.clone()), "tenant", tenant)?;
    let subject = Subject::User(user.clone());
    let known = draft.contains(&Key::UserTenant(user.clone(), tenant.clone()));
    if known && !draft.snapshot().subject_has_tenant(&subject, tenant) {
        return Ok(false);
    }
    put(draft, Row::UserTenant(UserTenant { user: user.clone(), tenant: tenant.clone(), incarnation: GONE })).await
}

async fn drop_other_tenants(
    draft: &mut Draft<'_>,
    user: &Id,
    tenants: &[TenantId],
    former: &[TenantId],
) -> Result<bool> {
    let mut changed = false;
    for name in draft.snapshot().all_tenants_of_user(user) {
        let tenant = TenantId::parse(&name).map_err(|_| Error::Internal)?;
        if !tenants.contains(&tenant) && !former.contains(&tenant) {
            changed |= draft.delete(&Key::UserTenant(user.clone(), tenant)).await?;
        }
    }
    Ok(changed)
}

pub(super) async fn put_client(draft: &mut Draft<'_>, row: &Client) -> Result<bool> {
    match &row.tenant {
        Some(tenant) => {
            let tenant = TenantId { application: row.application.clone(), tenant: tenant.clone() };
            require_tenant(draft, &tenant).await?;
        }
        None => require_application(draft, &row.application)?,
    }
    if let Some(Row::Client(old)) = draft.get(&Key::Client(row.id.clone())).await?
        && (&old.application, &old.tenant) != (&row.application, &row.tenant)
    {
        return Err(immutable(&format!("clients/{}", row.id), "owner"));
    }
    put(draft, Row::Client(row.clone())).await
}

pub(super) async fn put_group(draft: &mut Draft<'_>, row: &Group) -> Result<bool> {
    if let Some(Row::Group(old)) = draft.get(&Key::Group(row.id.clone())).await?
        && old.group_name != row.group_name
    {
        return Err(immutable(&format!("groups/{}", row.id), "group_name"));
    }
    put(draft, Row::Group(row.clone())).await
}

pub(super) async fn put_member(draft: &mut Draft<'_>, row: &GroupMember) -> Result<bool> {
    let group = Key::Group(row.group.clone());
    require(draft, &group, "group", &format!("groups/{}", row.group))?;
    require_subject(draft, &row.member)?;
    let changed = put(draft, Row::GroupMember(row.clone())).await?;
    if changed {
        draft.touch(&group).await?;
    }
    Ok(changed)
}

/// The key of a subject, and its type.
pub(super) fn key_of(subject: &Subject) -> (Key, &'static str) {
    match subject {
        Subject::User(id) => (Key::User(id.clone()), "user"),
        Subject::Client(id) => (Key::Client(id.clone()), "client"),
        Subject::Group(id) => (Key::Group(id.clone()), "group"),
        Subject::Application(id) => (Key::Application(id.clone()), "application"),
    }
}

pub(super) fn require_subject(draft: &Draft<'_>, subject: &Subject) -> Result<()> {
    let (key, kind) = key_of(subject);
    require(draft, &key, kind, subject)
}

pub(super) async fn put_external_identity(draft: &mut Draft<'_>, row: &ExternalIdentity) -> Result<bool> {
    require_subject(draft, &row.bearer)?;
    let new = identities::put(draft, row).await?;
    if new {
        draft.touch(&key_of(&row.bearer).0).await?;
    }
    Ok(new)
}
