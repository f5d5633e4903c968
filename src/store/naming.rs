//! Names that are unique, most of them whatever their case: which row has taken one.
//!
//! A folded name may be longer than an index takes, so what is unique, and what finds it, is a digest of the name and
//! of its owner. The name itself is compared as well: a digest alone decides nothing.

use blake3::Hasher;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait};

use super::code;
use super::entity::{assignment, boundary, group, privilege_group, role, scope, traversal_spec, user};
use super::rows;
use super::table::with_table;
use crate::app::port::{RowKind, StoreError};
use crate::domain::id::Id;
use crate::domain::row::{NameSpace, Row};

/// The row that has taken a folded name.
pub(super) async fn taker(
    db: &impl ConnectionTrait,
    space: &NameSpace,
    folded: &str,
) -> Result<Option<Row>, StoreError> {
    let (kind, condition) = named(space, folded);
    let rows = with_table!(kind, T => rows::all::<T>(db, condition).await)?;
    Ok(rows.into_iter().next())
}

/// The kind of rows whose names are unique in a space, and what the one that has taken a folded name meets.
pub(super) fn named(space: &NameSpace, folded: &str) -> (RowKind, Condition) {
    let digest = digest(space, folded);
    match space {
        NameSpace::Usernames => (
            RowKind::User,
            Condition::all().add(user::Column::UsernameDigest.eq(digest)).add(user::Column::UsernameFolded.eq(folded)),
        ),
        NameSpace::GroupNames => (
            RowKind::Group,
            Condition::all().add(group::Column::NameDigest.eq(digest)).add(group::Column::NameFolded.eq(folded)),
        ),
        NameSpace::RoleNames(application, tenant) => {
            let condition = Condition::all()
                .add(role::Column::NameDigest.eq(digest))
                .add(role::Column::Application.eq(application.as_str()))
                .add(role::Column::Tenant.eq(code::of_optional(tenant.as_ref())))
                .add(role::Column::NameFolded.eq(folded));
            (RowKind::Role, condition)
        }
        NameSpace::PrivilegeGroupNames(application, tenant) => {
            let condition = Condition::all()
                .add(privilege_group::Column::NameDigest.eq(digest))
                .add(privilege_group::Column::Application.eq(application.as_str()))
                .add(privilege_group::Column::Tenant.eq(code::of_optional(tenant.as_ref())))
                .add(privilege_group::Column::NameFolded.eq(folded));
            (RowKind::PrivilegeGroup, condition)
        }
        NameSpace::BoundaryNames(application) => {
            let condition = Condition::all()
                .add(boundary::Column::NameDigest.eq(digest))
                .add(boundary::Column::Application.eq(application.as_str()))
                .add(boundary::Column::NameFolded.eq(folded));
            (RowKind::Boundary, condition)
        }
        NameSpace::BoundaryValues(application) => {
            let condition = Condition::all()
                .add(boundary::Column::ValueDigest.eq(digest))
                .add(boundary::Column::Application.eq(application.as_str()))
                .add(boundary::Column::ValueFolded.eq(folded));
            (RowKind::Boundary, condition)
        }
        NameSpace::ScopeNames(application) => {
            let condition = Condition::all()
                .add(scope::Column::NameDigest.eq(digest))
                .add(scope::Column::Application.eq(application.as_str()))
                .add(scope::Column::NameFolded.eq(folded));
            (RowKind::Scope, condition)
        }
        NameSpace::SpecNames(application) => {
            let condition = Condition::all()
                .add(traversal_spec::Column::NameDigest.eq(digest))
                .add(traversal_spec::Column::Application.eq(application.as_str()))
                .add(traversal_spec::Column::FullName.eq(folded));
            (RowKind::TraversalSpec, condition)
        }
        NameSpace::AssignmentIds(application) => {
            let condition = Condition::all()
                .add(assignment::Column::Application.eq(application.as_str()))
                .add(assignment::Column::Name.eq(folded));
            (RowKind::Assignment, condition)
        }
    }
}

/// The digest of a folded name and of what it is unique in.
pub(super) fn digest(space: &NameSpace, folded: &str) -> Vec<u8> {
    match space {
        NameSpace::Usernames | NameSpace::GroupNames => digest_of(&[folded]),
        NameSpace::AssignmentIds(application)
        | NameSpace::BoundaryNames(application)
        | NameSpace::BoundaryValues(application)
        | NameSpace::ScopeNames(application)
        | NameSpace::SpecNames(application) => digest_of(&[application.as_str(), folded]),
        NameSpace::RoleNames(application, tenant) | NameSpace::PrivilegeGroupNames(application, tenant) => {
            digest_of(&[application.as_str(), code::of_optional(tenant.as_ref()), folded])
        }
    }
}

/// What stands in the place of a digest for a thing that has no such name: its own id, which no name's digest is one of.
pub(super) fn digest_of_none(application: &Id, id: &Id) -> Vec<u8> {
    digest_of(&["", application.as_str(), id.as_str()])
}

/// Each part stands behind its length, so that no two lists of parts hash the same bytes.
fn digest_of(parts: &[&str]) -> Vec<u8> {
    let mut hasher = Hasher::new_derive_key("bailiwick store v1: unique name");
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().as_bytes().to_vec()
}
