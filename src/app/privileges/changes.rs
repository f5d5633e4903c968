//! Changes of a catalogue: a privilege made, changed, deleted.

use std::collections::BTreeSet;

use async_trait::async_trait;

use super::documents::{NamedAction, delete_everywhere, require_actions};
use crate::app::applications::{Deletion, missing, predefined_thing, refuse_counted, what};
use crate::app::authority::Thing;
use crate::app::draft::Draft;
use crate::app::error::{Error, Result};
use crate::app::methods;
use crate::app::port::{Receipt, Select};
use crate::app::service::{App, require_etag};
use crate::app::writer::{Operation, WriteCall, Written};
use crate::domain::name::PrivilegeId;
use crate::domain::policy::PolicyDocument;
use crate::domain::predefined;
use crate::domain::privilege::Privilege;
use crate::domain::row::{Key, Row};
use crate::engine::Snapshot;

/// A privilege to be made.
#[derive(Clone, Debug)]
pub struct NewPrivilege {
    /// The privilege; its stamp is set here.
    pub privilege: Privilege,
    /// The actions of its document, in the order of the request.
    pub actions: Vec<NamedAction>,
}

#[async_trait]
impl Operation for NewPrivilege {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let id = &self.privilege.id;
        draft.authority().require(&methods::CREATE_PRIVILEGE, &Thing::application(&id.application))?;
        let key = Key::Privilege(id.clone());
        if draft.contains(&key) {
            return Err(Error::AlreadyExists { kind: "privilege", name: id.to_string() });
        }
        draft.put(Row::Privilege(self.privilege.clone())).await?;
        require_documents(draft, std::slice::from_ref(self)).await?;
        Ok(Receipt { keys: vec![key], ..Receipt::default() })
    }
}

/// Refuses new documents with actions that they may not have, and those that give at once, to who has a pattern or a
/// privilege group with their key, what the caller could not.
pub(super) async fn require_documents(draft: &mut Draft<'_>, new: &[NewPrivilege]) -> Result<()> {
    let documents = || new.iter().filter(|new| new.privilege.document.is_some());
    let keys: BTreeSet<_> = documents().map(|new| new.privilege.id.key.clone()).collect();
    for NewPrivilege { privilege, actions } in documents() {
        require_actions(draft, &privilege.id.application, (&keys, actions)).await?;
    }
    documents().try_for_each(|new| require_gift(draft, &new.privilege.id))
}

fn require_gift(draft: &mut Draft<'_>, id: &PrivilegeId) -> Result<()> {
    draft.require_covered(|after, gift, before| after.shortfall_of_privilege(gift, id, before))
}

/// A privilege to be changed; `None` leaves a field as it is.
#[derive(Clone, Debug)]
pub struct UpdatePrivilege {
    /// Its identity.
    pub id: PrivilegeId,
    /// For people.
    pub display_name: Option<String>,
    /// For people.
    pub description: Option<String>,
    /// Whether tenants' roles give it.
    pub tenant_visible: Option<bool>,
    /// Immutable: it must be what it is.
    pub object_scoped: Option<bool>,
    /// The document in the place of the one that it has, and its actions in the order of the request.
    pub document: Option<(PolicyDocument, Vec<NamedAction>)>,
    /// Empty, or the etag that it must have.
    pub etag: String,
}

#[async_trait]
impl Operation for UpdatePrivilege {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let thing = privilege(&self.id);
        require_registered(draft, &self.id, draft.authority().require(&methods::UPDATE_PRIVILEGE, &thing))?;
        let key = Key::Privilege(self.id.clone());
        let Some(Row::Privilege(mut row)) = draft.get(&key).await? else { return Err(absent(&self.id)) };
        require_etag(&self.etag, &thing.name, &row.stamp)?;
        if self.object_scoped.is_some_and(|sent| sent != row.object_scoped) {
            return Err(Error::invalid("privilege.object_scoped", "is immutable"));
        }
        row.display_name = self.display_name.take().unwrap_or(row.display_name);
        row.description = self.description.take().unwrap_or(row.description);
        let shows = !row.tenant_visible && self.tenant_visible == Some(true);
        row.tenant_visible = self.tenant_visible.unwrap_or(row.tenant_visible);
        let rewrites = self.replace_document(draft, &mut row).await?;
        draft.put(Row::Privilege(row)).await?;
        if shows || rewrites {
            require_gift(draft, &self.id)?;
        }
        Ok(Receipt { keys: vec![key], ..Receipt::default() })
    }
}

impl UpdatePrivilege {
    /// Says whether the document is another one.
    async fn replace_document(&mut self, draft: &mut Draft<'_>, row: &mut Privilege) -> Result<bool> {
        let Some((document, actions)) = self.document.take() else { return Ok(false) };
        if row.document.is_none() {
            return Err(Error::invalid("privilege.document", "must not be set: a plain privilege stays one"));
        }
        require_actions(draft, &self.id.application, (&BTreeSet::new(), &actions)).await?;
        let old = row.document.replace(document);
        Ok(old != row.document)
    }
}

/// A privilege lives in its application, whether or not it is registered.
pub(super) fn privilege(id: &PrivilegeId) -> Thing<'_> {
    Thing { kind: "privilege", name: id.to_string(), ..Thing::application(&id.application) }
}

pub(super) fn absent(name: &impl ToString) -> Error {
    Error::not_found("privilege", &name.to_string())
}

/// Refuses what is in no catalogue.
pub(super) fn require_there(snapshot: &Snapshot, id: &PrivilegeId) -> Result<()> {
    if snapshot.has_privilege(id.application.as_str(), id.key.as_str()) { Ok(()) } else { Err(absent(id)) }
}

/// The caller's right, and then what is part of the product or of no catalogue: only who reaches everything in the
/// application comes so far.
fn require_registered(draft: &Draft<'_>, id: &PrivilegeId, right: Result<()>) -> Result<()> {
    right?;
    if predefined::find(id.key.as_str()).is_some() {
        return Err(predefined_thing(&id.to_string()));
    }
    if draft.contains(&Key::Privilege(id.clone())) { Ok(()) } else { Err(absent(id)) }
}

/// A privilege to be deleted.
#[derive(Clone, Debug)]
pub struct DeletePrivilege {
    /// Its identity.
    pub id: PrivilegeId,
    /// How; by force it is taken out of the roles and documents that name it and the groups that it is in, and from the
    /// users to whom it is assigned. Exclusions keep its key.
    pub deletion: Deletion,
}

#[async_trait]
impl Operation for DeletePrivilege {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let thing = privilege(&self.id);
        let right = draft.authority().require(&methods::DELETE_PRIVILEGE, &thing);
        if let Err(error) = require_registered(draft, &self.id, right) {
            return missing(&self.deletion, error);
        }
        let key = Key::Privilege(self.id.clone());
        let row = draft.get(&key).await?.ok_or(Error::Internal)?;
        require_etag(&self.deletion.etag, &thing.name, row.stamp().ok_or(Error::Internal)?)?;
        if !self.deletion.force {
            self.require_unused(draft, &thing.name).await?;
        }
        delete_everywhere(draft, &self.id).await?;
        Ok(Receipt::default())
    }
}

impl DeletePrivilege {
    async fn require_unused(&self, draft: &mut Draft<'_>, name: &str) -> Result<()> {
        let id = || self.id.clone();
        let mut counts = Vec::new();
        for select in [Select::RolesNaming(id()), Select::GroupsNaming(id()), Select::UsersOfPrivilege(id())] {
            counts.push((draft.count(&select).await?, what(&select)));
        }
        counts.push((draft.before().documents_naming(&self.id).len() as u64, "policy documents that name it"));
        refuse_counted(name, &counts, "delete them first, or use force")
    }
}

impl App {
    /// Makes a privilege.
    pub async fn create_privilege(&self, call: WriteCall, new: NewPrivilege) -> Result<Written> {
        self.write(call, new).await
    }

    /// Changes a privilege.
    pub async fn update_privilege(&self, call: WriteCall, update: UpdatePrivilege) -> Result<Written> {
        self.write(call, update).await
    }

    /// Deletes a privilege.
    pub async fn delete_privilege(&self, call: WriteCall, delete: DeletePrivilege) -> Result<Written> {
        self.write(call, delete).await
    }
}
