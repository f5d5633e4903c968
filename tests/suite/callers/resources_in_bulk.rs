//! Resources written many at once: a batch, which is all or nothing, and an import, chunk by chunk.

use serde_json::{Value, json};
use tonic::Code;

use super::actor::{Actor, Refusal};
use super::related::{ACME_TENANT, GET, RELATE, UPSERT, item, order, relate, upsert};
use super::shop::{self, ACME};
use super::stage::{actor, export, head, revision, strings};

const IMPORT: &str = "ResourceService/ImportResources";

fn counts(answer: &Value) -> [i64; 3] {
    ["created_count", "updated_count", "unchanged_count"].map(|field| answer[field].as_i64().unwrap_or(0))
}

#[test]
fn a_batch_makes_resources_what_they_shall_be_and_leaves_what_is_so_already() {
    shop::on_every_store(async |_, root| {
        let before = head(root).await;
        let items = [item("low", &["orders/mid"]), item("mid", &["orders/7"]), item("alone", &[])];
        assert_eq!(counts(&root.done(UPSERT, upsert(&items)).await), [3, 0, 0]);
        let read = async |id: &str| root.done(GET, json!({"name": order(id)})).await["resource"].clone();
        let (low, mid) = (read("low").await, read("mid").await);
        assert_eq!(counts(&root.done(UPSERT, upsert(&items)).await), [0, 0, 3]);
        assert_eq!((read("low").await, read("mid").await), (low.clone(), mid.clone()), "the etag, too");
        let moved = [
            item("low", &["orders/alone"]),
            json!({"kind": "orders", "id": "mid"}),
            item("alone", &[]),
            item("new", &["orders/low"]),
        ];
        assert_eq!(counts(&root.done(UPSERT, upsert(&moved)).await), [1, 2, 1]);
        let now = read("low").await;
        assert_eq!((strings(&now["parents"]), &now["create_time"]), (vec!["orders/alone"], &low["create_time"]));
        assert_ne!(now["etag"], low["etag"]);
        let mid = read("mid").await;
        assert_eq!((&mid["tenant"], &mid["parents"], &mid["tenant_level"]), (&Value::Null, &Value::Null, &json!(true)));
        assert_eq!(head(root).await, before + 3, "each call is a revision");
    });
}

#[test]
fn a_batch_is_all_or_nothing_and_the_refusal_names_the_item() {
    shop::on_every_store(async |_, root| {
        let (before, revision) = (export(root).await, head(root).await);
        let refused = async |items: &[Value]| root.refused(UPSERT, upsert(items)).await;
        let absent = refused(&[item("a", &[]), item("b", &["orders/a", "orders/none"])]).await;
        assert_eq!((absent.code, absent.fact("place").as_deref()), (Code::NotFound, Some("resources[1].parents[1]")));
        let thousand: Vec<Value> = (0..1_001).map(|number| item(&format!("n{number}"), &[])).collect();
        for items in [&thousand[..], &[]] {
            assert_eq!(refused(items).await.violated(), ["resources"]);
        }
        let relations: Vec<Value> =
            (0..1_001).map(|number| json!({"child": format!("a/{number}"), "parent": "a/b"})).collect();
        for (add, remove) in
            [(&relations[..], &[][..]), (&relations[..501], &relations[501..]), (&relations[..0], &[][..])]
        {
            let request = json!({"parent": "applications/shop", "add": add, "remove": remove});
            let refusal = root.refused(RELATE, request).await;
            let fine = add.len() + remove.len() == 1_001 || add.is_empty();
            assert!(fine && refusal.violated() == ["add"], "{refusal:?}");
        }
        assert_eq!((export(root).await, head(root).await), (before, revision));
        assert_eq!(counts(&root.done(UPSERT, upsert(&thousand[..1_000])).await), [1_000, 0, 0]);
        for absent in [relate("add", "orders/none", "orders/7"), relate("add", "orders/7", "orders/none")] {
            assert_eq!(root.refused(RELATE, absent).await.code, Code::NotFound);
        }
        root.done(RELATE, relate("remove", "orders/none", "orders/absent")).await;
    });
}

fn options(import_id: &str) -> Value {
    json!({"options": {"parent": "applications/shop", "import_id": import_id, "reason": "moved in"}})
}

fn chunk(items: &[Value]) -> Value {
    json!({"chunk": {"resources": items}})
}

/// Sends an import.
async fn import(by: &Actor, messages: &[Value]) -> Result<Value, Refusal> {
    by.send(IMPORT, messages.to_vec()).await.map(|mut answers| answers.remove(0))
}

/// What an import did: resources, chunks, created, updated, unchanged, skipped chunks.
fn told(answer: &Value) -> [i64; 6] {
    ["resources", "chunks", "created", "updated", "unchanged", "skipped_chunks"]
        .map(|field| answer[field].as_i64().unwrap_or(0))
}

#[test]
fn an_import_is_a_revision_for_each_chunk_and_repeats_change_nothing() {
    shop::on_every_store(async |_, root| {
        let before = head(root).await;
        let number = |number: usize| item(&format!("n{number:04}"), &["orders/top"]);
        let first: Vec<Value> = std::iter::once(item("top", &[])).chain((0..999).map(number)).collect();
        let second: Vec<Value> = (999..1_500).map(number).collect();
        let messages = [options(""), chunk(&first), chunk(&second)];
        let answer = import(root, &messages).await.unwrap();
        assert_eq!(told(&answer), [1_501, 2, 1_501, 0, 0, 0]);
        assert_eq!(revision(&answer), before + 2);
        let document = export(root).await;
        assert_eq!(told(&import(root, &messages).await.unwrap()), [1_501, 2, 0, 0, 1_501, 0]);
        assert_eq!(head(root).await, before + 4);
        let changed = [options(""), chunk(&[item("top", &[]), item("n0000", &[]), item("n1500", &["orders/n0000"])])];
        assert_eq!(told(&import(root, &changed).await.unwrap()), [3, 1, 1, 1, 1, 0]);
        assert_ne!(export(root).await, document);
        assert_eq!(told(&import(root, &[options("")]).await.unwrap()), [0; 6]);
    });
}

#[test]
fn what_a_broken_import_has_applied_stays_and_it_goes_on_behind_it() {
    shop::on_every_store(async |_, root| {
        let before = head(root).await;
        let good = [chunk(&[item("a", &[])]), chunk(&[item("b", &["orders/a"])])];
        let broken = [
            options("again"),
            good[0].clone(),
            good[1].clone(),
            chunk(&[item("c", &[]), item("d", &["orders/a", "orders/none"])]),
            chunk(&[item("e", &[])]),
        ];
        let refusal = import(root, &broken).await.unwrap_err();
        assert_eq!(
            (refusal.code, refusal.fact("place").as_deref()),
            (Code::NotFound, Some("chunks[2].resources[1].parents[1]"))
        );
        assert_eq!(head(root).await, before + 2);
        assert_eq!(
            root.refused(GET, json!({"name": order("c")})).await.code,
            Code::NotFound,
            "nothing of a refused chunk"
        );
        let whole = [options("again"), good[0].clone(), good[1].clone(), chunk(&[item("c", &[])])];
        assert_eq!(told(&import(root, &whole).await.unwrap()), [3, 1, 1, 0, 0, 2]);
        assert_eq!(told(&import(root, &whole).await.unwrap()), [3, 0, 0, 0, 0, 3]);
        assert_eq!(head(root).await, before + 3);
        let other = [options("again"), good[0].clone(), chunk(&[item("b", &[])])];
        let refusal = import(root, &other).await.unwrap_err();
        assert_eq!(refusal.said(), (Code::InvalidArgument, "REQUEST_ID_REUSED"));
        assert_eq!(refusal.fact("place").as_deref(), Some("chunks[1]"));
    });
}

#[test]
fn an_import_is_refused_by_the_places_of_what_is_wrong() {
    shop::on_every_store(async |server, root| {
        let (before, revision) = (export(root).await, head(root).await);
        let a = chunk(&[item("a", &[])]);
        let many: Vec<Value> = (0..1_001).map(|number| item(&format!("n{number}"), &[])).collect();
        for (messages, field) in [
            (vec![], "options"),
            (vec![a.clone()], "options"),
            (vec![options(""), options("")], "options"),
            (vec![json!({})], "part"),
            (vec![options(""), chunk(&[])], "chunks[0].resources"),
            (vec![options(""), chunk(&many)], "chunks[0].resources"),
            (vec![options(""), chunk(&[item("a", &[]), item("a", &[])])], "chunks[0].resources[1]"),
            (vec![options(""), chunk(&[item("a\n", &[])])], "chunks[0].resources[0].id"),
            (vec![options(""), chunk(&[item("a", &["orders"])])], "chunks[0].resources[0].parents[0]"),
        ] {
            let refusal = import(root, &messages).await.unwrap_err();
            assert_eq!((refusal.code, refusal.violated()), (Code::InvalidArgument, vec![field.to_owned()]));
        }
        let cycle = import(root, &[options(""), chunk(&[item("a", &[]), item("b", &["orders/b"])])]).await.unwrap_err();
        assert_eq!(
            (cycle.said(), cycle.fact("place").as_deref()),
            ((Code::FailedPrecondition, "CYCLE"), Some("chunks[0].resources[1]"))
        );
        let caller = actor(server, ACME).await;
        for (wrong, place) in [
            (item("x", &["orders/7"]), "chunks[0].resources[1].parents[0]"),
            (json!({"kind": "orders", "id": "7"}), "chunks[0].resources[1]"),
        ] {
            let refusal = import(&caller, &[options(""), chunk(&[item("fine", &[]), wrong])]).await.unwrap_err();
            assert!(matches!(refusal.code, Code::NotFound | Code::PermissionDenied), "{refusal:?}");
            assert_eq!(refusal.fact("place").as_deref(), Some(place));
        }
        assert_eq!((export(root).await, head(root).await), (before, revision));
        assert_eq!(told(&import(&caller, &[options(""), a]).await.unwrap()), [1, 1, 1, 0, 0, 0]);
    });
}

#[test]
fn an_import_that_is_only_validated_says_what_it_would_do_and_does_nothing() {
    shop::on_every_store(async |_, root| {
        let (before, revision) = (export(root).await, head(root).await);
        let mut validated = options("once");
        validated["options"]["validate_only"] = true.into();
        let chunks = [
            chunk(&[item("a", &[]), item("of/acme", &[])]),
            chunk(&[item("b", &["orders/a"]), item("of/globex", &[])]),
        ];
        let messages = |first: &Value| [std::slice::from_ref(first), &chunks[..]].concat();
        let would = import(root, &messages(&validated)).await.unwrap();
        assert_eq!(told(&would), [4, 2, 2, 1, 1, 0]);
        assert_eq!((export(root).await, head(root).await), (before, revision));
        let later = [validated.clone(), chunk(&[item("b", &["orders/a"])]), chunk(&[item("a", &[])])];
        let refusal = import(root, &later).await.unwrap_err();
        assert_eq!(
            refusal.fact("place").as_deref(),
            Some("chunks[0].resources[0].parents[0]"),
            "send what is above first"
        );
        assert_eq!(told(&import(root, &messages(&options("once"))).await.unwrap()), told(&would));
        let globex = root.done(GET, json!({"name": order("of/globex")})).await["resource"].clone();
        assert_eq!(globex["tenant"], ACME_TENANT);
    });
}
