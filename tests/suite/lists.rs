//! Every List: pages of every size while others write, filters, orders, and page tokens that are none.

mod filters;
mod pages;
pub(crate) mod stage;
mod tokens;

use std::collections::BTreeSet;

use serde_json::Value;

use crate::callers::actor::{Actor, CONTRACT, Refusal};
use crate::callers::stage::{as_root_on_every_store, revision};

/// Runs a test over each store there is, as the administrator of a server whose lists are filled.
#[expect(clippy::needless_pass_by_value, reason = "a test is written where it is run")]
fn on_full_lists(test: impl AsyncFn(&Actor)) {
    as_root_on_every_store(async |root| {
        stage::fill(root).await;
        test(root).await;
    });
}

/// Every method of the contract that answers in pages.
pub(crate) fn paged_methods() -> BTreeSet<String> {
    let services = CONTRACT.services().filter(|service| service.package_name() == "bailiwick.v1");
    let methods = services.flat_map(|service| service.methods().collect::<Vec<_>>());
    let paged = methods.filter(|method| method.input().get_field_by_name("page_size").is_some());
    paged.map(|method| format!("{}/{}", method.parent_service().name(), method.name())).collect()
}

/// A page: the names of its entries, the token of the next, and the revision that it is of.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) names: Vec<String>,
    pub(crate) next: String,
    pub(crate) revision: u64,
}

/// One page of a list.
async fn page(by: &Actor, (method, request): (&str, &Value), size: i64, token: &str) -> Result<Page, Refusal> {
    let mut request = request.clone();
    request["page_size"] = size.into();
    request["page_token"] = token.into();
    let answer = by.call(method, request).await?;
    let entries = answer.as_object().unwrap().values().filter_map(Value::as_array).flatten();
    // A membership is named by the end that was not asked about.
    let end = if method.ends_with("/ListUserGroups") { "group" } else { "member" };
    let name = |entry: &Value| {
        let name = entry.as_str().or_else(|| entry["name"].as_str()).or_else(|| entry[end].as_str());
        let name = name.or_else(|| entry["privilege"].as_str());
        name.unwrap().to_owned()
    };
    let next = answer["next_page_token"].as_str().unwrap_or_default().to_owned();
    Ok(Page { names: entries.map(name).collect(), next, revision: revision(&answer) })
}

/// A page that must be there.
pub(crate) async fn paged(by: &Actor, list: (&str, &Value), size: i64, token: &str) -> Page {
    page(by, list, size, token).await.unwrap_or_else(|refusal| panic!("{list:?}: {refusal:?}"))
}

/// All entries of a list, in its order.
pub(crate) async fn all(by: &Actor, list: (&str, &Value), size: i64) -> Vec<String> {
    let (mut names, mut token) = (Vec::new(), String::new());
    loop {
        let page = paged(by, list, size, &token).await;
        assert!(size == 0 || page.names.len() <= usize::try_from(size).unwrap(), "{list:?}: too many for {size}");
        names.extend(page.names);
        token = page.next;
        if token.is_empty() {
            return names;
        }
    }
}
