//! Policy documents: what each gives, as rights of its own.
//!
//! A *right* is one action of one document, with the targets of all its statements that name the action. It has an id
//! among the privileges, and its text is the action's key: so a role holds rights as it holds keys, passes them on to its
//! children and loses those that it excludes, by the action or by the document. A question about a privilege looks at the
//! roles that give it and at those that give one of its rights.
//!
//! A document or statement that is malformed or beyond a limit can only come from outside; it gives nothing, and is
//! counted.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::settle::Dirty;
use super::snapshot::{NONE, RIGHT_SCOPE, Snapshot};
use crate::domain::id::PrivilegeKey;
use crate::domain::limit::DOCUMENT_STATEMENTS_MAX;
use crate::domain::name::PrivilegeId;
use crate::domain::policy::{Actions, PolicyDocument, Statement, StatementScope};

/// A compiled document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct DocumentRow {
    application: u32,
    /// Whether some statement is about every action of the catalogue.
    everything: bool,
    /// The targets of each action that is named.
    actions: BTreeMap<u32, Option<Targets>>,
    /// Statements that are malformed or beyond a limit.
    beyond: u64,
}

/// One action of one document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Right {
    /// The action.
    pub(super) key: u32,
    pub(super) document: u32,
    /// On what; `None` = on every target.
    pub(super) targets: Option<Targets>,
}

/// Targets of statements, every list ordered.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Targets {
    /// Resources, foreign and our own, by their ids among the resources.
    pub(super) objects: Vec<u32>,
    /// Roles whose holders are meant.
    pub(super) roles: Vec<u32>,
}

impl Targets {
    pub(super) fn includes(&self, other: &Self) -> bool {
        let all_of = |part: &[u32], whole: &[u32]| part.iter().all(|id| whole.binary_search(id).is_ok());
        all_of(&other.objects, &self.objects) && all_of(&other.roles, &self.roles)
    }

    fn add(&mut self, other: Self) {
        for (own, more) in [(&mut self.objects, other.objects), (&mut self.roles, other.roles)] {
            own.extend(more);
            own.sort_unstable();
            own.dedup();
        }
    }
}

/// Whether the first are at least the second; `None` = all.
pub(super) fn include(targets: Option<&Targets>, other: Option<&Targets>) -> bool {
    match (targets, other) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(own), Some(other)) => own.includes(other),
    }
}

impl Snapshot {
    /// Puts a document in the place of the one that a privilege had; `None` = it has none, or is gone.
    pub(super) fn change_document(
        &mut self,
        dirty: &mut Dirty,
        (application, id): (u32, u32),
        document: Option<&PolicyDocument>,
    ) {
        let compiled = document.map(|document| Arc::new(self.compiled_document(dirty, application, document)));
        let old = self.documents.get(id).cloned().flatten();
        if old == compiled {
            return;
        }
        let beyond = |row: &Option<Arc<DocumentRow>>| row.as_ref().map_or(0, |row| row.beyond);
        let counted = self.counts.rows_beyond_limits + beyond(&compiled);
        self.counts.rows_beyond_limits = counted.saturating_sub(beyond(&old));
        if compiled.as_ref().is_some_and(|row| row.everything) {
            self.unbounded_documents.insert(application, id);
        } else {
            self.unbounded_documents.remove(application, &id);
        }
        *self.documents.get_mut(id) = compiled;
        dirty.documents.insert(id);
    }

    fn compiled_document(&mut self, dirty: &mut Dirty, application: u32, document: &PolicyDocument) -> DocumentRow {
        let mut row = DocumentRow { application, ..DocumentRow::default() };
        if document.statements.len() > DOCUMENT_STATEMENTS_MAX {
            return DocumentRow { beyond: 1, ..row };
        }
        for statement in &document.statements {
            if !statement.is_valid() {
                row.beyond += 1;
                continue;
            }
            let keys = if let Actions::Keys(keys) = &statement.actions { keys.as_slice() } else { &[] };
            let targets = self.compiled_targets(application, statement);
            if statement.actions == Actions::All {
                row.everything = true;
            }
            for key in keys {
                let key = self.intern_key(dirty, application, key.as_str());
                match (row.actions.get_mut(&key), targets.clone()) {
                    (Some(Some(known)), Some(targets)) => known.add(targets),
                    (Some(None), Some(_)) => {}
                    (_, targets) => drop(row.actions.insert(key, targets)),
                }
            }
        }
        row
    }

    /// The targets of a statement; `None` = every one.
    fn compiled_targets(&mut self, application: u32, statement: &Statement) -> Option<Targets> {
        if statement.is_unscoped() {
            return None;
        }
        let mut targets = Targets::default();
        for scope in &statement.scopes {
            match scope {
                StatementScope::All => {}
                StatementScope::Resource { kind, id } => {
                    let kind = self.resource_kinds.intern(application, kind);
                    targets.objects.push(self.resources.intern(kind, id));
                }
                StatementScope::Role(role) => targets.roles.push(self.intern_own_role(application, role.as_str())),
            }
        }
        targets.objects.sort_unstable();
        targets.roles.sort_unstable();
        Some(targets)
    }

    /// Makes the rights of the documents that changed what they are now; roles that hold them are dirty.
    pub(super) fn settle_documents(&mut self, dirty: &mut Dirty) {
        for document in std::mem::take(&mut dirty.documents) {
            let wanted = self.rights_wanted(document).into_iter();
            let mut rights: Vec<u32> = wanted.map(|(key, targets)| self.put_right(document, key, targets)).collect();
            rights.sort_unstable();
            let old = self.document_rights.get(document).to_vec();
            for right in old.iter().filter(|right| rights.binary_search(right).is_err()) {
                self.drop_right(*right);
            }
            if rights != old {
                dirty.roles.extend(self.givers.get(document).into_iter().flat_map(|set| set.iter()));
                self.document_rights.replace(document, rights);
            }
        }
    }

    /// A key that is new is one more action of the documents that are about all of them.
    pub(super) fn add_unbounded_rights(&mut self, dirty: &mut Dirty) {
        for (application, key) in dirty.keys.clone() {
            for document in self.unbounded_documents.get(application).to_vec() {
                if !dirty.documents.contains(&document) {
                    let right = self.put_right(document, key, None);
                    self.document_rights.insert(document, right);
                    dirty.roles.extend(self.givers.get(document).into_iter().flat_map(|set| set.iter()));
                }
            }
        }
    }

    fn rights_wanted(&self, document: u32) -> BTreeMap<u32, Option<Targets>> {
        let Some(row) = self.documents.get(document).and_then(Option::as_deref) else { return BTreeMap::new() };
        let mut wanted = row.actions.clone();
        if row.everything {
            wanted.extend(self.catalogue.get(row.application).iter().map(|key| (*key, None)));
        }
        wanted
    }

    fn put_right(&mut self, document: u32, key: u32, targets: Option<Targets>) -> u32 {
        let text = self.privileges.text(key).to_owned();
        let id = self.privileges.intern(document | RIGHT_SCOPE, &text);
        let right = Right { key, document, targets };
        let old = self.rights.get(id).cloned().flatten();
        if old.as_deref() == Some(&right) {
            return id;
        }
        self.forget_aims(id);
        for role in right.targets.iter().flat_map(|targets| &targets.roles) {
            self.aims.insert(*role, id);
        }
        self.rights_of.insert(key, id);
        *self.rights.get_mut(id) = Some(Arc::new(right));
        id
    }

    fn drop_right(&mut self, id: u32) {
        self.forget_aims(id);
        if let Some(right) = self.rights.get_mut(id).take() {
            self.rights_of.remove(right.key, &id);
        }
    }

    fn forget_aims(&mut self, id: u32) {
        let Some(right) = self.rights.get(id).cloned().flatten() else { return };
        for role in right.targets.iter().flat_map(|targets| &targets.roles) {
            self.aims.remove(*role, &id);
        }
    }

    /// The right with an id; a privilege's own id is none.
    pub(super) fn right(&self, id: u32) -> Option<&Right> {
        self.rights.get(id).and_then(Option::as_deref)
    }

    /// What a right is a right to; a privilege's own id means itself.
    pub(super) fn key_of(&self, id: u32) -> u32 {
        self.right(id).map_or(id, |right| right.key)
    }

    /// The targets of a right; `None` = every one.
    pub(super) fn targets_of(&self, id: u32) -> Option<&Targets> {
        self.right(id).and_then(|right| right.targets.as_ref())
    }

    /// Whether roles of tenants give the right or privilege.
    pub(super) fn shows_tenants(&self, id: u32) -> bool {
        let visible = |privilege: u32| self.privilege_row(privilege).tenant_visible;
        self.right(id).map_or_else(|| visible(id), |right| visible(right.key) && visible(right.document))
    }

    /// Whether somebody who is given this can do something by it: no document gives its own key.
    pub(super) fn is_action(&self, id: u32) -> bool {
        !self.privilege_row(self.key_of(id)).document
    }

    /// Whether the role holds a document that is about actions which nobody knows yet.
    pub(super) fn holds_unbounded_document(&self, role: u32) -> bool {
        let given = self.given.get(role);
        let documents = self.unbounded_documents.get(self.role_row(role).application);
        given.is_some_and(|given| documents.iter().any(|document| given.contains(*document)))
    }

    /// Whether the privilege is registered as a policy document.
    pub fn is_document(&self, privilege: &PrivilegeId) -> bool {
        self.privilege_named(privilege).is_some_and(|id| {
            let row = self.privilege_row(id);
            row.live && row.document
        })
    }

    /// The documents that name the privilege as an action, ordered.
    pub fn documents_naming(&self, privilege: &PrivilegeId) -> Vec<PrivilegeKey> {
        let Some(id) = self.privilege_named(privilege) else { return Vec::new() };
        let rights = self.rights_of.get(id).iter().filter_map(|right| self.right(*right));
        let named = rights.filter(|right| {
            let row = self.documents.get(right.document).and_then(Option::as_deref);
            row.is_some_and(|row| row.actions.contains_key(&id))
        });
        let keys = named.filter_map(|right| PrivilegeKey::parse(self.privileges.text(right.document)).ok());
        let mut keys: Vec<PrivilegeKey> = keys.collect();
        keys.sort_unstable();
        keys
    }

    pub(super) fn privilege_named(&self, privilege: &PrivilegeId) -> Option<u32> {
        self.privilege_id(self.application_id(privilege.application.as_str())?, privilege.key.as_str())
    }

    /// A role of the application itself, by its id.
    fn intern_own_role(&mut self, application: u32, role: &str) -> u32 {
        let id = self.roles.intern(application, role);
        if self.role_row(id).application != application {
            let row = self.role_rows.get_mut(id);
            (row.application, row.tenant) = (application, NONE);
        }
        id
    }
}
