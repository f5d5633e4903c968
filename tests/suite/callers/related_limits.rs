//! What relations of resources cannot be: a cycle, too many, too deep. Tried at the limit and one past it.

use serde_json::{Value, json};
use tonic::Code;

use super::actor::{Actor, Refusal};
use super::related::{CREATE, RELATE, UPDATE, UPSERT, create, item, order, parents, relate, upsert};
use super::shop;
use super::stage::{export, head, root, server_for};
use crate::harness::block_on;

fn key(id: &str) -> String {
    format!("orders/{id}")
}

fn is_cycle(refusal: &Refusal, through: &[&str], place: Option<&str>) {
    assert_eq!(refusal.said(), (Code::FailedPrecondition, "CYCLE"), "{refusal:?}");
    for id in through {
        assert!(refusal.message.contains(&order(id)), "{id} is on it: {refusal:?}");
    }
    assert_eq!(refusal.fact("place").as_deref(), place, "{refusal:?}");
}

#[test]
fn a_cycle_is_refused_and_named_by_whatever_call_would_close_it() {
    shop::on_every_store(async |_, root| {
        root.done(UPSERT, upsert(&[item("c", &["orders/b"]), item("b", &["orders/a"]), item("a", &[])])).await;
        let (before, revision) = (export(root).await, head(root).await);
        is_cycle(&root.refused(CREATE, create("own", &["orders/own"])).await, &["own"], None);
        for (id, below, through) in [("a", "c", &["a", "b", "c"][..]), ("a", "b", &["a", "b"]), ("b", "b", &["b"])] {
            is_cycle(&root.refused(UPDATE, parents(id, &[&key(below)])).await, through, None);
            let add = relate("add", &key(id), &key(below));
            is_cycle(&root.refused(RELATE, add).await, through, Some("add[0]"));
            let items = upsert(&[item("new", &[]), item(id, &[&key(below)])]);
            is_cycle(&root.refused(UPSERT, items).await, through, Some("resources[1]"));
        }
        let new = upsert(&[item("x", &["orders/z"]), item("y", &["orders/x"]), item("z", &["orders/y"])]);
        assert_eq!(root.refused(UPSERT, new).await.said(), (Code::FailedPrecondition, "CYCLE"));
        assert_eq!((export(root).await, head(root).await), (before, revision));
        // What is a cycle only on the way is none: a subtree is turned around in one call.
        let turned = json!({"parent": "applications/shop",
            "add": [{"child": "orders/a", "parent": "orders/b"}, {"child": "orders/b", "parent": "orders/c"}],
            "remove": [{"child": "orders/b", "parent": "orders/a"}, {"child": "orders/c", "parent": "orders/b"}]});
        let counts = root.done(RELATE, turned).await;
        assert_eq!((&counts["added_count"], &counts["removed_count"]), (&json!(2), &json!(2)));
    });
}

#[test]
fn a_resource_has_sixteen_parents_and_no_more() {
    shop::on_every_store(async |_, root| {
        let ids: Vec<String> = (0..17).map(|number| format!("p{number:02}")).collect();
        let keys: Vec<String> = ids.iter().map(|id| key(id)).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        root.done(UPSERT, upsert(&ids.iter().map(|id| item(id, &[])).collect::<Vec<_>>())).await;
        let sixteen = root.done(CREATE, create("full", &keys[..16])).await["resource"].clone();
        assert_eq!(sixteen["parents"].as_array().unwrap().len(), 16);
        for (method, request, field) in [
            (CREATE, create("more", &keys), "resource.parents"),
            (UPDATE, parents("full", &keys), "resource.parents"),
            (UPSERT, upsert(&[item("full", &keys)]), "resources[0].parents"),
            (RELATE, relate("add", "orders/full", keys[16]), "add[0].parents"),
        ] {
            let refusal = root.refused(method, request).await;
            assert_eq!(refusal.code, Code::InvalidArgument, "{method}: {refusal:?}");
            assert_eq!(refusal.violated(), [field], "{method}");
        }
        let swapped = json!({"parent": "applications/shop", "add": [{"child": "orders/full", "parent": keys[16]}],
                             "remove": [{"child": "orders/full", "parent": keys[0]}]});
        root.done(RELATE, swapped).await;
    });
}

#[test]
fn sixty_four_steps_lead_up_from_a_resource_and_no_more() {
    shop::on_every_store(async |_, root| {
        // 0 is the top; the last is 64 steps below it.
        let below = |number: usize| format!("orders/d{:02}", number - 1);
        let link = |number: usize| match number {
            0 => item("d00", &[]),
            number => item(&format!("d{number:02}"), &[&below(number)]),
        };
        root.done(UPSERT, upsert(&(0..=64).rev().map(link).collect::<Vec<_>>())).await;
        root.done(UPSERT, upsert(&[item("head", &[]), item("tail", &[])])).await;
        for (method, request, field) in [
            (CREATE, json!({"parent": "applications/shop", "resource": link(65)}), "resource.parents"),
            (RELATE, relate("add", "orders/tail", "orders/d64"), "add[0].parents"),
            (UPDATE, parents("d00", &["orders/head"]), "resource.parents"),
            (UPSERT, upsert(&[item("other", &[]), item("d00", &["orders/head"])]), "resources[1].parents"),
        ] {
            let refusal = root.refused(method, request).await;
            assert_eq!(refusal.code, Code::InvalidArgument, "{method}: {refusal:?}");
            assert_eq!(refusal.violated(), [field], "{method}");
        }
        root.done(RELATE, relate("add", "orders/tail", "orders/d63")).await;
    });
}

/// A tree that stands on its top: one at the bottom, sixteen above it, 256 above those, and 3,824 above all but some of
/// these.
fn layers() -> [Vec<Value>; 4] {
    let layer = |name: &str, width: usize, above: Option<(&str, usize)>| {
        let member = |at: usize| {
            let keys: Vec<String> = above.map_or_else(Vec::new, |(above, widest)| {
                (16 * at..(16 * at + 16).min(widest)).map(|place| format!("orders/{above}{place:04}")).collect()
            });
            item(&format!("{name}{at:04}"), &keys.iter().map(String::as_str).collect::<Vec<_>>())
        };
        (0..width).map(member).collect()
    };
    [
        layer("a", 3_824, None),
        layer("b", 256, Some(("a", 3_824))),
        layer("c", 16, Some(("b", 256))),
        layer("d", 1, Some(("c", 16))),
    ]
}

/// Once, for the rule is the state's and no database takes part in it.
#[test]
fn a_resource_has_4096_ancestors_and_no_more() {
    let server = server_for(shop::PEOPLE);
    block_on(async {
        let root: Actor = root(&server).await;
        shop::open(&root).await;
        let layers = layers();
        assert_eq!(layers.iter().map(Vec::len).sum::<usize>(), 4_096 + 1);
        for chunk in layers.iter().flat_map(|layer| layer.chunks(1_000)) {
            root.done(UPSERT, upsert(chunk)).await;
        }
        root.done(UPSERT, upsert(&[item("one-more", &[])])).await;
        // What changes is named by its place in the request, and what would have too many by its name.
        for (child, parent, crowded) in [("b0255", "one-more", "d0000"), ("of/acme", "d0000", "of/acme")] {
            let refusal = root.refused(RELATE, relate("add", &key(child), &key(parent))).await;
            assert_eq!(refusal.code, Code::InvalidArgument, "{refusal:?}");
            assert_eq!(refusal.violated(), ["add[0].parents"]);
            assert!(refusal.message.contains(&order(crowded)), "{refusal:?}");
        }
        let swapped = json!({"parent": "applications/shop", "add": [{"child": "orders/b0255", "parent": "orders/one-more"}],
                             "remove": [{"child": "orders/b0000", "parent": "orders/a0000"}]});
        root.done(RELATE, swapped).await;
    });
}
