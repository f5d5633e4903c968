//! External identities: how a credential becomes a user or client. To give one an identity is to let whoever holds the
//! credential act as it, and so a grant of all that it reaches.

use super::draft::Draft;
use super::error::{Error, Result};
use crate::domain::directory::{ExternalIdentity, ExternalIdentityId};
use crate::domain::limit::EXTERNAL_IDENTITIES_MAX;
use crate::domain::name::Subject;
use crate::domain::row::{Key, Row};
use crate::engine::Gift;

/// Gives a user or client these identities and no others; says whether that changed anything.
pub(super) async fn set(draft: &mut Draft<'_>, bearer: &Subject, identities: &[ExternalIdentityId]) -> Result<bool> {
    let old = draft.before().external_identities_of(bearer);
    let mut changed = false;
    for identity in old.iter().filter(|identity| !identities.contains(identity)) {
        changed |= draft.delete(&Key::ExternalIdentity(identity.clone())).await?;
    }
    let mut given = false;
    for identity in identities.iter().filter(|identity| !old.contains(identity)) {
        given |= put(draft, &ExternalIdentity { id: identity.clone(), bearer: bearer.clone() }).await?;
    }
    if given {
        require_credential(draft, bearer)?;
    }
    Ok(changed || given)
}

/// Puts an identity that nobody else has; says whether it is new.
pub(super) async fn put(draft: &mut Draft<'_>, identity: &ExternalIdentity) -> Result<bool> {
    match draft.get(&Key::ExternalIdentity(identity.id.clone())).await? {
        Some(Row::ExternalIdentity(taken)) if taken.bearer == identity.bearer => return Ok(false),
        Some(Row::ExternalIdentity(taken)) => {
            let readable =
                draft.before().has_subject(&taken.bearer) && draft.authority().may_read_subject(&taken.bearer);
            return Err(Error::NameTaken {
                kind: "external identity",
                field: "external_identities",
                value: format!("{} of {}", identity.id.subject, identity.id.issuer),
                owner: readable.then(|| taken.bearer.to_string()),
            });
        }
        _ => {}
    }
    let count = draft.snapshot().external_identities_of(&identity.bearer).len() + 1;
    if count > EXTERNAL_IDENTITIES_MAX {
        let words = format!("must be at most {EXTERNAL_IDENTITIES_MAX}, and would be {count}");
        return Err(Error::invalid(format!("external identities of {}", identity.bearer), words));
    }
    draft.put(Row::ExternalIdentity(identity.clone())).await?;
    Ok(true)
}

/// Refuses unless the caller may let somebody act as the user or client: a path of his own covers all it reaches.
fn require_credential(draft: &mut Draft<'_>, bearer: &Subject) -> Result<()> {
    let (caller, now) = (draft.call().caller.subject.clone(), draft.now());
    let before = draft.before().clone();
    let short = draft.snapshot().shortfall_of_credential(Gift { giver: &caller, now }, bearer, &before);
    short.map_or(Ok(()), |short| Err(short.into()))
}
