//! From a store of relations to an import document: one application.
//!
//! - A relation or permission of a kind is the privilege `kind:relation`, an object the resource `kind/id`.
//! - A relation that terms follow, or to what cannot ask, makes parents of resources.
//! - `object#relation@subject` is an assignment of the role `kind.relation`, which gives what follows from the relation
//!   for the object itself and names it one by one; and one of the role `kind.relation.below`, which gives what follows
//!   for what stands below it and propagates from it, along the ways of a traversal spec, or, in the form without specs,
//!   to whatever is there.
//! - `object#relation` as a subject is a group, whose members are whoever has the relation; `kind:*` one of all people.
//! - A tuple under a condition is left out.

use std::collections::{BTreeMap, BTreeSet};

use bailiwick::domain::assignment::AssignmentId;
use bailiwick::domain::name::{RoleId, Subject as Holder};
use serde_json::{Value, json};

use super::flows::{self, Flow};
use super::schema::{Object, Question, Store, Subject, Term};

/// How what flows to resources below is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    WithSpecs,
    WithoutSpecs,
}

/// The import document of a store.
pub(super) fn document(store: &Store, application: &str, form: Form) -> String {
    let mut conversion = Conversion { store, application, form, roles: BTreeMap::new(), groups: BTreeMap::new() };
    let reached = conversion.reached();
    let reached_lines = conversion.lines_of_reached(&reached);
    let sections = [
        vec![json!({"bailiwick_policy": {"version": 1}}), json!({"application": {"id": application}})],
        conversion.privileges(),
        conversion.lines_of_roles(),
        conversion.lines_of_people(),
        conversion.lines_of_groups(),
        conversion.resources(),
        conversion.specs(),
        reached_lines,
    ];
    let lines: Vec<String> = sections.concat().iter().map(Value::to_string).collect();
    lines.join("\n")
}

/// The name of somebody who asks: what the system calls an application is a client, which belongs to one of ours.
pub(super) fn name_of(subject: &Object, application: &str) -> String {
    match subject.kind.as_str() {
        "application" => format!("clients/{}", id_of(&format!("{application}.{}", subject.id))),
        "user" => format!("users/{}", id_of(&subject.id)),
        _ => format!("users/{}", id_of(&subject.to_string())),
    }
}

/// The privilege and the resource of a question.
pub(super) fn asked(question: &Question) -> (String, String) {
    (format!("{}:{}", question.object.kind, question.right), resource(&question.object))
}

fn resource(object: &Object) -> String {
    format!("{}/{}", object.kind, object.id)
}

/// An id of ours: what it may not hold is written as `~` and hexadecimal digits.
fn id_of(text: &str) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap().to_ascii_uppercase();
    let escaped = |c: char| match c {
        c if c.is_ascii_alphanumeric() || "._:@-".contains(c) => c.to_string(),
        c => c.to_string().bytes().flat_map(|byte| ['~', digit(byte >> 4), digit(byte & 15)]).collect(),
    };
    let id = text.chars().map(escaped).collect::<String>();
    assert!(id.len() <= 64, "{id}");
    id
}

struct Conversion<'a> {
    store: &'a Store,
    application: &'a str,
    form: Form,
    /// The role of a relation, by what it gives: what hangs on the object makes more than one of a relation.
    roles: BTreeMap<(Object, Flow), String>,
    /// The members of each group.
    groups: BTreeMap<String, BTreeSet<String>>,
}

/// The objects of each assignment: by holder and role, with what it gives.
type Reached = BTreeMap<(String, String), (Flow, BTreeSet<Object>)>;

impl Conversion<'_> {
    /// What every tuple gives to whom.
    fn reached(&mut self) -> Reached {
        let mut reached = Reached::new();
        for tuple in self.store.tuples.iter().filter(|tuple| !tuple.conditional) {
            let Some(holder) = self.holder(&tuple.subject) else { continue };
            let asking = if tuple.subject.object.asks() { tuple.subject.object.kind.as_str() } else { "user" };
            let flow = flows::of_relation(self.store, asking, &tuple.object, &tuple.relation);
            let role = self.role(&tuple.object.kind, &tuple.relation, &flow);
            let (_, objects) = reached.entry((holder, role)).or_insert_with(|| (flow, BTreeSet::new()));
            objects.insert(tuple.object.clone());
        }
        reached
    }

    /// Who holds what a tuple gives; an object that cannot ask holds nothing.
    fn holder(&mut self, subject: &Subject) -> Option<String> {
        match &subject.relation {
            Some(relation) => Some(self.group(&subject.object, relation)),
            None if subject.is_everybody() => Some(self.everybody(&subject.object.kind)),
            None => subject.object.asks().then(|| name_of(&subject.object, self.application)),
        }
    }

    fn role(&mut self, kind: &str, relation: &str, flow: &Flow) -> String {
        let of_relation = Object::new(kind, relation);
        let before = self.roles.keys().filter(|(other, _)| *other == of_relation).count();
        let id = if before == 0 { format!("{kind}.{relation}") } else { format!("{kind}.{relation}.{}", before + 1) };
        self.roles.entry((of_relation, flow.clone())).or_insert(id).clone()
    }

    /// The group of all who have a relation to an object.
    fn group(&mut self, object: &Object, relation: &str) -> String {
        let name = format!("groups/{}", id_of(&format!("{}.{object}#{relation}", self.application)));
        if !self.groups.contains_key(&name) {
            self.groups.insert(name.clone(), BTreeSet::new());
            let term = self.store.term(&object.kind, relation).unwrap();
            let members = self.members(object, relation, term);
            self.groups.insert(name.clone(), members);
        }
        name
    }

    fn members(&mut self, object: &Object, relation: &str, term: &Term) -> BTreeSet<String> {
        match term {
            Term::Direct(_) => {
                let tuples: Vec<_> = self.store.tuples_of(object, relation).filter(|it| !it.conditional).collect();
                tuples.into_iter().filter_map(|tuple| self.holder(&tuple.subject)).collect()
            }
            Term::Computed(other) => [self.group(object, other)].into(),
            Term::From { right, relation } => {
                let parents: Vec<_> = self.store.parents(object, relation).collect();
                parents.into_iter().map(|parent| self.group(parent, right)).collect()
            }
            Term::Any(terms) => terms.iter().flat_map(|term| self.members(object, relation, term)).collect(),
            other => panic!("{object}#{relation} is a group, but {other:?}"),
        }
    }

    fn everybody(&mut self, kind: &str) -> String {
        let name = format!("groups/{}", id_of(&format!("{}.{kind}:*", self.application)));
        let people = self.store.people();
        let all = people.iter().filter(|it| it.kind == kind).map(|it| name_of(it, self.application)).collect();
        self.groups.entry(name.clone()).or_insert(all);
        name
    }

    fn privileges(&self) -> Vec<Value> {
        let keys = self.store.kinds.iter().flat_map(|(kind, all)| all.keys().map(move |it| format!("{kind}:{it}")));
        keys.map(|key| json!({"privilege": {"application": self.application, "key": key}})).collect()
    }

    fn lines_of_roles(&self) -> Vec<Value> {
        let application = self.application;
        let mut lines = Vec::new();
        for ((_, flow), id) in &self.roles {
            lines.extend(role_giving(application, id, &flow.here));
            if !flow.below.is_empty() {
                lines.extend(role_giving(application, &below(id), &flow.below));
            }
        }
        lines
    }

    fn specs(&self) -> Vec<Value> {
        let step = |(kind, recursive): &(String, bool)| {
            if *recursive {
                json!({"kind": kind, "direction": "CHILD", "recursive": true})
            } else {
                json!({"kind": kind, "direction": "CHILD"})
            }
        };
        let below = self.roles.iter().filter(|((_, flow), _)| self.form == Form::WithSpecs && !flow.below.is_empty());
        let line = |((of_relation, flow), id): (&(Object, Flow), &String)| {
            let paths = flow.paths(&of_relation.kind);
            let paths: Vec<Vec<Value>> = paths.iter().map(|path| path.iter().map(step).collect()).collect();
            json!({"traversal_spec": {"application": self.application, "id": id, "spec_name": id,
                "root_resource_kind": of_relation.kind, "paths": paths}})
        };
        below.map(line).collect()
    }

    fn lines_of_people(&self) -> Vec<Value> {
        let line = |person: &Object| {
            let name = name_of(person, self.application);
            match name.split_once('/') {
                Some(("clients", id)) => json!({"client": {"id": id, "application": self.application}}),
                Some((_, id)) => json!({"user": {"id": id, "username": id}}),
                None => panic!("{name}"),
            }
        };
        self.store.people().iter().map(line).collect()
    }

    fn lines_of_groups(&self) -> Vec<Value> {
        let ids = self.groups.keys().map(|name| name.trim_start_matches("groups/"));
        let groups = ids.map(|id| json!({"group": {"id": id, "group_name": id}}));
        let members = self.groups.iter().flat_map(|(name, members)| {
            let group = name.trim_start_matches("groups/");
            members.iter().map(move |member| json!({"group_member": {"group": group, "member": member}}))
        });
        groups.chain(members).collect()
    }

    fn resources(&self) -> Vec<Value> {
        let application = self.application;
        let line = |it: &Object| json!({"resource": {"application": application, "kind": it.kind, "id": it.id}});
        let mut lines: Vec<Value> = self.store.things().iter().map(line).collect();
        let followed = self.store.parent_relations();
        let mut between = BTreeMap::new();
        for tuple in &self.store.tuples {
            let (child, parent) = (&tuple.object, &tuple.subject.object);
            let is_followed = followed.contains(&(child.kind.clone(), tuple.relation.clone()));
            if tuple.subject.relation.is_some() || parent.asks() && !is_followed {
                continue;
            }
            let relation = between.entry((&child.kind, &parent.kind)).or_insert(&tuple.relation);
            assert_eq!(*relation, &tuple.relation, "two relations between the same kinds: {tuple:?}");
            lines.push(json!({"resource_parent": {"application": application, "kind": child.kind, "id": child.id,
                "parent_kind": parent.kind, "parent_id": parent.id}}));
        }
        lines
    }

    fn lines_of_reached(&self, reached: &Reached) -> Vec<Value> {
        let application = self.application;
        let mut lines = Vec::new();
        for ((holder, role), (flow, objects)) in reached {
            lines.push(given(application, holder, role));
            let assignment = assignment_id(application, holder, role);
            lines.extend(objects.iter().map(|it| {
                json!({"assigned_resource": {"application": application, "assignment": assignment,
                    "kind": it.kind, "id": it.id}})
            }));
            if !flow.below.is_empty() {
                lines.push(given(application, holder, &below(role)));
                let assignment = assignment_id(application, holder, &below(role));
                let propagate: Vec<String> = objects.iter().map(resource).collect();
                let spec = (self.form == Form::WithSpecs).then_some(role);
                lines.push(json!({"instance": {"application": application, "assignment": assignment, "number": 0,
                    "spec": spec, "propagate": propagate}}));
            }
        }
        lines
    }
}

/// The role of what flows below.
fn below(role: &str) -> String {
    format!("{role}.below")
}

fn role_giving(application: &str, id: &str, rights: &BTreeSet<(String, String)>) -> Vec<Value> {
    let keys = rights.iter().map(|(kind, right)| format!("{kind}:{right}"));
    let given = keys.map(|key| json!({"role_privilege": {"application": application, "role": id, "privilege": key}}));
    let role = json!({"role": {"application": application, "id": id, "role_name": id}});
    std::iter::once(role).chain(given).collect()
}

fn given(application: &str, holder: &str, role: &str) -> Value {
    json!({"role_assignment": {"holder": holder, "application": application, "role": role, "allow_all_objects": false}})
}

/// The id of an assignment, which follows from what it is made of.
fn assignment_id(application: &str, holder: &str, role: &str) -> String {
    let role = RoleId::parse(&format!("applications/{application}/roles/{role}")).unwrap();
    AssignmentId { holder: Holder::parse(holder).unwrap(), role, tenant: None }.name_id().to_string()
}
