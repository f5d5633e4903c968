//! One privilege: given to many roles, taken out of one.

use std::collections::BTreeSet;

use async_trait::async_trait;

use super::changes::{absent, require_there};
use crate::app::assignments::{RoleRef, role_meant};
use crate::app::authority::Thing;
use crate::app::draft::{Draft, Put};
use crate::app::error::{Error, Failures, Result};
use crate::app::methods::{self, Method};
use crate::app::port::Receipt;
use crate::app::role_privileges::pattern_of;
use crate::app::roles::{require_custom, require_grant};
use crate::app::service::App;
use crate::app::writer::{Operation, WriteCall, Written};
use crate::domain::name::{PrivilegeId, RoleId};
use crate::domain::role::{RoleElement, RoleElementRow};
use crate::domain::row::{Key, Row};

/// A privilege to be given to roles, all or none; what one has already it keeps.
#[derive(Clone, Debug)]
pub struct AssignPrivilegeToRoles {
    /// The privilege.
    pub privilege: PrivilegeId,
    /// Roles of its application, each with its place in the request.
    pub roles: Vec<(usize, RoleId)>,
    /// Names of roles that its application owns itself, each with its place in the request.
    pub role_names: Vec<(usize, String)>,
}

/// A role of the request: the field that lists it, its place there, and which one it is.
struct Meant {
    list: &'static str,
    index: usize,
    role: RoleId,
}

#[async_trait]
impl Operation for AssignPrivilegeToRoles {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let roles = self.authorised(draft).await?;
        require_there(draft.before(), &self.privilege)?;
        each(&roles, |role| require_custom(draft, role))?;
        self.fetch(draft, &roles).await?;
        let mut receipt = Receipt::default();
        let mut changed = Vec::new();
        for meant in roles {
            let key = Key::Role(meant.role.clone());
            if self.give(draft, &meant.role).await? {
                draft.touch(&key).await?;
                changed.push(meant);
            } else {
                receipt.unchanged += 1;
            }
            receipt.keys.push(key);
        }
        each(&changed, |role| require_grant(draft, role))?;
        Ok(receipt)
    }
}

impl AssignPrivilegeToRoles {
    /// The roles that are meant, each once, of which the caller may change all.
    async fn authorised(&self, draft: &mut Draft<'_>) -> Result<Vec<Meant>> {
        let method = &methods::ASSIGN_PRIVILEGE_TO_ROLES;
        let mut failures = Failures::of("roles");
        let (mut roles, mut seen) = (Vec::new(), BTreeSet::new());
        for (index, role) in &self.roles {
            match draft.authority().require(method, &Thing::role(role)) {
                Ok(()) if seen.insert(role.clone()) => {
                    roles.push(Meant { list: "roles", index: *index, role: role.clone() });
                }
                Ok(()) => {}
                Err(error) => failures.add(*index, role, error),
            }
        }
        for (index, name) in &self.role_names {
            match role_named(draft, method, (&self.privilege, name)).await {
                Ok(role) if seen.insert(role.clone()) => roles.push(Meant { list: "role_names", index: *index, role }),
                Ok(_) => {}
                Err(error) => failures.add_in("role_names", *index, name, error),
            }
        }
        failures.refuse()?;
        Ok(roles)
    }

    fn element(&self) -> RoleElement {
        RoleElement::Privilege(self.privilege.key.clone())
    }

    /// Fetches at once the roles, and what they have of the privilege.
    async fn fetch(&self, draft: &mut Draft<'_>, roles: &[Meant]) -> Result<()> {
        let exclusion = RoleElement::Exclusion(pattern_of(&self.privilege.key)?);
        let keys = roles.iter().flat_map(|Meant { role, .. }| {
            let element = |element: &RoleElement| Key::RoleElement(role.clone(), element.clone());
            [Key::Role(role.clone()), element(&self.element()), element(&exclusion)]
        });
        let keys: Vec<Key> = keys.collect();
        draft.prefetch(keys).await
    }

    /// Gives it to a role, and lifts its exclusion; says whether there was something to do.
    async fn give(&self, draft: &mut Draft<'_>, role: &RoleId) -> Result<bool> {
        let exclusion = RoleElement::Exclusion(pattern_of(&self.privilege.key)?);
        let lifted = draft.delete(&Key::RoleElement(role.clone(), exclusion)).await?;
        let row = RoleElementRow { role: role.clone(), element: self.element(), incarnation: 0 };
        Ok(draft.put(Row::RoleElement(row)).await? != Put::Unchanged || lifted)
    }
}

/// Refuses, naming all that fail, unless each role passes.
fn each(roles: &[Meant], mut pass: impl FnMut(&RoleId) -> Result<()>) -> Result<()> {
    let mut failures = Failures::of("roles");
    for Meant { list, index, role } in roles {
        if let Err(error) = pass(role) {
            failures.add_in(list, *index, role, error);
        }
    }
    failures.refuse()
}

/// The role that a name means, which the caller may change. One that is not there, or that it may not read, is to it as
/// one that it may not change.
async fn role_named(
    draft: &mut Draft<'_>,
    method: &'static Method,
    (privilege, name): (&PrivilegeId, &str),
) -> Result<RoleId> {
    match role_meant(draft, &privilege.application, &RoleRef::Name(name.to_owned())).await {
        Ok(role) => draft.authority().require(method, &Thing::role(&role)).map(|()| role),
        // Who reaches everything in the application, and only who does, is told that it is not there.
        Err(not_found @ Error::NotFound { .. }) => {
            draft.authority().require(method, &Thing::application(&privilege.application))?;
            Err(not_found)
        }
        Err(error) => Err(error),
    }
}

/// A privilege to be taken out of a role.
#[derive(Clone, Debug)]
pub struct RemovePrivilegeFromRole {
    /// The privilege.
    pub privilege: PrivilegeId,
    /// The role, of its application.
    pub role: RoleRef,
}

#[async_trait]
impl Operation for RemovePrivilegeFromRole {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let method = &methods::REMOVE_PRIVILEGE_FROM_ROLE;
        let role = match &self.role {
            RoleRef::Id(id) => draft.authority().require(method, &Thing::role(id)).map(|()| id.clone())?,
            RoleRef::Name(name) => role_named(draft, method, (&self.privilege, name)).await?,
        };
        require_custom(draft, &role)?;
        let element = RoleElement::Privilege(self.privilege.key.clone());
        if !draft.delete(&Key::RoleElement(role.clone(), element)).await? {
            return Err(absent(&format!("{} of {role}", self.privilege)));
        }
        let key = Key::Role(role);
        draft.touch(&key).await?;
        Ok(Receipt { keys: vec![key], ..Receipt::default() })
    }
}

impl App {
    /// Gives a privilege to roles.
    pub async fn assign_privilege_to_roles(&self, call: WriteCall, assign: AssignPrivilegeToRoles) -> Result<Written> {
        self.write(call, assign).await
    }

    /// Takes a privilege out of a role.
    pub async fn remove_privilege_from_role(
        &self,
        call: WriteCall,
        remove: RemovePrivilegeFromRole,
    ) -> Result<Written> {
        self.write(call, remove).await
    }
}
