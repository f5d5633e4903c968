//! The rows of an exported estate, read anew, and of them those that can matter to one question.
//!
//! The reference model looks at every row for every question, which a million of them do not allow. So it is given the
//! rows around the question alone: what is reached from the subject by memberships, assignments, roles and scopes, and
//! what is above the target and above whatever is selected. All other rows say nothing about it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bailiwick::domain::name::{AssignmentName, ResourceId, Subject};
use bailiwick::domain::row::{Key, Row};
use bailiwick::domain::scope::{InstanceId, Selector};

use crate::model::Model;

/// Rows by what they hang on.
#[derive(Default)]
pub(crate) struct Rows {
    all: Vec<Row>,
    by_key: HashMap<Key, usize>,
    always: Vec<usize>,
    groups_of: HashMap<Subject, Vec<usize>>,
    assignments_of: HashMap<Subject, Vec<usize>>,
    parents_of: HashMap<ResourceId, Vec<usize>>,
    instances_of: HashMap<Selector, Vec<usize>>,
    selections_of: HashMap<InstanceId, Vec<usize>>,
    named_by: HashMap<AssignmentName, Vec<usize>>,
}

impl Rows {
    pub(crate) fn new(all: Vec<Row>) -> Self {
        let mut rows = Self::default();
        for (at, row) in all.iter().enumerate() {
            rows.by_key.insert(row.key(), at);
            match row {
                Row::Application(_)
                | Row::Privilege(_)
                | Row::Role(_)
                | Row::RoleElement(_)
                | Row::TraversalSpec(_) => rows.always.push(at),
                Row::GroupMember(row) => rows.groups_of.entry(row.member.clone()).or_default().push(at),
                Row::Assignment(row) => rows.assignments_of.entry(row.id.holder.clone()).or_default().push(at),
                Row::ResourceParent(row) => rows.parents_of.entry(row.child.clone()).or_default().push(at),
                Row::Instance(row) => rows.instances_of.entry(row.id.selector.clone()).or_default().push(at),
                Row::Selection(row) => rows.selections_of.entry(row.instance.clone()).or_default().push(at),
                Row::AssignedResource(row) => rows.named_by.entry(row.assignment.clone()).or_default().push(at),
                _ => {}
            }
        }
        rows.all = all;
        rows
    }

    pub(crate) fn all(&self) -> &[Row] {
        &self.all
    }

    /// The assignments that a subject holds, itself and through groups.
    pub(crate) fn assignments(&self, subject: &Subject) -> Vec<&Row> {
        let mut around = Around { rows: self, found: BTreeSet::new() };
        around.subject(subject);
        let rows = around.found.into_iter().filter_map(|at| self.all.get(at));
        rows.filter(|row| matches!(row, Row::Assignment(_))).collect()
    }

    /// The resources that a selector names.
    pub(crate) fn named(&self, selector: &Selector) -> Vec<ResourceId> {
        let application = selector.application();
        let instances = self.instances_of.get(selector).into_iter().flatten();
        let instances =
            instances.filter_map(|at| if let Row::Instance(row) = &self.all[*at] { Some(&row.id) } else { None });
        let selections = instances.flat_map(|id| self.selections_of.get(id).into_iter().flatten());
        let selected = selections.filter_map(|at| match &self.all[*at] {
            Row::Selection(row) => Some(row.resource.clone().of(application)),
            _ => None,
        });
        let alone = match selector {
            Selector::Assignment(name) => self.named_by.get(name).map(Vec::as_slice).unwrap_or_default(),
            Selector::Scope(_) => &[],
        };
        let alone = alone.iter().filter_map(|at| match &self.all[*at] {
            Row::AssignedResource(row) => Some(row.resource.clone().of(application)),
            _ => None,
        });
        selected.chain(alone).collect()
    }

    /// The model of a question.
    pub(crate) fn around(&self, subject: &Subject, target: &ResourceId) -> Model {
        let mut around = Around { rows: self, found: self.always.iter().copied().collect() };
        around.subject(subject);
        around.resource(target);
        Model::new(around.found.into_iter().filter_map(|at| self.all.get(at)).cloned())
    }
}

struct Around<'a> {
    rows: &'a Rows,
    found: BTreeSet<usize>,
}

impl Around<'_> {
    fn key(&mut self, key: &Key) -> bool {
        self.rows.by_key.get(key).is_some_and(|at| self.found.insert(*at))
    }

    fn subject(&mut self, subject: &Subject) {
        let key = match subject {
            Subject::User(id) => Key::User(id.clone()),
            Subject::Group(id) => Key::Group(id.clone()),
            Subject::Client(id) => Key::Client(id.clone()),
            Subject::Application(id) => Key::Application(id.clone()),
        };
        if !self.key(&key) {
            return;
        }
        for at in self.rows.groups_of.get(subject).into_iter().flatten() {
            self.found.insert(*at);
            if let Row::GroupMember(row) = &self.rows.all[*at] {
                self.subject(&Subject::Group(row.group.clone()));
            }
        }
        for at in self.rows.assignments_of.get(subject).into_iter().flatten() {
            self.found.insert(*at);
            let Row::Assignment(row) = &self.rows.all[*at] else { continue };
            self.selector(&Selector::Assignment(row.id.name()));
            if let Some(scope) = row.access.scope.clone() {
                let application = row.id.role.application.clone();
                let scope = bailiwick::domain::name::ScopeId { application, scope };
                self.key(&Key::Scope(scope.clone()));
                self.selector(&Selector::Scope(scope));
            }
        }
    }

    fn selector(&mut self, selector: &Selector) {
        for at in self.rows.instances_of.get(selector).into_iter().flatten() {
            self.found.insert(*at);
            let Row::Instance(row) = &self.rows.all[*at] else { continue };
            self.found.extend(self.rows.selections_of.get(&row.id).into_iter().flatten());
        }
        if let Selector::Assignment(name) = selector {
            self.found.extend(self.rows.named_by.get(name).into_iter().flatten());
        }
        for resource in self.rows.named(selector) {
            self.resource(&resource);
        }
    }

    /// A resource and all that is above it.
    fn resource(&mut self, id: &ResourceId) {
        if !self.key(&Key::Resource(id.clone())) {
            return;
        }
        for at in self.rows.parents_of.get(id).into_iter().flatten() {
            self.found.insert(*at);
            if let Row::ResourceParent(row) = &self.rows.all[*at] {
                self.resource(&row.parent_id());
            }
        }
    }
}

/// Reads the rows of a document of an estate: only what such a document has.
pub(crate) fn read(document: &str) -> Vec<Row> {
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    let mut rows = Vec::new();
    for line in document.lines() {
        let kind = super::lines::read(line, &mut rows);
        *kinds.entry(kind).or_default() += 1;
    }
    println!("{kinds:?}");
    rows
}
