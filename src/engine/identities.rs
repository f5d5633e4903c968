//! Which user or client a credential means: the identities that issuers of credentials know them by.

use super::snapshot::{Snapshot, TOP};
use crate::domain::directory::{ExternalIdentity, ExternalIdentityId};
use crate::domain::id::ForeignId;
use crate::domain::name::Subject;

impl Snapshot {
    pub(super) fn change_external_identity(&mut self, row: &ExternalIdentity, present: bool) {
        let issuer = self.issuers.intern(TOP, row.id.issuer.as_str());
        let identity = self.identities.intern(issuer, row.id.subject.as_str());
        let bearer = present.then(|| self.intern_subject(&row.bearer));
        let old = std::mem::replace(self.bearers.get_mut(identity), bearer);
        if let Some(old) = old {
            self.identities_of.remove(old, &identity);
        }
        if let Some(bearer) = bearer {
            self.identities_of.insert(bearer, identity);
        }
    }

    /// The user or client that has the identity.
    pub fn bearer_of(&self, identity: &ExternalIdentityId) -> Option<Subject> {
        let issuer = self.issuers.find(TOP, identity.issuer.as_str())?;
        let bearer = self.bearers.get(self.identities.find(issuer, identity.subject.as_str())?).copied().flatten()?;
        // Groups and applications present no credentials.
        self.subject_named(bearer).filter(|bearer| matches!(bearer, Subject::User(_) | Subject::Client(_)))
    }

    /// The identities of a user or client, ordered.
    pub fn external_identities_of(&self, bearer: &Subject) -> Vec<ExternalIdentityId> {
        let Some(bearer) = self.subject_id(bearer) else { return Vec::new() };
        let identity = |id: &u32| {
            let issuer = self.issuers.text(self.identities.scope(*id)?);
            let subject = self.identities.text(*id);
            Some(ExternalIdentityId {
                issuer: ForeignId::parse(issuer).ok()?,
                subject: ForeignId::parse(subject).ok()?,
            })
        };
        let mut identities: Vec<_> = self.identities_of.get(bearer).iter().filter_map(identity).collect();
        identities.sort_unstable();
        identities
    }
}
