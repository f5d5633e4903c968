//! Nothing unknown ever allows, taking away never gives, and no answer outlives its bound.

use bailiwick::domain::change::Change;
use bailiwick::domain::row::Row;
use bailiwick::engine::{Check, Snapshot, Target};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::{cases, find, load, shown, widened};
use crate::states;
use crate::states::build::at;
use crate::states::grid;

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn default_deny_of_names_that_are_in_no_state(
        state in states::states(),
        (garbage, id) in ("~\\PC{0,12}", "~[A-Za-z0-9._~:@-]{0,63}"),
        prefix in select(vec!["", "bailiwick:", "bailiwick:user:read", "read"]),
        kind in select(vec!["users", "clients", "groups", "roles", "tenants", "applications", "privileges"]),
    ) {
        let engine = load(&state.0);
        let stranger = states::build::subject(&format!("users/{id}"));
        let key = format!("{prefix}{garbage}");
        let target = Target::Resource { kind, id: &garbage };
        for subject in &grid::subjects() {
            for asked in [
                Check { application: &garbage, subject: subject.into(), privilege: "read", target: Target::Nothing },
                Check { application: "a", subject: (&stranger).into(), privilege: "read", target: Target::Nothing },
                Check { application: "a", subject: subject.into(), privilege: &key, target: Target::Nothing },
                Check { application: "a", subject: subject.into(), privilege: "read", target },
                Check { application: "bailiwick", subject: subject.into(), privilege: "bailiwick:user:read", target },
            ] {
                prop_assert!(!engine.check(&asked, at(10)).allowed(), "{}", shown(&asked, 10));
            }
        }
    }
}

proptest! {
    #![proptest_config(cases(25))]

    #[test]
    fn default_deny_when_nobody_holds_a_role(mut state in states::states()) {
        state.0.retain(|row| !matches!(row, Row::Assignment(_) | Row::AssignedPrivilege(_)));
        prop_assert_eq!(widened(&Snapshot::empty(7), &load(&state.0)), None);
    }

    #[test]
    fn never_widen_by_deleting_disabling_or_ending_anything(
        state in states::careful_states(),
        which in any::<Index>(),
        whole in any::<bool>(),
    ) {
        prop_assume!(!state.0.is_empty());
        let before = load(&state.0);
        let row = state.0[which.index(state.0.len())].clone();
        // Who leaves an excluded tenant is moved; one that is gone goes on to exclude him.
        let moves = matches!(row, Row::UserTenant(_));
        let after = if whole && !moves { None } else { lessened(&row) };
        prop_assume!(!states::is_exclusion(&row));
        let engine = before.apply(&[Change { before: Some(row), after }]);
        prop_assert_eq!(widened(&before, &engine), None);
    }

    #[test]
    fn an_answer_does_not_change_before_its_valid_until(state in states::states()) {
        let engine = load(&state.0);
        prop_assert_eq!(find(|check| broken_promise(&engine, check)), None);
    }
}

/// The row with less in it: disabled, dead, over, not yet begun.
fn lessened(row: &Row) -> Option<Row> {
    let mut row = row.clone();
    match &mut row {
        Row::User(user) => user.enabled = false,
        Row::Client(client) => client.enabled = false,
        Row::Tenant(tenant) => tenant.live = false,
        Row::UserTenant(member) => member.incarnation = 0,
        Row::Privilege(privilege) => match &mut privilege.document {
            Some(document) if document.statements.len() > 1 => _ = document.statements.pop(),
            _ => privilege.tenant_visible = false,
        },
        Row::PrivilegeGroup(group) => group.tenant_visible = false,
        Row::RoleElement(element) => element.incarnation = 0,
        Row::BoundaryTenant(listed) => listed.incarnation = 0,
        Row::Assignment(assignment) if assignment.start.is_none() => assignment.start = Some(at(20)),
        Row::Assignment(assignment) => assignment.expire = Some(at(10)),
        Row::Resource(resource) => (resource.tenant, resource.tenant_level) = (None, true),
        Row::TraversalSpec(spec) => _ = spec.paths.pop(),
        Row::Instance(instance) => _ = instance.included_adapter_kinds.pop(),
        Row::Selection(selection) => selection.former = true,
        _ => return None,
    }
    Some(row)
}

/// An answer that changes although it was said to hold.
fn broken_promise(engine: &Snapshot, check: &Check<'_>) -> Option<String> {
    let times = [5, 9, 10, 19, 20, 21, 30, 31];
    let answers = times.map(|now| (now, engine.check(check, at(now))));
    answers.iter().enumerate().find_map(|(number, (now, answer))| {
        let promised =
            answers.iter().skip(number).filter(|(then, _)| answer.valid_until.is_none_or(|end| at(*then) < end));
        let broken = promised.clone().find(|(_, later)| later.reason != answer.reason);
        broken.map(|(then, later)| format!("{}: {answer:?}, but at {then} {later:?}", shown(check, *now)))
    })
}
