//! One privilege: assigned to many users themselves, taken from one.

use async_trait::async_trait;

use super::changes::{absent, require_there};
use crate::app::assignments::Holding;
use crate::app::draft::Draft;
use crate::app::error::{Error, Failures, Result};
use crate::app::methods;
use crate::app::port::Receipt;
use crate::app::service::App;
use crate::app::writer::{Operation, WriteCall, Written};
use crate::domain::id::Id;
use crate::domain::name::{PrivilegeId, Subject};
use crate::domain::privilege::AssignedPrivilege;
use crate::domain::row::{Key, Row};

/// A privilege to be assigned to users, all or none; who has it already keeps it.
#[derive(Clone, Debug)]
pub struct AssignPrivilegeToUsers {
    /// The privilege.
    pub privilege: PrivilegeId,
    /// The users, each with its place in the request.
    pub users: Vec<(usize, Id)>,
}

#[async_trait]
impl Operation for AssignPrivilegeToUsers {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let method = &methods::ASSIGN_PRIVILEGE_TO_USERS;
        each(&self.users, |user| holding(&self.privilege, user).authorise_gift(draft, method))?;
        require_there(draft.before(), &self.privilege)?;
        let mut receipt = Receipt::default();
        let mut new = Vec::new();
        for (index, user) in &self.users {
            receipt.keys.push(Key::AssignedPrivilege(self.privilege.clone(), user.clone()));
            if draft.before().has_assigned_privilege(&self.privilege, user) {
                receipt.unchanged += 1;
                continue;
            }
            let row = AssignedPrivilege { privilege: self.privilege.clone(), user: user.clone() };
            draft.put(Row::AssignedPrivilege(row)).await?;
            new.push((*index, user.clone()));
        }
        each(&new, |user| {
            draft.require_covered(|after, gift, before| {
                after.shortfall_of_assigned_privilege(gift, &self.privilege, user, before)
            })
        })?;
        Ok(receipt)
    }
}

/// A user as a holder in the privilege's application, without tenant.
fn holding(privilege: &PrivilegeId, user: &Id) -> Holding {
    Holding { application: privilege.application.clone(), holder: Subject::User(user.clone()), tenant: None }
}

/// Refuses, naming all that fail, unless each user passes.
fn each(users: &[(usize, Id)], mut pass: impl FnMut(&Id) -> Result<()>) -> Result<()> {
    let mut failures = Failures::of("users");
    for (index, user) in users {
        if let Err(error) = pass(user) {
            failures.add(*index, &Subject::User(user.clone()), error);
        }
    }
    failures.refuse()
}

/// A privilege to be taken from a user to whom it is assigned itself.
#[derive(Clone, Debug)]
pub struct RemovePrivilegeFromUser {
    /// The privilege.
    pub privilege: PrivilegeId,
    /// The user.
    pub user: Id,
}

#[async_trait]
impl Operation for RemovePrivilegeFromUser {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let (privilege, user) = (&self.privilege, &self.user);
        let has = draft.before().has_assigned_privilege(privilege, user);
        match holding(privilege, user).authorise(draft, &methods::REMOVE_PRIVILEGE_FROM_USER) {
            // Who reaches everything in the application also takes what an import gave to a user of another one.
            Err(Error::NotFound { .. }) if has => {}
            outcome => outcome?,
        }
        if !has {
            return Err(absent(&format!("{privilege} of users/{user}")));
        }
        draft.delete(&Key::AssignedPrivilege(privilege.clone(), user.clone())).await?;
        Ok(Receipt::default())
    }
}

impl App {
    /// Assigns a privilege to users.
    pub async fn assign_privilege_to_users(&self, call: WriteCall, assign: AssignPrivilegeToUsers) -> Result<Written> {
        self.write(call, assign).await
    }

    /// Takes a privilege from a user.
    pub async fn remove_privilege_from_user(
        &self,
        call: WriteCall,
        remove: RemovePrivilegeFromUser,
    ) -> Result<Written> {
        self.write(call, remove).await
    }
}
