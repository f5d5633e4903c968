//! What a scope holds, page by page, all of one revision.

use crate::app::authority::Thing;
use crate::app::caller::Caller;
use crate::app::consistency::{Consistency, Requirement};
use crate::app::error::{Error, Result};
use crate::app::listing::PageRequest;
use crate::app::methods;
use crate::app::service::{App, authority};
use crate::app::state::View;
use crate::app::token::Revision;
use crate::domain::limit::PAGE_SIZE_MAX;
use crate::domain::name::{ResourceKey, ScopeId};

/// A page of what a scope holds.
#[derive(Clone, Debug)]
pub struct ScopeResources {
    /// The resources, ordered.
    pub resources: Vec<ResourceKey>,
    /// Empty after the last page.
    pub next_page_token: String,
    /// The revision of all pages.
    pub view: View,
    /// How many resources it holds, on all pages together.
    pub total: usize,
}

/// The end of the page before, and the revision of all of them.
struct Pinned {
    revision: Revision,
    after: ResourceKey,
}

fn read_pinned(text: &str) -> Option<Pinned> {
    let (store, rest) = text.split_once('\n')?;
    let (number, rest) = rest.split_once('\n')?;
    let (chain, after) = rest.split_once('\n')?;
    let revision = Revision { store: store.parse().ok()?, number: number.parse().ok()?, chain: chain.parse().ok()? };
    Some(Pinned { revision, after: ResourceKey::parse(after).ok()? })
}

impl App {
    /// A page of what a scope holds. It may be long to find, so it is found where nothing waits for it; and whether the
    /// caller may know is asked of the newest state, also about a past one.
    pub async fn list_scope_resources(
        &self,
        caller: &Caller,
        id: &ScopeId,
        page: &PageRequest,
    ) -> Result<ScopeResources> {
        let question = page.question(caller, methods::LIST_SCOPE_RESOURCES.path, &id.to_string());
        let size = page.size(PAGE_SIZE_MAX)?;
        let pinned = self.pinned(page, &question)?;
        let view = self.view_of_pages(caller, id, (page, pinned.as_ref())).await?;
        let (published, scope) = (view.published.clone(), id.clone());
        let after = pinned.map(|pinned| pinned.after);
        let found = tokio::task::spawn_blocking(move || {
            let held = published.snapshot.resources_of_scope(&scope)?;
            Some((held.page(after.as_ref(), size + 1), held.len()))
        });
        let found = found.await.map_err(|_| Error::Internal)?;
        let (mut resources, total) = found.ok_or_else(|| Error::not_found("scope", id))?;
        let more = resources.len() > size;
        resources.truncate(size);
        let next_page_token = match resources.last() {
            Some(last) if more => {
                let Revision { store, number, chain } = Revision::of(&view.published.head);
                let text = format!("{store}\n{number}\n{chain}\n{last}");
                self.state().tokens.page(&question, text.as_bytes())
            }
            _ => String::new(),
        };
        Ok(ScopeResources { resources, next_page_token, view, total })
    }

    fn pinned(&self, page: &PageRequest, question: &[u8]) -> Result<Option<Pinned>> {
        if page.page_token.is_empty() {
            return Ok(None);
        }
        let bytes = self.state().tokens.position(question, &page.page_token)?;
        let text = String::from_utf8(bytes).map_err(|_| Error::Internal)?;
        read_pinned(&text).map(Some).ok_or(Error::Internal)
    }

    /// The state that the pages are of.
    async fn view_of_pages(
        &self,
        caller: &Caller,
        id: &ScopeId,
        (page, pinned): (&PageRequest, Option<&Pinned>),
    ) -> Result<View> {
        let Some(pinned) = pinned else {
            let view = self.view(&page.consistency).await?;
            authority(&view, caller).require(&methods::LIST_SCOPE_RESOURCES, &Thing::scope(id))?;
            return Ok(view);
        };
        // The scope may be gone by now. Who reads one reads them all, so the right to it is one to the application.
        let view = self.view(&Consistency::default()).await?;
        let application = Thing::application(&id.application);
        authority(&view, caller).require(&methods::LIST_SCOPE_RESOURCES, &application)?;
        if view.published.head.revision == pinned.revision.number && view.published.has(pinned.revision) == Some(true) {
            return Ok(view);
        }
        let requirement = Requirement::AtExactRevision(pinned.revision);
        self.freshness.view(&Consistency { requirement, max_staleness: None }, true).await
    }
}
