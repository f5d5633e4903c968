//! Rows and changes as short lines, so that a counterexample can be read.

use std::fmt;

use bailiwick::domain::assignment::ObjectAccess;
use bailiwick::domain::change::Change;
use bailiwick::domain::id::Id;
use bailiwick::domain::name::{AssignmentName, RoleId, TenantId};
use bailiwick::domain::policy::PolicyDocument;
use bailiwick::domain::role::RoleElement;
use bailiwick::domain::row::Row;
use bailiwick::domain::scope::{InstanceId, Selector};
use bailiwick::domain::time::Time;
use bailiwick::domain::traversal::{Direction, TraversalStep};

use super::{History, State, objects};

/// One line for a row.
pub(crate) fn line(row: &Row) -> String {
    match row {
        Row::Application(row) => format!("application {}", row.id),
        Row::Tenant(row) => {
            format!("tenant {} #{}{}", tenant(&row.id), row.incarnation, unless(row.live, ", dead"))
        }
        Row::User(row) => format!(
            "users/{} of {}{}{}",
            row.id,
            row.application.as_ref().map_or("no application", Id::as_str),
            unless(!row.tenant_level, ", tenant-level"),
            unless(row.enabled, ", disabled")
        ),
        Row::UserTenant(row) => format!("users/{} joined {} #{}", row.user, tenant(&row.tenant), row.incarnation),
        Row::Client(row) => format!(
            "clients/{} of {}{}{}",
            row.id,
            row.application,
            row.tenant.as_ref().map(|tenant| format!("/{tenant}")).unwrap_or_default(),
            unless(row.enabled, ", disabled")
        ),
        Row::ExternalIdentity(row) => format!("{} is {} of {}", row.bearer, row.id.subject, row.id.issuer),
        Row::Group(row) => format!("groups/{}", row.id),
        Row::GroupMember(row) => format!("groups/{} has {}", row.group, row.member),
        Row::Privilege(row) => format!(
            "privilege {} of {}{}{}{}",
            row.id.key,
            row.id.application,
            unless(row.object_scoped, ", not object-scoped"),
            unless(row.tenant_visible, ", not for tenants' roles"),
            row.document.as_ref().map(document).unwrap_or_default()
        ),
        Row::AssignedPrivilege(row) => format!("users/{} has {} itself", row.user, row.privilege),
        Row::PrivilegeGroup(row) => {
            format!("{}{}", row.id, unless(row.tenant_visible, ", not for tenants' roles"))
        }
        Row::GroupedPrivilege(row) => format!("{} holds {}", row.group, row.privilege),
        Row::Boundary(row) => format!("{} is {:?}", row.id, row.kind),
        Row::BoundaryTenant(row) => format!("{} lists {} #{}", row.boundary, row.tenant, row.incarnation),
        Row::Role(row) => {
            format!("role {}: boundary {:?}, visibility {:?}", role(&row.id), row.boundary, row.visibility)
        }
        Row::RoleElement(row) => format!("role {} {}", role(&row.role), element(&row.element, row.incarnation)),
        Row::Resource(row) => format!(
            "{} lives in {}{}",
            row.id,
            row.tenant.as_ref().map_or("no tenant", Id::as_str),
            unless(!row.tenant_level, ", tenant-level")
        ),
        Row::Assignment(row) => format!(
            "{} holds {}{}{}{}{}",
            row.id.holder,
            role(&row.id.role),
            row.id.tenant.as_ref().map(|tenant| format!(" in {tenant}")).unwrap_or_default(),
            time(" from ", row.start),
            time(" until ", row.expire),
            access(&row.access)
        ),
        row => objects_line(row),
    }
}

/// One line for what says which resources an assignment reaches.
fn objects_line(row: &Row) -> String {
    match row {
        Row::ResourceParent(row) => format!("{} is below {}", row.child, row.parent),
        Row::TraversalSpec(row) => format!(
            "{}: {:?} from {}::{} by {}",
            row.id,
            row.filter_type,
            row.root_adapter_kind,
            row.root_resource_kind,
            row.paths.iter().map(|path| path.iter().map(step).collect::<String>()).collect::<Vec<_>>().join(" or")
        ),
        Row::Scope(row) => row.id.to_string(),
        Row::Instance(row) => format!(
            "{} has {}{}, adapters {:?}",
            instance(&row.id),
            row.spec.as_ref().map_or("no spec", Id::as_str),
            unless(!row.select_all_resources, ", selects all"),
            row.included_adapter_kinds
        ),
        Row::Selection(row) => format!(
            "{} has {:?} {}{}",
            instance(&row.instance),
            row.selection,
            row.resource,
            unless(!row.former, ", former")
        ),
        Row::AssignedResource(row) => format!("{} names {}", whose(&row.assignment), row.resource),
        _ => String::new(),
    }
}

/// Whose an assignment is; the names of others say nothing.
fn whose(name: &AssignmentName) -> String {
    let sharer = objects::shared().find(|(known, ..)| known == name);
    sharer.map_or_else(|| name.to_string(), |(_, holder, role)| format!("{holder} with {role}"))
}

fn instance(id: &InstanceId) -> String {
    let whose = match &id.selector {
        Selector::Scope(scope) => scope.to_string(),
        Selector::Assignment(name) => whose(name),
    };
    format!("{whose} #{}", id.number)
}

fn step(step: &TraversalStep) -> String {
    let way = if step.direction == Direction::Child { '>' } else { '<' };
    format!(" {way}{}{}", step.kind, unless(!step.recursive, "*"))
}

fn access(access: &ObjectAccess) -> String {
    let all = unless(!access.allow_all_objects, " on all");
    let scope = access.scope.as_ref().map(|scope| format!(" on scope {scope}")).unwrap_or_default();
    if all.is_empty() && scope.is_empty() { " on its own".to_owned() } else { format!("{all}{scope}") }
}

fn tenant(id: &TenantId) -> String {
    format!("{}/{}", id.application, id.tenant)
}

fn role(id: &RoleId) -> String {
    let tenant = id.tenant.as_ref().map(|tenant| format!("{tenant}/")).unwrap_or_default();
    format!("{}/{tenant}{}", id.application, id.role)
}

/// What a document says, of a long one the beginning.
fn document(document: &PolicyDocument) -> String {
    let statements = document.statements.iter().take(5).map(|statement| {
        let (actions, scopes) = (statement.actions.texts(), &statement.scopes);
        let shown: Vec<String> = scopes.iter().take(5).map(ToString::to_string).collect();
        let first: Vec<String> = actions.iter().take(5).cloned().collect();
        format!(" {} ({}) on {} ({});", first.join("|"), actions.len(), shown.join("|"), scopes.len())
    });
    format!(", {} statements:{}", document.statements.len(), statements.collect::<String>())
}

fn element(element: &RoleElement, incarnation: u32) -> String {
    match element {
        RoleElement::Privilege(key) => format!("gives {key}"),
        RoleElement::Pattern(pattern) => format!("gives all {pattern}"),
        RoleElement::Exclusion(pattern) => format!("excludes {pattern}"),
        RoleElement::Parent { tenant: None, role } => format!("has parent {role}"),
        RoleElement::Parent { tenant: Some(tenant), role } => format!("has parent {tenant}/{role}"),
        RoleElement::PrivilegeGroup { tenant: None, group } => format!("refers to group {group}"),
        RoleElement::PrivilegeGroup { tenant: Some(tenant), group } => format!("refers to group {tenant}/{group}"),
        RoleElement::VisibleTenant(tenant) => format!("is visible in {tenant} #{incarnation}"),
    }
}

fn time(word: &str, time: Option<Time>) -> String {
    time.map(|time| format!("{word}{}", time.micros())).unwrap_or_default()
}

fn unless(usual: bool, word: &str) -> &str {
    if usual { "" } else { word }
}

/// One line for a change.
pub(crate) fn change_line(change: &Change) -> String {
    match (&change.before, &change.after) {
        (None, Some(row)) => format!("+ {}", line(row)),
        (Some(row), None) => format!("- {}", line(row)),
        (Some(_), Some(row)) => format!("~ {}", line(row)),
        (None, None) => "nothing".to_owned(),
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|row| write!(f, "\n    {}", line(row)))
    }
}

impl fmt::Debug for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.start.fmt(f)?;
        for revision in &self.revisions {
            f.write_str("\n  revision")?;
            revision.iter().try_for_each(|change| write!(f, "\n    {}", change_line(change)))?;
        }
        Ok(())
    }
}
