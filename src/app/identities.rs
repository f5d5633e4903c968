//! External identities: how a credential becomes a user or client. To give one an identity is to let whoever holds the
//! credential act as it, and so a grant of all that it reaches.

use super::draft::Draft;
use super::error::{Error, Result};
use crate::domain::directory::{ExternalIdentity, ExternalIdentityId};
use crate::domain::limit::EXTERNAL_IDENTITIES_MAX;
use crate::domain::name::Subject;
use crate::domain::row::{Key, Row};

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
        draft.require_covered(|after, gift, before| after.shortfall_of_credential(gift, bearer, before))?;
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
