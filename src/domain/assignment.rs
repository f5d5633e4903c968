//! Role assignments: a holder, a role, perhaps a tenant, perhaps a time.

use super::id::Id;
use super::name::{AssignmentName, RoleId, Subject, TenantId};
use super::row::Stamp;
use super::scope::ALL_OBJECTS;
use super::time::Time;

/// What makes an assignment unique: no tenant is a value of its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AssignmentId {
    /// Who holds the role.
    pub holder: Subject,
    /// The role.
    pub role: RoleId,
    /// The tenant of the role's application that the assignment is cut to.
    pub tenant: Option<Id>,
}

/// Which resources an assignment reaches, but for its own instances and the resources that it names one by one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ObjectAccess {
    /// Every resource of the application, whatever else is named.
    pub allow_all_objects: bool,
    /// What the scope holds, of the role's application; its own instances and resources then count for nothing.
    pub scope: Option<Id>,
}

impl ObjectAccess {
    /// Every resource.
    pub const ALL: Self = Self { allow_all_objects: true, scope: None };

    /// What its own instances hold, and what it names one by one.
    pub const OWN: Self = Self { allow_all_objects: false, scope: None };

    /// Whether it is every resource, in either of the two ways to say so.
    pub fn is_all(&self) -> bool {
        self.allow_all_objects || self.scope.as_ref().is_some_and(|scope| scope.as_str() == ALL_OBJECTS)
    }
}

/// A role given to a holder. It reaches resources within the role's boundary, its tenant and its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// Its identity.
    pub id: AssignmentId,
    /// Which resources it reaches.
    pub access: ObjectAccess,
    /// Valid from this instant; `None` = always was.
    pub start: Option<Time>,
    /// Valid before this instant; `None` = never ends.
    pub expire: Option<Time>,
    /// Why it was given, for people.
    pub reason: String,
    /// Who made it, and when.
    pub stamp: Stamp,
}

impl AssignmentId {
    /// The tenant it is cut to, if one.
    pub fn tenant_id(&self) -> Option<TenantId> {
        let tenant = self.tenant.clone()?;
        Some(TenantId { application: self.role.application.clone(), tenant })
    }

    /// `applications/{application}/roleAssignments/{role_assignment}`.
    pub fn name(&self) -> AssignmentName {
        AssignmentName { application: self.role.application.clone(), assignment: self.name_id() }
    }

    /// The last part of its resource name: derived from the identity, so that it needs no storage of its own
    /// and is the same in every store that holds the same assignment.
    pub fn name_id(&self) -> Id {
        let mut hash = blake3::Hasher::new_derive_key("bailiwick role assignment name v1");
        let tenant = self.tenant.as_ref().map_or("", Id::as_str);
        for part in [self.holder.to_string(), self.role.to_string(), tenant.to_owned()] {
            hash.update(&(part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        name_from(*hash.finalize().as_bytes())
    }
}

/// 26 letters and digits hold 130 bits: enough that two assignments never share a name.
fn name_from(digest: [u8; 32]) -> Id {
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let text: String = digest
        .iter()
        .take(26)
        .filter_map(|byte| ALPHABET.get(usize::from(byte & 31)))
        .map(|byte| char::from(*byte))
        .collect();
    Id::derived(text)
}

impl Assignment {
    /// Whether it is valid at `now`: from its start, until just before its end.
    pub fn valid_at(&self, now: Time) -> bool {
        self.start.is_none_or(|start| start <= now) && !self.expired_at(now)
    }

    /// Whether it has ended by `now`; an ended record counts as absent.
    pub fn expired_at(&self, now: Time) -> bool {
        self.expire.is_some_and(|expire| expire <= now)
    }
}
