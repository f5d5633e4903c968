//! Assignments taken away, each with all that it selects and names: made again, it inherits nothing.

use crate::app::draft::Draft;
use crate::app::error::Result;
use crate::app::port::Select;
use crate::app::selections::drop_instances;
use crate::domain::assignment::AssignmentId;
use crate::domain::row::{Key, Row};
use crate::domain::scope::Selector;

/// Deletes assignments, as far as they are there; says how many were.
pub(in crate::app) async fn remove(draft: &mut Draft<'_>, ids: &[AssignmentId]) -> Result<u64> {
    draft.prefetch(ids.iter().cloned().map(Key::Assignment)).await?;
    let mut removed = 0;
    for id in ids {
        let key = Key::Assignment(id.clone());
        if draft.contains(&key) {
            empty(draft, id).await?;
            removed += u64::from(draft.delete(&key).await?);
        }
    }
    Ok(removed)
}

/// As `remove`, of all assignments of a selection.
pub(in crate::app) async fn remove_selected(draft: &mut Draft<'_>, select: &Select) -> Result<()> {
    let rows = draft.select(select).await?;
    for row in &rows {
        if let Row::Assignment(row) = row
            && draft.contains(&Key::Assignment(row.id.clone()))
        {
            empty(draft, &row.id).await?;
        }
    }
    draft.delete_rows(rows);
    Ok(())
}

/// Takes away what an assignment selects by instances, and the resources that it names one by one.
pub(super) async fn empty(draft: &mut Draft<'_>, id: &AssignmentId) -> Result<()> {
    let name = id.name();
    if !draft.before().selects_itself(&name) {
        return Ok(()); // Nearly always: nothing is read.
    }
    drop_instances(draft, &Selector::Assignment(name.clone())).await?;
    let named = draft.select(&Select::ResourcesOfAssignment(name)).await?;
    draft.delete_rows(named);
    Ok(())
}
