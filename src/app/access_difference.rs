//! What a write that is only looked at would do to who may do what, as far as its caller may know.

use super::authority::{Authority, OwnTarget};
use super::error::{Error, Result};
use super::service::App;
use super::writer::{Plan, Written};
use crate::domain::boundary::BoundaryKind;
use crate::domain::id::Id;
use crate::domain::name::{ResourceKey, Subject, TenantId};
use crate::domain::predefined;
use crate::domain::row::Key;
use crate::domain::time::Time;
use crate::engine::Snapshot;
pub use crate::engine::{Difference, Rectangle, Targets};

impl App {
    /// The access difference of a write that was only looked at, and the time that it is of: now, or when what it gives
    /// begins.
    pub async fn access_difference(
        &self,
        written: &Written,
        begin: Option<Time>,
    ) -> Result<Option<(Difference, Time)>> {
        let Some(plan) = written.plan.clone() else { return Ok(None) };
        let (after, at) = (written.snapshot.clone(), begin.map_or(plan.now, |begin| begin.max(plan.now)));
        // It may look at every subject there is: nobody waits for that but who asks for another one.
        let turn = self.foresight.clone().acquire_owned().await.map_err(|_| Error::Internal)?;
        let difference = tokio::task::spawn_blocking(move || {
            let difference = difference(&plan, &after, at);
            drop(turn);
            difference
        })
        .await;
        Ok(Some((difference.map_err(|_| Error::Internal)?, at)))
    }
}

fn difference(plan: &Plan, after: &Snapshot, at: Time) -> Difference {
    let Some(application) = plan.about.iter().find_map(application_of) else { return Difference::default() };
    let authority = Authority { snapshot: &plan.before, caller: &plan.caller, now: plan.now };
    if authority.reaches_everything(&predefined::PERMISSION_CHECK, application) {
        return plan.before.difference(after, at, None);
    }
    let sees = |subject: &Subject| {
        let may = |target| authority.may(&predefined::PERMISSION_CHECK, application, target);
        *subject == plan.caller.subject || may(OwnTarget::Subject(subject))
    };
    let told = plan.before.difference(after, at, Some(&sees));
    let readable = |name: &String| {
        let id = TenantId::parse(name).ok();
        id.is_some_and(|id| authority.may(&predefined::TENANT_READ, &id.application, OwnTarget::Tenant(&id.tenant)))
    };
    let may_read = |object: Object<'_>| match object {
        Object::Resource(key) => {
            let resource = key.clone().of(application);
            authority.may(&predefined::RESOURCE_READ, application, OwnTarget::Resource(&resource))
        }
        Object::Subject(subject) => authority.may_read_subject(subject),
    };
    let cut = |rectangles: Vec<Rectangle>| {
        let left = rectangles.into_iter().filter_map(|told| rectangle(told, (&readable, &may_read)));
        left.collect()
    };
    Difference { gained: cut(told.gained), lost: cut(told.lost), truncated: told.truncated }
}

/// What a target names, besides tenants.
#[derive(Clone, Copy)]
enum Object<'a> {
    /// Of the application that is told of.
    Resource(&'a ResourceKey),
    Subject(&'a Subject),
}

/// The application in which a write of privileges, roles, boundaries and assignments gives or takes.
fn application_of(key: &Key) -> Option<&Id> {
    match key {
        Key::Role(id) | Key::RoleElement(id, _) => Some(&id.application),
        Key::Assignment(id) => Some(&id.role.application),
        Key::Boundary(id) | Key::BoundaryTenant(id, _) => Some(&id.application),
        Key::Instance(id) | Key::Selection(id, ..) => Some(id.selector.application()),
        Key::AssignedResource(assignment, _) => Some(&assignment.application),
        Key::Privilege(id) | Key::AssignedPrivilege(id, _) => Some(&id.application),
        _ => None,
    }
}

/// What is left of a rectangle for who may not read every tenant and every resource.
fn rectangle<T: Fn(&String) -> bool, R: Fn(Object<'_>) -> bool>(
    mut told: Rectangle,
    readable: (&T, &R),
) -> Option<Rectangle> {
    told.targets = targets(told.targets, readable)?;
    let except = told.except_targets.into_iter().filter_map(|except| targets(except, readable));
    told.except_targets = except.collect();
    Some(told)
}

fn targets<T: Fn(&String) -> bool, R: Fn(Object<'_>) -> bool>(
    mut left: Targets,
    (readable, may_read): (&T, &R),
) -> Option<Targets> {
    if let Some(objects) = &mut left.objects {
        objects.resources.retain(|key| may_read(Object::Resource(key)));
        if objects.resources.is_empty() {
            return None;
        }
    }
    let had_scopes = !left.scopes.is_empty();
    left.scopes.retain(|scope| may_read_scope(scope, may_read));
    if had_scopes && left.scopes.is_empty() {
        return None;
    }
    let had_list = !left.tenants.is_empty();
    left.tenants.retain(readable);
    let excludes = left.boundary == BoundaryKind::TenantExclusionList;
    let nothing = had_list && left.tenants.is_empty() && !excludes;
    (!nothing && left.within.iter().all(readable)).then_some(left)
}

/// Whether who may not read everything may read what a statement is about: a resource, a user or a client. A role of an
/// application is read by nobody else.
fn may_read_scope<R: Fn(Object<'_>) -> bool>(scope: &str, may_read: &R) -> bool {
    let resource = ResourceKey::parse(scope).is_ok_and(|key| may_read(Object::Resource(&key)));
    resource || Subject::parse(scope).is_ok_and(|subject| may_read(Object::Subject(&subject)))
}
