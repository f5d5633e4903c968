//! Role assignments: assign, unassign, list.

use async_trait::async_trait;

use super::authority::Thing;
use super::caller::Caller;
use super::draft::Draft;
use super::error::{Error, Result};
use super::filter;
use super::listing::{Page, PageRequest};
use super::methods::{self, Method};
use super::port::{Collection, Condition, Field, Receipt};
use super::service::{App, authority};
use super::writer::{Operation, WriteCall, Written};
use crate::domain::assignment::{Assignment, AssignmentId};
use crate::domain::id::Id;
use crate::domain::limit::PAGE_SIZE_MAX;
use crate::domain::name::{RoleId, Subject, TenantId};
use crate::domain::predefined;
use crate::domain::row::{Key, Row, Stamp};
use crate::domain::time::Time;
use crate::engine::{Gift, Receiver, Snapshot};

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

impl Holding {
    fn tenant_id(&self) -> Option<TenantId> {
        let tenant = self.tenant.clone()?;
        Some(TenantId { application: self.application.clone(), tenant })
    }

    /// The target of an assignment is its holder, and its tenant if it has one.
    fn authorise(&self, draft: &Draft<'_>, method: &Method) -> Result<()> {
        let authority = draft.authority();
        authority.require(method, &Thing::subject_in(&self.application, &self.holder))?;
        if let Some(tenant) = self.tenant_id() {
            authority.require(method, &Thing::tenant(&tenant))?;
        }
        Ok(())
    }

    fn assignment(&self, role: &RoleId) -> AssignmentId {
        AssignmentId { holder: self.holder.clone(), role: role.clone(), tenant: self.tenant.clone() }
    }
}

/// Roles to be given to one holder. A record that exists is left alone; an expired one counts as absent.
#[derive(Clone, Debug)]
pub struct AssignRoles {
    /// To whom.
    pub holding: Holding,
    /// The roles, without repeats.
    pub roles: Vec<RoleId>,
    /// Valid from; `None` = at once.
    pub start: Option<Time>,
    /// Valid until; `None` = for good.
    pub expire: Option<Time>,
    /// Leaves out roles that cannot be given, and says so.
    pub allow_partial: bool,
}

#[async_trait]
impl Operation for AssignRoles {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        self.holding.authorise(draft, &methods::ASSIGN_ROLES)?;
        if self.expire.is_some_and(|expire| expire <= draft.now()) {
            return Err(Error::invalid("expire_time", "must be later than now"));
        }
        let (mut receipt, mut first) = (Receipt::default(), None);
        let mut valid = Vec::new();
        for (index, role) in self.roles.iter().enumerate() {
            match self.require_assignable(draft, role) {
                Ok(()) => valid.push(role),
                Err(error) => {
                    receipt.failures.push(error.of_item(index, role));
                    first.get_or_insert(error);
                }
            }
        }
        if let Some(first) = first.filter(|_| !self.allow_partial || valid.is_empty()) {
            return Err(Error::Items { first: Box::new(first), failures: receipt.failures });
        }
        for role in valid {
            let id = self.holding.assignment(role);
            receipt.unchanged += u64::from(!self.put(draft, &id).await?);
            receipt.keys.push(Key::Assignment(id));
        }
        Ok(receipt)
    }
}

impl AssignRoles {
    fn require_assignable(&self, draft: &Draft<'_>, role: &RoleId) -> Result<()> {
        if role.application != self.holding.application {
            return Err(Error::not_found("role", role));
        }
        draft.authority().require_readable(&predefined::ROLE_READ, &Thing::role(role))?;
        if !draft.before().is_assignable(&self.holding.holder, role) {
            let holder = &self.holding.holder;
            let description = format!("{holder} may not hold {role}: its visibility or application excludes it");
            return Err(Error::precondition("ROLE_NOT_ASSIGNABLE", role.to_string(), description));
        }
        let gift = Gift { giver: &draft.call().caller.subject, now: draft.now() };
        let tenant = self.holding.tenant_id();
        let receiver = Receiver { holder: &self.holding.holder, tenant: tenant.as_ref(), expire: self.expire };
        match draft.before().shortfall_of_assignment(gift, role, receiver) {
            Some(short) => Err(short.into()),
            None => Ok(()),
        }
    }

    /// Says whether there was something to do.
    async fn put(&self, draft: &mut Draft<'_>, id: &AssignmentId) -> Result<bool> {
        let old = draft.before().grant_of(&id.holder, &id.role, id.tenant_id().as_ref());
        if old.is_some_and(|(_, expire)| expire.is_none_or(|expire| expire > draft.now())) {
            return Ok(false);
        }
        let reason = draft.call().reason.clone();
        let (start, expire) = (self.start, self.expire);
        let row = Assignment { id: id.clone(), start, expire, reason, stamp: Stamp::default() };
        draft.replace(Row::Assignment(row)).await?;
        Ok(true)
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
        self.holding.authorise(draft, &methods::UNASSIGN_ROLES)?;
        let mut receipt = Receipt::default();
        for role in self.roles.iter().filter(|role| role.application == self.holding.application) {
            let key = Key::Assignment(self.holding.assignment(role));
            receipt.unchanged += u64::from(!draft.delete(&key).await?);
        }
        Ok(receipt)
    }
}

/// Whether an assignment gives anything at a time: begun, not ended, and its holder may hold its role.
pub fn is_active(snapshot: &Snapshot, assignment: &Assignment, now: Time) -> bool {
    let tenant_lives = assignment.id.tenant_id().is_none_or(|tenant| snapshot.live_incarnation(&tenant).is_some());
    assignment.valid_at(now) && tenant_lives && snapshot.is_assignable(&assignment.id.holder, &assignment.id.role)
}

const FIELDS: &filter::Fields = &[("subject", Field::Holder), ("role", Field::Role), ("tenant", Field::Tenant)];

/// What a filter narrows a list of assignments to.
#[derive(Default)]
struct Narrowed {
    holder: Option<Subject>,
    tenant: Option<TenantId>,
}

impl Narrowed {
    /// Reads and checks the conditions; `users/me` becomes the caller.
    fn to(conditions: &mut [Condition], caller: &Caller) -> Result<Self> {
        let mut narrowed = Self::default();
        for condition in conditions {
            let value = condition.value.clone();
            let refuse = |malformed: crate::domain::violation::Malformed| {
                Error::invalid("filter", format!("{value}: {malformed}"))
            };
            match condition.field {
                Field::Holder if condition.value == "users/me" => {
                    condition.value = caller.name();
                    narrowed.holder = Some(caller.subject.clone());
                }
                Field::Holder => narrowed.holder = Some(Subject::parse(&condition.value).map_err(refuse)?),
                Field::Tenant => narrowed.tenant = Some(TenantId::parse(&condition.value).map_err(refuse)?),
                _ => {
                    RoleId::parse(&condition.value).map_err(refuse)?;
                }
            }
        }
        Ok(narrowed)
    }

    /// Where the privilege is needed: on the subject and the tenant, else on the tenant, else on all there is. About
    /// himself a caller needs none.
    fn things<'a>(&'a self, application: Option<&Id>, caller: &Caller, snapshot: &Snapshot) -> Vec<Thing<'a>> {
        match (&self.holder, &self.tenant) {
            (Some(holder), _) if *holder == caller.subject => Vec::new(),
            (Some(holder), tenant) => {
                let holder = application.map_or_else(
                    || Thing::subject(snapshot, holder),
                    |application| Thing::subject_in(application, holder),
                );
                std::iter::once(holder).chain(tenant.as_ref().map(Thing::tenant)).collect()
            }
            (None, Some(tenant)) => vec![Thing::tenant(tenant)],
            (None, None) => vec![application.map_or_else(Thing::everything, Thing::application)],
        }
    }
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

    /// A page of assignments of roles of one application, or of all.
    pub async fn list_role_assignments(
        &self,
        caller: &Caller,
        application: Option<&Id>,
        page: &PageRequest,
    ) -> Result<Page> {
        let parent = application.map_or("-", Id::as_str);
        let question = page.question(caller, methods::LIST_ROLE_ASSIGNMENTS.path, parent);
        let mut conditions = filter::parse(&page.filter, FIELDS)?;
        let narrowed = Narrowed::to(&mut conditions, caller)?;
        let view = self.page_view(page, &question).await?;
        let whole = application.map_or_else(Thing::everything, Thing::application);
        if !authority(&view, caller).may(&predefined::ROLE_ASSIGNMENT_READ, &whole.application, whole.target) {
            for thing in narrowed.things(application, caller, view.snapshot()) {
                authority(&view, caller).require(&methods::LIST_ROLE_ASSIGNMENTS, &thing)?;
            }
        }
        let size = page.size(PAGE_SIZE_MAX)?;
        self.page(page, &question, view, (Collection::Assignments(application.cloned()), conditions, size)).await
    }
}
