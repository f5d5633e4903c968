//! Every limit of the product, by name. The published table is generated from here, so a number is written once.
//!
//! Limits of transport and deployment are configuration; these are the ones that no deployment can lift.

/// A limit, as it is published.
#[derive(Debug)]
pub struct Limit {
    /// Its name.
    pub name: &'static str,
    /// What is bounded.
    pub meaning: &'static str,
    /// The bound.
    pub value: u64,
}

/// Makes each a constant, and all of them a table.
macro_rules! limits {
    ($(#[doc = $meaning:literal] pub const $name:ident: $kind:ty = $value:expr;)*) => {
        $(#[doc = $meaning] pub const $name: $kind = $value;)*

        /// Every limit, in the order in which they are written here.
        pub static ALL: &[Limit] =
            &[$(Limit { name: stringify!($name), meaning: $meaning, value: $value as u64 }),*];
    };
}

limits! {
/// Characters of an id, at most.
pub const ID_CHARS_MAX: usize = 64;
/// Characters of a privilege key, at most.
pub const PRIVILEGE_KEY_CHARS_MAX: usize = 200;
/// Characters of a resource kind, at most.
pub const KIND_CHARS_MAX: usize = 128;
/// Bytes of what others call their things (a foreign resource's id, an issuer, whom it means), at most.
pub const FOREIGN_ID_BYTES_MAX: usize = 256;
/// Characters of a name that is unique whatever its case (role name, username, group name), at most.
pub const NAME_CHARS_MAX: usize = 256;
/// Characters of a display name, first name, last name or email, at most.
pub const DISPLAY_CHARS_MAX: usize = 256;
/// Characters of a description or of the reason of a write, at most.
pub const DESCRIPTION_CHARS_MAX: usize = 4_096;
/// Characters of a request id or an import id, at most.
pub const REQUEST_ID_CHARS_MAX: usize = 128;

/// Parents of one role, at most.
pub const ROLE_PARENTS_MAX: usize = 16;
/// Steps from a role to its furthest ancestor, at most.
pub const ROLE_DEPTH_MAX: usize = 8;
/// Groups in one chain of membership, at most.
pub const GROUP_DEPTH_MAX: usize = 64;
/// Tenants of one user, at most.
pub const USER_TENANTS_MAX: usize = 64;
/// External identities of one user or client, at most.
pub const EXTERNAL_IDENTITIES_MAX: usize = 64;
/// Tenants in the list of a permission boundary, at most.
pub const BOUNDARY_TENANTS_MAX: usize = 10;
/// Permission boundaries of one application, without the predefined ones, at most.
pub const APPLICATION_BOUNDARIES_MAX: usize = 1_000;
/// Tenants in a role's visibility list, at most.
pub const VISIBLE_TENANTS_MAX: usize = 1_000;
/// Entries of the metadata of one role, at most.
pub const METADATA_ENTRIES_MAX: usize = 64;
/// Characters of a key of metadata, at most.
pub const METADATA_KEY_CHARS_MAX: usize = 64;
/// Characters of a value of metadata, at most.
pub const METADATA_VALUE_CHARS_MAX: usize = 256;
/// Excluded keys and patterns of one role, at most.
pub const ROLE_EXCLUSIONS_MAX: usize = 20_000;
/// Patterns of one role, at most; its exclusions are counted apart.
pub const ROLE_PATTERNS_MAX: usize = 256;
/// Privileges of one role, in one call as well, at most.
pub const ROLE_PRIVILEGES_MAX: usize = 20_000;
/// Privilege groups of one role, at most.
pub const ROLE_PRIVILEGE_GROUPS_MAX: usize = 64;
/// Privileges of one privilege group, at most.
pub const PRIVILEGE_GROUP_PRIVILEGES_MAX: usize = 20_000;
/// Privilege groups of one application, its tenants' included, at most.
pub const APPLICATION_PRIVILEGE_GROUPS_MAX: usize = 20_000;
/// Registered keys of one application, at most.
pub const APPLICATION_KEYS_MAX: usize = 65_536;
/// Roles of one application, its tenants' included, at most.
pub const APPLICATION_ROLES_MAX: usize = 20_000;
/// Members of one group, at most.
pub const GROUP_MEMBERS_MAX: u64 = 2_000_000;
/// Groups of one subject, direct and inherited, at most.
pub const SUBJECT_GROUPS_MAX: usize = 10_000;

/// Parents of one resource, at most.
pub const RESOURCE_PARENTS_MAX: usize = 16;
/// Steps from a resource to its furthest ancestor, at most.
pub const RESOURCE_DEPTH_MAX: usize = 64;
/// Ancestors of one resource, at most.
pub const RESOURCE_ANCESTORS_MAX: usize = 4_096;
/// Resources that a walk with steps to parents looks at for one check, at most.
pub const RESOURCE_WALK_MAX: usize = 4_096;
/// Paths of one traversal spec, at most.
pub const SPEC_PATHS_MAX: usize = 16;
/// Steps of one path of a traversal spec, at most.
pub const SPEC_STEPS_MAX: usize = 32;
/// Traversal specs of one application, at most.
pub const APPLICATION_SPECS_MAX: usize = 1_000;
/// Scopes of one application, without the predefined one, at most.
pub const APPLICATION_SCOPES_MAX: usize = 50_000;
/// Instances of one scope, or of one assignment, at most.
pub const INSTANCES_MAX: usize = 64;
/// Ids in one instance, at most; resources that an assignment names one by one have no limit.
pub const INSTANCE_IDS_MAX: usize = 1_000;
/// Adapter kinds that one instance includes, at most.
pub const INSTANCE_ADAPTER_KINDS_MAX: usize = 64;
/// Statements of a policy document, at most.
pub const DOCUMENT_STATEMENTS_MAX: usize = 64;
/// Bytes of the actions and scopes of a policy document together, at most.
pub const DOCUMENT_BYTES_MAX: usize = 1_024 * 1_024;
/// Characters of the version of a policy document, at most.
pub const DOCUMENT_VERSION_CHARS_MAX: usize = 64;
/// Actions of one statement, at most.
pub const STATEMENT_ACTIONS_MAX: usize = 256;
/// Scopes of one statement, at most.
pub const STATEMENT_SCOPES_MAX: usize = 256;
/// Groups that a trusted caller sends with a check, at most.
pub const SENT_GROUPS_MAX: usize = 256;
/// Parents that a trusted caller sends with a check, at most.
pub const SENT_PARENTS_MAX: usize = 16;

/// Ids in one call, at most.
pub const CALL_IDS_MAX: usize = 1_000;
/// Checks in one batch, at most.
pub const BATCH_CHECKS_MAX: usize = 1_000;
/// Checks of one stream that wait for other state than is at hand, at most; then no more are read.
pub const STREAM_WAITING_MAX: usize = 64;
/// Items on a page when the caller names no size.
pub const PAGE_SIZE_DEFAULT: usize = 50;
/// Items on a page, at most; a larger request is cut to it.
pub const PAGE_SIZE_MAX: usize = 1_000;
/// Items on a page of complete roles, at most.
pub const FULL_ROLES_PAGE_MAX: usize = 10;
/// Items on a page of privileges with their documents, at most.
pub const FULL_PRIVILEGES_PAGE_MAX: usize = 10;
/// Items on a page of complete privilege groups, at most.
pub const FULL_PRIVILEGE_GROUPS_PAGE_MAX: usize = 10;
/// Items on a page of complete scopes, at most.
pub const FULL_SCOPES_PAGE_MAX: usize = 10;
/// Roles that are looked at for a page of those that could be given, at most.
pub const ASSIGNABLE_ROLES_PAGE_MAX: usize = 100;
/// Resources that an assignment names one by one and that are shown with it, at most.
pub const NAMED_RESOURCES_SHOWN_MAX: usize = 100;
/// Assignments of a page that is shown with their instances, at most.
pub const FULL_ASSIGNMENTS_PAGE_MAX: usize = 10;
/// Assignments in one answer about many subjects, at most.
pub const ASSIGNED_ROLES_MAX: usize = 5_000;
/// Names of subjects, privileges, tenants and resources by which an access difference is told, at most.
pub const ACCESS_DIFFERENCE_NAMES_MAX: usize = 20_000;
/// Characters of a filter, at most.
pub const FILTER_CHARS_MAX: usize = 2_048;

/// Lines of an import that make one revision.
pub const IMPORT_BATCH_LINES: usize = 5_000;
/// Bytes of an import's lines after which a batch ends early, so that a batch fits into memory.
pub const IMPORT_BATCH_BYTES: usize = 16 * 1_024 * 1_024;
/// Bytes of an atomic import, at most.
pub const IMPORT_ATOMIC_BYTES_MAX: usize = 256 * 1_024 * 1_024;
/// Lines of an atomic import, at most.
pub const IMPORT_ATOMIC_LINES_MAX: usize = 100_000;
/// Resources of an import that is only validated, at most.
pub const IMPORT_ATOMIC_RESOURCES_MAX: u64 = 100_000;
/// Bytes of one import line, at most.
pub const IMPORT_LINE_BYTES_MAX: usize = 16 * 1_024 * 1_024;
/// Revisions that are taken back to answer about a past one, at most.
pub const REBUILD_REVISIONS_MAX: u64 = 100_000;
/// Changes that are taken back to answer about a past revision, at most.
pub const REBUILD_CHANGES_MAX: u64 = 200_000;
/// How long the answer to a request id is kept, in hours.
pub const REQUEST_ID_HOURS: i64 = 24;
}
