//! Permission boundaries: the rule on a role that says on which targets it may act.

use super::id::Id;
use super::name::BoundaryId;
use super::row::Stamp;
use super::violation::Malformed;

/// The boundary of a role.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Boundary {
    /// None set: TENANT for a tenant-level subject, else APPLICATION.
    #[default]
    Unset,
    /// Everything in the role's application.
    Application,
    /// What shares a live tenant with the subject.
    Tenant,
    /// The subject itself.
    SelfOnly,
    /// The one of the role's application with this id.
    Named(Id),
}

/// What a boundary says. A predefined privilege lists those that it accepts; `Unset` counts as what it resolves to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BoundaryKind {
    /// APPLICATION.
    Application,
    /// TENANT.
    Tenant,
    /// SELF.
    SelfOnly,
    /// `TENANT_INCLUSION_LIST`.
    TenantInclusionList,
    /// `TENANT_EXCLUSION_LIST`.
    TenantExclusionList,
    /// CUSTOM: who asks decides.
    Custom,
}

impl BoundaryKind {
    /// Its name in documents and in error details.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Application => "APPLICATION",
            Self::Tenant => "TENANT",
            Self::SelfOnly => "SELF",
            Self::TenantInclusionList => "TENANT_INCLUSION_LIST",
            Self::TenantExclusionList => "TENANT_EXCLUSION_LIST",
            Self::Custom => "CUSTOM",
        }
    }
}

impl Boundary {
    /// Whether all that is within this one is within the other as well, for every subject.
    pub fn is_within(&self, other: &Self) -> bool {
        match (self, other) {
            (_, Self::Application) | (Self::Tenant, Self::Unset) => true,
            (own, other) => own == other,
        }
    }

    /// The last part of its resource name; `None` when no boundary is set.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Unset => None,
            Self::Application => Some("application"),
            Self::Tenant => Some("tenant"),
            Self::SelfOnly => Some("self"),
            Self::Named(id) => Some(id.as_str()),
        }
    }

    /// The boundary with this id: a predefined one, or one that the application may have.
    pub fn parse(id: &str) -> Result<Self, Malformed> {
        PREDEFINED
            .iter()
            .find(|boundary| boundary.id() == Some(id))
            .map_or_else(|| Id::parse(id).map(Self::Named), |boundary| Ok(boundary.clone()))
    }
}

/// The boundaries that every application has, by their ids.
pub const PREDEFINED: [Boundary; 3] = [Boundary::Application, Boundary::SelfOnly, Boundary::Tenant];

/// A boundary that an application has beside the predefined ones, without its tenants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PermissionBoundary {
    /// Its identity.
    pub id: BoundaryId,
    /// Unique in its application whatever its case; immutable.
    pub boundary_name: String,
    /// For people.
    pub display_name: String,
    /// For people.
    pub description: String,
    /// What it says; immutable.
    pub kind: BoundaryKind,
    /// For a custom one: what who asks is told. Unique in the application whatever its case. Else empty.
    pub value: String,
    /// Who made and last changed it, and when.
    pub stamp: Stamp,
}

/// A tenant in the list of a boundary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoundaryTenant {
    /// The boundary.
    pub boundary: BoundaryId,
    /// The tenant, of the boundary's application.
    pub tenant: Id,
    /// The incarnation that was listed. What a list includes is this one; what it excludes is any.
    pub incarnation: u32,
}
