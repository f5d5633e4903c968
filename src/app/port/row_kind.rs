//! The kinds of rows.

use crate::domain::row::{Key, Row};

/// The kinds of rows, in the order in which an export lists them and a state can be built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is the row of the same name")]
pub enum RowKind {
    Application,
    Tenant,
    Privilege,
    PrivilegeGroup,
    GroupedPrivilege,
    Boundary,
    BoundaryTenant,
    Role,
    RoleElement,
    Resource,
    ResourceParent,
    TraversalSpec,
    Scope,
    User,
    UserTenant,
    Client,
    ExternalIdentity,
    Group,
    GroupMember,
    Assignment,
    Instance,
    Selection,
    AssignedResource,
    AssignedPrivilege,
}

impl RowKind {
    /// Every kind, in order.
    pub const ALL: [Self; 24] = [
        Self::Application,
        Self::Tenant,
        Self::Privilege,
        Self::PrivilegeGroup,
        Self::GroupedPrivilege,
        Self::Boundary,
        Self::BoundaryTenant,
        Self::Role,
        Self::RoleElement,
        Self::Resource,
        Self::ResourceParent,
        Self::TraversalSpec,
        Self::Scope,
        Self::User,
        Self::UserTenant,
        Self::Client,
        Self::ExternalIdentity,
        Self::Group,
        Self::GroupMember,
        Self::Assignment,
        Self::Instance,
        Self::Selection,
        Self::AssignedResource,
        Self::AssignedPrivilege,
    ];

    /// The kind of the row that a key identifies.
    pub fn of(key: &Key) -> Self {
        match key {
            Key::Application(_) => Self::Application,
            Key::Tenant(_) => Self::Tenant,
            Key::Privilege(_) => Self::Privilege,
            Key::PrivilegeGroup(_) => Self::PrivilegeGroup,
            Key::GroupedPrivilege(..) => Self::GroupedPrivilege,
            Key::Boundary(_) => Self::Boundary,
            Key::BoundaryTenant(..) => Self::BoundaryTenant,
            Key::Role(_) => Self::Role,
            Key::RoleElement(..) => Self::RoleElement,
            Key::User(_) => Self::User,
            Key::UserTenant(..) => Self::UserTenant,
            Key::Client(_) => Self::Client,
            Key::ExternalIdentity(_) => Self::ExternalIdentity,
            Key::Group(_) => Self::Group,
            Key::GroupMember(..) => Self::GroupMember,
            Key::Assignment(_) => Self::Assignment,
            Key::Resource(_) => Self::Resource,
            Key::ResourceParent(..) => Self::ResourceParent,
            Key::TraversalSpec(_) => Self::TraversalSpec,
            Key::Scope(_) => Self::Scope,
            Key::Instance(_) => Self::Instance,
            Key::Selection(..) => Self::Selection,
            Key::AssignedResource(..) => Self::AssignedResource,
            Key::AssignedPrivilege(..) => Self::AssignedPrivilege,
        }
    }

    /// The kind of a row.
    pub fn of_row(row: &Row) -> Self {
        match row {
            Row::Application(_) => Self::Application,
            Row::Tenant(_) => Self::Tenant,
            Row::Privilege(_) => Self::Privilege,
            Row::PrivilegeGroup(_) => Self::PrivilegeGroup,
            Row::GroupedPrivilege(_) => Self::GroupedPrivilege,
            Row::Boundary(_) => Self::Boundary,
            Row::BoundaryTenant(_) => Self::BoundaryTenant,
            Row::Role(_) => Self::Role,
            Row::RoleElement(_) => Self::RoleElement,
            Row::User(_) => Self::User,
            Row::UserTenant(_) => Self::UserTenant,
            Row::Client(_) => Self::Client,
            Row::ExternalIdentity(_) => Self::ExternalIdentity,
            Row::Group(_) => Self::Group,
            Row::GroupMember(_) => Self::GroupMember,
            Row::Assignment(_) => Self::Assignment,
            Row::Resource(_) => Self::Resource,
            Row::ResourceParent(_) => Self::ResourceParent,
            Row::TraversalSpec(_) => Self::TraversalSpec,
            Row::Scope(_) => Self::Scope,
            Row::Instance(_) => Self::Instance,
            Row::Selection(_) => Self::Selection,
            Row::AssignedResource(_) => Self::AssignedResource,
            Row::AssignedPrivilege(_) => Self::AssignedPrivilege,
        }
    }
}
