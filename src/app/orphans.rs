//! What goes with an assignment, whoever deletes it: its own instances with what they select, and the resources that it
//! names one by one. A holder who is given the role again inherits none of it.
//!
//! Done in one place over what a call has deleted, so that no operation can forget it.

use super::draft::Draft;
use super::error::Result;
use super::port::Select;
use super::selections::drop_instances;
use crate::domain::assignment::AssignmentId;
use crate::domain::scope::Selector;

/// Deletes what the assignments that a call deletes leave behind. Nothing is read of one that has nothing.
pub(super) async fn drop_orphans(draft: &mut Draft<'_>) -> Result<()> {
    let after = draft.snapshot().clone();
    for id in draft.deleted_assignments() {
        if after.selects_itself(&id.name()) {
            empty(draft, &id).await?;
        }
    }
    Ok(())
}

/// Takes away what an assignment selects by instances, and the resources that it names one by one.
pub(super) async fn empty(draft: &mut Draft<'_>, id: &AssignmentId) -> Result<()> {
    if !draft.before().selects_itself(&id.name()) {
        return Ok(()); // Nearly always: nothing is read.
    }
    drop_instances(draft, &Selector::Assignment(id.name())).await?;
    let named = draft.select(&Select::ResourcesOfAssignment(id.name())).await?;
    draft.delete_rows(named);
    Ok(())
}
