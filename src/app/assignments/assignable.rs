//! Which roles a caller could give to a subject.

use super::Holding;
use crate::app::authority::Thing;
use crate::app::caller::Caller;
use crate::app::error::Result;
use crate::app::listing::{Page, PageRequest};
use crate::app::methods;
use crate::app::port::Collection;
use crate::app::service::{App, authority};
use crate::domain::limit::ASSIGNABLE_ROLES_PAGE_MAX;
use crate::domain::predefined;
use crate::domain::row::Row;
use crate::engine::{Gift, Receiver};

impl App {
    /// A page of the roles of an application and of its tenants that the caller could give to a holder.
    pub async fn list_assignable_roles(&self, caller: &Caller, holding: &Holding, page: &PageRequest) -> Result<Page> {
        let Holding { application, holder, tenant } = holding;
        let method = &methods::LIST_ASSIGNABLE_ROLES;
        let parent = format!("{application}|{holder}|{}", tenant.as_ref().map_or("", |tenant| tenant.as_str()));
        let question = page.question(caller, method.path, &parent);
        let view = self.page_view(page, &question).await?;
        let tenant = holding.tenant_id();
        let things = std::iter::once(Thing::subject_in(application, holder)).chain(tenant.as_ref().map(Thing::tenant));
        for thing in things {
            authority(&view, caller).require(method, &thing)?;
        }
        let collection = Collection::RolesOfApplication(application.clone());
        let size = page.size(ASSIGNABLE_ROLES_PAGE_MAX)?;
        let mut listed = self.page(page, &question, view, (collection, Vec::new(), size)).await?;
        let authority = authority(&listed.view, caller);
        let snapshot = listed.view.snapshot();
        let mut judge = snapshot.judge(Gift { giver: &caller.subject, now: listed.view.now });
        listed.rows.retain(|row| {
            let Row::Role(role) = row else { return false };
            let receiver = Receiver { holder, tenant: tenant.as_ref(), expire: None };
            authority.require_readable(&predefined::ROLE_READ, &Thing::role(&role.id)).is_ok()
                && snapshot.is_assignable(holder, &role.id)
                && judge.shortfall_of_assignment(&role.id, receiver).is_none()
        });
        Ok(listed)
    }
}
