//! What many subjects hold.

use std::collections::BTreeMap;

use super::Holding;
use super::record::is_readable;
use super::shown::{ShownAssignment, without_instances};
use crate::app::authority::{Authority, OwnTarget, Thing};
use crate::app::caller::Caller;
use crate::app::consistency::Consistency;
use crate::app::error::{Error, Result};
use crate::app::methods;
use crate::app::service::{App, authority};
use crate::app::state::View;
use crate::app::token::etag_of;
use crate::app::writer::Written;
use crate::domain::assignment::AssignmentId;
use crate::domain::id::Id;
use crate::domain::limit::ASSIGNED_ROLES_MAX;
use crate::domain::name::Subject;
use crate::domain::predefined;
use crate::domain::row::{Key, Row};
use crate::domain::scope::Selector;
use crate::engine::Snapshot;

/// What one subject holds in one application.
#[derive(Clone, Debug)]
pub struct Assigned {
    /// Its assignments, by name, without their instances.
    pub assignments: Vec<ShownAssignment>,
    /// Changes whenever what it holds does.
    pub etag: String,
}

/// The etag of all that a holder holds in an application, as far as the caller may read it: else it could be guessed
/// what else there is. It is made of what is held, so that the same again has the same.
pub(super) fn etag_of_holdings(authority: &Authority<'_>, holder: &Subject, application: &Id) -> String {
    let held = authority.snapshot.held_of(holder, application);
    let mut parts = vec![format!("{holder} in {application}")];
    for (id, (start, expire)) in held.into_iter().filter(|(id, _)| is_readable(authority, id)) {
        parts.push(id.name().to_string());
        parts.extend([start, expire].map(|time| time.map_or(String::new(), |time| time.micros().to_string())));
        parts.extend(selected_by(authority.snapshot, &id));
    }
    etag_of(&parts)
}

/// What an assignment says of the resources that it reaches, but for those that it names one by one.
fn selected_by(state: &Snapshot, id: &AssignmentId) -> Option<String> {
    let access = state.access_of(id).filter(|access| !access.is_all())?;
    let instances = state.selected(&Selector::Assignment(id.name()));
    Some(format!("{access:?} {instances:?}"))
}

impl App {
    /// The etag of all that a holder holds after a write, for who wrote.
    pub fn etag_after(&self, written: &Written, caller: &Caller, holding: &Holding) -> String {
        let authority = Authority { snapshot: &written.snapshot, caller, now: self.state().clock.now() };
        etag_of_holdings(&authority, &holding.holder, &holding.application)
    }

    /// What subjects hold in an application, each answered, or refused, alone.
    pub async fn assigned_roles(
        &self,
        caller: &Caller,
        application: &Id,
        subjects: &[Result<Subject>],
        wish: &Consistency,
    ) -> Result<(Vec<Result<Assigned>>, View)> {
        let view = self.view(wish).await?;
        let mut room = ASSIGNED_ROLES_MAX;
        let held: Vec<Result<Vec<Key>>> = subjects
            .iter()
            .map(|subject| {
                held(&authority(&view, caller), application, subject.as_ref().map_err(Clone::clone)?, &mut room)
            })
            .collect();
        let keys: Vec<Key> = held.iter().flatten().flatten().cloned().collect();
        let rows = self.store.get(&keys).await?;
        let view_of_rows = self.view_of(view.clone(), &rows).await?;
        let names = self.role_names(&rows).await?;
        let rows: BTreeMap<Key, Row> = rows.into_iter().map(|row| (row.key(), row)).collect();
        let assigned = |(subject, keys): (&Result<Subject>, Result<Vec<Key>>)| {
            let mut rows: Vec<Row> = keys?.iter().filter_map(|key| rows.get(key).cloned()).collect();
            rows.sort_by_cached_key(name_of);
            let rows = rows.into_iter().filter_map(|row| if let Row::Assignment(row) = row { Some(row) } else { None });
            let assignments = rows.map(|row| without_instances(view_of_rows.snapshot(), row, &names)).collect();
            let subject = subject.as_ref().map_err(Clone::clone)?;
            Ok(Assigned { assignments, etag: etag_of_holdings(&authority(&view, caller), subject, application) })
        };
        Ok((subjects.iter().zip(held).map(assigned).collect(), view_of_rows))
    }
}

fn name_of(row: &Row) -> String {
    if let Row::Assignment(row) = row { row.id.name().to_string() } else { String::new() }
}

/// The assignments of a subject that the caller may read, of whom there is still room.
fn held(authority: &Authority<'_>, application: &Id, subject: &Subject, room: &mut usize) -> Result<Vec<Key>> {
    let reads_all = authority.may(&predefined::ROLE_ASSIGNMENT_READ, application, OwnTarget::Application);
    let is_known = *subject == authority.caller.subject || (reads_all && authority.snapshot.has_subject(subject));
    if !is_known {
        authority.require(&methods::BATCH_GET_ASSIGNED_ROLES, &Thing::subject_in(application, subject))?;
    }
    let held = authority.snapshot.held_of(subject, application);
    let ids = held.into_iter().map(|(id, _)| id).filter(|id| is_readable(authority, id));
    let keys: Vec<Key> = ids.map(Key::Assignment).collect();
    *room = room.checked_sub(keys.len()).ok_or_else(|| Error::TooLarge {
        reason: "TOO_MANY_ASSIGNMENTS",
        description: format!("one answer holds at most {ASSIGNED_ROLES_MAX} assignments: ask for fewer subjects"),
    })?;
    Ok(keys)
}
