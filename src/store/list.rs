//! Pages of lists: keyset positions, never offsets, so that a page is found at once however far it is and what is
//! written in between moves nothing.

use sea_orm::{ColumnTrait, Condition, ConnectionTrait, QueryFilter, Value};

use super::code;
use super::dialect::Dialect;
use super::entity::{
    application, assignment, boundary, client, group, group_member, privilege, privilege_group, resource, role, scope,
    tenant, traversal_spec, user,
};
use super::filter;
use super::health::left_out;
use super::rows::{Position, page, with_keys};
use super::select::{held_by, owned_privilege_groups, owned_role};
use super::table::Table;
use super::unreadable::Unreadable;
use crate::app::port::{Collection, ListQuery, Order, StoreError};
use crate::domain::id::{Id, PrivilegeKey};
use crate::domain::name::Subject;
use crate::domain::row::{Key, Row};

/// The columns of a table by which its lists are ordered.
struct Sorting<C> {
    /// When a thing was made; elements of sets do not know.
    created: Option<C>,
    /// The parts of its name that tell it from the others of its collection.
    name: Vec<C>,
}

/// The order of things that know when they were made.
fn timed<C>(created: C, name: Vec<C>) -> Sorting<C> {
    Sorting { created: Some(created), name }
}

/// A page of a list.
pub(super) async fn list(db: &impl ConnectionTrait, query: &ListQuery) -> Result<Vec<Row>, StoreError> {
    match &query.collection {
        Collection::Applications => {
            let sorting = timed(application::Column::CreatedAt, vec![application::Column::Id]);
            listed::<application::Entity>(db, query, (Condition::all(), sorting)).await
        }
        Collection::Tenants(id) => {
            let live =
                Condition::all().add(tenant::Column::Application.eq(id.as_str())).add(tenant::Column::Live.eq(true));
            let sorting = timed(tenant::Column::CreatedAt, vec![tenant::Column::Tenant]);
            listed::<tenant::Entity>(db, query, (live, sorting)).await
        }
        Collection::Users => {
            let sorting = timed(user::Column::CreatedAt, vec![user::Column::Id]);
            listed::<user::Entity>(db, query, (Condition::all(), sorting)).await
        }
        Collection::Clients => {
            let sorting = timed(client::Column::CreatedAt, vec![client::Column::Id]);
            listed::<client::Entity>(db, query, (Condition::all(), sorting)).await
        }
        Collection::Groups => {
            let sorting = timed(group::Column::CreatedAt, vec![group::Column::Id]);
            listed::<group::Entity>(db, query, (Condition::all(), sorting)).await
        }
        Collection::Members(groups) => {
            let base =
                among(db, group_member::Column::GroupId, groups.iter().map(Id::as_str)).unwrap_or_else(Condition::any);
            let name = vec![group_member::Column::MemberKind, group_member::Column::MemberId];
            listed::<group_member::Entity>(db, query, (base, Sorting { created: None, name })).await
        }
        Collection::RolesOfApplication(_) | Collection::ApplicationRoles(_) | Collection::TenantRoles(..) => {
            let name = vec![role::Column::Tenant, role::Column::Role];
            let is_timed = !matches!(query.collection, Collection::RolesOfApplication(_));
            let sorting = Sorting { created: is_timed.then_some(role::Column::CreatedAt), name };
            listed::<role::Entity>(db, query, (roles(&query.collection), sorting)).await
        }
        Collection::Privileges(id, keys) => {
            let named = among(db, privilege::Column::Privilege, keys.iter().map(PrivilegeKey::as_str));
            let base = Condition::all().add(privilege::Column::Application.eq(id.as_str())).add_option(named);
            let sorting = timed(privilege::Column::CreatedAt, vec![privilege::Column::Privilege]);
            listed::<privilege::Entity>(db, query, (base, sorting)).await
        }
        Collection::PrivilegeGroups(application, owner, ids) => {
            let named = among(db, privilege_group::Column::GroupId, ids.iter().map(Id::as_str));
            let base = owned_privilege_groups(application, owner.as_ref()).add_option(named);
            let name = vec![privilege_group::Column::GroupId];
            let sorting = timed(privilege_group::Column::CreatedAt, name);
            listed::<privilege_group::Entity>(db, query, (base, sorting)).await
        }
        Collection::Boundaries(id) => {
            let sorting = timed(boundary::Column::CreatedAt, vec![boundary::Column::Boundary]);
            owned::<boundary::Entity>(db, query, (boundary::Column::Application, id), sorting).await
        }
        Collection::Assignments(id) => assignments(db, query, id.as_ref(), Condition::all()).await,
        Collection::AssignmentsOf(id, holders) => assignments(db, query, id.as_ref(), any_holder(db, holders)).await,
        Collection::Resources(id) => {
            let name = vec![resource::Column::Kind, resource::Column::Resource];
            let sorting = timed(resource::Column::CreatedAt, name);
            owned::<resource::Entity>(db, query, (resource::Column::Application, id), sorting).await
        }
        Collection::Scopes(id) => {
            let sorting = timed(scope::Column::CreatedAt, vec![scope::Column::Scope]);
            owned::<scope::Entity>(db, query, (scope::Column::Application, id), sorting).await
        }
        Collection::TraversalSpecs(id) => {
            let sorting = timed(traversal_spec::Column::CreatedAt, vec![traversal_spec::Column::Spec]);
            owned::<traversal_spec::Entity>(db, query, (traversal_spec::Column::Application, id), sorting).await
        }
    }
}

/// A page of the things of an application.
async fn owned<T: Table>(
    db: &impl ConnectionTrait,
    query: &ListQuery,
    (application, id): (T::Column, &Id),
    sorting: Sorting<T::Column>,
) -> Result<Vec<Row>, StoreError> {
    listed::<T>(db, query, (Condition::all().add(application.eq(id.as_str())), sorting)).await
}

async fn assignments(
    db: &impl ConnectionTrait,
    query: &ListQuery,
    application: Option<&Id>,
    holders: Condition,
) -> Result<Vec<Row>, StoreError> {
    let of = application.map(|id| assignment::Column::Application.eq(id.as_str()));
    let name = vec![assignment::Column::Application, assignment::Column::Name];
    let sorting = timed(assignment::Column::CreatedAt, name);
    listed::<assignment::Entity>(db, query, (Condition::all().add_option(of).add(holders), sorting)).await
}

/// Held by one of these; there may be thousands of groups among them.
fn any_holder(db: &impl ConnectionTrait, holders: &[Subject]) -> Condition {
    let groups = holders.iter().filter(|holder| matches!(holder, Subject::Group(_)));
    let groups = among(db, assignment::Column::HolderId, groups.map(|group| group.id().as_str()));
    let groups = groups.map(|ids| Condition::all().add(assignment::Column::HolderKind.eq(code::GROUP)).add(ids));
    let others = holders.iter().filter(|holder| !matches!(holder, Subject::Group(_)));
    others.fold(Condition::any().add_option(groups), |any, holder| any.add(held_by(holder)))
}

/// One of these values, if there are any.
fn among<'a>(
    db: &impl ConnectionTrait,
    column: impl ColumnTrait,
    values: impl Iterator<Item = &'a str>,
) -> Option<Condition> {
    let values: Vec<Vec<Value>> = values.map(|value| vec![value.into()]).collect();
    let parts = with_keys(Dialect::of(db), &[column], &values);
    (!parts.is_empty()).then(|| parts.into_iter().fold(Condition::any(), Condition::add))
}

fn roles(collection: &Collection) -> Condition {
    match collection {
        Collection::TenantRoles(tenant, false) => owned_role(tenant),
        Collection::TenantRoles(tenant, true) => Condition::all()
            .add(role::Column::Application.eq(tenant.application.as_str()))
            .add(role::Column::Tenant.is_in(["", tenant.tenant.as_str()])),
        Collection::RolesOfApplication(id) => Condition::all().add(role::Column::Application.eq(id.as_str())),
        Collection::ApplicationRoles(application) => {
            Condition::all().add(role::Column::Application.eq(application.as_str())).add(role::Column::Tenant.eq(""))
        }
        _ => Condition::any(),
    }
}

async fn listed<T: Table>(
    db: &impl ConnectionTrait,
    query: &ListQuery,
    (base, sorting): (Condition, Sorting<T::Column>),
) -> Result<Vec<Row>, StoreError> {
    let mut columns = sorting.name;
    let mut after = None;
    if let Some((made, key)) = &query.after {
        let name = name(key).ok_or_else(|| Unreadable::new("a list goes on after a row of another kind"))?;
        after = Some(match query.order {
            Order::Name => name,
            Order::CreateTime => std::iter::once(made.micros().into()).chain(name).collect(),
        });
    }
    if query.order == Order::CreateTime {
        let unknown = || StoreError::Schema(format!("{:?} has no times", query.collection));
        columns.insert(0, sorting.created.ok_or_else(unknown)?);
    }
    let conditions = filter::conditions(db, &query.collection, &query.conditions)?;
    let select = T::find().filter(base).filter(conditions);
    page::<T>(db, select, Position { columns, after }, (query.limit, &left_out)).await
}

/// The values of the columns that a collection is ordered by when it is ordered by name.
fn name(key: &Key) -> Option<Vec<Value>> {
    Some(match key {
        Key::Application(id) | Key::User(id) | Key::Client(id) | Key::Group(id) => vec![id.as_str().into()],
        Key::Tenant(id) => vec![id.tenant.as_str().into()],
        Key::Privilege(id) => vec![id.key.as_str().into()],
        Key::PrivilegeGroup(id) => vec![id.group.as_str().into()],
        Key::Boundary(id) => vec![id.boundary.as_str().into()],
        Key::Scope(id) => vec![id.scope.as_str().into()],
        Key::TraversalSpec(id) => vec![id.spec.as_str().into()],
        Key::Role(id) => vec![code::of_optional(id.tenant.as_ref()).into(), id.role.as_str().into()],
        Key::Assignment(id) => vec![id.role.application.as_str().into(), id.name_id().as_str().into()],
        Key::GroupMember(_, member) => vec![code::of_subject(member).into(), member.id().as_str().into()],
        Key::Resource(id) => vec![id.kind.as_str().into(), id.id.as_str().into()],
        Key::RoleElement(..)
        | Key::GroupedPrivilege(..)
        | Key::UserTenant(..)
        | Key::BoundaryTenant(..)
        | Key::ResourceParent(..)
        | Key::Instance(_)
        | Key::Selection(..)
        | Key::AssignedResource(..)
        | Key::AssignedPrivilege(..)
        | Key::ExternalIdentity(_) => return None,
    })
}
