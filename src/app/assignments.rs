//! Role assignments: many roles of one holder given and taken; what all writes of assignments share.

mod assignable;
mod assigned;
mod list;
mod named;
mod one_role;
mod put;
mod record;
mod replace;
mod requested;
mod shown;

use async_trait::async_trait;

pub use self::assigned::Assigned;
pub use self::list::{Asked, Breadth, Listed};
pub use self::named::ChangeNamedResources;
pub use self::one_role::{AssignRoleToSubjects, FromWhom, RevokeRoleFromSubject};
pub use self::put::{Holdings, PutRoleAssignment};
pub use self::record::{DeleteRoleAssignment, Named, RoleRef, Which};
pub(super) use self::record::{is_readable, role_meant};
pub use self::replace::ReplaceSubjectRoles;
pub(super) use self::requested::give_new_group;
pub use self::requested::{RequestedAssignment, RolesOfHolder};
pub use self::shown::ShownAssignment;

use super::authority::Thing;
use super::draft::Draft;
use super::error::{Error, Failures, Result};
use super::methods::{self, Method};
use super::orphans::empty;
use super::port::Receipt;
use super::service::App;
use super::writer::{Operation, WriteCall, Written};
use crate::domain::assignment::{Assignment, AssignmentId, ObjectAccess};
use crate::domain::id::Id;
use crate::domain::name::{RoleId, Subject, TenantId};
use crate::domain::predefined;
use crate::domain::row::{Key, Row, Stamp};
use crate::domain::time::Time;
use crate::engine::{Judge, Receiver, Snapshot};

/// Whose roles change, in which application and tenant.
#[derive(Clone, Debug)]
pub struct Holding {
    /// The application whose roles they are.
    pub application: Id,
    /// Who holds them.
    pub holder: Subject,
    /// The tenant that the assignments are cut to.
    pub tenant: Option<Id>,
}

/// When an assignment gives what it gives.
#[derive(Clone, Copy, Debug)]
pub struct Term {
    /// Valid from; `None` = at once.
    pub start: Option<Time>,
    /// Valid until; `None` = for good.
    pub expire: Option<Time>,
}

impl Term {
    fn require_future_end(self, draft: &Draft<'_>) -> Result<()> {
        match self.expire {
            Some(expire) if expire <= draft.now() => Err(Error::invalid("expire_time", "must be later than now")),
            _ => Ok(()),
        }
    }
}

impl Holding {
    fn tenant_id(&self) -> Option<TenantId> {
        let tenant = self.tenant.clone()?;
        Some(TenantId { application: self.application.clone(), tenant })
    }

    /// The target of an assignment is its holder, and its tenant if it has one.
    pub(super) fn authorise(&self, draft: &Draft<'_>, method: &Method) -> Result<()> {
        let authority = draft.authority();
        authority.require(method, &Thing::subject_in(&self.application, &self.holder))?;
        if let Some(tenant) = self.tenant_id() {
            authority.require(method, &Thing::tenant(&tenant))?;
        }
        Ok(())
    }

    /// As `authorise`, for taking a role away. A holder may hold what nobody could give it: by an import, or because it
    /// has gone since. Who reaches everything in the application takes that as well.
    fn authorise_taking(&self, draft: &Draft<'_>, method: &Method) -> Result<()> {
        match self.authorise(draft, method) {
            Err(Error::NotFound { .. }) if draft.before().holds_roles_of(&self.holder, &self.application) => Ok(()),
            outcome => outcome,
        }
    }

    /// As `authorise`, for giving a role or a privilege. Whoever may read a holder of another application is told why it gets none.
    pub(super) fn authorise_gift(&self, draft: &Draft<'_>, method: &Method) -> Result<()> {
        let refused = match self.authorise(draft, method) {
            Err(error @ Error::NotFound { .. }) => error,
            outcome => return outcome,
        };
        let home = draft.before().subject_facts(&self.holder).and_then(|facts| facts.application);
        let elsewhere = |home: &String| home != self.application.as_str();
        let there = draft.before().has_application(self.application.as_str());
        match home.filter(|home| there && elsewhere(home)) {
            Some(home) if draft.authority().may_read_subject(&self.holder) => {
                let holder = &self.holder;
                let description = format!("{holder} belongs to applications/{home} and is given what is of that alone");
                Err(Error::precondition("ROLE_NOT_ASSIGNABLE", holder.to_string(), description))
            }
            _ => Err(refused),
        }
    }

    fn assignment(&self, role: &RoleId) -> AssignmentId {
        AssignmentId { holder: self.holder.clone(), role: role.clone(), tenant: self.tenant.clone() }
    }

    /// Refuses unless the caller may read the role, the holder may hold it, and the caller covers what it would get.
    fn require_assignable(&self, draft: &Draft<'_>, judge: &mut Judge<'_>, role: &RoleId, term: Term) -> Result<()> {
        if role.application != self.application {
            return Err(Error::not_found("role", role));
        }
        draft.authority().require_readable(&predefined::ROLE_READ, &Thing::role(role))?;
        if !draft.before().is_assignable(&self.holder, role) {
            return Err(not_assignable(&self.holder, role));
        }
        let tenant = self.tenant_id();
        let receiver = Receiver { holder: &self.holder, tenant: tenant.as_ref(), expire: term.expire };
        judge.shortfall_of_assignment(role, receiver).map_or(Ok(()), |short| Err(short.into()))
    }

    /// Gives the role. A record that is there and has not ended is left alone; says whether there was something to do.
    async fn put(&self, draft: &mut Draft<'_>, role: &RoleId, term: Term) -> Result<bool> {
        let id = self.assignment(role);
        let old = draft.before().grant_of(&id.holder, &id.role, id.tenant_id().as_ref());
        if old.is_some_and(|(_, expire)| expire.is_none_or(|expire| expire > draft.now())) {
            return Ok(false);
        }
        empty(draft, &id).await?;
        let reason = draft.call().reason.clone();
        let row = Assignment {
            id,
            access: ObjectAccess::ALL,
            start: term.start,
            expire: term.expire,
            reason,
            stamp: Stamp::default(),
        };
        draft.replace(Row::Assignment(row)).await?;
        Ok(true)
    }
}

/// Roles to be given to one holder. A record that exists is left alone; an expired one counts as absent.
#[derive(Clone, Debug)]
pub struct AssignRoles {
    /// To whom.
    pub holding: Holding,
    /// The roles, without repeats.
    pub roles: Vec<RoleId>,
    /// For which time.
    pub term: Term,
    /// Leaves out roles that cannot be given, and says so.
    pub allow_partial: bool,
}

#[async_trait]
impl Operation for AssignRoles {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        self.holding.authorise_gift(draft, &methods::ASSIGN_ROLES)?;
        self.term.require_future_end(draft)?;
        let (mut receipt, mut failures) = (Receipt::default(), Failures::of("roles"));
        let (mut valid, mut judge) = (Vec::new(), draft.judge());
        for (index, role) in self.roles.iter().enumerate() {
            match self.holding.require_assignable(draft, &mut judge, role, self.term) {
                Ok(()) => valid.push(role),
                Err(error) => failures.add(index, role, error),
            }
        }
        if self.allow_partial && !valid.is_empty() {
            receipt.failures = failures.left_out();
        } else {
            failures.refuse()?;
        }
        for role in valid {
            receipt.unchanged += u64::from(!self.holding.put(draft, role, self.term).await?);
            receipt.keys.push(Key::Assignment(self.holding.assignment(role)));
        }
        Ok(receipt)
    }
}

/// Roles to be taken from one holder; those that it does not hold are passed over.
#[derive(Clone, Debug)]
pub struct UnassignRoles {
    /// From whom.
    pub holding: Holding,
    /// The roles.
    pub roles: Vec<RoleId>,
}

#[async_trait]
impl Operation for UnassignRoles {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        self.holding.authorise_taking(draft, &methods::UNASSIGN_ROLES)?;
        let mut receipt = Receipt::default();
        let own = self.roles.iter().filter(|role| role.application == self.holding.application);
        let keys: Vec<Key> = own.map(|role| Key::Assignment(self.holding.assignment(role))).collect();
        draft.prefetch(keys.clone()).await?;
        for key in keys {
            receipt.unchanged += u64::from(!draft.delete(&key).await?);
        }
        Ok(receipt)
    }

    fn counts(&self, row: &Row) -> bool {
        matches!(row, Row::Assignment(_))
    }
}

/// The refusal of a role to who may not hold it.
fn not_assignable(holder: &Subject, role: &RoleId) -> Error {
    let description = format!("{holder} may not hold {role}: its visibility or application excludes it");
    Error::precondition("ROLE_NOT_ASSIGNABLE", role.to_string(), description)
}

/// Whether an assignment gives a subject anything at a time: begun, not ended, and the subject, its holder or one whom
/// that stands for, may hold its role.
pub fn is_active(snapshot: &Snapshot, assignment: &Assignment, subject: &Subject, now: Time) -> bool {
    let tenant_lives = assignment.id.tenant_id().is_none_or(|tenant| snapshot.live_incarnation(&tenant).is_some());
    assignment.valid_at(now) && tenant_lives && snapshot.is_assignable(subject, &assignment.id.role)
}

impl App {
    /// Gives roles to a holder.
    pub async fn assign_roles(&self, call: WriteCall, assign: AssignRoles) -> Result<Written> {
        self.write(call, assign).await
    }

    /// Takes roles from a holder.
    pub async fn unassign_roles(&self, call: WriteCall, unassign: UnassignRoles) -> Result<Written> {
        self.write(call, unassign).await
    }
}
