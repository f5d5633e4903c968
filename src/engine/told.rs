//! Checks about foreign resources that nobody registered, of which a trusted caller says where they live and what is
//! above them. For a registered one the registered facts hold, and what is said counts for nothing.

use super::decide::{Check, Question};
use super::snapshot::Snapshot;
use super::target::{Place, Target, Told, ToldTenant, is_foreign};
use crate::domain::decision::Decision;
use crate::domain::time::Time;

/// What a trusted caller says of a resource.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts<'a> {
    /// Where it lives.
    pub tenant: FactTenant<'a>,
    /// Kinds and ids of its parents.
    pub parents: Vec<(&'a str, &'a str)>,
}

/// Where a trusted caller says that a resource lives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FactTenant<'a> {
    /// He does not say.
    #[default]
    Unknown,
    /// In no tenant.
    None,
    /// In the tenant with this id, as it is now; one that is not there says nothing.
    Tenant(&'a str),
}

impl Snapshot {
    /// Decides, with what a trusted caller says of the target.
    pub fn check_with(&self, check: &Check<'_>, facts: &Facts<'_>, now: Time) -> Decision {
        let (question, place) = match self.ask(check, now) {
            Ok(asked) => asked,
            Err(reason) => return Decision::denied(reason),
        };
        self.with_told((question, place), (check, facts), |place| self.decide(question, place))
    }

    /// As `custom_boundaries`, with what a trusted caller says of the target.
    pub fn custom_boundaries_with(&self, check: &Check<'_>, facts: &Facts<'_>, now: Time) -> Vec<String> {
        let Ok((question, place)) = self.ask(check, now) else { return Vec::new() };
        self.with_told((question, place), (check, facts), |place| self.custom_values(question, place))
    }

    /// Answers for where the target is said to be; for where it is, if that is known.
    fn with_told<T>(
        &self,
        (question, place): (Question, Place<'_>),
        (check, facts): (&Check<'_>, &Facts<'_>),
        answer: impl FnOnce(Place<'_>) -> T,
    ) -> T {
        let Target::Resource { kind, id } = check.target else { return answer(place) };
        if place != Place::Everywhere || !is_foreign(kind) {
            return answer(place);
        }
        let application = question.application;
        let found = facts.parents.iter().filter_map(|(kind, id)| self.resource_in(application, kind, id));
        let mut parents: Vec<u32> = found.filter(|id| self.resource_row(*id).live).collect();
        parents.sort_unstable();
        parents.dedup();
        let tenant = match facts.tenant {
            FactTenant::Unknown => ToldTenant::Unknown,
            FactTenant::None => ToldTenant::None,
            FactTenant::Tenant(tenant) => {
                let tenant = self.tenant_in(application, tenant).filter(|tenant| self.tenant_lives(*tenant));
                tenant.map_or(ToldTenant::Unknown, ToldTenant::Tenant)
            }
        };
        let kind_id = self.resource_kinds.find(application, kind);
        let known = kind_id.and_then(|kind| self.resources.find(kind, id));
        let told = Told { application, id: known, kind: kind_id, tenant, parents: &parents };
        answer(Place::Told(&told))
    }
}
