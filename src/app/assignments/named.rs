//! Resources shared one by one: added to an assignment, and taken from it, without reading what else it names.
//!
//! Each is a row of its own, and the record is not stamped: whoever shares a resource is in nobody's way.

use async_trait::async_trait;

use super::record::{RoleRef, role_meant};
use super::requested::{has_ended, name_resources, require_may_hold};
use super::{Holding, not_assignable};
use crate::app::authority::Thing;
use crate::app::draft::Draft;
use crate::app::error::{Error, Result};
use crate::app::methods;
use crate::app::orphans::empty;
use crate::app::port::Receipt;
use crate::app::service::App;
use crate::app::writer::{Operation, WriteCall, Written};
use crate::domain::assignment::{Assignment, AssignmentId, ObjectAccess};
use crate::domain::name::ResourceKey;
use crate::domain::predefined;
use crate::domain::row::{Key, Row, Stamp};

/// Resources that an assignment shall name one by one, or shall name no more.
#[derive(Clone, Debug)]
pub struct ChangeNamedResources {
    /// Whose assignment.
    pub holding: Holding,
    /// Of which role.
    pub role: RoleRef,
    /// They, without repeats.
    pub resources: Vec<ResourceKey>,
    /// True: to be added; false: to be removed.
    pub add: bool,
}

#[async_trait]
impl Operation for ChangeNamedResources {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        if self.add { self.add(draft).await } else { self.remove(draft).await }
    }
}

impl ChangeNamedResources {
    async fn identity(&self, draft: &mut Draft<'_>) -> Result<AssignmentId> {
        Ok(self.holding.assignment(&role_meant(draft, &self.holding.application, &self.role).await?))
    }

    async fn add(&self, draft: &mut Draft<'_>) -> Result<Receipt> {
        self.holding.authorise_gift(draft, &methods::ADD_ROLE_ASSIGNMENT_RESOURCES)?;
        let id = self.identity(draft).await?;
        if id.role.application != self.holding.application {
            return Err(Error::not_found("role", &id.role));
        }
        draft.authority().require_readable(&predefined::ROLE_READ, &Thing::role(&id.role))?;
        require_may_hold(draft, &id)?;
        let is_new = !draft.contains(&Key::Assignment(id.clone())) || has_ended(draft, &id);
        if is_new {
            self.begin(draft, &id).await?;
        } else {
            require_own(draft, &id)?;
        }
        let added = name_resources(draft, &id, &self.resources).await?;
        draft.require_covered(|after, gift, before| {
            let mut judge = before.judge(gift);
            if is_new { judge.shortfall_of_made(&id, after) } else { judge.shortfall_of_named(&id, &added, after) }
        })?;
        let unchanged = (self.resources.len() - added.len()) as u64;
        Ok(Receipt { keys: vec![Key::Assignment(id)], unchanged, ..Receipt::default() })
    }

    /// A record that names nothing yet, in the place of one that has ended.
    async fn begin(&self, draft: &mut Draft<'_>, id: &AssignmentId) -> Result<()> {
        empty(draft, id).await?;
        let reason = draft.call().reason.clone();
        let (access, stamp) = (ObjectAccess::OWN, Stamp::default());
        draft
            .replace(Row::Assignment(Assignment { id: id.clone(), access, start: None, expire: None, reason, stamp }))
            .await
    }

    async fn remove(&self, draft: &mut Draft<'_>) -> Result<Receipt> {
        self.holding.authorise_taking(draft, &methods::REMOVE_ROLE_ASSIGNMENT_RESOURCES)?;
        let id = self.identity(draft).await?;
        let name = id.name();
        let keys = self.resources.iter().map(|resource| Key::AssignedResource(name.clone(), resource.clone()));
        let keys: Vec<Key> = keys.collect();
        draft.prefetch(keys.iter().cloned()).await?;
        let mut unchanged = 0;
        for key in &keys {
            unchanged += u64::from(!draft.delete(key).await?);
        }
        let record = Some(Key::Assignment(id)).filter(|key| draft.contains(key));
        Ok(Receipt { keys: record.into_iter().collect(), unchanged, ..Receipt::default() })
    }
}

/// Refuses when a scope says what the assignment reaches.
fn require_own(draft: &Draft<'_>, id: &AssignmentId) -> Result<()> {
    let access = draft.before().access_of(id).ok_or_else(|| not_assignable(&id.holder, &id.role))?;
    match access.scope.as_ref().filter(|_| !access.is_all()) {
        None => Ok(()),
        Some(scope) => {
            let description = format!("{} reaches what its scope {scope} holds, and names no resources", id.name());
            Err(Error::precondition("ASSIGNMENT_HAS_SCOPE", id.name().to_string(), description))
        }
    }
}

impl App {
    /// Adds resources to those that an assignment names one by one, or takes some from them.
    pub async fn change_named_resources(&self, call: WriteCall, change: ChangeNamedResources) -> Result<Written> {
        self.write(call, change).await
    }
}
