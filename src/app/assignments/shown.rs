//! Assignments as they are shown: with the names of their roles, and what they select.

use std::collections::{BTreeMap, BTreeSet};

use crate::app::error::{Error, Result};
use crate::app::selections::ShownInstance;
use crate::app::service::App;
use crate::domain::assignment::Assignment;
use crate::domain::name::RoleId;
use crate::domain::row::{Key, Row};
use crate::domain::scope::Selector;
use crate::engine::Snapshot;

/// An assignment, as it is shown.
#[derive(Clone, Debug)]
pub struct ShownAssignment {
    /// Its record.
    pub row: Assignment,
    /// The `role_name` of its role.
    pub role_name: String,
    /// Its instances; `None` = they are not shown.
    pub instances: Option<Vec<ShownInstance>>,
    /// Whether it has any.
    pub has_instances: bool,
}

/// The names of roles.
pub(super) type RoleNames = BTreeMap<RoleId, String>;

/// An assignment without its instances.
pub(super) fn without_instances(state: &Snapshot, row: Assignment, names: &RoleNames) -> ShownAssignment {
    let role_name = names.get(&row.id.role).cloned().unwrap_or_default();
    let has_instances = state.selector_sizes(&Selector::Assignment(row.id.name())).0 > 0;
    ShownAssignment { row, role_name, instances: None, has_instances }
}

impl App {
    /// The names of the roles of assignments.
    pub(super) async fn role_names(&self, rows: &[Row]) -> Result<RoleNames> {
        let roles = rows.iter().filter_map(|row| match row {
            Row::Assignment(row) => Some(Key::Role(row.id.role.clone())),
            _ => None,
        });
        let keys: BTreeSet<Key> = roles.collect();
        let found = self.store.get(&keys.into_iter().collect::<Vec<_>>()).await?;
        let named = found.into_iter().filter_map(|row| match row {
            Row::Role(role) => Some((role.id, role.role_name)),
            _ => None,
        });
        Ok(named.collect())
    }

    /// Assignments as a state has them, the first so many with their instances.
    pub async fn shown_assignments(
        &self,
        state: &Snapshot,
        rows: Vec<Row>,
        full: usize,
    ) -> Result<Vec<ShownAssignment>> {
        let names = self.role_names(&rows).await?;
        let mut shown = Vec::with_capacity(rows.len());
        for row in rows {
            let Row::Assignment(row) = row else { return Err(Error::Internal) };
            shown.push(without_instances(state, row, &names));
        }
        let selectors = shown.iter().take(full).map(|shown| Selector::Assignment(shown.row.id.name()));
        let instances = self.shown_instances(state, &selectors.collect::<Vec<_>>()).await?;
        for (shown, instances) in shown.iter_mut().zip(instances) {
            shown.instances = Some(instances);
        }
        Ok(shown)
    }
}
