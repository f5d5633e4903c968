//! What is wrong with a document is said by line and field, and nothing of its batch stays.

use bailiwick::proto::v1::import_policy_request::Options;
use tonic::Code;

use super::refusal::Refusal;
use super::transfer::{document, export, import, import_with};
use crate::harness::{Clients, Server, block_on, on_every_store};

/// What is there already.
const THERE: &str = r#"{"bailiwick_policy":{"version":1}}
{"application":{"id":"a"}}
{"application":{"id":"b"}}
{"tenant":{"application":"a","id":"t"}}
{"tenant":{"application":"a","id":"gone","deleted":true}}
{"tenant":{"application":"b","id":"u"}}
{"privilege":{"application":"a","key":"k"}}
{"privilege":{"application":"a","key":"doc","document":{"statements":[{"effect":"ALLOW","actions":["k"],"scopes":["*"]}]}}}
{"privilege_group":{"application":"a","id":"p","group_name":"P"}}
{"role":{"application":"a","id":"r","role_name":"R"}}
{"role":{"application":"a","id":"s","role_name":"S"}}
{"role":{"application":"a","tenant":"t","id":"r","role_name":"R"}}
{"role":{"application":"b","id":"r","role_name":"R"}}
{"role_parent":{"application":"a","role":"r","parent":"s"}}
{"user":{"id":"u","username":"Ülrich","application":"a"}}
{"user":{"id":"w","username":"Walter","application":"b"}}
{"client":{"id":"c","application":"a"}}
{"group":{"id":"g","group_name":"G"}}
{"group":{"id":"h","group_name":"H"}}
{"group_member":{"group":"g","member":"groups/h"}}
"#;

/// Lines that are malformed in themselves, and the field that must be named; the violation may be below it.
const MALFORMED: &[(&str, &str)] = &[
    (r#"{"user":{"id":"x""#, ""),
    ("user", "line"),
    ("[]", ""),
    ("{}", ""),
    ("7", ""),
    (r#"{"user":{"id":"x","username":"x"}} {}"#, "line"),
    (r#"{"user":{"id":"x","username":"x"},"group":{"id":"x","group_name":"x"}}"#, ""),
    (r#"{"nothing":{}}"#, ""),
    (r#"{"user":{"id":"x","username":"x","colour":1}}"#, "user.colour"),
    (r#"{"user":{"id":"x"}}"#, "user"),
    (r#"{"user":{"id":"x","username":7}}"#, "user.username"),
    (r#"{"user":{"id":"x","username":"x","enabled":null}}"#, "user.enabled"),
    (r#"{"user":{"id":"x y","username":"x"}}"#, "user.id"),
    (r#"{"user":{"id":"me","username":"x"}}"#, "user.id"),
    (r#"{"user":{"id":"x","username":" x"}}"#, "user.username"),
    (r#"{"user":{"id":"x","username":"x","email":"a\u0000b"}}"#, "user.email"),
    (r#"{"user":{"id":"x","username":"x","tenants":["a/t","t"]}}"#, "user.tenants[1]"),
    (r#"{"user":{"id":"x","username":"x","application":"b","tenants":["a/t"]}}"#, "user.tenants"),
    (r#"{"application":{"id":"x","catalogue":"open"}}"#, "application.catalogue"),
    (r#"{"tenant":{"application":"a","id":"x","type":"LARGE"}}"#, "tenant.type"),
    (r#"{"privilege":{"application":"a","key":""}}"#, "privilege.key"),
    (r#"{"privilege":{"application":"a","key":"bailiwick:mine"}}"#, "privilege.key"),
    (r#"{"role":{"application":"a","id":"x","role_name":""}}"#, "role.role_name"),
    (
        r#"{"role":{"application":"a","id":"x","role_name":"x","permission_boundary":"no id"}}"#,
        "role.permission_boundary",
    ),
    (r#"{"role":{"application":"a","id":"x","role_name":"x","tenant_visibility":"OWNER"}}"#, "role.tenant_visibility"),
    (
        r#"{"role":{"application":"a","tenant":"t","id":"x","role_name":"x","tenant_visibility":"NONE"}}"#,
        "role.tenant_visibility",
    ),
    (r#"{"role":{"application":"a","id":"x","role_name":"x","visible_tenants":["t"]}}"#, "role.visible_tenants"),
    (r#"{"role_privilege":{"application":"a","role":"r","privilege":"unregistered"}}"#, "role_privilege.privilege"),
    (r#"{"privilege_group":{"application":"a","id":"x","group_name":" x"}}"#, "privilege_group.group_name"),
    (r#"{"privilege_group":{"application":"a","tenant":"/","id":"x","group_name":"x"}}"#, "privilege_group.tenant"),
    (r#"{"grouped_privilege":{"application":"a","group":"p","privilege":""}}"#, "grouped_privilege.privilege"),
    (r#"{"grouped_privilege":{"application":"a","group":"p","privilege":"none"}}"#, "grouped_privilege.privilege"),
    (
        r#"{"role_privilege_group":{"application":"a","role":"r","group":"p","group_tenant":"t"}}"#,
        "role_privilege_group.group_tenant",
    ),
    (r#"{"role_privilege_group":{"application":"a","role":"r","group":"/"}}"#, "role_privilege_group.group"),
    (r#"{"role_parent":{"application":"a","role":"r","parent":"r","parent_tenant":"t"}}"#, "role_parent.parent_tenant"),
    (r#"{"role_parent":{"application":"a","tenant":"/","role":"r","parent":"s"}}"#, "role_parent.tenant"),
    (r#"{"role_assignment":{"holder":"users/u","application":"","role":"r"}}"#, "role_assignment.application"),
    (r#"{"client":{"id":"x","application":"a","tenant":"/"}}"#, "client.tenant"),
    (r#"{"group":{"id":"x","group_name":"x\ny"}}"#, "group.group_name"),
    (r#"{"external_identity":{"bearer":"groups/g","issuer":"i","subject":"s"}}"#, "external_identity.bearer"),
    (r#"{"external_identity":{"bearer":"u","issuer":"i","subject":"s"}}"#, "external_identity.bearer"),
    (r#"{"external_identity":{"bearer":"users/u","issuer":"","subject":"s"}}"#, "external_identity.issuer"),
    (r#"{"external_identity":{"bearer":"users/u","issuer":"i","subject":"s\u0000"}}"#, "external_identity.subject"),
    (r#"{"group_member":{"group":"g","member":"u"}}"#, "group_member.member"),
    (r#"{"group_member":{"group":"g","member":"applications/a"}}"#, "group_member.member"),
    (r#"{"role_assignment":{"holder":"u","application":"a","role":"r"}}"#, "role_assignment.holder"),
    (
        r#"{"role_assignment":{"holder":"users/u","application":"a","role":"r","start_time":"tomorrow"}}"#,
        "role_assignment.start_time",
    ),
    (
        r#"{"role_assignment":{"holder":"users/u","application":"a","role":"r","start_time":"2030-01-01T00:00:00Z","expire_time":"2030-01-01T00:00:00Z"}}"#,
        "role_assignment.expire_time",
    ),
    (r#"{"assigned_privilege":{"application":"a","privilege":"","user":"u"}}"#, "assigned_privilege.privilege"),
    (r#"{"assigned_privilege":{"application":"a","privilege":"none","user":"u"}}"#, "assigned_privilege.privilege"),
    (r#"{"assigned_privilege":{"application":"a","privilege":"k","user":"users/u"}}"#, "assigned_privilege.user"),
    (r#"{"bailiwick_policy":{"version":1}}"#, "bailiwick_policy"),
];

/// Lines that name what does not exist.
const UNKNOWN: &[&str] = &[
    r#"{"tenant":{"application":"x","id":"t"}}"#,
    r#"{"privilege":{"application":"x","key":"k"}}"#,
    r#"{"role":{"application":"x","id":"r","role_name":"R"}}"#,
    r#"{"role":{"application":"a","tenant":"x","id":"x","role_name":"x"}}"#,
    r#"{"role":{"application":"a","tenant":"gone","id":"x","role_name":"x"}}"#,
    r#"{"role":{"application":"a","id":"x","role_name":"x","tenant_visibility":"TENANT_INCLUSION_LIST","visible_tenants":["u"]}}"#,
    r#"{"role_privilege":{"application":"a","role":"x","privilege":"k"}}"#,
    r#"{"assigned_privilege":{"application":"a","privilege":"k","user":"x"}}"#,
    r#"{"privilege_group":{"application":"x","id":"p","group_name":"p"}}"#,
    r#"{"privilege_group":{"application":"a","tenant":"gone","id":"p","group_name":"p"}}"#,
    r#"{"grouped_privilege":{"application":"a","group":"x","privilege":"k"}}"#,
    r#"{"role_privilege_group":{"application":"a","role":"x","group":"p"}}"#,
    r#"{"role_privilege_group":{"application":"a","role":"r","group":"x"}}"#,
    r#"{"role_parent":{"application":"a","role":"x","parent":"r"}}"#,
    r#"{"role_parent":{"application":"a","role":"r","parent":"x"}}"#,
    r#"{"user":{"id":"x","username":"x","application":"x"}}"#,
    r#"{"user":{"id":"x","username":"x","tenants":["a/x"]}}"#,
    r#"{"user":{"id":"x","username":"x","tenants":["a/gone"]}}"#,
    r#"{"user":{"id":"x","username":"x","former_tenants":["a/x"]}}"#,
    r#"{"client":{"id":"x","application":"x"}}"#,
    r#"{"client":{"id":"x","application":"a","tenant":"x"}}"#,
    r#"{"external_identity":{"bearer":"users/x","issuer":"i","subject":"s"}}"#,
    r#"{"external_identity":{"bearer":"clients/x","issuer":"i","subject":"s"}}"#,
    r#"{"group_member":{"group":"x","member":"users/u"}}"#,
    r#"{"group_member":{"group":"g","member":"users/x"}}"#,
    r#"{"group_member":{"group":"g","member":"clients/x"}}"#,
    r#"{"group_member":{"group":"g","member":"groups/x"}}"#,
    r#"{"role_assignment":{"holder":"users/x","application":"a","role":"r"}}"#,
    r#"{"role_assignment":{"holder":"applications/x","application":"a","role":"r"}}"#,
    r#"{"role_assignment":{"holder":"users/u","application":"a","role":"x"}}"#,
    r#"{"role_assignment":{"holder":"users/u","application":"a","role":"r","role_tenant":"x"}}"#,
    r#"{"role_assignment":{"holder":"users/u","application":"a","role":"r","tenant":"x"}}"#,
    r#"{"role_assignment":{"holder":"users/u","application":"a","role":"r","tenant":"gone"}}"#,
];

/// Lines that the state does not permit, and the reason.
const NOT_PERMITTED: &[(&str, Code, &str)] = &[
    (r#"{"user":{"id":"x","username":"üLRICH"}}"#, Code::AlreadyExists, "ALREADY_EXISTS"),
    (r#"{"group":{"id":"x","group_name":"g"}}"#, Code::AlreadyExists, "ALREADY_EXISTS"),
    (r#"{"role":{"application":"a","id":"x","role_name":"r"}}"#, Code::AlreadyExists, "ALREADY_EXISTS"),
    (r#"{"role_parent":{"application":"a","role":"s","parent":"r"}}"#, Code::FailedPrecondition, "CYCLE"),
    (r#"{"role_parent":{"application":"a","role":"s","parent":"s"}}"#, Code::FailedPrecondition, "CYCLE"),
    (r#"{"group_member":{"group":"h","member":"groups/g"}}"#, Code::FailedPrecondition, "CYCLE"),
    (r#"{"role":{"application":"a","id":"r","role_name":"r"}}"#, Code::FailedPrecondition, "IMMUTABLE"),
    (r#"{"user":{"id":"u","username":"u","application":"a"}}"#, Code::FailedPrecondition, "IMMUTABLE"),
    (r#"{"user":{"id":"u","username":"Ülrich"}}"#, Code::FailedPrecondition, "IMMUTABLE"),
    (r#"{"client":{"id":"c","application":"b"}}"#, Code::FailedPrecondition, "IMMUTABLE"),
    (r#"{"client":{"id":"c","application":"a","tenant":"t"}}"#, Code::FailedPrecondition, "IMMUTABLE"),
    (r#"{"group":{"id":"g","group_name":"x"}}"#, Code::FailedPrecondition, "IMMUTABLE"),
    (r#"{"tenant":{"application":"a","id":"t","type":"GLOBAL"}}"#, Code::FailedPrecondition, "IMMUTABLE"),
    (r#"{"privilege":{"application":"a","key":"k","object_scoped":false}}"#, Code::FailedPrecondition, "IMMUTABLE"),
    (r#"{"privilege":{"application":"a","key":"doc"}}"#, Code::FailedPrecondition, "IMMUTABLE"),
    (
        r#"{"privilege":{"application":"a","key":"k","document":{"statements":[{"effect":"ALLOW","actions":["*"],"scopes":["*"]}]}}}"#,
        Code::FailedPrecondition,
        "IMMUTABLE",
    ),
    (
        r#"{"assigned_privilege":{"application":"a","privilege":"k","user":"w"}}"#,
        Code::FailedPrecondition,
        "ROLE_NOT_ASSIGNABLE",
    ),
    (r#"{"privilege_group":{"application":"a","id":"p","group_name":"p"}}"#, Code::FailedPrecondition, "IMMUTABLE"),
    (r#"{"privilege_group":{"application":"a","id":"x","group_name":"p"}}"#, Code::AlreadyExists, "ALREADY_EXISTS"),
    (
        r#"{"role_privilege_group":{"application":"bailiwick","role":"administrator","group":"x"}}"#,
        Code::FailedPrecondition,
        "PREDEFINED",
    ),
    (r#"{"application":{"id":"bailiwick"}}"#, Code::FailedPrecondition, "PREDEFINED"),
    (
        r#"{"role":{"application":"bailiwick","id":"administrator","role_name":"administrator"}}"#,
        Code::FailedPrecondition,
        "PREDEFINED",
    ),
    (
        r#"{"role_privilege":{"application":"bailiwick","role":"administrator","privilege":"bailiwick:user:read"}}"#,
        Code::FailedPrecondition,
        "PREDEFINED",
    ),
    (
        r#"{"role_parent":{"application":"bailiwick","role":"administrator","parent":"administrator"}}"#,
        Code::FailedPrecondition,
        "PREDEFINED",
    ),
    (
        r#"{"client":{"id":"local-administrator","application":"bailiwick","enabled":false}}"#,
        Code::FailedPrecondition,
        "LAST_ADMINISTRATOR",
    ),
    (
        r#"{"role_assignment":{"holder":"clients/local-administrator","application":"bailiwick","role":"administrator","expire_time":"2900-01-01T00:00:00Z"}}"#,
        Code::FailedPrecondition,
        "LAST_ADMINISTRATOR",
    ),
];

/// Imports a document that is refused, and sees that it leaves nothing.
async fn refused(clients: &Clients, text: &str) -> Refusal {
    let before = export(clients).await;
    let status = import_with(clients, Options::default(), text).await.expect_err(text);
    assert_eq!(export(clients).await, before, "{text}");
    Refusal::of(&status)
}

/// Imports a line that is wrong, after others that are not.
async fn refused_line(clients: &Clients, line: &str) -> Refusal {
    let fine = r#"{"application":{"id":"fine"}}"#;
    let refusal = refused(clients, &document([fine, "", line, fine])).await;
    assert_eq!(refusal.committed_lines.as_deref(), Some("0"), "{line}: {refusal:?}");
    refusal
}

#[test]
fn a_line_that_is_malformed_is_named_with_its_field() {
    let server = Server::start();
    block_on(async {
        let clients = server.clients().await;
        import(&clients, THERE).await;
        for (line, field) in MALFORMED {
            let refusal = refused_line(&clients, line).await;
            refusal.expect(Code::InvalidArgument, "INVALID_REQUEST");
            let expected = format!("line 4: {field}");
            assert!(refusal.fields[0].starts_with(&expected), "{line}: {refusal:?}");
            assert!(refusal.message.contains("line 4"), "{line}: {refusal:?}");
        }
    });
}

#[test]
fn a_line_that_names_what_does_not_exist_is_refused() {
    on_every_store(|server| {
        block_on(async {
            let clients = server.clients().await;
            import(&clients, THERE).await;
            for line in UNKNOWN {
                let refusal = refused_line(&clients, line).await;
                refusal.expect(Code::NotFound, "NOT_FOUND");
                assert_eq!(refusal.place.as_deref(), Some("line 4"), "{line}: {refusal:?}");
            }
        });
    });
}

#[test]
fn a_line_that_the_state_does_not_permit_is_refused() {
    on_every_store(|server| {
        block_on(async {
            let clients = server.clients().await;
            import(&clients, THERE).await;
            for (line, code, reason) in NOT_PERMITTED {
                let refusal = refused_line(&clients, line).await;
                refusal.expect(*code, reason);
                // Of what no line is to blame for by itself, all lines of the batch are.
                let place = if *reason == "LAST_ADMINISTRATOR" { "lines 2 to 5" } else { "line 4" };
                assert_eq!(refusal.place.as_deref(), Some(place), "{line}: {refusal:?}");
            }
        });
    });
}

#[test]
fn a_cycle_that_one_document_closes_is_refused() {
    let server = Server::start();
    block_on(async {
        let clients = server.clients().await;
        import(&clients, THERE).await;
        let roles = document([
            r#"{"role":{"application":"a","id":"x","role_name":"X"}}"#,
            r#"{"role_parent":{"application":"a","role":"s","parent":"x"}}"#,
            r#"{"role_parent":{"application":"a","role":"x","parent":"r"}}"#,
        ]);
        let refusal = refused(&clients, &roles).await;
        refusal.expect(Code::FailedPrecondition, "CYCLE");
        for role in ["roles/r", "roles/s", "roles/x"] {
            assert!(refusal.message.contains(role), "{refusal:?}");
        }
        let groups = document([
            r#"{"group":{"id":"x","group_name":"X"}}"#,
            r#"{"group_member":{"group":"h","member":"groups/x"}}"#,
            r#"{"group_member":{"group":"x","member":"groups/g"}}"#,
        ]);
        refused(&clients, &groups).await.expect(Code::FailedPrecondition, "CYCLE");
    });
}

#[test]
fn every_malformed_line_of_a_batch_is_named_at_once() {
    let server = Server::start();
    block_on(async {
        let clients = server.clients().await;
        let text = document([
            r#"{"user":{"id":"/","username":"","email":"\u0001"}}"#,
            r#"{"application":{"id":"a"}}"#,
            r#"{"group":{"id":"g"}}"#,
        ]);
        let refusal = refused(&clients, &text).await;
        assert_eq!(refusal.fields, ["line 2: user.id", "line 2: user.username", "line 2: user.email", "line 4: group"]);
    });
}

#[test]
fn a_document_begins_with_its_version() {
    let server = Server::start();
    block_on(async {
        let clients = server.clients().await;
        for (text, field) in [
            ("", "line 1"),
            ("\n", "line 1"),
            ("\n{\"bailiwick_policy\":{\"version\":1}}\n", "line 1"),
            ("{\"application\":{\"id\":\"a\"}}\n", "line 1"),
            ("{\"bailiwick_policy\":{\"version\":2}}\n", "line 1: bailiwick_policy.version"),
            ("{\"bailiwick_policy\":{\"version\":0}}\n", "line 1: bailiwick_policy.version"),
            ("{\"bailiwick_policy\":{\"version\":1,\"more\":2}}\n", "line 1"),
            ("{\"bailiwick_policy\":{}}\n", "line 1"),
            ("bailiwick_policy", "line 1"),
        ] {
            let refusal = refused(&clients, text).await;
            refusal.expect(Code::InvalidArgument, "INVALID_REQUEST");
            assert!(refusal.fields[0].starts_with(field), "{text}: {refusal:?}");
        }
    });
}
