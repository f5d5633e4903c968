//! The import and export format: JSON lines, version 1. One thing or relation a line, references by id.
//!
//! The first line says the version. Every other line is an object with one key, which says what it is. What
//! narrows a thing (boundary, tenants, exclusions, times) stands on the line of the thing itself, so that no
//! beginning of a file grants what the whole does not. Unknown fields are refused.

use serde::{Deserialize, Serialize};

use super::error::{Error, Result};
use crate::domain::metadata::Metadata;

/// The version that is read and written.
pub const VERSION: u32 = 1;

/// A line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// The first line.
    BailiwickPolicy(HeaderLine),
    /// An application.
    Application(ApplicationLine),
    /// A tenant.
    Tenant(TenantLine),
    /// A registered privilege.
    Privilege(PrivilegeLine),
    /// A privilege group with what narrows it.
    PrivilegeGroup(PrivilegeGroupLine),
    /// A key in a privilege group.
    GroupedPrivilege(GroupedPrivilegeLine),
    /// A permission boundary with its tenants.
    PermissionBoundary(PermissionBoundaryLine),
    /// A role with what narrows it, and its patterns.
    Role(RoleLine),
    /// A key that a role gives.
    RolePrivilege(RolePrivilegeLine),
    /// A role whose privileges a role gives.
    RoleParent(RoleParentLine),
    /// A privilege group that a role refers to.
    RolePrivilegeGroup(RolePrivilegeGroupLine),
    /// A user with its tenants.
    User(UserLine),
    /// A client.
    Client(ClientLine),
    /// An external identity of a user or client.
    ExternalIdentity(ExternalIdentityLine),
    /// A group.
    Group(GroupLine),
    /// A member of a group.
    GroupMember(GroupMemberLine),
    /// A role assignment with its tenant and times.
    RoleAssignment(RoleAssignmentLine),
    /// A resource with its tenant.
    Resource(ResourceLine),
    /// A parent of a resource.
    ResourceParent(ResourceParentLine),
    /// A traversal spec with its paths.
    TraversalSpec(TraversalSpecLine),
    /// A scope, without its instances.
    Scope(ScopeLine),
    /// An instance of a scope or of a role assignment, with all that it selects.
    Instance(InstanceLine),
    /// A resource that a role assignment names.
    AssignedResource(AssignedResourceLine),
    /// A privilege that is assigned to a user itself.
    AssignedPrivilege(AssignedPrivilegeLine),
}

macro_rules! lines {
    ($($(#[$doc:meta])* $name:ident { $($field:ident : $type:ty $(= $default:expr)?),* $(,)? })*) => {
        $($(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        #[expect(missing_docs, reason = "the fields are those of the thing of the same name in the contract")]
        pub struct $name {
            $(
                $(#[serde(default = $default, skip_serializing_if = "is_default")])?
                pub $field: $type
            ),*
        })*
    };
}

/// Whether a field need not be written.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

fn default<T: Default>() -> T {
    T::default()
}

mod documents;
mod objects;

pub use self::documents::{AssignedPrivilegeLine, DocumentLine, StatementLine};
pub use self::objects::{
    AssignedResourceLine, InstanceLine, ResourceParentLine, ScopeLine, StepLine, TraversalSpecLine,
};

/// The header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeaderLine {
    /// 1.
    pub version: u32,
}

lines! {
    /// `{"application": …}`
    ApplicationLine {
        id: String,
        display_name: String = "default",
        catalogue: CatalogueWord = "default",
    }

    /// `{"tenant": …}`; `deleted`: a tombstone, which only excludes.
    TenantLine {
        application: String,
        id: String,
        display_name: String = "default",
        r#type: TenantTypeWord = "default",
        deleted: bool = "default",
    }

    /// `{"privilege": …}`; `document`: what a policy document says.
    PrivilegeLine {
        application: String,
        key: String,
        display_name: String = "default",
        description: String = "default",
        object_scoped: Yes = "default",
        tenant_visibility: PrivilegeVisibilityWord = "default",
        document: Option<DocumentLine> = "default",
    }

    /// `{"privilege_group": …}`; `tenant`: the owner, if a tenant owns it.
    PrivilegeGroupLine {
        application: String,
        tenant: Option<String> = "default",
        id: String,
        group_name: String,
        display_name: String = "default",
        description: String = "default",
        tenant_visibility: PrivilegeVisibilityWord = "default",
    }

    /// `{"grouped_privilege": …}`; `tenant`: the owner of the group, if a tenant owns it.
    GroupedPrivilegeLine {
        application: String,
        tenant: Option<String> = "default",
        group: String,
        privilege: String,
    }

    /// `{"permission_boundary": …}`; `value`: of a custom one. `former_tenants` exist no more.
    PermissionBoundaryLine {
        application: String,
        id: String,
        boundary_name: String,
        display_name: String = "default",
        description: String = "default",
        kind: BoundaryWord,
        tenants: Vec<String> = "default",
        former_tenants: Vec<String> = "default",
        value: String = "default",
    }

    /// `{"role": …}`; `tenant`: the owner, if a tenant owns it. `former_visible_tenants` exist no more.
    RoleLine {
        application: String,
        tenant: Option<String> = "default",
        id: String,
        role_name: String,
        display_name: String = "default",
        description: String = "default",
        metadata: Metadata = "default",
        privilege_patterns: Vec<String> = "default",
        excluded_privileges: Vec<String> = "default",
        permission_boundary: Option<String> = "default",
        tenant_visibility: VisibilityWord = "default",
        visible_tenants: Vec<String> = "default",
        former_visible_tenants: Vec<String> = "default",
    }

    /// `{"role_privilege": …}`
    RolePrivilegeLine {
        application: String,
        tenant: Option<String> = "default",
        role: String,
        privilege: String,
    }

    /// `{"role_parent": …}`
    RoleParentLine {
        application: String,
        tenant: Option<String> = "default",
        role: String,
        parent: String,
        parent_tenant: Option<String> = "default",
    }

    /// `{"role_privilege_group": …}`; `group_tenant`: the owner of the group, if a tenant owns it.
    RolePrivilegeGroupLine {
        application: String,
        tenant: Option<String> = "default",
        role: String,
        group: String,
        group_tenant: Option<String> = "default",
    }

    /// `{"user": …}`; tenants as `application/tenant`. `former_tenants` exist no more.
    UserLine {
        id: String,
        username: String,
        display_name: String = "default",
        first_name: String = "default",
        last_name: String = "default",
        email: String = "default",
        enabled: Yes = "default",
        application: Option<String> = "default",
        tenants: Vec<String> = "default",
        former_tenants: Vec<String> = "default",
        tenant_level: bool = "default",
    }

    /// `{"client": …}`; `tenant`: the owner, if a tenant owns it.
    ClientLine {
        id: String,
        application: String,
        tenant: Option<String> = "default",
        display_name: String = "default",
        enabled: Yes = "default",
    }

    /// `{"external_identity": …}`; `bearer`: `users/…` or `clients/…`.
    ExternalIdentityLine {
        bearer: String,
        issuer: String,
        subject: String,
    }

    /// `{"group": …}`
    GroupLine {
        id: String,
        group_name: String,
        display_name: String = "default",
        description: String = "default",
    }

    /// `{"group_member": …}`; `member`: `users/…`, `clients/…` or `groups/…`.
    GroupMemberLine {
        group: String,
        member: String,
    }

    /// `{"role_assignment": …}`; `tenant`: the tenant it is cut to; times in RFC 3339. Without `allow_all_objects` it
    /// reaches what its scope holds, or else what its instances and assigned resources say.
    RoleAssignmentLine {
        holder: String,
        application: String,
        role: String,
        role_tenant: Option<String> = "default",
        tenant: Option<String> = "default",
        allow_all_objects: Yes = "default",
        scope: Option<String> = "default",
        start_time: Option<String> = "default",
        expire_time: Option<String> = "default",
        reason: String = "default",
    }

    /// `{"resource": …}`; `tenant`: where it lives. `tenant_level`: it lives in none any more; who has a tenant is so
    /// anyway.
    ResourceLine {
        application: String,
        kind: String,
        id: String,
        tenant: Option<String> = "default",
        tenant_level: bool = "default",
    }
}

/// A flag that is true when it is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Yes(pub bool);

impl Default for Yes {
    fn default() -> Self {
        Self(true)
    }
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $first:ident $(, $rest:ident)* })*) => {
        $($(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        #[expect(missing_docs, reason = "the words are those of the contract")]
        pub enum $name {
            #[default]
            $first,
            $($rest),*
        })*
    };
}

words! {
    /// Which keys an application's roles may name.
    CatalogueWord { Strict, Open }
    /// What a tenant is to its application.
    TenantTypeWord { Standard, Global, Standalone }
    /// Whether tenants' roles give a privilege, or what is in a privilege group.
    PrivilegeVisibilityWord { All, None }
    /// What a permission boundary says.
    BoundaryWord { TenantInclusionList, TenantExclusionList, Custom }
    /// Who may hold a role.
    VisibilityWord { All, TenantInclusionList, None, Owner }
    /// How a traversal spec selects.
    FilterWord { GenericRelation, AdapterAssociation }
    /// Which way a step goes.
    DirectionWord { Child, Parent }
    /// What a statement does; none denies.
    EffectWord { Allow }
}

impl Line {
    /// Reads a line; an error names the field.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let mut json = serde_json::Deserializer::from_slice(bytes);
        let line = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let path = error.path().to_string();
            Error::invalid(if path == "." { "line".to_owned() } else { path }, error.into_inner().to_string())
        })?;
        json.end().map_err(|error| Error::invalid("line", error.to_string()))?;
        Ok(line)
    }

    /// Writes the line, with its line break.
    pub fn write(&self, out: &mut Vec<u8>) -> Result<()> {
        serde_json::to_writer(&mut *out, self).map_err(|_| Error::Internal)?;
        out.push(b'\n');
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_with_all_defaults_is_short_and_reads_back() {
        let text = br#"{"user":{"id":"u","username":"u"}}"#;
        let line = Line::parse(text);
        let mut out = Vec::new();
        assert!(matches!(line, Ok(ref line) if line.write(&mut out).is_ok()));
        assert_eq!(out, [&text[..], b"\n"].concat());
    }

    #[test]
    fn an_error_names_the_field() {
        for (text, field) in [
            (r#"{"user":{"id":"u","username":7}}"#, "user.username"),
            (r#"{"user":{"id":"u","username":"u","x":1}}"#, "user.x"),
            (
                r#"{"role":{"application":"a","id":"r","role_name":"r","tenant_visibility":"SOME"}}"#,
                "role.tenant_visibility",
            ),
        ] {
            match Line::parse(text.as_bytes()) {
                Err(Error::Invalid(violations)) => assert_eq!(violations[0].field, field, "{text}"),
                other => panic!("{other:?}"),
            }
        }
        for bad in ["", "[]", "{}", r#"{"user":{"id":"u","username":"u"}} x"#, r#"{"nothing":{}}"#] {
            assert!(Line::parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
