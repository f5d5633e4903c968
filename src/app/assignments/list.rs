//! Role assignments: list.

use std::collections::BTreeMap;

use super::record::is_readable;
use super::shown::ShownAssignment;
use crate::app::authority::Thing;
use crate::app::caller::Caller;
use crate::app::error::{Error, Result};
use crate::app::filter;
use crate::app::listing::{Page, PageRequest};
use crate::app::methods;
use crate::app::port::{Collection, Condition, Field};
use crate::app::service::{App, authority};
use crate::app::state::View;
use crate::domain::assignment::AssignmentId;
use crate::domain::id::Id;
use crate::domain::limit::{FULL_ASSIGNMENTS_PAGE_MAX, PAGE_SIZE_MAX};
use crate::domain::name::{RoleId, ScopeId, Subject, TenantId};
use crate::domain::predefined;
use crate::domain::row::Row;
use crate::domain::violation::Malformed;
use crate::engine::Snapshot;

const FIELDS: &filter::Fields = &[
    ("subject", Field::Holder),
    ("subject_type", Field::HolderType),
    ("role", Field::Role),
    ("tenant", Field::Tenant),
    ("scope", Field::Scope),
];

/// The types of subjects, as a filter spells them.
const SUBJECT_TYPES: [&str; 4] = ["USER", "CLIENT", "GROUP", "APPLICATION"];

fn is_type(text: &str) -> std::result::Result<(), Malformed> {
    let words = "subject_type must be USER, CLIENT, GROUP or APPLICATION";
    if SUBJECT_TYPES.contains(&text) { Ok(()) } else { Err(Malformed::new(words)) }
}

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
            match condition.field {
                Field::Holder if condition.value == "users/me" => {
                    condition.value = caller.name();
                    narrowed.holder = Some(caller.subject.clone());
                }
                Field::Holder => narrowed.holder = Some(filter::value(condition, Subject::parse)?),
                Field::Tenant => narrowed.tenant = Some(filter::value(condition, TenantId::parse)?),
                Field::HolderType => filter::value(condition, is_type)?,
                Field::Scope => filter::value(condition, |text| ScopeId::parse(text).map(|_| ()))?,
                _ => filter::value(condition, |text| RoleId::parse(text).map(|_| ()))?,
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

/// What a list of assignments shows of the subject that its filter names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Breadth {
    /// What is given to the subject itself.
    #[default]
    Direct,
    /// Also what it holds through groups and its owner.
    Effective,
}

/// What a list of assignments shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// How much of what a subject holds.
    pub breadth: Breadth,
    /// Also what the assignments select by instances.
    pub with_instances: bool,
}

/// A page of assignments.
#[derive(Debug)]
pub struct Listed {
    /// They.
    pub assignments: Vec<ShownAssignment>,
    /// Empty after the last page.
    pub next_page_token: String,
    /// The state by which it was authorised.
    pub view: View,
    /// Whose effective assignments they are, and by which way the subject comes to each holder.
    pub effective: Option<(Subject, BTreeMap<Subject, Vec<Subject>>)>,
}

impl App {
    /// A page of assignments of roles of one application, or of all.
    pub async fn list_role_assignments(
        &self,
        caller: &Caller,
        application: Option<&Id>,
        (page, asked): (&PageRequest, Asked),
    ) -> Result<Listed> {
        let Asked { breadth, with_instances } = asked;
        let parent = format!("{}|{breadth:?}|{with_instances}", application.map_or("-", Id::as_str));
        let question = page.question(caller, methods::LIST_ROLE_ASSIGNMENTS.path, &parent);
        let mut conditions = filter::parse(&page.filter, FIELDS)?;
        let narrowed = Narrowed::to(&mut conditions, caller)?;
        let subject = (breadth == Breadth::Effective).then(|| sole_subject(&mut conditions, &narrowed)).transpose()?;
        let view = self.page_view(page, &question).await?;
        let whole = application.map_or_else(Thing::everything, Thing::application);
        if !authority(&view, caller).may(&predefined::ROLE_ASSIGNMENT_READ, &whole.application, whole.target) {
            for thing in narrowed.things(application, caller, view.snapshot()) {
                authority(&view, caller).require(&methods::LIST_ROLE_ASSIGNMENTS, &thing)?;
            }
        }
        let size = page.size(if with_instances { FULL_ASSIGNMENTS_PAGE_MAX } else { PAGE_SIZE_MAX })?;
        let effective = subject.map(|subject| {
            let ways = view.snapshot().ways_to_holders(&subject);
            (subject, ways)
        });
        let collection = match &effective {
            Some((_, ways)) => Collection::AssignmentsOf(application.cloned(), ways.keys().cloned().collect()),
            None => Collection::Assignments(application.cloned()),
        };
        let mut listed = self.page(page, &question, view, (collection, conditions, size)).await?;
        let authority = authority(&listed.view, caller);
        let subject = effective.as_ref().map(|(subject, _)| subject);
        listed.rows.retain(|row| {
            let Row::Assignment(row) = row else { return false };
            // What is shown of the holder is shown of who holds it by that.
            let held = subject.map(|subject| AssignmentId { holder: subject.clone(), ..row.id.clone() });
            held.into_iter().chain([row.id.clone()]).any(|id| is_readable(&authority, &id))
        });
        let Page { rows, next_page_token, view } = listed;
        let full = if with_instances { rows.len() } else { 0 };
        let assignments = self.shown_assignments(view.snapshot(), rows, full).await?;
        Ok(Listed { assignments, next_page_token, view, effective })
    }
}

/// The one subject whose effective assignments are asked for; its condition is no longer one.
fn sole_subject(conditions: &mut Vec<Condition>, narrowed: &Narrowed) -> Result<Subject> {
    let refused = || Error::invalid("filter", "must name one subject with = and no subject_type in the view EFFECTIVE");
    let about_holders =
        conditions.iter().filter(|condition| matches!(condition.field, Field::Holder | Field::HolderType));
    if about_holders.count() != 1 {
        return Err(refused());
    }
    conditions.retain(|condition| condition.field != Field::Holder);
    narrowed.holder.clone().ok_or_else(refused)
}
