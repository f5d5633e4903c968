//! Every method of the contract × {no credentials, no right, malformed}: one table, in `refusals::table`.
//!
//! The table is compared with the contract and with the table of methods that the server enforces: a new method that
//! is missing in either fails. Every refusal is held to the law of statuses by [`Refusal`](super::callers::actor).

mod alike;
mod table;

use std::collections::{BTreeMap, BTreeSet};

use bailiwick::app::methods::{self, Access};
use prost::Message;
use prost_types::{FileDescriptorProto, FileDescriptorSet};
use serde_json::{Value, json};
use tonic::Code;
use tonic::metadata::MetadataMap;

use self::table::{Row, Unprivileged, rows};
use crate::callers::actor::{Actor, Refusal, described, message, path};
use crate::callers::shop::{self, NOBODY, PEOPLE};
use crate::callers::stage::{actor, export, head, root, server_for};
use crate::harness::{Server, block_on};

/// The methods of our own services, by their paths, with the comments that document them.
fn contract() -> BTreeMap<String, String> {
    let files = FileDescriptorSet::decode(bailiwick::proto::FILE_DESCRIPTOR_SET).unwrap().file;
    files.iter().filter(|file| file.package() == "bailiwick.v1").flat_map(methods_of).collect()
}

fn methods_of(file: &FileDescriptorProto) -> Vec<(String, String)> {
    let comment = |place: &[i32]| {
        let found = file.source_code_info.iter().flat_map(|info| &info.location).find(|info| info.path == place);
        found.map(|info| info.leading_comments().to_owned()).unwrap_or_default()
    };
    let mut found = Vec::new();
    for (at, service) in (0..).zip(&file.service) {
        for (number, method) in (0..).zip(&service.method) {
            let path = format!("{}.{}/{}", file.package(), service.name(), method.name());
            // 6: the services of a file; 2: the methods of a service.
            found.push((path, comment(&[6, at, 2, number])));
        }
    }
    found
}

#[test]
fn every_method_of_the_contract_is_in_both_tables() {
    let contract: BTreeSet<String> = contract().into_keys().collect();
    let enforced: BTreeSet<String> = methods::OWN.iter().map(|method| method.path.to_owned()).collect();
    let tested: BTreeSet<String> = rows().map(|row| format!("bailiwick.v1.{}", row.method)).collect();
    assert_eq!(enforced, contract, "app::methods and the contract");
    assert_eq!(tested, contract, "the table of refusals and the contract");
    assert_eq!(methods::OWN.len(), contract.len(), "a method stands in the table once");
    assert_eq!(rows().count(), contract.len(), "a method stands in the table of refusals once");
}

#[test]
fn the_contract_names_the_privilege_and_the_boundaries_that_are_enforced() {
    let kinds = ["APPLICATION", "TENANT", "SELF", "TENANT_INCLUSION_LIST", "TENANT_EXCLUSION_LIST"];
    for (path, comment) in contract() {
        let method = methods::find(&path).unwrap();
        let Access::Privilege(privilege) = method.access else { panic!("{path} is open to everybody") };
        let comment = comment.split_whitespace().collect::<Vec<_>>().join(" ");
        if ["BatchCheckPermissions", "StreamCheckPermissions"].iter().any(|name| method.path.ends_with(name)) {
            assert!(comment.contains("what CheckPermission needs"), "{path}: {comment}");
            continue;
        }
        assert!(comment.contains(&format!("Needs `{}`", privilege.key)), "{path} does not name {}", privilege.key);
        let (_, list) =
            comment.to_lowercase().split_once("accepted boundary kinds").map(|(a, b)| (a.len(), b.len())).map_or_else(
                || panic!("{path} names no boundary kinds"),
                |(before, _)| comment.split_at(before + "accepted boundary kinds".len()),
            );
        let words = list.split(|c: char| !(c.is_ascii_uppercase() || c == '_')).filter(|word| word.len() > 1);
        let named: BTreeSet<&str> = words.take_while(|word| kinds.contains(word)).collect();
        let accepted: BTreeSet<&str> = privilege.accepts.iter().map(|kind| kind.as_str()).collect();
        assert_eq!(named, accepted, "{path}");
    }
}

/// Every method, with the messages of a good call and those of a malformed one.
pub(crate) fn calls() -> impl Iterator<Item = (&'static str, Vec<Value>, Vec<Value>)> {
    rows().map(|row| (row.method, (row.requests)(), (row.malformed)().0))
}

/// A server on which the shop is open.
fn opened() -> Server {
    let server = server_for(PEOPLE);
    block_on(async { shop::open(&root(&server).await).await });
    server
}

fn encoded(row: &Row, request: Value) -> Vec<u8> {
    message(&described(row.method).input(), request).encode_to_vec()
}

async fn sent(by: &Actor, row: &Row, messages: Vec<Vec<u8>>) -> Result<Vec<Vec<u8>>, Refusal> {
    let path = path(&described(row.method));
    by.raw(&path, messages, MetadataMap::new()).await.map_err(|status| Refusal::of(&status))
}

#[test]
fn without_credentials_every_method_is_unauthenticated() {
    let server = opened();
    block_on(async {
        let root = root(&server).await;
        let known = crate::callers::stage::token_of(crate::callers::stage::ROOT);
        let unknown = ["", "0123456789abcdef0123456789abcdef", &known[1..], &known.to_uppercase()];
        let mut answers = BTreeSet::new();
        for row in rows() {
            for token in std::iter::once(None).chain(unknown.map(|token| Some(token.to_owned()))) {
                let somebody = root.with_token(token);
                for messages in [requests(row), vec![vec![0xff]], Vec::new()] {
                    let refusal = sent(&somebody, row, messages).await.unwrap_err();
                    assert_eq!(refusal.said(), (Code::Unauthenticated, "UNAUTHENTICATED"), "{}", row.method);
                    answers.insert(refusal.bytes);
                }
            }
        }
        assert_eq!(answers.len(), 1, "every method answers a stranger with the same bytes");
    });
}

fn requests(row: &Row) -> Vec<Vec<u8>> {
    (row.requests)().into_iter().map(|request| encoded(row, request)).collect()
}

#[test]
fn without_the_right_every_method_is_denied() {
    let server = opened();
    block_on(async {
        let root = root(&server).await;
        let (before, revision) = (export(&root).await, head(&root).await);
        every_method_is_denied_to(&actor(&server, NOBODY).await, |request| request).await;
        assert_eq!((export(&root).await, head(&root).await), (before, revision));
    });
}

/// Calls every method as somebody who has no right, where the shop is open; `change` may aim a request elsewhere.
pub(crate) async fn every_method_is_denied_to(nobody: &Actor, change: impl Fn(Value) -> Value) {
    for row in rows() {
        let requests = (row.requests)().into_iter().map(&change).collect();
        match (&row.unprivileged, nobody.ask(row.method, requests).await) {
            (Unprivileged::Denied, Err(refusal)) => denied_for(row, &refusal),
            (Unprivileged::EachItemDenied, Ok(answers)) => {
                let error = &answers[0]["results"][0]["error"];
                assert_eq!(error["code"], i32::from(Code::PermissionDenied), "{}: {error}", row.method);
                Refusal::explained(Code::PermissionDenied, error);
            }
            (_, outcome) => panic!("{}: {outcome:?}", row.method),
        }
    }
}

/// The details name the privilege and the boundary kinds of the table of methods.
fn denied_for(row: &Row, refusal: &Refusal) {
    let method = methods::find(&format!("bailiwick.v1.{}", row.method)).unwrap();
    let privilege = method.privilege().unwrap();
    let kinds: Vec<&str> = privilege.accepts.iter().map(|kind| kind.as_str()).collect();
    assert_eq!(refusal.said(), (Code::PermissionDenied, "PERMISSION_DENIED"), "{}: {refusal:?}", row.method);
    let mut said = refusal.details[0]["metadata"].clone();
    // Of many items, which one.
    said.as_object_mut().unwrap().remove("place");
    assert_eq!(said, json!({"privilege": privilege.key, "accepted_boundaries": kinds.join(",")}), "{}", row.method);
}

/// Whoever has the right is not refused: the table's requests are good ones.
#[test]
fn with_the_right_every_method_answers() {
    let server = opened();
    block_on(async {
        let root = root(&server).await;
        for row in rows() {
            let mut requests = (row.requests)();
            if described(row.method).input().get_field_by_name("validate_only").is_some() {
                for request in &mut requests {
                    request["validate_only"] = true.into();
                }
            }
            let outcome = root.ask(row.method, requests).await;
            assert!(outcome.is_ok(), "{}: {outcome:?}", row.method);
            if matches!(row.unprivileged, Unprivileged::EachItemDenied) {
                assert_eq!(outcome.unwrap()[0]["results"][0]["error"], Value::Null, "{}", row.method);
            }
        }
    });
}

#[test]
fn a_malformed_request_is_refused_with_every_violation() {
    let server = opened();
    block_on(async {
        let root = root(&server).await;
        let (before, revision) = (export(&root).await, head(&root).await);
        let mut wrong = Vec::new();
        for row in rows() {
            let (request, fields) = (row.malformed)();
            let refusal = root.ask(row.method, request).await.unwrap_err();
            assert_eq!(refusal.said(), (Code::InvalidArgument, "INVALID_REQUEST"), "{}: {refusal:?}", row.method);
            let expected: BTreeSet<String> = fields.iter().map(|field| (*field).to_owned()).collect();
            if refusal.fields() != expected {
                wrong.push(format!("{}: {:?}, not {expected:?}", row.method, refusal.fields()));
            }
        }
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
        assert_eq!((export(&root).await, head(&root).await), (before, revision));
    });
}

#[test]
fn bytes_that_are_no_message_are_refused() {
    let server = opened();
    block_on(async {
        let root = root(&server).await;
        let nested = (0..200).fold(Vec::new(), |inner: Vec<u8>, _| {
            let mut outer = vec![0x1a];
            prost::encoding::encode_varint(inner.len() as u64, &mut outer);
            outer.extend(inner);
            outer
        });
        let malformed: [(&str, Vec<u8>); 7] = [
            ("a tag that does not end", vec![0xff; 11]),
            ("field number 0", vec![0x02, 0x00]),
            ("a length beyond the end", vec![0x0a, 0x7f, b'x']),
            ("a length of 2^63", vec![0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]),
            ("a group that does not end", vec![0x0b]),
            ("a reserved wire type", vec![0x0f]),
            ("nesting without end, in a field that no message has", [vec![0xfa, 0x7f], with_length(&nested)].concat()),
        ];
        for row in rows() {
            for (what, bytes) in &malformed[..6] {
                let refusal = sent(&root, row, vec![bytes.clone()]).await.unwrap_err();
                assert_eq!(refusal.code, Code::InvalidArgument, "{}: {what}: {refusal:?}", row.method);
            }
            let wrong_text = vec![0x0a, 0x02, 0xc3, 0x28, 0x12, 0x02, 0xc3, 0x28];
            let refusal = sent(&root, row, vec![wrong_text]).await.unwrap_err();
            assert_eq!(refusal.code, Code::InvalidArgument, "{}: text that is no UTF-8: {refusal:?}", row.method);
            let (what, bytes) = &malformed[6];
            let unknown = sent(&root, row, vec![bytes.clone()]).await;
            assert!(!matches!(&unknown, Err(refusal) if refusal.code == Code::Internal), "{}: {what}", row.method);
        }
    });
}

fn with_length(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    prost::encoding::encode_varint(bytes.len() as u64, &mut out);
    out.extend(bytes);
    out
}

/// One message belongs to a call that is no stream. Without one it is refused; a second one changes nothing.
#[test]
fn a_call_without_a_message_is_refused_and_a_second_one_does_nothing() {
    let server = opened();
    block_on(async {
        let root = root(&server).await;
        let revision = head(&root).await;
        for row in rows().filter(|row| !described(row.method).is_client_streaming()) {
            let refusal = sent(&root, row, Vec::new()).await.unwrap_err();
            assert_eq!(refusal.code, Code::InvalidArgument, "{}: {refusal:?}", row.method);
            let mut request = (row.requests)().remove(0);
            if described(row.method).input().get_field_by_name("validate_only").is_some() {
                request["validate_only"] = true.into();
            }
            let (first, second) = (encoded(row, request), requests(row).remove(0));
            let _refused_or_answered = sent(&root, row, vec![first, second]).await;
        }
        assert_eq!(head(&root).await, revision);
    });
}
