//! What the engine says about a state besides decisions, as lines that can be compared.

use std::collections::BTreeSet;

use bailiwick::domain::name::Subject;
use bailiwick::domain::row::Key;
use bailiwick::engine::Snapshot;

use crate::model::Model;
use crate::states::build::{at, group_id, id, role_id, subject, tenant_id};
use crate::states::{GROUPS, PRIVILEGE_GROUPS, ROLES, TENANTS, grid};

/// Facts that the rows alone determine: what each role gives, who is in which groups, who may hold what.
pub(crate) fn of_engine(engine: &Snapshot) -> Vec<String> {
    let mut facts = Vec::new();
    for short in ROLES {
        let role = role_id(short);
        facts.push(format!("{short} exists: {}", engine.has_role(&role)));
        if engine.has_application(role.application.as_str()) {
            facts.push(format!("{short} gives {:?}", engine.effective_keys(&role)));
            for name in grid::SUBJECTS.iter().filter(|name| is_known(engine, &subject(name))) {
                facts.push(format!("{name} may hold {short}: {}", engine.is_assignable(&subject(name), &role)));
            }
        }
    }
    for name in holders() {
        facts.push(format!("{name} is in {} groups", engine.groups_of(&name)));
        facts.push(format!("{name} has {:?}", engine.tenants_of_subject(&name)));
    }
    for (application, tenant) in tenants().filter(|(application, _)| engine.has_application(application)) {
        let found = engine.live_incarnation(&tenant_id(application, tenant));
        facts.push(format!("{application}/{tenant} lives as {found:?}"));
    }
    for now in grid::TIMES {
        facts.push(format!("administrator at {now}: {}", engine.has_administrator(at(*now))));
    }
    facts
}

/// The same facts, from the model.
pub(crate) fn of_model(model: &Model) -> Vec<String> {
    let mut facts = Vec::new();
    for short in ROLES {
        let role = role_id(short);
        let exists = model.get(&Key::Role(role.clone())).is_some();
        facts.push(format!("{short} exists: {exists}"));
        if model.has_application(role.application.as_str()) {
            facts.push(format!("{short} gives {:?}", model.effective_keys(&role)));
            for name in grid::SUBJECTS.iter().filter(|name| is_known_to(model, &subject(name))) {
                let subject = subject(name);
                let known = !matches!(subject, Subject::Group(_) | Subject::Application(_));
                let may = model.role(&role).is_some_and(|role| !known || model.may_hold(&subject, role));
                facts.push(format!("{name} may hold {short}: {may}"));
            }
        }
    }
    for name in holders() {
        facts.push(format!("{name} is in {} groups", model.groups_of(&name).len()));
        let names: Vec<String> = model.tenants(&name).iter().map(ToString::to_string).collect();
        facts.push(format!("{name} has {names:?}"));
    }
    for (application, tenant) in tenants().filter(|(application, _)| model.has_application(application)) {
        let found = model.live_incarnation(&tenant_id(application, tenant));
        facts.push(format!("{application}/{tenant} lives as {found:?}"));
    }
    for now in grid::TIMES {
        facts.push(format!("administrator at {now}: {}", model.has_administrator(at(*now))));
    }
    facts
}

/// Whether the subject exists, and its application too.
fn is_known(engine: &Snapshot, subject: &Subject) -> bool {
    let owned = |of: Option<String>| of.is_none_or(|of| engine.has_application(&of));
    engine.subject_facts(subject).is_some_and(|facts| owned(facts.application))
}

fn is_known_to(model: &Model, subject: &Subject) -> bool {
    match subject {
        Subject::Group(id) => model.has_group(id),
        _ => model.can_ask(subject),
    }
}

/// Facts that must not depend on the way to a state, but that the model does not keep.
pub(crate) fn kept(engine: &Snapshot, keys: &BTreeSet<Key>) -> Vec<String> {
    let mut facts = vec![format!("{:?}", engine.counts())];
    for application in grid::APPLICATIONS {
        let registered: BTreeSet<&str> = engine.registered_keys(application).collect();
        let groups = engine.privilege_group_count(application);
        facts.push(format!("{application}: {:?} {groups} {registered:?}", engine.sizes(application)));
    }
    for short in ROLES {
        let role = role_id(short);
        facts.push(format!("{short}: {:?} {:?}", engine.role_sizes(&role), engine.role_sets(&role)));
    }
    for group in PRIVILEGE_GROUPS {
        let group = group_id(group);
        facts.push(format!("{group}: {} {:?}", engine.has_privilege_group(&group), engine.keys_of_group(&group)));
    }
    for group in GROUPS {
        facts.push(format!("{group} has {} members", engine.members(&Subject::Group(id(group)))));
    }
    for (application, tenant) in tenants() {
        let found = engine.incarnations(&tenant_id(application, tenant));
        facts.push(format!("{application}/{tenant} was made {found} times"));
    }
    for name in grid::SUBJECTS {
        facts.push(format!("{name}: {:?}", engine.subject_facts(&subject(name))));
    }
    facts.extend(keys.iter().map(|key| format!("{key:?} is there: {}", engine.contains(key))));
    facts
}

fn tenants() -> impl Iterator<Item = (&'static str, &'static str)> {
    ["a", "b", "bailiwick"].into_iter().flat_map(|application| TENANTS.iter().map(move |tenant| (application, *tenant)))
}

fn holders() -> impl Iterator<Item = Subject> {
    let groups = GROUPS.iter().map(|group| Subject::Group(id(group)));
    grid::SUBJECTS.iter().map(|name| subject(name)).chain(groups)
}

/// The first line that differs, with both sides.
pub(crate) fn difference(left: &[String], right: &[String]) -> Option<String> {
    let pair = left.iter().zip(right).find(|(left, right)| left != right)?;
    Some(format!("{} but {}", pair.0, pair.1))
}
