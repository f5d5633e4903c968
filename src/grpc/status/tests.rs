//! Tests of statuses: what a client reads in them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is a failed test")]

use tonic_types::StatusExt;

use super::*;
use crate::domain::predefined;
use crate::domain::violation::Violation;

fn failure(index: u32) -> ItemFailure {
    Error::not_found("role", &format!("applications/a/roles/{index}")).of_item(index as usize, "r")
}

fn every_error() -> Vec<Error> {
    let cause = || Box::new(Error::not_found("role", "applications/a/roles/r"));
    vec![
        Error::invalid("name", "must not be empty"),
        Error::RequestIdReused,
        Error::Unauthenticated,
        Error::denied(&predefined::ROLE_READ),
        Error::Escalation { privilege: "p".to_owned(), application: "applications/a".to_owned() },
        Error::not_found("role", "applications/a/roles/r"),
        Error::AlreadyExists { kind: "role", name: "role_name r".to_owned() },
        Error::precondition("CYCLE", "groups/a", "groups/a → groups/b → groups/a"),
        Error::Aborted { reason: "ETAG_MISMATCH", description: "changed".to_owned() },
        Error::Exhausted { reason: "TOO_MANY_WRITES", description: "too many".to_owned() },
        Error::TooLarge { reason: "TOO_MANY_ASSIGNMENTS", description: "too many".to_owned() },
        Error::Unavailable { reason: "STORE_UNAVAILABLE", description: "away" },
        Error::Items { first: cause(), failures: vec![("roles", failure(2)), ("roles", failure(5))] },
        Error::At { place: "line 17".to_owned(), cause: cause() },
        Error::Stopped { cause: cause(), committed_lines: 5_000, token: "t".to_owned() },
        Error::Internal,
    ]
}

#[test]
fn every_status_carries_one_reason_of_this_domain() {
    for error in every_error() {
        let status = Status::from(error.clone());
        let infos = status.get_error_details_vec().into_iter();
        let infos: Vec<_> = infos.filter(|detail| matches!(detail, tonic_types::ErrorDetail::ErrorInfo(_))).collect();
        assert_eq!(infos.len(), 1, "{error:?}");
        let info = status.get_details_error_info().unwrap();
        assert_eq!((info.reason.as_str(), info.domain.as_str()), (error.reason(), "bailiwick"));
        assert!(info.reason.chars().all(|c| c.is_ascii_uppercase() || c == '_'), "{}", info.reason);
        assert_eq!(i32::from(status.code()), error.code());
    }
}

#[test]
fn a_denial_is_the_same_bytes_every_time() {
    let bytes = || Status::from(Error::denied(&predefined::ROLE_READ)).details().to_vec();
    assert!((0..64).all(|_| bytes() == bytes()));
    let info = Status::from(Error::denied(&predefined::ROLE_READ)).get_details_error_info().unwrap();
    assert_eq!(info.metadata["privilege"], "bailiwick:role:read");
    let kinds = "APPLICATION,TENANT,TENANT_INCLUSION_LIST,TENANT_EXCLUSION_LIST";
    assert_eq!(info.metadata["accepted_boundaries"], kinds);
}

#[test]
fn a_malformed_request_names_every_violation() {
    let violations = vec![Violation::new("role.parents[2]", "must be a role"), Violation::new("role_id", "is taken")];
    let status = Status::from(Error::Invalid(violations));
    let fields = status.get_details_bad_request().unwrap().field_violations;
    let fields: Vec<_> = fields.iter().map(|violation| violation.field.as_str()).collect();
    assert_eq!(fields, ["role.parents[2]", "role_id"]);
    assert_eq!(status.message(), "the request is not valid: role.parents[2]: must be a role (and 1 more)");
}

#[test]
fn very_many_violations_are_counted_and_fit_into_headers() {
    let violations = (0..20_000).map(|at| Violation::new(format!("role.privileges[{at}]"), "é".repeat(300)));
    let status = Status::from(Error::Invalid(violations.collect()));
    assert!(status.details().len() < 5_000, "{}", status.details().len());
    let listed = status.get_details_bad_request().unwrap().field_violations;
    let left_out = 20_000 - (listed.len() - 1);
    assert!(listed.len() > 2);
    assert_eq!(listed.last().unwrap().description, format!("{left_out} more violations are not listed"));
    assert!(Status::from(Error::not_found("role", &"ß".repeat(5_000))).message().len() < 1_100);
}

#[test]
fn failed_items_are_all_listed_under_the_lowest_ones_code() {
    let first = Box::new(Error::not_found("role", "applications/a/roles/2"));
    let status =
        Status::from(Error::Items { first, failures: vec![("roles", failure(2)), ("role_names", failure(5))] });
    assert_eq!(status.code(), Code::NotFound);
    assert_eq!(status.get_details_resource_info().unwrap().resource_name, "applications/a/roles/2");
    let items = status.get_details_bad_request().unwrap().field_violations;
    let items: Vec<_> = items.iter().map(|item| (item.field.as_str(), item.reason.as_str())).collect();
    assert_eq!(items, [("roles[2]", "NOT_FOUND"), ("role_names[5]", "NOT_FOUND")]);
}

#[test]
fn a_stopped_import_says_where_and_what_is_kept() {
    let cause = Error::At { place: "line 7".to_owned(), cause: Box::new(Error::invalid("role.role_name", "is taken")) };
    let status = Status::from(Error::Stopped { cause: Box::new(cause), committed_lines: 5, token: "t".to_owned() });
    assert_eq!(status.message(), "line 7: the request is not valid: role.role_name: is taken");
    let facts = status.get_details_error_info().unwrap().metadata;
    assert_eq!((facts["place"].as_str(), facts["committed_lines"].as_str()), ("line 7", "5"));
    assert_eq!(facts["consistency_token"], "t");
}

#[test]
fn a_bug_is_told_by_an_id_and_nothing_else() {
    let (one, two) = (Status::from(Error::Internal), Status::from(Error::Internal));
    assert_eq!(one.message(), "an internal error occurred");
    let id = |status: &Status| status.get_details_request_info().unwrap().request_id;
    assert_eq!(id(&one).len(), 16);
    assert_ne!(id(&one), id(&two));
}

#[test]
fn what_the_transport_refuses_gets_a_reason() {
    let reason = |status: &Status| status.get_details_error_info().unwrap().reason;
    let malformed = with_reason(&Status::internal("failed to decode Protobuf message"));
    assert_eq!((malformed.code(), reason(&malformed).as_str()), (Code::InvalidArgument, "MESSAGE_MALFORMED"));
    let large = with_reason(&Status::out_of_range("too large"));
    assert_eq!((large.code(), reason(&large).as_str()), (Code::OutOfRange, "MESSAGE_TOO_LARGE"));
    assert_eq!(reason(&deadline_exceeded()), "DEADLINE_EXCEEDED");
    for plane in [Plane::All, Plane::Data] {
        assert_eq!(unknown_method(plane).code(), Code::Unimplemented);
    }
}
