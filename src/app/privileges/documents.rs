//! Policy documents: which actions one may name, and what becomes of those that name a key that goes.

use std::collections::{BTreeSet, VecDeque};

use super::plain;
use crate::app::draft::Draft;
use crate::app::error::{Error, Result};
use crate::app::port::Select;
use crate::app::privilege_groups::delete_elements;
use crate::domain::id::{Id, PrivilegeKey};
use crate::domain::name::PrivilegeId;
use crate::domain::predefined;
use crate::domain::row::{Key, Row};
use crate::domain::violation::Violations;

/// An action of a document, and the field of the request that names it.
#[derive(Clone, Debug)]
pub struct NamedAction {
    /// The path of the field.
    pub field: String,
    /// The key.
    pub key: PrivilegeKey,
}

/// Refuses actions that are documents, of this call or of before, and those that are in no catalogue; an OPEN one
/// registers them.
pub(super) async fn require_actions(
    draft: &mut Draft<'_>,
    application: &Id,
    (documents, actions): (&BTreeSet<PrivilegeKey>, &[NamedAction]),
) -> Result<()> {
    let open = draft.before().is_open(application.as_str());
    let mut violations = Violations::default();
    for NamedAction { field, key } in actions {
        let id = PrivilegeId { application: application.clone(), key: key.clone() };
        let known = draft.before().has_privilege(application.as_str(), key.as_str())
            || draft.contains(&Key::Privilege(id.clone()));
        if documents.contains(key) || draft.before().is_document(&id) {
            violations.add(field, "must be a plain privilege, and is a policy document");
        } else if !known && open && !predefined::is_reserved(key.as_str()) {
            draft.put(Row::Privilege(plain(id))).await?;
        } else if !known {
            violations.add(field, format!("{:?} is not in the application's catalogue", key.as_str()));
        }
    }
    Error::check(violations)
}

/// Deletes a privilege from all that has it. A statement that is left without actions goes with it, and so does, in the
/// same way, a document that is left without statements.
pub(super) async fn delete_everywhere(draft: &mut Draft<'_>, privilege: &PrivilegeId) -> Result<()> {
    let mut gone = VecDeque::from([privilege.clone()]);
    while let Some(id) = gone.pop_front() {
        for select in [Select::RolesNaming(id.clone()), Select::GroupsNaming(id.clone())] {
            let rows = draft.select(&select).await?;
            delete_elements(draft, rows).await?;
        }
        let assigned = draft.select(&Select::UsersOfPrivilege(id.clone())).await?;
        draft.delete_rows(assigned);
        for key in draft.before().documents_naming(&id) {
            let document = PrivilegeId { application: id.application.clone(), key };
            gone.extend(take_out(draft, document, &id.key).await?);
        }
        draft.delete(&Key::Privilege(id)).await?;
    }
    Ok(())
}

/// Takes an action out of a document; the document itself when nothing is left of it.
async fn take_out(draft: &mut Draft<'_>, id: PrivilegeId, action: &PrivilegeKey) -> Result<Option<PrivilegeId>> {
    let Some(Row::Privilege(mut row)) = draft.get(&Key::Privilege(id.clone())).await? else { return Ok(None) };
    let Some(document) = row.document.as_ref() else { return Ok(None) };
    let Some(left) = document.without(action) else { return Ok(Some(id)) };
    row.document = Some(left);
    draft.put(Row::Privilege(row)).await?;
    Ok(None)
}
