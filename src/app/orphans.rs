//! What goes with an assignment, whoever deletes it: its own instances with what they select, and the resources that it
//! names one by one. A holder who is given the role again inherits none of it.
//!
//! Done in one place over what a call has deleted, so that no operation can forget it.

use super::draft::Draft;
use super::error::Result;
use super::port::Select;
use super::selections::drop_instances;
use crate::domain::scope::Selector;

/// Deletes what the assignments that a call deletes leave behind. Nothing is read of one that has nothing.
pub(super) async fn drop_orphans(draft: &mut Draft<'_>) -> Result<()> {
    for id in draft.deleted_assignments() {
        let selector = Selector::Assignment(id.name());
        if draft.before().selector_sizes(&selector).0 > 0 {
            drop_instances(draft, &selector).await?;
        }
        if !draft.before().assigned_resources(&id, 1).is_empty() {
            let rows = draft.select(&Select::ResourcesOfAssignment(id.name())).await?;
            draft.delete_rows(rows);
        }
    }
    Ok(())
}
