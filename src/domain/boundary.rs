//! Permission boundaries: the rule on a role that says on which targets it may act.

use super::violation::Malformed;

/// The boundary of a role.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
}

/// A boundary kind as a predefined privilege lists it; `Unset` counts as what it resolves to.
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
        }
    }
}

impl Boundary {
    /// What the boundary is for a subject that is, or is not, tenant-level.
    pub fn resolve(self, subject_is_tenant_level: bool) -> BoundaryKind {
        match self {
            Self::SelfOnly => BoundaryKind::SelfOnly,
            Self::Tenant => BoundaryKind::Tenant,
            Self::Unset if subject_is_tenant_level => BoundaryKind::Tenant,
            Self::Application | Self::Unset => BoundaryKind::Application,
        }
    }

    /// Whether all that is within this one is within the other as well, for every subject.
    pub fn is_within(self, other: Self) -> bool {
        match (self, other) {
            (_, Self::Application) | (Self::Tenant, Self::Unset) => true,
            (own, other) => own == other,
        }
    }

    /// The last part of its resource name; `None` when no boundary is set.
    pub fn id(self) -> Option<&'static str> {
        match self {
            Self::Unset => None,
            Self::Application => Some("application"),
            Self::Tenant => Some("tenant"),
            Self::SelfOnly => Some("self"),
        }
    }

    /// The predefined boundary with this id.
    pub fn parse(id: &str) -> Result<Self, Malformed> {
        match id {
            "application" => Ok(Self::Application),
            "tenant" => Ok(Self::Tenant),
            "self" => Ok(Self::SelfOnly),
            _ => Err(Malformed::new("must be one of the predefined boundaries: application, tenant, self")),
        }
    }
}
