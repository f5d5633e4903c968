//! What many subjects hold.

use super::record::is_readable;
use crate::app::authority::{OwnTarget, Thing};
use crate::app::caller::Caller;
use crate::app::consistency::Consistency;
use crate::app::error::{Error, Result};
use crate::app::methods;
use crate::app::service::{App, authority};
use crate::app::state::{Snapshot, View};
use crate::app::token::etag_of;
use crate::domain::id::Id;
use crate::domain::limit::ASSIGNED_ROLES_MAX;
use crate::domain::name::Subject;
use crate::domain::predefined;
use crate::domain::row::{Key, Row};

/// What one subject holds in one application.
#[derive(Clone, Debug)]
pub struct Assigned {
    /// Its assignments, by name.
    pub rows: Vec<Row>,
    /// Changes whenever what it holds does.
    pub etag: String,
}

/// The etag of all that a holder holds in an application: made of what it holds, so that the same again has the same.
pub fn etag_of_holdings(snapshot: &Snapshot, holder: &Subject, application: &Id) -> String {
    let held = snapshot.held_of(holder, application);
    let mut parts = vec![format!("{holder} in {application}")];
    for (id, (start, expire)) in held {
        parts.push(id.resource_name());
        parts.extend([start, expire].map(|time| time.map_or(String::new(), |time| time.micros().to_string())));
    }
    etag_of(&parts)
}

impl App {
    /// What subjects hold in an application, each answered, or refused, alone.
    pub async fn assigned_roles(
        &self,
        caller: &Caller,
        application: &Id,
        subjects: &[Result<Subject>],
        wish: &Consistency,
    ) -> Result<(Vec<Result<Assigned>>, View)> {
        let view = self.view(wish).await?;
        let (mut results, mut room) = (Vec::new(), ASSIGNED_ROLES_MAX);
        for subject in subjects {
            let assigned = match subject {
                Ok(subject) => self.assigned(&view, caller, (application, subject), &mut room).await,
                Err(error) => Err(error.clone()),
            };
            // What the store does not answer is no matter of one subject.
            if let Err(error @ (Error::Unavailable { .. } | Error::Internal)) = assigned {
                return Err(error);
            }
            results.push(assigned);
        }
        let rows: Vec<Row> = results.iter().flatten().flat_map(|assigned| assigned.rows.clone()).collect();
        let view = self.view_of(view, &rows).await?;
        Ok((results, view))
    }

    async fn assigned(
        &self,
        view: &View,
        caller: &Caller,
        (application, subject): (&Id, &Subject),
        room: &mut usize,
    ) -> Result<Assigned> {
        let authority = authority(view, caller);
        let reads_all = authority.may(&predefined::ROLE_ASSIGNMENT_READ, application, OwnTarget::Application);
        match *subject == caller.subject {
            true => {}
            false if reads_all && view.snapshot().has_subject(subject) => {}
            false => authority.require(&methods::BATCH_GET_ASSIGNED_ROLES, &Thing::subject_in(application, subject))?,
        }
        let held = view.snapshot().held_of(subject, application);
        let ids = held.into_iter().map(|(id, _)| id).filter(|id| is_readable(&authority, id));
        let keys: Vec<Key> = ids.map(Key::Assignment).collect();
        *room = room.checked_sub(keys.len()).ok_or_else(|| Error::Exhausted {
            reason: "TOO_MANY_ASSIGNMENTS",
            description: format!("one answer holds at most {ASSIGNED_ROLES_MAX} assignments: ask for fewer subjects"),
        })?;
        let mut rows = self.store.get(&keys).await?;
        rows.sort_by_cached_key(|row| match row {
            Row::Assignment(row) => row.id.resource_name(),
            _ => String::new(),
        });
        Ok(Assigned { rows, etag: etag_of_holdings(view.snapshot(), subject, application) })
    }
}
