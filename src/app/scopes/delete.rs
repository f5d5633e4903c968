//! Scopes that go. An assignment that refers to one is never left with more than it had: without its scope it reaches
//! nothing, unless it reaches everything anyway.

use async_trait::async_trait;

use super::is_predefined;
use crate::app::applications::{Deletion, in_use, missing, predefined_thing};
use crate::app::authority::Thing;
use crate::app::draft::Draft;
use crate::app::error::{Error, Result};
use crate::app::methods::{self, Method};
use crate::app::orphans::empty;
use crate::app::port::{Receipt, Select};
use crate::app::selections::drop_instances;
use crate::app::service::{App, require_etag};
use crate::app::writer::{Operation, WriteCall, Written};
use crate::domain::name::ScopeId;
use crate::domain::row::{Key, Row};
use crate::domain::scope::Selector;

/// A scope to be deleted.
#[derive(Clone, Debug)]
pub struct DeleteScope {
    /// Its identity.
    pub id: ScopeId,
    /// How.
    pub deletion: Deletion,
}

#[async_trait]
impl Operation for DeleteScope {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        delete(draft, &self.id, &methods::DELETE_SCOPE, &self.deletion).await
    }
}

/// Scopes of one application to be deleted, all or none.
#[derive(Clone, Debug)]
pub struct DeleteScopes {
    /// Their identities, without repeats.
    pub ids: Vec<ScopeId>,
    /// How; without an etag.
    pub deletion: Deletion,
}

#[async_trait]
impl Operation for DeleteScopes {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let mut unchanged = 0;
        for id in &self.ids {
            unchanged += delete(draft, id, &methods::BATCH_DELETE_SCOPES, &self.deletion).await?.unchanged;
        }
        Ok(Receipt { unchanged, ..Receipt::default() })
    }
}

/// Deletes a scope, so that its id, created again, is another one to whoever referred to it. What refers to it was there
/// before the call: of a batch, each scope is judged by itself.
async fn delete(draft: &mut Draft<'_>, id: &ScopeId, method: &Method, deletion: &Deletion) -> Result<Receipt> {
    let thing = Thing::scope(id);
    if let Err(error) = draft.authority().require(method, &thing) {
        return missing(deletion, error);
    }
    if is_predefined(id) {
        return Err(predefined_thing(&thing.name));
    }
    let key = Key::Scope(id.clone());
    let row = draft.get(&key).await?.ok_or(Error::Internal)?;
    require_etag(&deletion.etag, &thing.name, row.stamp().ok_or(Error::Internal)?)?;
    let users = Select::AssignmentsOfScope(id.clone());
    in_use(draft, &thing.name, deletion.force, std::slice::from_ref(&users)).await?;
    let users = draft.select(&users).await?;
    draft.prefetch(users.iter().map(Row::key).collect::<Vec<_>>()).await?;
    for row in users {
        leave(draft, row).await?;
    }
    drop_instances(draft, &Selector::Scope(id.clone())).await?;
    draft.delete(&key).await?;
    Ok(Receipt::default())
}

/// Takes the scope out of an assignment. What it may select besides counted for nothing beside the scope, and must not
/// begin to.
async fn leave(draft: &mut Draft<'_>, row: Row) -> Result<()> {
    let Row::Assignment(mut row) = row else { return Ok(()) };
    row.access.scope = None;
    if !row.access.is_all() {
        empty(draft, &row.id).await?;
    }
    draft.put(Row::Assignment(row)).await?;
    Ok(())
}

impl App {
    /// Deletes a scope.
    pub async fn delete_scope(&self, call: WriteCall, delete: DeleteScope) -> Result<Written> {
        self.write(call, delete).await
    }

    /// Deletes scopes, all or none.
    pub async fn delete_scopes(&self, call: WriteCall, delete: DeleteScopes) -> Result<Written> {
        self.write(call, delete).await
    }
}
