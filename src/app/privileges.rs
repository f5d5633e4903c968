//! Privileges: register, get, list, create, update, delete, give to roles and users. The predefined ones are part of
//! every catalogue and of no database.

mod changes;
mod documents;
mod holders;
mod to_roles;
mod to_users;

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;

use self::changes::require_documents;
pub use self::changes::{DeletePrivilege, NewPrivilege, UpdatePrivilege};
pub use self::documents::NamedAction;
pub use self::holders::Holders;
pub use self::to_roles::{AssignPrivilegeToRoles, RemovePrivilegeFromRole};
pub use self::to_users::{AssignPrivilegeToUsers, RemovePrivilegeFromUser};
use super::authority::Thing;
use super::caller::Caller;
use super::consistency::Consistency;
use super::draft::Draft;
use super::error::{Error, Result};
use super::filter;
use super::listing::PageRequest;
use super::methods;
use super::port::{Collection, Field, Receipt};
use super::service::{App, authority};
use super::state::View;
use super::writer::{Operation, WriteCall, Written};
use crate::domain::fold::fold;
use crate::domain::id::{Id, PrivilegeKey};
use crate::domain::limit::{FULL_PRIVILEGES_PAGE_MAX, PAGE_SIZE_MAX};
use crate::domain::name::PrivilegeId;
use crate::domain::predefined::{self, Predefined};
use crate::domain::privilege::Privilege;
use crate::domain::row::{Key, Row, Stamp};
use crate::domain::violation::Violations;
use crate::engine::Snapshot;

/// Privileges to be registered in one application's catalogue.
#[derive(Clone, Debug)]
pub struct RegisterPrivileges {
    /// The application.
    pub application: Id,
    /// The privileges.
    pub privileges: Vec<NewPrivilege>,
}

#[async_trait]
impl Operation for RegisterPrivileges {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let place = Thing::application(&self.application);
        draft.authority().require(&methods::BATCH_REGISTER_PRIVILEGES, &place)?;
        let (mut receipt, mut new) = (Receipt::default(), Vec::new());
        for wanted in &self.privileges {
            let privilege = &wanted.privilege;
            if draft.before().registered(&privilege.id).is_some() {
                require_same_sort(draft.before(), privilege)?;
                receipt.unchanged += 1;
            } else {
                draft.put(Row::Privilege(privilege.clone())).await?;
                new.push(wanted.clone());
            }
            receipt.keys.push(Key::Privilege(privilege.id.clone()));
        }
        require_documents(draft, &new).await?;
        Ok(receipt)
    }
}

/// Refuses to register what is registered already and is, for good, of another sort.
fn require_same_sort(before: &Snapshot, privilege: &Privilege) -> Result<()> {
    let refused = |words: &str| Err(Error::precondition("IMMUTABLE", privilege.id.to_string(), words));
    if before.registered(&privilege.id) != Some(privilege.object_scoped) {
        return refused("object_scoped cannot be changed once the privilege is registered");
    }
    if before.is_document(&privilege.id) != privilege.document.is_some() {
        return refused("whether it is a policy document cannot be changed once the privilege is registered");
    }
    Ok(())
}

/// A registered key that differs from another only in case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearTwin {
    /// The key that was registered.
    pub key: String,
    /// The other.
    pub twin: String,
}

/// The near-twins of some keys in a catalogue.
pub fn near_twins(snapshot: &Snapshot, application: &Id, keys: &[&str]) -> Vec<NearTwin> {
    let mut folded: BTreeMap<String, Vec<&str>> = keys.iter().map(|key| (fold(key), Vec::new())).collect();
    for key in snapshot.registered_keys(application.as_str()) {
        if let Some(same) = folded.get_mut(&fold(key)) {
            same.push(key);
        }
    }
    let twins = keys.iter().flat_map(|key| {
        let same = folded.get(&fold(key)).into_iter().flatten();
        same.filter(move |twin| *twin != key).map(|twin| NearTwin { key: (*key).to_owned(), twin: (*twin).to_owned() })
    });
    twins.collect()
}

/// Refuses keys that a role or privilege group of this owner may not name, under the field that names them; an OPEN
/// catalogue registers them for what the application owns itself.
pub(super) async fn require_keys(
    draft: &mut Draft<'_>,
    (application, tenant): (&Id, Option<&Id>),
    (field, keys): (&str, &BTreeSet<PrivilegeKey>),
) -> Result<()> {
    let open = draft.before().is_open(application.as_str()) && tenant.is_none();
    let mut violations = Violations::default();
    for key in keys {
        let id = PrivilegeId { application: application.clone(), key: key.clone() };
        let known = draft.before().has_privilege(application.as_str(), key.as_str())
            || draft.contains(&Key::Privilege(id.clone()));
        if !known && open && !predefined::is_reserved(key.as_str()) {
            draft.put(Row::Privilege(plain(id))).await?;
        } else if !known {
            violations.add(field, format!("{key:?} is not in the application's catalogue", key = key.as_str()));
        }
    }
    Error::check(violations)
}

/// A privilege that is registered because a role names it.
fn plain(id: PrivilegeId) -> Privilege {
    Privilege {
        id,
        display_name: String::new(),
        description: String::new(),
        object_scoped: true,
        tenant_visible: true,
        document: None,
        stamp: Stamp::default(),
    }
}

/// A privilege of a catalogue: a registered one, or one of our own.
#[derive(Clone, Debug)]
pub enum CatalogueEntry {
    /// Registered.
    Registered(Box<Privilege>),
    /// Part of the product.
    Predefined(PrivilegeId, &'static Predefined),
}

impl CatalogueEntry {
    fn of(row: Row) -> Option<Self> {
        let Row::Privilege(row) = row else { return None };
        Some(match predefined::find(row.id.key.as_str()) {
            Some(privilege) => Self::Predefined(row.id, privilege),
            None => Self::Registered(Box::new(row)),
        })
    }
}

impl App {
    /// Registers privileges.
    pub async fn register_privileges(&self, call: WriteCall, register: RegisterPrivileges) -> Result<Written> {
        self.write(call, register).await
    }

    /// A privilege.
    pub async fn get_privilege(
        &self,
        caller: &Caller,
        id: &PrivilegeId,
        wish: &Consistency,
    ) -> Result<(CatalogueEntry, View)> {
        let view = self.view(wish).await?;
        authority(&view, caller).require(&methods::GET_PRIVILEGE, &Thing::application(&id.application))?;
        let absent = || Error::not_found("privilege", id);
        if let Some(privilege) = predefined::find(id.key.as_str()) {
            return Ok((CatalogueEntry::Predefined(id.clone(), privilege), view));
        }
        let key = Key::Privilege(id.clone());
        match self.read_one(view, &key, "privilege", &id.to_string()).await? {
            (Row::Privilege(privilege), view) => Ok((CatalogueEntry::Registered(Box::new(privilege)), view)),
            _ => Err(absent()),
        }
    }

    /// A page of a catalogue, or of these keys of it, and the token of the next; a page with documents is a short one.
    pub async fn list_privileges(
        &self,
        caller: &Caller,
        (application, keys, full): (&Id, &BTreeSet<PrivilegeKey>, bool),
        page: &PageRequest,
    ) -> Result<(Vec<CatalogueEntry>, String, View)> {
        let question = page.question(caller, methods::LIST_PRIVILEGES.path, &format!("{application}|{full}|{keys:?}"));
        let conditions = filter::parse(&page.filter, &[("key", Field::PrivilegeKey)])?;
        let view = self.page_view(page, &question).await?;
        authority(&view, caller).require(&methods::LIST_PRIVILEGES, &Thing::application(application))?;
        let named = |key: &str| keys.is_empty() || keys.iter().any(|named| named.as_str() == key);
        let own = predefined::PRIVILEGES.iter().filter(|privilege| named(privilege.key));
        let own = own.filter_map(|privilege| {
            let key = PrivilegeKey::parse(privilege.key).ok()?;
            let id = PrivilegeId { application: application.clone(), key };
            Some((privilege.key.to_owned(), Row::Privilege(plain(id))))
        });
        let size = page.size(if full { FULL_PRIVILEGES_PAGE_MAX } else { PAGE_SIZE_MAX })?;
        let what = (Collection::Privileges(application.clone(), keys.clone()), conditions, size);
        let page = self.page_with((page, &question), view, what, own).await?;
        let entries = page.rows.into_iter().filter_map(CatalogueEntry::of);
        Ok((entries.collect(), page.next_page_token, page.view))
    }
}
