//! Which privileges a subject has.

use std::collections::BTreeSet;

use super::caller::Caller;
use super::check_permission::walk_too_long;
use super::consistency::{Consistency, Requirement};
use super::error::Result;
use super::listing::PageRequest;
use super::methods;
use super::service::App;
use super::state::View;
use crate::domain::id::Id;
use crate::domain::name::Subject;
pub use crate::engine::SubjectPrivilege;
use crate::engine::{Target, WalkTooLong};

/// Whose privileges, in which application, and on what.
#[derive(Clone, Debug)]
pub struct Whose {
    /// The application.
    pub application: Id,
    /// Who would act.
    pub subject: Subject,
    /// Only these; none = all.
    pub keys: BTreeSet<String>,
    /// The target's kind and id; a tenant's kind is `tenants`. `None` = whatever target.
    pub target: Option<(String, String)>,
}

impl Whose {
    fn target(&self) -> Target<'_> {
        match &self.target {
            None => Target::Nothing,
            Some((kind, id)) if kind == "tenants" && !id.contains('/') => Target::Tenant(id),
            Some((kind, id)) => Target::Resource { kind, id },
        }
    }

    /// All that is asked, told apart from every other question.
    fn words(&self) -> String {
        let target = self.target.as_ref().map_or_else(String::new, |(kind, id)| format!("{kind}/{id}"));
        let keys: Vec<&str> = self.keys.iter().map(String::as_str).collect();
        format!("{}\n{}\n{target}\n{}", self.application, self.subject, keys.join("\n"))
    }
}

impl App {
    /// A page of the privileges that a subject has.
    pub async fn list_subject_privileges(
        &self,
        caller: &Caller,
        whose: &Whose,
        page: &PageRequest,
    ) -> Result<(Vec<SubjectPrivilege>, String, View)> {
        let question = page.question(caller, methods::LIST_SUBJECT_PRIVILEGES.path, &whose.words());
        let view = self.view_of_page(page, &question).await?;
        self.decider(&view, caller).require_may_ask(whose.application.borrowed(), (&whose.subject).into())?;
        let wanted: Option<BTreeSet<&str>> =
            (!whose.keys.is_empty()).then(|| whose.keys.iter().map(String::as_str).collect());
        let about = (whose.application.as_str(), &whose.subject);
        let all = view.snapshot().subject_privileges(about, whose.target(), wanted.as_ref(), view.now);
        let all = all.map_err(|WalkTooLong| walk_too_long())?;
        let (entries, next) = self.page_of_entries((page, &question), &view, all, |entry| entry.key.clone())?;
        Ok((entries, next, view))
    }

    /// The view of a page, which may be of a past revision; of the present, no older than the page before it.
    async fn view_of_page(&self, page: &PageRequest, question: &[u8]) -> Result<View> {
        let view = self.freshness.view(&page.consistency, true).await?;
        let past = matches!(page.consistency.requirement, Requirement::AtExactRevision(_) | Requirement::AsOf(_));
        let least = self.entry_before(page, question)?.map_or(0, |(revision, _)| revision);
        if past || least <= view.published.head.revision {
            return Ok(view);
        }
        self.view(&Consistency { requirement: Requirement::FullyConsistent, max_staleness: None }).await
    }
}
