//! The access difference of two states, expanded, is exactly what is allowed in one of them and not in the other.

mod documents;

use std::collections::BTreeSet;

use bailiwick::domain::assignment::{Assignment, ObjectAccess};
use bailiwick::domain::boundary::{Boundary, BoundaryKind};
use bailiwick::domain::change::Change;
use bailiwick::domain::name::{ResourceKey, Subject};
use bailiwick::domain::policy::{StatementScope, class_of};
use bailiwick::domain::role::Visibility;
use bailiwick::domain::row::Row;
use bailiwick::domain::scope::AssignedResource;
use bailiwick::engine::{Check, Difference, Objects, Rectangle, Snapshot, Targets};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::{cases, load, put, shown};
use crate::model::{Model, Place, Tenants};
use crate::states::build::{at, client, gives, group, holds, holds_cut, member, named, role, subject, user};
use crate::states::grid;
use crate::states::{self, State};

/// The rows that change who may do what to things that are as they were.
fn is_policy(row: &Row) -> bool {
    matches!(
        row,
        Row::Role(_)
            | Row::RoleElement(_)
            | Row::Assignment(_)
            | Row::Boundary(_)
            | Row::BoundaryTenant(_)
            | Row::Privilege(_)
            | Row::PrivilegeGroup(_)
            | Row::GroupedPrivilege(_)
            | Row::Scope(_)
            | Row::TraversalSpec(_)
            | Row::Instance(_)
            | Row::Selection(_)
            | Row::AssignedResource(_)
            | Row::AssignedPrivilege(_)
    )
}

fn names(tenants: &Tenants) -> Vec<String> {
    tenants.iter().map(ToString::to_string).collect()
}

fn share(one: &[String], other: &[String]) -> bool {
    one.iter().any(|name| other.contains(name))
}

/// The state that is told of, and the other one.
type Models<'a> = (&'a Model, &'a Model);

/// Whether the target is within one of the scopes, read as those of a statement that has the privilege as its action; none
/// narrow nothing. A role means who holds it before and after.
fn in_scope(scopes: &[String], models: (&Model, &Model), check: &Check<'_>, now: i64) -> bool {
    let parsed = scopes.iter().map(|scope| StatementScope::parse(scope, class_of(check.privilege)).unwrap());
    let parsed: Vec<StatementScope> = parsed.collect();
    let action = (check.application, check.privilege);
    let holds = |model: &Model, scope| model.scopes_hold(action, std::slice::from_ref(scope), check.target, at(now));
    parsed.is_empty() || parsed.iter().any(|scope| holds(models.0, scope) && holds(models.1, scope))
}

/// Whether the targets hold a place, for a subject, as the words of their kinds of boundary say.
fn hold(targets: &Targets, (models, now): (Models<'_>, i64), check: &Check<'_>, place: &Place) -> bool {
    let model = models.0;
    if !in_scope(&targets.scopes, models, check, now) {
        return false;
    }
    if targets.application.as_ref().is_some_and(|application| application != check.application) {
        return false;
    }
    let object_scoped = model.privilege(check.application, check.privilege).is_some_and(|found| found.object_scoped);
    let application = targets.boundary == BoundaryKind::Application;
    let everything = application && targets.within.is_empty() && targets.objects.is_none();
    let (tenants, named, application_level, who) = match place {
        Place::Everywhere => return everything,
        Place::Nothing => return everything || !object_scoped,
        Place::In { tenants, named, application_level, subject, resource } => {
            let is_told = |objects: &Objects| {
                assert!(!objects.truncated, "there are few resources");
                resource.as_ref().is_some_and(|resource| objects.resources.contains(&resource.key()))
            };
            if !targets.objects.as_ref().is_none_or(is_told) {
                return false;
            }
            (names(tenants), names(named), application_level, subject)
        }
    };
    let own = names(&model.tenants(&check.subject.to_subject()));
    let counts = |tenant: &&String| targets.tenants.is_empty() || targets.tenants.contains(tenant);
    let own: Vec<String> = own.iter().filter(counts).cloned().collect();
    targets.within.iter().all(|cut| tenants.contains(cut))
        && match targets.boundary {
            BoundaryKind::Application => true,
            BoundaryKind::Tenant => share(&own, &tenants),
            BoundaryKind::SelfOnly => who.as_ref().map(Into::into) == Some(check.subject),
            BoundaryKind::TenantInclusionList => share(&targets.tenants, &tenants),
            BoundaryKind::TenantExclusionList => {
                !share(&targets.tenants, &named) && (!tenants.is_empty() || *application_level)
            }
            BoundaryKind::Custom => panic!("a custom boundary holds nothing"),
        }
}

/// Whether a rectangle is about a subject and a privilege, on whatever targets.
fn is_about(rectangle: &Rectangle, model: &Model, (application, subject, key): (&str, &Subject, &str)) -> bool {
    if !rectangle.privileges.iter().any(|privilege| privilege == key) || rectangle.except_subjects.contains(subject) {
        return false;
    }
    // Who is not there is in no group, and nothing is in an application that is not there.
    let there = model.can_ask(subject) && model.has_application(application);
    let holders = model.holders(subject);
    there && rectangle.subjects.iter().any(|name| name == subject || holders.contains(name))
}

fn covers(rectangle: &Rectangle, state: (Models<'_>, i64), check: &Check<'_>, place: &Place) -> bool {
    hold(&rectangle.targets, state, check, place)
        && !rectangle.except_targets.iter().any(|targets| hold(targets, state, check, place))
}

/// A change of roles, boundaries and assignments, and what was told of it.
struct Told<'a> {
    states: (Snapshot, Snapshot),
    models: (&'a Model, &'a Model),
    now: i64,
}

impl Told<'_> {
    /// What a difference says wrongly, of those who are meant.
    fn error_in(&self, difference: &Difference, meant: impl Fn(&Subject) -> bool) -> Option<String> {
        for application in grid::APPLICATIONS.iter().take(grid::REAL_APPLICATIONS) {
            for subject in grid::subjects().iter().take(grid::REAL_SUBJECTS).filter(|subject| meant(subject)) {
                for privilege in grid::privileges().into_iter().take(grid::REAL_PRIVILEGES) {
                    let error = self.error_about(difference, (application, subject, privilege));
                    if error.is_some() {
                        return error;
                    }
                }
            }
        }
        None
    }

    fn error_about(&self, difference: &Difference, about: (&str, &Subject, &str)) -> Option<String> {
        let (application, subject, privilege) = about;
        // A privilege that is gone is as object-scoped as it was.
        let is_there = self.models.1.privilege(application, privilege).is_some();
        let model = if is_there { self.models.1 } else { self.models.0 };
        let of = |rectangles: &'_ [Rectangle]| {
            rectangles.iter().filter(|rectangle| is_about(rectangle, model, about)).cloned().collect::<Vec<_>>()
        };
        let (gained, lost) = (of(&difference.gained), of(&difference.lost));
        grid::targets().into_iter().find_map(|target| {
            let check = Check { application, subject: subject.into(), privilege, target };
            let answer = |state: &Snapshot| state.check(&check, at(self.now));
            let answers = (answer(&self.states.0), answer(&self.states.1));
            let (old, new) = (answers.0.allowed(), answers.1.allowed());
            if old == new && gained.is_empty() && lost.is_empty() {
                return None;
            }
            let place = |model: &Model| model.place(application, privilege, target);
            let (Some(_), Some(place)) = (place(self.models.0), place(self.models.1)) else { return None };
            let told = |rectangles: &[Rectangle], models| {
                rectangles.iter().any(|told| covers(told, (models, self.now), &check, &place))
            };
            let told = (told(&gained, (self.models.1, self.models.0)), told(&lost, self.models));
            let wrong = told != (new && !old, old && !new);
            wrong.then(|| format!("{}: {answers:?}, told {told:?}", shown(&check, self.now)))
        })
    }
}

/// Some of the roles, boundaries and assignments of a state taken away, and some of another one put there.
fn mixed(state: &State, other: &State, seed: u64) -> Vec<Change> {
    let before = Model::new(state.0.iter().cloned());
    let some = |rows: &[Row]| {
        let policy: Vec<Row> = rows.iter().filter(|row| is_policy(row)).cloned().collect();
        let count = policy.len() / 8;
        states::shuffled(&policy, seed).into_iter().take(count).collect::<Vec<_>>()
    };
    let put: Vec<Row> = some(&other.0);
    let kept = |row: &Row| put.iter().any(|new| new.key() == row.key());
    let gone = some(&state.0).into_iter().filter(|row| !kept(row));
    let gone: Vec<Change> = gone.map(|row| Change { before: Some(row), after: None }).collect();
    let new = put.iter().cloned().map(|mut row| {
        let old = before.get(&row.key()).cloned();
        if let (Row::Privilege(row), Some(Row::Privilege(old))) = (&mut row, &old) {
            // These are immutable.
            row.object_scoped = old.object_scoped;
            row.document = old.document.as_ref().and(row.document.take().or(old.document.clone()));
        }
        Change { before: old, after: Some(row) }
    });
    gone.into_iter().chain(new).collect()
}

proptest! {
    #![proptest_config(cases(25))]

    #[test]
    fn the_access_difference_is_the_expanded_one(
        state in states::states(),
        other in states::states(),
        seed in any::<u64>(),
        now in 9..21_i64,
    ) {
        let before = Model::new(state.0.iter().cloned());
        let changes = mixed(&state, &other, seed);
        let after = before.after(&changes);
        let old = load(&state.0);
        let new = old.apply(&changes);
        let difference = old.difference(&new, at(now), None);
        // Who may see only some subjects is told the same about these, one by one, and nothing of others.
        let sees = |subject: &Subject| subject.id().as_str().ends_with('1');
        let part = old.difference(&new, at(now), Some(&sees));
        let named = part.gained.iter().chain(&part.lost).flat_map(|rectangle| &rectangle.subjects);
        prop_assert!(named.clone().all(sees), "{:?}", named.collect::<Vec<_>>());
        let told = Told { states: (old, new), models: (&before, &after), now };
        prop_assert_eq!(told.error_in(&difference, |_| true), None, "{:#?}", difference);
        prop_assert_eq!(told.error_in(&part, sees), None, "{:#?}", part);
    }
}

/// The law above would be empty of states that hardly differ.
#[test]
fn random_changes_often_give_and_take_access_in_every_form() {
    let mut runner = TestRunner::deterministic();
    let (mut gained, mut lost, mut groups, mut excepts, mut objects, mut kinds) = (0, 0, 0, 0, 0, BTreeSet::new());
    let (mut scopes, mut holders) = (0, 0);
    for round in 0..100 {
        let mut state = || states::states().new_tree(&mut runner).unwrap().current();
        let (state, other) = (state(), state());
        let old = load(&state.0);
        let difference = old.difference(&old.apply(&mixed(&state, &other, round)), at(10), None);
        gained += usize::from(!difference.gained.is_empty());
        lost += usize::from(!difference.lost.is_empty());
        for rectangle in difference.gained.iter().chain(&difference.lost) {
            groups += usize::from(rectangle.subjects.iter().any(|name| matches!(name, Subject::Group(_))));
            excepts += usize::from(!rectangle.except_targets.is_empty());
            objects += usize::from(rectangle.targets.objects.is_some());
            scopes += usize::from(!rectangle.targets.scopes.is_empty());
            holders += usize::from(rectangle.targets.scopes.iter().any(|scope| scope.starts_with("roles/")));
            kinds.insert(rectangle.targets.boundary);
        }
    }
    let counts = [gained, lost, groups, excepts, objects, scopes];
    assert!(counts.iter().all(|count| *count > 20) && holders >= 5, "{counts:?} {holders}");
    assert_eq!(kinds.len(), 5, "{kinds:?}");
}

/// Three people in a group, one of whom holds the role already, and another one.
fn company() -> Vec<Row> {
    let mut rows = vec![states::build::application("a"), states::build::privilege("a", "read", true, true), group("g")];
    for name in ["u1", "u2", "u3", "u4"] {
        rows.push(user(name, Some("a"), false, true));
        if name != "u4" {
            rows.push(member("g", &format!("users/{name}")));
        }
    }
    rows.extend([role("a/r", Boundary::Application, Visibility::All), gives("a/r", "read"), holds("users/u1", "a/r")]);
    rows
}

#[test]
fn a_group_stands_for_its_members_but_for_those_who_had_it() {
    let rows = company();
    let before = load(&rows);
    let after = put(&before, &rows, [holds("groups/g", "a/r"), holds("users/u4", "a/r")]);
    let difference = before.difference(&after, at(1), None);
    let everything = Targets {
        application: Some("a".to_owned()),
        boundary: BoundaryKind::Application,
        tenants: Vec::new(),
        within: Vec::new(),
        objects: None,
        scopes: Vec::new(),
    };
    let rectangle = |subjects: &[&str], except: &[&str]| Rectangle {
        subjects: subjects.iter().map(|name| subject(name)).collect(),
        except_subjects: except.iter().map(|name| subject(name)).collect(),
        privileges: vec!["read".to_owned()],
        targets: everything.clone(),
        except_targets: Vec::new(),
    };
    assert_eq!(difference.gained, [rectangle(&["users/u4"], &[]), rectangle(&["groups/g"], &["users/u1"])]);
    assert_eq!((difference.lost.len(), difference.truncated), (0, false));
    let back = after.difference(&before, at(1), None);
    assert_eq!((back.gained, back.lost), (difference.lost, difference.gained));
}

#[test]
fn what_was_reached_already_is_not_gained() {
    let mut rows = company();
    rows.extend([states::build::tenant("a", "t1", 1, true), states::build::tenant("a", "t2", 1, true)]);
    rows.extend([client("c", "a", None, true), holds_cut("clients/c", "a/r", Some("t1"), (None, None))]);
    let before = load(&rows);
    let wider = put(&before, &rows, [holds("clients/c", "a/r")]);
    let gained = before.difference(&wider, at(1), None).gained;
    assert_eq!(gained.len(), 1);
    assert_eq!(gained[0].except_targets[0].within, ["applications/a/tenants/t1"]);
    let same = put(&before, &rows, [holds_cut("users/u1", "a/r", Some("t2"), (None, None))]);
    assert_eq!(before.difference(&same, at(1), None), Difference::default());
    // A role whose boundary is not there reaches nothing.
    let nothing = put(&before, &rows, [role("a/r", named("gone"), Visibility::All)]);
    assert_eq!(before.difference(&nothing, at(1), None).lost.len(), 2);
}

#[test]
fn resources_are_told_as_they_are_reached_whatever_selects_them() {
    let named = |id: &str| {
        let assignment = states::build::assignment_id("users/u2", "a/r", None).name();
        Row::AssignedResource(AssignedResource { assignment, resource: ResourceKey::parse(id).unwrap() })
    };
    let own = |access| match states::build::holds("users/u2", "a/r") {
        Row::Assignment(row) => Row::Assignment(Assignment { access, ..row }),
        row => row,
    };
    let mut rows = company();
    rows.extend(["k/1", "k/2", "k/3"].map(|id| states::build::resource("a", id, None, false)));
    rows.extend([own(ObjectAccess::OWN), named("k/1")]);
    let before = load(&rows);
    let told = |difference: &Difference| {
        let of = |told: &[Rectangle]| {
            let objects = told.iter().filter_map(|told| told.targets.objects.clone());
            objects.flat_map(|objects| objects.resources).map(|key| key.to_string()).collect::<Vec<_>>()
        };
        (of(&difference.gained), of(&difference.lost))
    };
    let more = put(&before, &rows, [named("k/3"), named("k/2")]);
    let gained = before.difference(&more, at(1), None);
    assert_eq!(told(&gained), (vec!["k/2".to_owned(), "k/3".to_owned()], Vec::new()), "{gained:?}");
    assert_eq!(told(&more.difference(&before, at(1), None)), (Vec::new(), told(&gained).0));
    assert_eq!(before.difference(&put(&before, &rows, [named("k/1")]), at(1), None), Difference::default());
    let all = before.difference(&put(&before, &rows, [own(ObjectAccess::ALL)]), at(1), None);
    assert_eq!((all.gained[0].targets.objects.as_ref(), all.lost.len()), (None, 0), "{all:?}");
    assert_eq!(all.gained[0].except_targets[0].objects.as_ref().unwrap().resources.len(), 1);
}

#[test]
fn more_resources_than_the_limit_are_cut_and_it_is_said() {
    let many = bailiwick::domain::limit::ACCESS_DIFFERENCE_NAMES_MAX;
    let mut rows = company();
    rows.extend((0..many).map(|number| states::build::resource("a", &format!("k/{number}"), None, false)));
    let Row::Assignment(row) = states::build::holds("users/u2", "a/r") else { panic!("an assignment") };
    let assignment = row.id.name();
    let own = Row::Assignment(Assignment { access: ObjectAccess::OWN, ..row });
    let before = load(&rows);
    let name = |number: usize| {
        let resource = ResourceKey::parse(&format!("k/{number}")).unwrap();
        Change::insert(Row::AssignedResource(AssignedResource { assignment: assignment.clone(), resource }))
    };
    // A subject, a privilege and an application are names, too.
    for (count, told) in [(many - 3, many - 3), (many - 2, many - 3), (many, many - 3)] {
        let changes: Vec<Change> = std::iter::once(Change::insert(own.clone())).chain((0..count).map(name)).collect();
        let difference = before.difference(&before.apply(&changes), at(1), None);
        let objects = difference.gained[0].targets.objects.as_ref().unwrap();
        assert_eq!((objects.resources.len(), objects.truncated), (told, count > told), "{count}");
        assert_eq!(difference.truncated, count > told, "{count}");
    }
}

#[test]
fn more_names_than_the_limit_are_cut_and_it_is_said() {
    let mut rows = company();
    let many = bailiwick::domain::limit::ACCESS_DIFFERENCE_NAMES_MAX;
    rows.extend((0..many).map(|number| user(&format!("v{number}"), Some("a"), false, true)));
    let before = load(&rows);
    let given = |number| Change::insert(holds(&format!("users/v{number}"), "a/r"));
    let after = |count| before.apply(&(0..count).map(given).collect::<Vec<_>>());
    // A privilege and an application are names, too.
    let fits = before.difference(&after(many - 2), at(1), None);
    assert_eq!((fits.gained.len(), fits.truncated), (1, false));
    let cut = before.difference(&after(many - 1), at(1), None);
    assert_eq!((cut.gained.len(), cut.truncated), (0, true));
}
