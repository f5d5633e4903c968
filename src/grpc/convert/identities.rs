//! External identities of users and clients.

use std::collections::BTreeSet;

use super::at_most;
use crate::app::state::Snapshot;
use crate::domain::directory::ExternalIdentityId;
use crate::domain::id::ForeignId;
use crate::domain::limit::EXTERNAL_IDENTITIES_MAX;
use crate::domain::name::Subject;
use crate::domain::violation::Violations;
use crate::proto::v1;

/// The identities that a request gives to `thing`, the name of the message's field.
pub(super) fn given(
    violations: &mut Violations,
    thing: &str,
    sent: &[v1::ExternalIdentity],
) -> Vec<ExternalIdentityId> {
    let mut identities = BTreeSet::new();
    for (index, identity) in sent.iter().enumerate() {
        let field = format!("{thing}.external_identities[{index}]");
        let issuer = violations.take(format!("{field}.issuer"), ForeignId::parse(&identity.issuer));
        let subject = violations.take(format!("{field}.subject"), ForeignId::parse(&identity.subject));
        identities.extend(issuer.zip(subject).map(|(issuer, subject)| ExternalIdentityId { issuer, subject }));
    }
    at_most(violations, &format!("{thing}.external_identities"), identities.len(), EXTERNAL_IDENTITIES_MAX);
    identities.into_iter().collect()
}

/// The identities that a user or client has in the state.
pub(super) fn shown(snapshot: &Snapshot, bearer: &Subject) -> Vec<v1::ExternalIdentity> {
    let identities = snapshot.external_identities_of(bearer).into_iter();
    let shown = |id: ExternalIdentityId| v1::ExternalIdentity {
        issuer: id.issuer.to_string(),
        subject: id.subject.to_string(),
    };
    identities.map(shown).collect()
}
