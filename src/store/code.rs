//! The numbers that stand for enumerations and kinds in columns and in stored messages.
//!
//! They are those of `bailiwick.storage.v1`, and never change their meaning; 0 is never written. Kinds of
//! subjects and of elements are numbered in the order of the domain's own `Ord`, so that a database orders keys as
//! the domain does.

use super::unreadable::Unreadable;
use crate::domain::boundary::{Boundary, BoundaryKind};
use crate::domain::id::{ForeignId, Id, PrivilegeKey, PrivilegePattern, ResourceKind};
use crate::domain::name::{AssignmentName, PrivilegeGroupId, ResourceKey, RoleId, ScopeId, Subject};
use crate::domain::role::{RoleElement, RoleKind, Visibility};
use crate::domain::scope::{InstanceId, SelectionType, Selector};
use crate::domain::tenancy::{Catalogue, TenantType};
use crate::domain::traversal::{Direction, FilterType};

/// An enumeration with a stable number for each value.
pub(super) trait Coded: Copy + PartialEq + 'static {
    /// What it is, for people.
    const WHAT: &'static str;
    /// Each value and its number.
    const CODES: &'static [(Self, i16)];

    /// The number of a value.
    fn code(self) -> i16 {
        Self::CODES.iter().find(|(value, _)| *value == self).map_or(0, |(_, code)| *code)
    }

    /// The value with a number.
    fn from_code(code: impl Into<i64>) -> Result<Self, Unreadable> {
        let code = code.into();
        let found = Self::CODES.iter().find(|(_, known)| i64::from(*known) == code);
        found.map(|(value, _)| *value).ok_or_else(|| Unreadable::unknown(Self::WHAT, code))
    }
}

impl Coded for Catalogue {
    const WHAT: &'static str = "catalogue";
    const CODES: &'static [(Self, i16)] = &[(Self::Strict, 1), (Self::Open, 2)];
}

impl Coded for TenantType {
    const WHAT: &'static str = "tenant type";
    const CODES: &'static [(Self, i16)] = &[(Self::Standard, 1), (Self::Global, 2), (Self::Standalone, 3)];
}

impl Coded for RoleKind {
    const WHAT: &'static str = "role kind";
    const CODES: &'static [(Self, i16)] = &[(Self::Custom, 1), (Self::Predefined, 2)];
}

/// The boundaries that an application can have of its own; the predefined ones are in no table.
impl Coded for BoundaryKind {
    const WHAT: &'static str = "kind of boundary";
    const CODES: &'static [(Self, i16)] =
        &[(Self::TenantInclusionList, 1), (Self::TenantExclusionList, 2), (Self::Custom, 3)];
}

impl Coded for Visibility {
    const WHAT: &'static str = "visibility";
    const CODES: &'static [(Self, i16)] =
        &[(Self::All, 1), (Self::InclusionList, 2), (Self::None, 3), (Self::Owner, 4)];
}

impl Coded for FilterType {
    const WHAT: &'static str = "filter type";
    const CODES: &'static [(Self, i16)] = &[(Self::GenericRelation, 1), (Self::AdapterAssociation, 2)];
}

impl Coded for Direction {
    const WHAT: &'static str = "direction";
    const CODES: &'static [(Self, i16)] = &[(Self::Child, 1), (Self::Parent, 2)];
}

impl Coded for SelectionType {
    const WHAT: &'static str = "type of selection";
    const CODES: &'static [(Self, i16)] = &[(Self::Propagate, 1), (Self::Unpropagate, 2), (Self::Specific, 3)];
}

/// The number of users as subjects.
pub(super) const USER: i16 = 1;
/// The number of groups as subjects.
pub(super) const GROUP: i16 = 3;

/// The number of a subject's kind.
pub(super) fn of_subject(subject: &Subject) -> i16 {
    match subject {
        Subject::User(_) => USER,
        Subject::Client(_) => 2,
        Subject::Group(_) => GROUP,
        Subject::Application(_) => 4,
    }
}

/// The subject of a kind.
pub(super) fn subject(code: i16, id: &str) -> Result<Subject, Unreadable> {
    let id = Id::parse(id)?;
    match code {
        USER => Ok(Subject::User(id)),
        2 => Ok(Subject::Client(id)),
        GROUP => Ok(Subject::Group(id)),
        4 => Ok(Subject::Application(id)),
        _ => Err(Unreadable::unknown("kind of subject", code)),
    }
}

/// The number of an element that is a key.
pub(super) const PRIVILEGE: i16 = 1;
/// The number of an element that is a parent.
pub(super) const PARENT: i16 = 4;
/// The number of an element that is a privilege group.
pub(super) const PRIVILEGE_GROUP: i16 = 6;

/// The number of an element's kind, its tenant (that of a parent or a privilege group, else empty) and its text.
pub(super) fn of_element(element: &RoleElement) -> (i16, &str, &str) {
    match element {
        RoleElement::Privilege(key) => (PRIVILEGE, "", key.as_str()),
        RoleElement::Pattern(pattern) => (2, "", pattern.as_str()),
        RoleElement::Exclusion(pattern) => (3, "", pattern.as_str()),
        RoleElement::Parent { tenant, role } => (PARENT, of_optional(tenant.as_ref()), role.as_str()),
        RoleElement::VisibleTenant(tenant) => (5, "", tenant.as_str()),
        RoleElement::PrivilegeGroup { tenant, group } => {
            (PRIVILEGE_GROUP, of_optional(tenant.as_ref()), group.as_str())
        }
    }
}

/// The element of a kind.
pub(super) fn element(code: i16, tenant: &str, text: &str) -> Result<RoleElement, Unreadable> {
    match code {
        PRIVILEGE => Ok(RoleElement::Privilege(PrivilegeKey::parse(text)?)),
        2 => Ok(RoleElement::Pattern(PrivilegePattern::parse(text)?)),
        3 => Ok(RoleElement::Exclusion(PrivilegePattern::parse(text)?)),
        PARENT => Ok(RoleElement::Parent { tenant: optional(tenant)?, role: Id::parse(text)? }),
        5 => Ok(RoleElement::VisibleTenant(Id::parse(text)?)),
        PRIVILEGE_GROUP => Ok(RoleElement::PrivilegeGroup { tenant: optional(tenant)?, group: Id::parse(text)? }),
        _ => Err(Unreadable::unknown("kind of element", code)),
    }
}

/// An id in a key column, where none is the empty text.
pub(super) fn of_optional(id: Option<&Id>) -> &str {
    id.map_or("", Id::as_str)
}

/// The id in a key column, if one is there.
pub(super) fn optional(text: &str) -> Result<Option<Id>, Unreadable> {
    if text.is_empty() { Ok(None) } else { Ok(Some(Id::parse(text)?)) }
}

/// The role in three key columns.
pub(super) fn role(application: &str, tenant: &str, role: &str) -> Result<RoleId, Unreadable> {
    Ok(RoleId { application: Id::parse(application)?, tenant: optional(tenant)?, role: Id::parse(role)? })
}

/// The privilege group in three key columns.
pub(super) fn privilege_group(application: &str, tenant: &str, group: &str) -> Result<PrivilegeGroupId, Unreadable> {
    Ok(PrivilegeGroupId { application: Id::parse(application)?, tenant: optional(tenant)?, group: Id::parse(group)? })
}

/// The number of a selector's kind, its application and its id in it.
pub(super) fn of_selector(selector: &Selector) -> (i16, &Id, &Id) {
    match selector {
        Selector::Scope(id) => (1, &id.application, &id.scope),
        Selector::Assignment(name) => (2, &name.application, &name.assignment),
    }
}

/// The selector of a kind.
fn selector(code: i16, application: &str, id: &str) -> Result<Selector, Unreadable> {
    let (application, id) = (Id::parse(application)?, Id::parse(id)?);
    match code {
        1 => Ok(Selector::Scope(ScopeId { application, scope: id })),
        2 => Ok(Selector::Assignment(AssignmentName { application, assignment: id })),
        _ => Err(Unreadable::unknown("kind of selector", code)),
    }
}

/// The instance in four key columns.
pub(super) fn instance((kind, application, id): (i16, &str, &str), number: i64) -> Result<InstanceId, Unreadable> {
    Ok(InstanceId { selector: selector(kind, application, id)?, number: number.try_into()? })
}

/// The resource of an application in two key columns.
pub(super) fn resource(kind: &str, id: &str) -> Result<ResourceKey, Unreadable> {
    Ok(ResourceKey { kind: ResourceKind::parse(kind)?, id: ForeignId::parse(id)? })
}

/// The boundary of a role, by its id; none is the empty text.
pub(super) fn of_boundary(boundary: &Boundary) -> &str {
    boundary.id().unwrap_or_default()
}

/// The boundary of a role with an id.
pub(super) fn boundary(text: &str) -> Result<Boundary, Unreadable> {
    if text.is_empty() { Ok(Boundary::Unset) } else { Ok(Boundary::parse(text)?) }
}
