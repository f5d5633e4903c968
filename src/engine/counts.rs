//! How much of everything there is.

/// How much of everything the state holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the number of rows of the kind of its name")]
pub struct Counts {
    pub applications: u64,
    pub tenants: u64,
    pub users: u64,
    pub clients: u64,
    pub external_identities: u64,
    pub groups: u64,
    pub group_members: u64,
    pub privileges: u64,
    pub privilege_groups: u64,
    pub grouped_privileges: u64,
    pub resources: u64,
    pub roles: u64,
    pub role_elements: u64,
    pub role_assignments: u64,
    pub permission_boundaries: u64,
    pub boundary_tenants: u64,
    pub resource_parents: u64,
    pub traversal_specs: u64,
    pub scopes: u64,
    pub instances: u64,
    pub selections: u64,
    pub assigned_resources: u64,
    pub assigned_privileges: u64,
    /// Relations, instances, traversal specs and statements of documents that are beyond a limit, and resources above
    /// which more stands than counts: what only rows that were put in from outside can bring. They give nothing.
    pub rows_beyond_limits: u64,
}
