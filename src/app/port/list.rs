//! What a List method asks of a store: which things, under which conditions, in which order, from where on.

use std::collections::BTreeSet;

use crate::domain::id::{Id, PrivilegeKey};
use crate::domain::name::{Subject, TenantId};
use crate::domain::row::Key;
use crate::domain::time::Time;

/// A page of things for a List method.
#[derive(Clone, Debug)]
pub struct ListQuery {
    /// Which things.
    pub collection: Collection,
    /// All must hold.
    pub conditions: Vec<Condition>,
    /// In which order.
    pub order: Order,
    /// The last row of the page before, and when it was made.
    pub after: Option<(Time, Key)>,
    /// Rows at most.
    pub limit: usize,
}

/// The things that a List method lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Collection {
    /// All applications.
    Applications,
    /// The live tenants of an application.
    Tenants(Id),
    /// All users.
    Users,
    /// All clients.
    Clients,
    /// All groups.
    Groups,
    /// The direct members of these groups, a row for each group that one is in; by name only, the kinds in the order of
    /// their codes. A page goes on after a member, whatever its group.
    Members(Vec<Id>),
    /// The roles of an application and of all its tenants, by name only.
    RolesOfApplication(Id),
    /// The roles of an application itself.
    ApplicationRoles(Id),
    /// The roles of a tenant; with `true`, its application's own as well (those come first).
    TenantRoles(TenantId, bool),
    /// The registered privileges of an application, or, unless there are none, of those the ones with these keys.
    Privileges(Id, BTreeSet<PrivilegeKey>),
    /// The privilege groups of an application itself, or of one tenant of it; unless there are none, of those the ones
    /// with these ids.
    PrivilegeGroups(Id, Option<Id>, BTreeSet<Id>),
    /// The boundaries of an application, without the predefined ones.
    Boundaries(Id),
    /// The assignments of roles of one application, or of all.
    Assignments(Option<Id>),
    /// As `Assignments`, of these holders.
    AssignmentsOf(Option<Id>, Vec<Subject>),
    /// The resources of an application, its tenants' included.
    Resources(Id),
    /// The scopes of an application, without the predefined one.
    Scopes(Id),
    /// The traversal specs of an application.
    TraversalSpecs(Id),
}

/// One condition of a filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// What is compared.
    pub field: Field,
    /// True: the field contains the value; false: it equals it.
    pub contains: bool,
    /// With what. Names that are unique whatever their case (`Username`, `GroupName`, `RoleName`, `BoundaryName`,
    /// `ScopeName`) are given folded and compared with the folded name; all else is compared byte for byte.
    pub value: String,
}

impl Condition {
    /// Whether a text fulfils it.
    pub fn holds_of(&self, text: &str) -> bool {
        if self.contains { text.contains(&self.value) } else { text == self.value }
    }
}

/// What a filter can name. Which collection knows which is said in the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// Users, clients: the id.
    Id,
    /// Applications, tenants, clients: the display name.
    DisplayName,
    /// Users: the folded username.
    Username,
    /// Groups, privilege groups: the folded group name.
    GroupName,
    /// Roles: the folded role name.
    RoleName,
    /// Privileges: the key.
    PrivilegeKey,
    /// Users, clients: the id of the application they belong to.
    Application,
    /// Users: resource name of a tenant they are live members of. Clients, roles, assignments, resources: of the
    /// tenant.
    Tenant,
    /// Permission boundaries: the folded name.
    BoundaryName,
    /// Users, clients: `true` or `false`.
    Enabled,
    /// Members of a group: `USER`, `CLIENT` or `GROUP`.
    MemberType,
    /// Assignments: name of the holder.
    Holder,
    /// Assignments: `USER`, `CLIENT`, `GROUP` or `APPLICATION`.
    HolderType,
    /// Assignments: name of the role. Users: of a role that they hold directly.
    Role,
    /// Resources: what they are.
    ResourceKind,
    /// Resources: what the other service calls them.
    ResourceId,
    /// Resources: a direct parent, as `{kind}/{id}`.
    Parent,
    /// Scopes: the folded name.
    ScopeName,
    /// Traversal specs: the name.
    SpecName,
    /// Traversal specs: the adapter of the root kind.
    RootAdapterKind,
    /// Traversal specs: the root kind, without its adapter.
    RootResourceKind,
    /// Assignments: name of the scope.
    Scope,
}

/// The order of a list; ties are broken by name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// By resource name, part by part and byte for byte.
    #[default]
    Name,
    /// By the time they were made.
    CreateTime,
}
