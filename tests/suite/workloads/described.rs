//! The amounts of each workload are those of its description.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bailiwick::domain::assignment::Assignment;
use bailiwick::domain::name::Subject;
use bailiwick::domain::row::Row;
use bailiwick::engine::Counts;
use bailiwick::workload::{Keys, NOW, Settings, Workload};

use super::{loaded, workload};

fn counts(name: &str, scale: f64) -> Counts {
    loaded(workload(name, scale, 1).rows()).counts()
}

#[test]
fn casbins_are_casbins() {
    for (name, roles, users) in [("casbin-small", 100, 1_000), ("casbin-medium", 1_000, 10_000)] {
        let counts = counts(name, 1.0);
        assert_eq!((counts.roles, counts.users, counts.resources), (roles, users, roles / 10), "{name}");
        assert_eq!(counts.role_assignments, users);
    }
    let large: BTreeMap<_, _> = workload("casbin-large", 1.0, 1).amounts().collect();
    assert_eq!(large, BTreeMap::from([("users", 100_000)]));
    // User 501 reads data 5; and the questions are all different as long as they can be.
    let small = workload("casbin-small", 1.0, 1);
    let questions: BTreeSet<String> = small.questions(Keys::Uniform).take(2_000).map(|q| format!("{q:?}")).collect();
    assert_eq!(questions.len(), 2_000);
    let of_501 = |q: &bailiwick::workload::Question| q.allowed && q.subject.to_string() == "users/user501";
    assert_eq!(small.questions(Keys::Uniform).find(of_501).unwrap().resource.to_string(), "data/data5");
}

#[test]
fn ten_million_is_ten_million_and_a_thousandth_of_it_ten_thousand() {
    let whole: BTreeMap<_, _> = workload("ten-million", 1.0, 1).amounts().collect();
    assert_eq!(whole["users"] * 9 + whole["groups"] * 10, 10_000_000);
    let (users, groups, resources) = (1_000_000, 100_000, 5_000_000);
    assert_eq!((whole["users"], whole["groups"], whole["resources"]), (users, groups, resources));
    assert_eq!((whole["roles"], whole["privileges"], whole["tenants"]), (10_000, 2_000, 10_000));
    let rows: Vec<Row> = workload("ten-million", 0.001, 1).rows().collect();
    let assignments: Vec<&Assignment> =
        rows.iter().filter_map(|row| if let Row::Assignment(row) = row { Some(row) } else { None }).collect();
    assert_eq!(assignments.len(), 10_000);
    let ending = assignments.iter().filter(|row| row.expire.is_some()).count();
    let ended = assignments.iter().filter(|row| row.expired_at(NOW)).count();
    assert!((900..1_100).contains(&ending) && (50..150).contains(&ended), "{ending} end, {ended} have");
    let owned = assignments.iter().filter(|row| row.id.role.tenant.is_some()).count();
    assert!((200..1_200).contains(&owned), "{owned} of tenants' roles");
    let mut tenants: BTreeMap<_, usize> = BTreeMap::new();
    for row in &rows {
        if let Row::UserTenant(row) = row {
            *tenants.entry(&row.tenant).or_default() += 1;
        }
        let id = row_id(row);
        assert!(id.is_none_or(|id| (20..=30).contains(&id.len())), "{row:?}");
    }
    assert!(tenants.values().max().is_some_and(|most| (100..=101).contains(most)), "{tenants:?}");
    assert!(deepest(&rows) <= 5);
    let set = [("groups".to_owned(), 1_000)].into();
    let grouped = Workload::new("ten-million", &Settings { scale: 1e-9, seed: 1, set }).unwrap();
    assert_eq!(deepest(&grouped.rows().collect::<Vec<_>>()), 5);
}

fn row_id(row: &Row) -> Option<&str> {
    match row {
        Row::User(row) => Some(row.id.as_str()),
        Row::Group(row) => Some(row.id.as_str()),
        Row::Role(row) => Some(row.id.role.as_str()),
        Row::Tenant(row) => Some(row.id.tenant.as_str()),
        Row::Resource(row) => Some(row.id.id.as_str()),
        Row::Privilege(row) => Some(row.id.key.as_str()),
        _ => None,
    }
}

/// Groups in the longest chain.
fn deepest(rows: &[Row]) -> usize {
    let mut above = HashMap::new();
    for row in rows {
        if let Row::GroupMember(row) = row
            && let Subject::Group(member) = &row.member
        {
            above.insert(member, &row.group);
        }
    }
    let chain = |group| std::iter::successors(Some(group), |group| above.get(group).copied()).count();
    above.keys().map(|group| chain(*group)).max().unwrap_or(1)
}

#[test]
fn one_question_in_ten_crosses_tenants() {
    let ten_million = workload("ten-million", 0.001, 1);
    let (mut users, mut resources) = (HashMap::new(), HashMap::new());
    for row in ten_million.rows() {
        match row {
            Row::UserTenant(row) => drop(users.insert(row.user, row.tenant.tenant)),
            Row::Resource(row) => drop(resources.insert(row.id.key(), row.tenant.unwrap())),
            _ => {}
        }
    }
    let questions = ten_million.questions(Keys::Uniform).take(5_000);
    let crossing = questions.filter(|q| users[q.subject.id()] != resources[&q.resource]).count();
    assert!((430..570).contains(&crossing), "{crossing} of 5,000");
}

#[test]
fn an_organisation_has_a_thousand_resources_up_to_ten_folders_deep() {
    let counts = counts("organisation", 0.003);
    assert_eq!((counts.tenants, counts.resources, counts.users, counts.groups), (3, 3_000, 600, 60));
    let rows: Vec<Row> = workload("organisation", 0.003, 1).rows().collect();
    let mut above: HashMap<_, Vec<_>> = HashMap::new();
    for row in &rows {
        if let Row::ResourceParent(row) = row {
            above.entry(row.child.clone()).or_default().push(row.parent_id());
        }
    }
    let machine = |id: &&bailiwick::domain::name::ResourceId| id.kind.as_str() == "CLOUD::Machine";
    let height = |id| std::iter::successors(Some(id), |id| above.get(*id).map(|above| &above[0])).count();
    // A machine, its project, ten folders, the organisation.
    assert_eq!(above.keys().filter(machine).map(height).max(), Some(13));
    assert!(above.keys().filter(machine).any(|id| above[id].len() == 2));
    let whole: BTreeMap<_, _> = workload("organisation", 1.0, 1).amounts().collect();
    assert_eq!((whole["organisations"], whole["services"]), (1_000, 200));
}

#[test]
fn deep_and_flat_have_as_much_of_everything_but_relations() {
    let (deep, flat) = (counts("deep", 0.002), counts("flat", 0.002));
    assert_eq!((deep.groups, deep.resources, deep.users), (128, 264, 20));
    assert_eq!((deep.groups, deep.resources, deep.users), (flat.groups, flat.resources, flat.users));
    assert_eq!((deep.group_members, flat.group_members), (2 * 63 + 20, 20));
    assert_eq!((deep.resource_parents, flat.resource_parents), (2 * 31 + 200, 200));
    let rows: Vec<Row> = workload("deep", 0.002, 1).rows().collect();
    assert_eq!(deepest(&rows), 64);
}

#[test]
fn wide_is_wide() {
    let counts = counts("wide", 0.01);
    assert_eq!((counts.users, counts.roles, counts.group_members), (3 + 2_000 + 10_000, 102, 10_000));
    assert_eq!(counts.role_assignments, 3 * 20 + 2_000 + 1);
}

#[test]
fn a_parameter_is_set_whatever_the_scale() {
    let set = [("users".to_owned(), 777)].into();
    let workload = Workload::new("ten-million", &Settings { scale: 0.001, seed: 1, set }).unwrap();
    let amounts: BTreeMap<_, _> = workload.amounts().collect();
    assert_eq!((amounts["users"], amounts["groups"]), (777, 100));
}
