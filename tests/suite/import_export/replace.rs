//! A line is the whole record of its thing; what has lines of its own stays.

use super::transfer::{document, export, import};
use super::world;
use crate::harness::{Clients, block_on, on_every_store};

/// The lines of an export that contain a text.
async fn lines_with(clients: &Clients, text: &str) -> Vec<String> {
    let exported = export(clients).await.document;
    exported.lines().filter(|line| line.contains(text)).map(ToOwned::to_owned).collect()
}

#[test]
fn a_line_replaces_the_sets_that_stand_on_it_and_no_others() {
    on_every_store(|server| {
        block_on(async {
            let clients = server.clients().await;
            import(&clients, world::DOCUMENT).await;
            let elements = lines_with(&clients, r#""role":"boss""#).await;
            assert!(!elements.is_empty());
            for line in [
                r#"{"role":{"application":"shop","id":"boss","role_name":"Boss","excluded_privileges":["a","b"]}}"#,
                r#"{"role":{"application":"shop","id":"boss","role_name":"Boss","privilege_patterns":["b*"],"excluded_privileges":["b","c"],"permission_boundary":"self"}}"#,
                r#"{"role":{"application":"shop","id":"listed","role_name":"Listed","tenant_visibility":"TENANT_INCLUSION_LIST","visible_tenants":["t2","t4"]}}"#,
                r#"{"role":{"application":"shop","id":"listed","role_name":"Listed","tenant_visibility":"NONE"}}"#,
                r#"{"user":{"id":"cid","username":"cid","email":"c@example.org","application":"shop","tenants":["shop/t2","shop/t4"],"tenant_level":true}}"#,
                r#"{"client":{"id":"c-off","application":"shop","display_name":"on again"}}"#,
                r#"{"role_assignment":{"holder":"users/dan","application":"shop","role":"boss","start_time":"2021-01-01T00:00:00Z","reason":"again"}}"#,
            ] {
                let done = import(&clients, document([line])).await;
                assert!(done.created + done.updated > 0, "{line}: {done:?}");
                assert_eq!(lines_with(&clients, line).await, [line]);
                let done = import(&clients, document([line])).await;
                assert_eq!((done.created, done.updated, done.unchanged), (0, 0, 1), "{line}: {done:?}");
            }
            assert_eq!(lines_with(&clients, r#""role":"boss""#).await.len(), elements.len());
        });
    });
}

#[test]
fn who_was_in_a_tenant_stays_of_tenant_level() {
    on_every_store(|server| {
        block_on(async {
            let clients = server.clients().await;
            import(&clients, world::DOCUMENT).await;
            import(&clients, document([r#"{"user":{"id":"cid","username":"cid","application":"shop"}}"#])).await;
            let kept = r#"{"user":{"id":"cid","username":"cid","application":"shop","tenant_level":true}}"#;
            assert_eq!(lines_with(&clients, r#""id":"cid""#).await, [kept]);
        });
    });
}

#[test]
fn a_tenant_that_an_import_brings_back_is_another_one() {
    on_every_store(|server| {
        block_on(async {
            let clients = server.clients().await;
            import(&clients, world::DOCUMENT).await;
            world::live(&clients).await;
            // A tombstone is no order to delete.
            let tombstone = r#"{"tenant":{"application":"shop","id":"t1","deleted":true}}"#;
            let done = import(&clients, document([tombstone])).await;
            assert_eq!((done.created, done.updated, done.unchanged), (0, 0, 1), "{done:?}");
            import(&clients, document([r#"{"tenant":{"application":"shop","id":"t3"}}"#])).await;
            let hal = lines_with(&clients, r#"{"id":"hal""#).await;
            assert!(hal[0].contains(r#""former_tenants":["shop/t3"]"#), "{hal:?}");
            let back = r#"{"user":{"id":"hal","username":"hal","application":"shop","tenants":["shop/t3"]}}"#;
            import(&clients, document([back])).await;
            let hal = lines_with(&clients, r#"{"id":"hal""#).await;
            assert!(hal[0].contains(r#""tenants":["shop/t3"]"#) && !hal[0].contains("former"), "{hal:?}");
        });
    });
}
