//! The conditions of a filter, as SQL.
//!
//! A value is only ever a parameter, and matched literally. Equality with a name is equality of its parts, so that
//! an index finds it; a text that is no name at all equals nothing.

use sea_orm::sea_query::{Expr, ExprTrait, Func, Query};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait};

use super::code;
use super::dialect::Dialect;
use super::entity::{
    application, assignment, boundary, client, group, group_member, privilege, privilege_group, resource,
    resource_parent, role, scope, tenant, traversal_spec, user, user_tenant,
};
use super::naming;
use super::select::{children_of, cut_to, held_by, living_in, of_role, owned_client, owned_role, within};
use crate::app::port::{self, Collection, Field, StoreError};
use crate::domain::id::Id;
use crate::domain::name::{ResourceKey, RoleId, ScopeId, Subject, TenantId};
use crate::domain::row::NameSpace;

/// All of the conditions; `Schema` for a field that the collection does not have.
pub(super) fn conditions(
    db: &impl ConnectionTrait,
    collection: &Collection,
    conditions: &[port::Condition],
) -> Result<Condition, StoreError> {
    let filter = Filter { dialect: Dialect::of(db) };
    conditions.iter().try_fold(Condition::all(), |all, condition| {
        let one = match collection {
            Collection::Applications => filter.application(condition),
            Collection::Tenants(_) => filter.tenant(condition),
            Collection::Users => filter.user(condition),
            Collection::Clients => filter.client(condition),
            Collection::Groups => filter.group(condition),
            Collection::ApplicationRoles(_) | Collection::TenantRoles(..) => filter.role(collection, condition),
            Collection::RolesOfApplication(_) => None,
            Collection::Members(_) => member(condition),
            Collection::Privileges(..) => filter.privilege(condition),
            Collection::PrivilegeGroups(..) => filter.privilege_group(collection, condition),
            Collection::Boundaries(id) => filter.boundary(id, condition),
            Collection::Assignments(_) | Collection::AssignmentsOf(..) => filter.assignment(condition),
            Collection::Resources(id) => filter.resource(id, condition),
            Collection::Scopes(id) => filter.scope(id, condition),
            Collection::TraversalSpecs(_) => filter.traversal_spec(condition),
        };
        let unknown = || StoreError::Schema(format!("{collection:?} cannot be filtered by {:?}", condition.field));
        Ok(all.add(one.ok_or_else(unknown)?))
    })
}

#[derive(Clone, Copy)]
struct Filter {
    dialect: Dialect,
}

impl Filter {
    fn application(self, condition: &port::Condition) -> Option<Condition> {
        match condition.field {
            Field::DisplayName => Some(self.text(application::Column::DisplayName, condition)),
            _ => None,
        }
    }

    fn tenant(self, condition: &port::Condition) -> Option<Condition> {
        match condition.field {
            Field::DisplayName => Some(self.text(tenant::Column::DisplayName, condition)),
            _ => None,
        }
    }

    fn user(self, condition: &port::Condition) -> Option<Condition> {
        match condition.field {
            Field::DisplayName => Some(self.text(user::Column::DisplayName, condition)),
            Field::Id => Some(self.text(user::Column::Id, condition)),
            Field::Username => Some(self.name(user::Column::UsernameFolded, &[NameSpace::Usernames], condition)),
            Field::Application => Some(self.text(user::Column::Application, condition)),
            Field::Tenant => Some(self.of_tenant(condition)),
            Field::Enabled => Some(flag(user::Column::Enabled, condition)),
            Field::Role => Some(self.holder(condition)),
            _ => None,
        }
    }

    fn client(self, condition: &port::Condition) -> Option<Condition> {
        let (application, tenant) = (client::Column::Application, client::Column::Tenant);
        match condition.field {
            Field::Id => Some(self.text(client::Column::Id, condition)),
            Field::DisplayName => Some(self.text(client::Column::DisplayName, condition)),
            Field::Application => Some(self.text(application, condition)),
            Field::Tenant => Some(match TenantId::parse(&condition.value) {
                Ok(id) if !condition.contains => owned_client(&id),
                _ => self.compared(optional_tenant_name(application, tenant), condition),
            }),
            Field::Enabled => Some(flag(client::Column::Enabled, condition)),
            _ => None,
        }
    }

    fn group(self, condition: &port::Condition) -> Option<Condition> {
        match condition.field {
            Field::DisplayName => Some(self.text(group::Column::DisplayName, condition)),
            Field::GroupName => Some(self.name(group::Column::NameFolded, &[NameSpace::GroupNames], condition)),
            _ => None,
        }
    }

    fn role(self, collection: &Collection, condition: &port::Condition) -> Option<Condition> {
        let (application, tenant) = (role::Column::Application, role::Column::Tenant);
        match condition.field {
            Field::DisplayName => Some(self.text(role::Column::DisplayName, condition)),
            Field::RoleName => Some(self.name(role::Column::NameFolded, &owners(collection), condition)),
            Field::Tenant => Some(match TenantId::parse(&condition.value) {
                Ok(id) if !condition.contains => owned_role(&id),
                _ => self.compared(optional_tenant_name(application, tenant), condition),
            }),
            _ => None,
        }
    }

    fn privilege(self, condition: &port::Condition) -> Option<Condition> {
        match condition.field {
            Field::DisplayName => Some(self.text(privilege::Column::DisplayName, condition)),
            Field::PrivilegeKey => Some(self.text(privilege::Column::Privilege, condition)),
            _ => None,
        }
    }

    fn boundary(self, application: &Id, condition: &port::Condition) -> Option<Condition> {
        let names = [NameSpace::BoundaryNames(application.clone())];
        match condition.field {
            Field::DisplayName => Some(self.text(boundary::Column::DisplayName, condition)),
            Field::BoundaryName => Some(self.name(boundary::Column::NameFolded, &names, condition)),
            _ => None,
        }
    }

    fn privilege_group(self, collection: &Collection, condition: &port::Condition) -> Option<Condition> {
        let Collection::PrivilegeGroups(application, tenant, _) = collection else { return None };
        let names = [NameSpace::PrivilegeGroupNames(application.clone(), tenant.clone())];
        match condition.field {
            Field::DisplayName => Some(self.text(privilege_group::Column::DisplayName, condition)),
            Field::GroupName => Some(self.name(privilege_group::Column::NameFolded, &names, condition)),
            _ => None,
        }
    }

    fn assignment(self, condition: &port::Condition) -> Option<Condition> {
        let (application, tenant) = (assignment::Column::Application, assignment::Column::Tenant);
        let exact = !condition.contains;
        match condition.field {
            Field::Holder => Some(match Subject::parse(&condition.value) {
                Ok(holder) if exact => held_by(&holder),
                _ => self.compared(holder_name(), condition),
            }),
            Field::HolderType => Some(subject_type(assignment::Column::HolderKind, condition)),
            Field::Role => Some(match RoleId::parse(&condition.value) {
                Ok(role) if exact => of_role(&role),
                _ => self.compared(role_name(), condition),
            }),
            Field::Scope => Some(match ScopeId::parse(&condition.value) {
                Ok(scope) if exact => within(&scope),
                _ => self.compared(optional_scope_name(), condition),
            }),
            Field::Tenant => Some(match TenantId::parse(&condition.value) {
                Ok(id) if exact => cut_to(&id),
                _ => self.compared(optional_tenant_name(application, tenant), condition),
            }),
            _ => None,
        }
    }

    fn resource(self, id: &Id, condition: &port::Condition) -> Option<Condition> {
        let (application, tenant) = (resource::Column::Application, resource::Column::Tenant);
        match condition.field {
            // Kinds are ASCII, and not every database compares such a column with other text.
            Field::ResourceKind if !condition.value.is_ascii() => Some(nothing()),
            Field::ResourceKind => Some(self.text(resource::Column::Kind, condition)),
            Field::ResourceId => Some(self.text(resource::Column::Resource, condition)),
            Field::Parent => Some(self.child(id, condition)),
            Field::Tenant => Some(match TenantId::parse(&condition.value) {
                Ok(id) if !condition.contains => living_in(&id),
                _ => self.compared(optional_tenant_name(application, tenant), condition),
            }),
            _ => None,
        }
    }

    fn scope(self, application: &Id, condition: &port::Condition) -> Option<Condition> {
        let names = [NameSpace::ScopeNames(application.clone())];
        match condition.field {
            Field::ScopeName => Some(self.name(scope::Column::NameFolded, &names, condition)),
            _ => None,
        }
    }

    fn traversal_spec(self, condition: &port::Condition) -> Option<Condition> {
        match condition.field {
            Field::SpecName => Some(self.text(traversal_spec::Column::SpecName, condition)),
            Field::RootAdapterKind => Some(self.text(traversal_spec::Column::RootAdapterKind, condition)),
            Field::RootResourceKind => Some(self.text(traversal_spec::Column::RootResourceKind, condition)),
            _ => None,
        }
    }

    fn text(self, column: impl ColumnTrait, condition: &port::Condition) -> Condition {
        self.compared(Expr::col(column.as_column_ref()), condition)
    }

    /// A folded name: equal, it is found by its digest in each of the spaces in which it may be.
    fn name(self, folded: impl ColumnTrait, spaces: &[NameSpace], condition: &port::Condition) -> Condition {
        if condition.contains {
            return self.text(folded, condition);
        }
        let named = spaces.iter().map(|space| naming::named(space, &condition.value).1);
        named.fold(Condition::any(), Condition::add)
    }

    fn compared(self, text: Expr, condition: &port::Condition) -> Condition {
        let value = condition.value.as_str();
        Condition::all().add(match condition.contains {
            // Databases do not agree on where the empty text is found.
            true if value.is_empty() => Expr::val(1).eq(1),
            true => self.dialect.contains(text, value),
            false => text.eq(value),
        })
    }

    /// The resources that have a parent.
    fn child(self, application: &Id, condition: &port::Condition) -> Condition {
        let related = match ResourceKey::parse(&condition.value) {
            Ok(parent) if !condition.contains => children_of(&parent.of(application)),
            _ => self
                .compared(parent_key(), condition)
                .add(resource_parent::Column::Application.eq(application.as_str())),
        };
        let mut children = Query::select();
        children
            .column(resource_parent::Column::Kind.as_column_ref())
            .column(resource_parent::Column::Resource.as_column_ref())
            .from(resource_parent::Entity)
            .cond_where(related);
        let key = Expr::tuple([column(resource::Column::Kind), column(resource::Column::Resource)]);
        Condition::all().add(key.in_subquery(children))
    }

    /// The users that hold a role directly.
    fn holder(self, condition: &port::Condition) -> Condition {
        let held = match RoleId::parse(&condition.value) {
            Ok(role) if !condition.contains => of_role(&role),
            _ => self.compared(role_name(), condition),
        };
        let mut holders = Query::select();
        holders
            .column(assignment::Column::HolderId.as_column_ref())
            .from(assignment::Entity)
            .and_where(assignment::Column::HolderKind.eq(code::USER))
            .cond_where(held);
        Condition::all().add(user::Column::Id.in_subquery(holders))
    }

    /// The users that are live members of a tenant: of its present incarnation.
    fn of_tenant(self, condition: &port::Condition) -> Condition {
        let application = user_tenant::Column::Application;
        let within = match TenantId::parse(&condition.value) {
            Ok(id) if !condition.contains => Condition::all()
                .add(application.eq(id.application.as_str()))
                .add(user_tenant::Column::Tenant.eq(id.tenant.as_str())),
            _ => self.compared(tenant_name(application, user_tenant::Column::Tenant), condition),
        };
        let same = |mine: user_tenant::Column, theirs: tenant::Column| {
            Expr::col(mine.as_column_ref()).equals(theirs.as_column_ref())
        };
        let mut members = Query::select();
        members
            .column(user_tenant::Column::UserId.as_column_ref())
            .from(user_tenant::Entity)
            .from(tenant::Entity)
            .and_where(same(application, tenant::Column::Application))
            .and_where(same(user_tenant::Column::Tenant, tenant::Column::Tenant))
            .and_where(same(user_tenant::Column::Incarnation, tenant::Column::Incarnation))
            .and_where(tenant::Column::Live.eq(true))
            .cond_where(within);
        Condition::all().add(user::Column::Id.in_subquery(members))
    }
}

fn member(condition: &port::Condition) -> Option<Condition> {
    match condition.field {
        Field::MemberType => Some(subject_type(group_member::Column::MemberKind, condition)),
        _ => None,
    }
}

/// The type of a subject, as the contract spells it: which of the words match is found out here.
fn subject_type(column: impl ColumnTrait, condition: &port::Condition) -> Condition {
    let codes = (1_i16..).zip(["USER", "CLIENT", "GROUP", "APPLICATION"]).filter(|(_, word)| {
        if condition.contains { word.contains(&condition.value) } else { *word == condition.value }
    });
    codes.fold(nothing(), |any, (code, _)| any.add(column.eq(code)))
}

/// Where the names of the roles of a collection are unique.
fn owners(collection: &Collection) -> Vec<NameSpace> {
    let space = |application: &Id, tenant: Option<&Id>| NameSpace::RoleNames(application.clone(), tenant.cloned());
    match collection {
        Collection::ApplicationRoles(application) => vec![space(application, None)],
        Collection::TenantRoles(id, false) => vec![space(&id.application, Some(&id.tenant))],
        Collection::TenantRoles(id, true) => {
            vec![space(&id.application, Some(&id.tenant)), space(&id.application, None)]
        }
        _ => Vec::new(),
    }
}

/// `true` or `false`: which of the two words matches is found out here.
fn flag(column: impl ColumnTrait, condition: &port::Condition) -> Condition {
    let matches = |word: &str| {
        if condition.contains { word.contains(&condition.value) } else { word == condition.value }
    };
    let values = [true, false].into_iter().filter(|value| matches(&value.to_string()));
    values.fold(nothing(), |any, value| any.add(column.eq(value)))
}

/// What nothing meets, unless more is added.
fn nothing() -> Condition {
    Condition::any().add(Expr::val(1).eq(0))
}

fn column(column: impl ColumnTrait) -> Expr {
    Expr::col(column.as_column_ref())
}

fn joined<const N: usize>(parts: [Expr; N]) -> Expr {
    Func::cust("concat").args(parts).into()
}

fn tenant_name(application: impl ColumnTrait, tenant: impl ColumnTrait) -> Expr {
    joined([Expr::val("applications/"), column(application), Expr::val("/tenants/"), column(tenant)])
}

/// The name of a tenant, empty where there is none.
fn optional_tenant_name(application: impl ColumnTrait, tenant: impl ColumnTrait + Copy) -> Expr {
    Expr::case(tenant.eq(""), "").finally(tenant_name(application, tenant)).into()
}

/// The name of an assignment's scope, empty where there is none.
fn optional_scope_name() -> Expr {
    let (application, scope) = (assignment::Column::Application, assignment::Column::Scope);
    let name = joined([Expr::val("applications/"), column(application), Expr::val("/scopes/"), column(scope)]);
    Expr::case(scope.eq(""), "").finally(name).into()
}

fn parent_key() -> Expr {
    joined([column(resource_parent::Column::ParentKind), Expr::val("/"), column(resource_parent::Column::Parent)])
}

fn holder_name() -> Expr {
    let kind = assignment::Column::HolderKind;
    let collections = ["users", "clients", "groups", "applications"];
    let mut case = sea_orm::sea_query::CaseStatement::new();
    for (code, collection) in (1_i16..).zip(collections) {
        case = case.case(kind.eq(code), collection);
    }
    joined([case.finally("").into(), Expr::val("/"), column(assignment::Column::HolderId)])
}

fn role_name() -> Expr {
    let (application, tenant) = (assignment::Column::Application, assignment::Column::RoleTenant);
    let role = || column(assignment::Column::Role);
    let of_application = joined([Expr::val("applications/"), column(application), Expr::val("/roles/"), role()]);
    let of_tenant = joined([tenant_name(application, tenant), Expr::val("/roles/"), role()]);
    Expr::case(tenant.eq(""), of_application).finally(of_tenant).into()
}
