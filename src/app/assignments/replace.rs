//! The roles of one holder, in one application and tenant, all of them.

use std::collections::BTreeSet;

use async_trait::async_trait;

use super::assigned::etag_of_holdings;
use super::{Holding, Term};
use crate::app::draft::Draft;
use crate::app::error::{Error, Failures, Result};
use crate::app::methods;
use crate::app::port::{Receipt, Select};
use crate::app::service::App;
use crate::app::writer::{Operation, WriteCall, Written};
use crate::domain::assignment::Assignment;
use crate::domain::name::RoleId;
use crate::domain::row::{Key, Row};

/// Roles to become the ones that one holder holds. A record that exists is left alone; an expired one counts as absent.
#[derive(Clone, Debug)]
pub struct ReplaceSubjectRoles {
    /// Whose.
    pub holding: Holding,
    /// The roles, without repeats; none = none.
    pub roles: Vec<RoleId>,
    /// For which time new ones are given.
    pub term: Term,
    /// Leaves out roles that cannot be held, and says so.
    pub allow_partial: bool,
    /// Empty, or the etag of all that the holder holds in the application.
    pub etag: String,
}

#[async_trait]
impl Operation for ReplaceSubjectRoles {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let method = &methods::REPLACE_SUBJECT_ROLES;
        if self.roles.is_empty() {
            self.holding.authorise_taking(draft, method)?;
        } else {
            self.holding.authorise_gift(draft, method)?;
        }
        self.require_etag(draft)?;
        self.term.require_future_end(draft)?;
        let here = self.records(draft).await?;
        let (valid, mut receipt) = self.valid(draft, &here)?;
        for role in &valid {
            receipt.unchanged += u64::from(!self.holding.put(draft, role, self.term).await?);
            receipt.keys.push(Key::Assignment(self.holding.assignment(role)));
        }
        for record in here.iter().filter(|record| !valid.contains(&record.id.role)) {
            draft.delete(&Key::Assignment(record.id.clone())).await?;
        }
        Ok(receipt)
    }

    fn counts(&self, row: &Row) -> bool {
        matches!(row, Row::Assignment(_))
    }
}

impl ReplaceSubjectRoles {
    fn require_etag(&self, draft: &Draft<'_>) -> Result<()> {
        let Holding { application, holder, .. } = &self.holding;
        if self.etag.is_empty() || self.etag == etag_of_holdings(&draft.authority(), holder, application) {
            return Ok(());
        }
        let description = format!("what {holder} holds has been changed since it was read; read it again");
        Err(Error::Aborted { reason: "ETAG_MISMATCH", description })
    }

    /// What the holder has in the application and tenant, also what has ended.
    async fn records(&self, draft: &mut Draft<'_>) -> Result<Vec<Assignment>> {
        let Holding { application, holder, tenant } = &self.holding;
        let rows = draft.select(&Select::AssignmentsOfHolder(holder.clone())).await?;
        let records = rows.into_iter().filter_map(|row| if let Row::Assignment(row) = row { Some(row) } else { None });
        Ok(records.filter(|row| row.id.role.application == *application && row.id.tenant == *tenant).collect())
    }

    /// The roles that the holder holds or can be given, and what is said of the others.
    fn valid(&self, draft: &Draft<'_>, here: &[Assignment]) -> Result<(Vec<RoleId>, Receipt)> {
        let lasts = |record: &&Assignment| record.expire.is_none_or(|expire| expire > draft.now());
        let held: BTreeSet<&RoleId> = here.iter().filter(lasts).map(|record| &record.id.role).collect();
        let (mut valid, mut failures, mut judge) = (Vec::new(), Failures::of("roles"), draft.judge());
        for (index, role) in self.roles.iter().enumerate() {
            if held.contains(role) {
                valid.push(role.clone());
                continue;
            }
            match self.holding.require_assignable(draft, &mut judge, role, self.term) {
                Ok(()) => valid.push(role.clone()),
                Err(error) => failures.add(index, role, error),
            }
        }
        let mut receipt = Receipt::default();
        if self.allow_partial && !valid.is_empty() {
            receipt.failures = failures.left_out();
        } else {
            failures.refuse()?;
        }
        Ok((valid, receipt))
    }
}

impl App {
    /// Makes roles the ones that a holder holds.
    pub async fn replace_subject_roles(&self, call: WriteCall, replace: ReplaceSubjectRoles) -> Result<Written> {
        self.write(call, replace).await
    }
}
