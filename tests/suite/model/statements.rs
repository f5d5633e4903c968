//! Policy documents: which statements give an action, on which targets, and to which users a privilege itself is assigned.
//!
//! What is malformed gives nothing: a document or statement beyond a limit, actions of several classes, everything on less
//! than everything. A document in a catalogue gives what it names of that catalogue, and of our own keys what it names.

use std::collections::{BTreeMap, BTreeSet};

use bailiwick::domain::assignment::{Assignment, AssignmentId, ObjectAccess};
use bailiwick::domain::boundary::Boundary;
use bailiwick::domain::id::Id;
use bailiwick::domain::limit::{DOCUMENT_STATEMENTS_MAX, STATEMENT_ACTIONS_MAX, STATEMENT_SCOPES_MAX};
use bailiwick::domain::name::{PrivilegeId, RoleId, Subject};
use bailiwick::domain::policy::{Actions, Statement, StatementScope};
use bailiwick::domain::role::{Role, RoleKind, Visibility};
use bailiwick::domain::row::{Row, Stamp};
use bailiwick::domain::time::Time;
use bailiwick::engine::Target;

use super::Model;

/// From when until just before when.
pub(crate) type Interval = (Option<Time>, Option<Time>);

/// A way in which roles give a key.
pub(super) struct Right<'a> {
    /// Which roles do.
    pub(super) roles: BTreeSet<RoleId>,
    /// On what; `None` = as the key itself does, on every target.
    pub(super) scopes: Option<&'a [StatementScope]>,
}

/// A privilege of a user as if by a role of its own.
pub(super) struct Assigned<'a> {
    pub(super) assignment: Assignment,
    pub(super) role: Role,
    pub(super) scopes: Option<&'a [StatementScope]>,
}

impl Model {
    /// Every way in which roles give a key that is no document: by the key itself, and by each statement that has it as
    /// an action. An excluded action does not come by any, and a document not at all when its own key is excluded.
    pub(super) fn rights(&self, key: &str) -> Vec<Right<'_>> {
        let mut rights = vec![Right { roles: self.givers(key, key), scopes: None }];
        for (id, tenant_visible, scopes) in self.statements_with(key) {
            let mut roles = self.givers(id.key.as_str(), key);
            roles.retain(|role| role.application == id.application && (tenant_visible || role.tenant.is_none()));
            rights.push(Right { roles, scopes: Some(scopes) });
        }
        rights
    }

    /// The scopes of every statement that has the key as an action, and which document it is in, and whether roles of
    /// tenants give that.
    fn statements_with(&self, key: &str) -> Vec<(&PrivilegeId, bool, &[StatementScope])> {
        let mut found = Vec::new();
        for row in self.rows.values() {
            let Row::Privilege(row) = row else { continue };
            if self.privilege(row.id.application.as_str(), row.id.key.as_str()).is_none()
                || is_ours(row.id.key.as_str())
            {
                continue;
            }
            let statements = row.document.iter().flat_map(|document| &document.statements);
            if statements.clone().count() <= DOCUMENT_STATEMENTS_MAX {
                let having = statements.filter(|statement| has(statement, key));
                found.extend(having.map(|statement| (&row.id, row.tenant_visible, statement.scopes.as_slice())));
            }
        }
        found
    }

    /// The privileges that are assigned to a user and give a key: each as if he held, without tenant and with all
    /// resources, a role of its application that gives only it and has no boundary.
    pub(super) fn assigned(&self, subject: &Subject, key: &str) -> Vec<Assigned<'_>> {
        let Subject::User(user) = subject else { return Vec::new() };
        let statements = self.statements_with(key);
        let mut found = Vec::new();
        for row in self.rows.values() {
            let Row::AssignedPrivilege(row) = row else { continue };
            if row.user != *user || !self.has_application(row.privilege.application.as_str()) {
                continue;
            }
            let plain = (row.privilege.key.as_str() == key).then_some(None);
            let by_statements = statements.iter().filter(|(id, ..)| **id == row.privilege).map(|(_, _, of)| Some(*of));
            for scopes in plain.into_iter().chain(by_statements) {
                let (assignment, role) = as_if(subject, &row.privilege.application);
                found.push(Assigned { assignment, role, scopes });
            }
        }
        found
    }

    /// Whether the scopes hold a target of an action at a time.
    pub(crate) fn scopes_hold(
        &self,
        (application, action): (&str, &str),
        scopes: &[StatementScope],
        target: Target<'_>,
        now: Time,
    ) -> bool {
        scopes.iter().any(|scope| match scope {
            StatementScope::All => true,
            StatementScope::Resource { kind, id } => named(target) == Some((kind.as_str(), id.as_str())),
            StatementScope::Role(role) => self.holds_now((application, action), role, target, now),
        })
    }

    /// Whether the target of an action holds a role at a time.
    pub(crate) fn holds_now(&self, of: (&str, &str), role: &Id, target: Target<'_>, now: Time) -> bool {
        self.holdings(of, role, target).into_iter().any(|times| contains(times, now))
    }

    /// When the target of an action holds a role that the application itself owns, and may hold it: of actions on users a
    /// user, of actions on apps a client or the application, also who is disabled.
    pub(super) fn holdings(&self, (application, action): (&str, &str), role: &Id, target: Target<'_>) -> Vec<Interval> {
        let subject = named(target).and_then(|(kind, id)| match (class(action), kind) {
            ("users", "users") => Some(Subject::User(Id::parse(id).ok()?)),
            ("apps", "clients") => Some(Subject::Client(Id::parse(id).ok()?)),
            ("apps", "applications") if id == application => Some(Subject::Application(Id::parse(id).ok()?)),
            _ => None,
        });
        let (Some(subject), Ok(application)) = (subject, Id::parse(application)) else { return Vec::new() };
        let id = RoleId { application, tenant: None, role: role.clone() };
        let Some(role) = self.role(&id).filter(|role| self.may_hold(&subject, role)) else { return Vec::new() };
        let holders = self.holders(&subject);
        let of_role = self.rows.values().filter_map(|row| match row {
            Row::Assignment(row) if row.id.role == role.id && holders.contains(&row.id.holder) => Some(row),
            _ => None,
        });
        let live = of_role.filter(|row| row.id.tenant_id().is_none_or(|tenant| self.is_live(&tenant)));
        live.map(|row| (row.start, row.expire)).collect()
    }
}

/// What a target is called; a tenant is a thing of its application.
fn named(target: Target<'_>) -> Option<(&str, &str)> {
    match target {
        Target::Nothing => None,
        Target::Tenant(tenant) => Some(("tenants", tenant)),
        Target::Resource { kind, id } => Some((kind, id)),
    }
}

pub(super) fn contains((start, expire): Interval, now: Time) -> bool {
    start.is_none_or(|start| start <= now) && expire.is_none_or(|expire| now < expire)
}

/// Whether a statement that is as it must be has the key as an action.
fn has(statement: &Statement, key: &str) -> bool {
    let unscoped = statement.scopes.iter().all(|scope| *scope == StatementScope::All);
    (1..=STATEMENT_SCOPES_MAX).contains(&statement.scopes.len())
        && match &statement.actions {
            Actions::All => unscoped && !is_ours(key),
            Actions::Keys(keys) => {
                let one_class = keys.iter().all(|other| class(other.as_str()) == class(key));
                one_class && keys.len() <= STATEMENT_ACTIONS_MAX && keys.iter().any(|named| named.as_str() == key)
            }
        }
}

/// What a key has before its first colon.
fn class(key: &str) -> &str {
    key.split(':').next().unwrap_or(key)
}

fn is_ours(key: &str) -> bool {
    key.starts_with("bailiwick:")
}

/// The role that a privilege of the application is given by, and the user's assignment to it.
fn as_if(subject: &Subject, application: &Id) -> (Assignment, Role) {
    let id = RoleId { application: application.clone(), tenant: None, role: Id::parse("as-if").unwrap() };
    let assignment = Assignment {
        id: AssignmentId { holder: subject.clone(), role: id.clone(), tenant: None },
        access: ObjectAccess::ALL,
        start: None,
        expire: None,
        reason: String::new(),
        stamp: Stamp::default(),
    };
    let role = Role {
        id,
        role_name: String::new(),
        display_name: String::new(),
        description: String::new(),
        metadata: BTreeMap::new(),
        kind: RoleKind::Custom,
        boundary: Boundary::Unset,
        visibility: Visibility::All,
        stamp: Stamp::default(),
    };
    (assignment, role)
}
