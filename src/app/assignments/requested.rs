//! Assignments that a request describes: put as they are asked for, for one holder.
//!
//! A record that is there becomes what is asked, as a whole: what is not repeated is gone. Rights on the holder and the
//! tenant are asked by who calls; whether the caller covers what the holder comes to reach is asked of the outcome.

use std::collections::BTreeSet;

use super::record::{RoleRef, role_meant};
use super::{Holding, Term, not_assignable};
use crate::app::authority::Thing;
use crate::app::draft::{Draft, Put};
use crate::app::error::{Error, Result};
use crate::app::methods;
use crate::app::port::Select;
use crate::app::selections::{NewInstance, put_instances, require_resource};
use crate::domain::assignment::{Assignment, AssignmentId, ObjectAccess};
use crate::domain::id::Id;
use crate::domain::name::{ResourceKey, ScopeId, Subject};
use crate::domain::predefined;
use crate::domain::row::{Key, Row, Stamp};
use crate::domain::scope::{ALL_OBJECTS, AssignedResource, Selector};

/// An assignment that a request asks for, but for its holder.
#[derive(Clone, Debug)]
pub struct RequestedAssignment {
    /// What the paths of its fields in the request begin with: empty, or ending in a dot.
    pub field: String,
    /// The application whose role it is.
    pub application: Id,
    /// The role.
    pub role: RoleRef,
    /// The tenant that it is cut to.
    pub tenant: Option<Id>,
    /// Which resources it reaches, but for the next two.
    pub access: ObjectAccess,
    /// Selections of its own.
    pub instances: Vec<NewInstance>,
    /// Resources by their names alone, without repeats.
    pub resources: Vec<ResourceKey>,
    /// For which time.
    pub term: Term,
}

impl RequestedAssignment {
    /// Whose it is, where.
    pub(super) fn holding(&self, holder: &Subject) -> Holding {
        Holding { application: self.application.clone(), holder: holder.clone(), tenant: self.tenant.clone() }
    }

    /// What it is to be: its role is one that the caller may read.
    pub(super) async fn identity(&self, draft: &mut Draft<'_>, holder: &Subject) -> Result<AssignmentId> {
        let role = role_meant(draft, &self.application, &self.role).await?;
        if role.application != self.application {
            return Err(Error::not_found("role", &role));
        }
        draft.authority().require_readable(&predefined::ROLE_READ, &Thing::role(&role))?;
        Ok(self.holding(holder).assignment(&role))
    }

    /// Makes the assignment what is asked; says whether that changed anything.
    pub(super) async fn put(&self, draft: &mut Draft<'_>, id: &AssignmentId) -> Result<bool> {
        if self.term.expire.is_some_and(|expire| expire <= draft.now()) {
            return Err(Error::invalid(format!("{}expire_time", self.field), "must be later than now"));
        }
        require_may_hold(draft, id)?;
        self.require_scope(draft)?;
        let recorded = self.put_record(draft, id).await?;
        let selected = self.put_instances(draft, id).await?;
        if selected {
            draft.touch(&Key::Assignment(id.clone())).await?;
        }
        let named = self.put_resources(draft, id).await?;
        Ok(recorded || selected || named)
    }

    async fn put_record(&self, draft: &mut Draft<'_>, id: &AssignmentId) -> Result<bool> {
        let row = Row::Assignment(Assignment {
            id: id.clone(),
            access: self.access.clone(),
            start: self.term.start,
            expire: self.term.expire,
            reason: draft.call().reason.clone(),
            stamp: Stamp::default(),
        });
        if has_ended(draft, id) {
            draft.replace(row).await?;
            return Ok(true);
        }
        Ok(draft.put(row).await? != Put::Unchanged)
    }

    async fn put_instances(&self, draft: &mut Draft<'_>, id: &AssignmentId) -> Result<bool> {
        let name = id.name();
        if self.instances.is_empty() && !draft.before().selects_itself(&name) {
            return Ok(false);
        }
        put_instances(draft, &Selector::Assignment(name), &self.instances).await
    }

    async fn put_resources(&self, draft: &mut Draft<'_>, id: &AssignmentId) -> Result<bool> {
        let name = id.name();
        let mut changed = false;
        if draft.before().selects_itself(&name) {
            let wanted: BTreeSet<&ResourceKey> = self.resources.iter().collect();
            let mut others = draft.select(&Select::ResourcesOfAssignment(name)).await?;
            others.retain(|row| !matches!(row, Row::AssignedResource(row) if wanted.contains(&row.resource)));
            changed = !others.is_empty();
            draft.delete_rows(others);
        }
        Ok(!name_resources(draft, id, &self.resources).await?.is_empty() || changed)
    }

    fn require_scope(&self, draft: &Draft<'_>) -> Result<()> {
        let Some(scope) = self.access.scope.clone().filter(|scope| scope.as_str() != ALL_OBJECTS) else {
            return Ok(()); // What is predefined says what `allow_all_objects` does.
        };
        let id = ScopeId { application: self.application.clone(), scope };
        draft.authority().require_readable(&predefined::SCOPE_READ, &Thing::scope(&id))?;
        if draft.contains(&Key::Scope(id.clone())) { Ok(()) } else { Err(Error::not_found("scope", &id)) }
    }
}

/// Names resources one by one; says which it did not name before.
pub(super) async fn name_resources(
    draft: &mut Draft<'_>,
    id: &AssignmentId,
    resources: &[ResourceKey],
) -> Result<Vec<ResourceKey>> {
    let assignment = id.name();
    let mut added = Vec::new();
    for resource in resources {
        require_resource(draft, &resource.clone().of(&assignment.application))?;
        if !draft.contains(&Key::AssignedResource(assignment.clone(), resource.clone())) {
            let row = AssignedResource { assignment: assignment.clone(), resource: resource.clone() };
            draft.put(Row::AssignedResource(row)).await?;
            added.push(resource.clone());
        }
    }
    Ok(added)
}

/// Whether there is a record that has ended: it counts as absent.
pub(super) fn has_ended(draft: &Draft<'_>, id: &AssignmentId) -> bool {
    let record = draft.before().grant_of(&id.holder, &id.role, id.tenant_id().as_ref());
    record.is_some_and(|(_, expire)| expire.is_some_and(|expire| expire <= draft.now()))
}

/// Refuses unless the holder, as it is after what this call has changed, may hold the role.
pub(super) fn require_may_hold(draft: &mut Draft<'_>, id: &AssignmentId) -> Result<()> {
    if draft.snapshot().is_assignable(&id.holder, &id.role) {
        return Ok(());
    }
    Err(not_assignable(&id.holder, &id.role))
}

/// Refuses unless the caller covers what each of these assignments lets its holder reach besides.
pub(super) fn require_given(draft: &mut Draft<'_>, put: &[AssignmentId]) -> Result<()> {
    draft.require_covered(|after, gift, before| {
        let mut judge = before.judge(gift);
        put.iter().find_map(|id| judge.shortfall_of_put(id, after))
    })
}

/// Makes all of them; two may not be of the same role and tenant. Says which they are.
async fn put_all(
    draft: &mut Draft<'_>,
    holder: &Subject,
    requested: &[RequestedAssignment],
) -> Result<Vec<AssignmentId>> {
    let (mut seen, mut ids) = (BTreeSet::new(), Vec::with_capacity(requested.len()));
    for one in requested {
        let id = one.identity(draft, holder).await?;
        if !seen.insert(id.clone()) {
            let description = format!("{} is asked for twice in the same tenant, or twice without one", id.role);
            return Err(Error::invalid(format!("{}role", one.field), description));
        }
        ids.push(id);
    }
    draft.prefetch(ids.iter().cloned().map(Key::Assignment)).await?;
    for (one, id) in requested.iter().zip(&ids) {
        one.put(draft, id).await?;
    }
    require_given(draft, &ids)?;
    Ok(ids)
}

/// Gives assignments to a group that the same call makes. It is in no application: who gives it roles of one reaches
/// everything there.
pub(in crate::app) async fn give_new_group(
    draft: &mut Draft<'_>,
    group: &Subject,
    requested: &[RequestedAssignment],
) -> Result<()> {
    for one in requested {
        draft.authority().require(&methods::PUT_ROLE_ASSIGNMENT, &Thing::application(&one.application))?;
        if let Some(tenant) = one.holding(group).tenant_id() {
            draft.authority().require(&methods::PUT_ROLE_ASSIGNMENT, &Thing::tenant(&tenant))?;
        }
    }
    put_all(draft, group, requested).await.map(|_| ())
}

/// All assignments of one application's roles that a holder shall have.
#[derive(Clone, Debug)]
pub struct RolesOfHolder {
    /// The application.
    pub application: Id,
    /// They.
    pub assignments: Vec<RequestedAssignment>,
}

impl RolesOfHolder {
    /// Makes them those of the holder: what it has there besides is removed, in any tenant.
    pub(in crate::app) async fn set(&self, draft: &mut Draft<'_>, holder: &Subject) -> Result<()> {
        let whole = Holding { application: self.application.clone(), holder: holder.clone(), tenant: None };
        if self.assignments.is_empty() {
            whole.authorise_taking(draft, &methods::DELETE_ROLE_ASSIGNMENT)?;
        } else {
            whole.authorise_gift(draft, &methods::PUT_ROLE_ASSIGNMENT)?;
        }
        for one in self.assignments.iter().filter(|one| one.tenant.is_some()) {
            one.holding(holder).authorise_gift(draft, &methods::PUT_ROLE_ASSIGNMENT)?;
        }
        let put: BTreeSet<AssignmentId> = put_all(draft, holder, &self.assignments).await?.into_iter().collect();
        for (id, _) in draft.before().held_of(holder, &self.application) {
            if !put.contains(&id) {
                super::record::holding_of(&id).authorise_taking(draft, &methods::DELETE_ROLE_ASSIGNMENT)?;
                draft.delete(&Key::Assignment(id)).await?;
            }
        }
        Ok(())
    }
}
