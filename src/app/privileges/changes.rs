//! Changes of a catalogue: a privilege made, changed, deleted.

use async_trait::async_trait;

use crate::app::applications::{Deletion, in_use, missing, predefined_thing};
use crate::app::authority::Thing;
use crate::app::draft::Draft;
use crate::app::error::{Error, Result};
use crate::app::methods;
use crate::app::port::{Receipt, Select};
use crate::app::privilege_groups::delete_elements;
use crate::app::service::{App, require_etag};
use crate::app::writer::{Operation, WriteCall, Written};
use crate::domain::name::PrivilegeId;
use crate::domain::predefined;
use crate::domain::privilege::Privilege;
use crate::domain::row::{Key, Row};

/// A privilege to be made.
#[derive(Clone, Debug)]
pub struct NewPrivilege {
    /// The privilege; its stamp is set here.
    pub privilege: Privilege,
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
        Ok(Receipt { keys: vec![key], ..Receipt::default() })
    }
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
        draft.put(Row::Privilege(row)).await?;
        if shows {
            draft.require_covered(|after, gift, before| after.shortfall_of_privilege(gift, &self.id, before))?;
        }
        Ok(Receipt { keys: vec![key], ..Receipt::default() })
    }
}

/// A privilege lives in its application, whether or not it is registered.
fn privilege(id: &PrivilegeId) -> Thing<'_> {
    Thing { kind: "privilege", name: id.to_string(), ..Thing::application(&id.application) }
}

fn absent(id: &PrivilegeId) -> Error {
    Error::not_found("privilege", id)
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
    /// How; by force it is taken out of the roles that name it and the groups that it is in. Exclusions keep its key.
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
        let uses = [Select::RolesNaming(self.id.clone()), Select::GroupsNaming(self.id.clone())];
        in_use(draft, &thing.name, self.deletion.force, &uses).await?;
        for select in &uses {
            let rows = draft.select(select).await?;
            delete_elements(draft, rows).await?;
        }
        draft.delete(&key).await?;
        Ok(Receipt::default())
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
