//! One role: given to many subjects, taken from one.

use async_trait::async_trait;

use super::{Holding, Term};
use crate::app::authority::{OwnTarget, Thing};
use crate::app::draft::Draft;
use crate::app::error::{Error, Failures, Result};
use crate::app::methods;
use crate::app::port::Receipt;
use crate::app::service::App;
use crate::app::writer::{Operation, WriteCall, Written};
use crate::domain::assignment::AssignmentId;
use crate::domain::id::Id;
use crate::domain::name::{RoleId, Subject};
use crate::domain::predefined;
use crate::domain::row::{Key, Row};

/// One role to be given to subjects. A record that exists is left alone; an expired one counts as absent.
#[derive(Clone, Debug)]
pub struct AssignRoleToSubjects {
    /// The role.
    pub role: RoleId,
    /// To whom, without repeats.
    pub subjects: Vec<Subject>,
    /// The tenant that the assignments are cut to.
    pub tenant: Option<Id>,
    /// For which time.
    pub term: Term,
}

#[async_trait]
impl Operation for AssignRoleToSubjects {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let holdings: Vec<Holding> = self.subjects.iter().map(|subject| self.holding(subject)).collect();
        each(&holdings, |holding| holding.authorise_gift(draft, &methods::ASSIGN_ROLE_TO_SUBJECTS))?;
        draft.authority().require_readable(&predefined::ROLE_READ, &Thing::role(&self.role))?;
        self.term.require_future_end(draft)?;
        let mut judge = draft.judge();
        each(&holdings, |holding| holding.require_assignable(draft, &mut judge, &self.role, self.term))?;
        let mut receipt = Receipt::default();
        for holding in &holdings {
            receipt.unchanged += u64::from(!holding.put(draft, &self.role, self.term).await?);
            receipt.keys.push(Key::Assignment(holding.assignment(&self.role)));
        }
        Ok(receipt)
    }
}

impl AssignRoleToSubjects {
    fn holding(&self, subject: &Subject) -> Holding {
        Holding { application: self.role.application.clone(), holder: subject.clone(), tenant: self.tenant.clone() }
    }
}

/// Refuses, naming all that fail, unless each holder passes.
fn each(holdings: &[Holding], mut pass: impl FnMut(&Holding) -> Result<()>) -> Result<()> {
    let mut failures = Failures::of("subjects");
    for (index, holding) in holdings.iter().enumerate() {
        if let Err(error) = pass(holding) {
            failures.add(index, &holding.holder, error);
        }
    }
    failures.refuse()
}

/// Whom a role is taken from.
#[derive(Clone, Debug)]
pub enum FromWhom {
    /// This subject.
    Subject(Subject),
    /// The one holder with this id, of whatever type.
    BareId(Id),
}

/// One role to be taken from one subject, in every tenant that the caller covers.
#[derive(Clone, Debug)]
pub struct RevokeRoleFromSubject {
    /// The role.
    pub role: RoleId,
    /// From whom.
    pub from: FromWhom,
}

#[async_trait]
impl Operation for RevokeRoleFromSubject {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let holder = match &self.from {
            FromWhom::Subject(subject) => {
                self.holding(subject).authorise_taking(draft, &methods::REVOKE_ROLE_FROM_SUBJECT)?;
                subject.clone()
            }
            FromWhom::BareId(id) => self.holder_with(draft, id)?,
        };
        let mut tenants = draft.before().tenants_held(&holder, &self.role);
        tenants.retain(|tenant| tenant.as_ref().is_none_or(|tenant| self.covers(draft, tenant)));
        if tenants.is_empty() {
            return Err(self.not_held(&holder));
        }
        for tenant in tenants {
            let id = AssignmentId { holder: holder.clone(), role: self.role.clone(), tenant };
            draft.delete(&Key::Assignment(id)).await?;
        }
        Ok(Receipt::default())
    }

    fn counts(&self, row: &Row) -> bool {
        matches!(row, Row::Assignment(_))
    }
}

impl RevokeRoleFromSubject {
    fn holding(&self, holder: &Subject) -> Holding {
        Holding { application: self.role.application.clone(), holder: holder.clone(), tenant: None }
    }

    /// The holder that a bare id means. Whom the caller does not cover is as if absent.
    fn holder_with(&self, draft: &Draft<'_>, id: &Id) -> Result<Subject> {
        let application = &self.role.application;
        let privilege = &predefined::ROLE_MANAGE_ASSIGNMENTS;
        let all = draft.authority().reaches_everything(privilege, application);
        let mut found = [Subject::User, Subject::Client, Subject::Group, Subject::Application]
            .map(|kind| kind(id.clone()))
            .into_iter()
            .filter(|holder| {
                let held = !draft.before().tenants_held(holder, &self.role).is_empty();
                held && (all || draft.authority().may(privilege, application, OwnTarget::Subject(holder)))
            });
        match (found.next(), found.next()) {
            (Some(one), Some(other)) => {
                let description = format!("{one} and {other} both hold the role: name the one that is meant");
                Err(Error::invalid("subject", description))
            }
            (Some(one), None) => Ok(one),
            _ if all => Err(self.not_held(id)),
            _ => Err(Error::denied(privilege)),
        }
    }

    fn covers(&self, draft: &Draft<'_>, tenant: &Id) -> bool {
        let (application, privilege) = (&self.role.application, &predefined::ROLE_MANAGE_ASSIGNMENTS);
        let authority = draft.authority();
        // A record may have outlived its tenant only by a hand in the database.
        authority.may(privilege, application, OwnTarget::Tenant(tenant))
            || authority.reaches_everything(privilege, application)
    }

    fn not_held(&self, by: &impl ToString) -> Error {
        Error::not_found("role assignment", &format!("an assignment of {} to {}", self.role, by.to_string()))
    }
}

impl App {
    /// Gives one role to subjects.
    pub async fn assign_role_to_subjects(&self, call: WriteCall, assign: AssignRoleToSubjects) -> Result<Written> {
        self.write(call, assign).await
    }

    /// Takes one role from one subject.
    pub async fn revoke_role_from_subject(&self, call: WriteCall, revoke: RevokeRoleFromSubject) -> Result<Written> {
        self.write(call, revoke).await
    }
}
