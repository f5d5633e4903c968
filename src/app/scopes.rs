//! Scopes: create, get, list, update, delete. What a scope holds is part of what the assignments that refer to it reach,
//! so to let one hold more is a grant to everybody who has such an assignment.

mod delete;
mod resources;

use async_trait::async_trait;

pub use self::delete::{DeleteScope, DeleteScopes};
pub use self::resources::ScopeResources;
use super::applications::predefined_thing;
use super::authority::Thing;
use super::caller::Caller;
use super::consistency::Consistency;
use super::draft::Draft;
use super::error::{Error, Result};
use super::filter;
use super::listing::{Page, PageRequest};
use super::methods;
use super::port::{Collection, Field, Receipt};
use super::selections::{NewInstance, put_instances};
use super::service::{App, authority, require_etag};
use super::state::View;
use super::writer::{Operation, WriteCall, Written};
use crate::domain::fold::fold;
use crate::domain::id::Id;
use crate::domain::limit::{FULL_SCOPES_PAGE_MAX, PAGE_SIZE_MAX};
use crate::domain::name::ScopeId;
use crate::domain::row::{Key, Row, Stamp};
use crate::domain::scope::{ALL_OBJECTS, Scope, Selector};

/// The type of a scope, for people.
const KIND: &str = "scope";

/// A scope to be made.
#[derive(Clone, Debug)]
pub struct NewScope {
    /// The scope; its stamp is set here.
    pub scope: Scope,
    /// What it holds.
    pub instances: Vec<NewInstance>,
}

#[async_trait]
impl Operation for NewScope {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let id = &self.scope.id;
        draft.authority().require(&methods::CREATE_SCOPE, &Thing::application(&id.application))?;
        let key = Key::Scope(id.clone());
        if draft.contains(&key) || is_predefined(id) {
            return Err(Error::AlreadyExists { kind: KIND, name: id.to_string() });
        }
        draft.put(Row::Scope(self.scope.clone())).await?;
        put_instances(draft, &Selector::Scope(id.clone()), &self.instances).await?;
        // No assignment refers to it, unless somebody edited the database: then it must not give what he could not.
        draft.require_covered(|after, gift, before| after.shortfall_of_scope(gift, id, before))?;
        Ok(Receipt { keys: vec![key], ..Receipt::default() })
    }
}

/// A scope to be changed; `None` leaves a field as it is.
#[derive(Clone, Debug)]
pub struct UpdateScope {
    /// Its identity.
    pub id: ScopeId,
    /// Unique in its application whatever its case.
    pub scope_name: Option<String>,
    /// For people.
    pub description: Option<String>,
    /// What it holds, all of it.
    pub instances: Option<Vec<NewInstance>>,
    /// Empty, or the etag that it must have.
    pub etag: String,
}

#[async_trait]
impl Operation for UpdateScope {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let thing = Thing::scope(&self.id);
        draft.authority().require(&methods::UPDATE_SCOPE, &thing)?;
        if is_predefined(&self.id) {
            return Err(predefined_thing(&thing.name));
        }
        let key = Key::Scope(self.id.clone());
        let Some(Row::Scope(mut row)) = draft.get(&key).await? else { return Err(Error::Internal) };
        require_etag(&self.etag, &thing.name, &row.stamp)?;
        row.scope_name = self.scope_name.take().unwrap_or(row.scope_name);
        row.description = self.description.take().unwrap_or(row.description);
        draft.put(Row::Scope(row)).await?;
        if let Some(instances) = &self.instances
            && put_instances(draft, &Selector::Scope(self.id.clone()), instances).await?
        {
            draft.touch(&key).await?;
        }
        draft.require_covered(|after, gift, before| after.shortfall_of_scope(gift, &self.id, before))?;
        Ok(Receipt { keys: vec![key], ..Receipt::default() })
    }
}

/// The scope that an application has without making it.
fn predefined_of(application: &Id) -> Option<Scope> {
    Some(Scope {
        id: ScopeId { application: application.clone(), scope: Id::parse(ALL_OBJECTS).ok()? },
        scope_name: ALL_OBJECTS.to_owned(),
        description: String::new(),
        stamp: Stamp::default(),
    })
}

/// Whether it is the scope that every application has without making it.
pub fn is_predefined(id: &ScopeId) -> bool {
    id.scope.as_str() == ALL_OBJECTS
}

/// Refuses the name of the predefined scope, which every application has, whatever its case.
pub(super) fn require_own_name(scope: &Scope) -> Result<()> {
    if fold(&scope.scope_name) != ALL_OBJECTS {
        return Ok(());
    }
    let owner = predefined_of(&scope.id.application).map(|taken| taken.id.to_string());
    Err(Error::NameTaken { kind: KIND, field: "scope_name", value: scope.scope_name.clone(), owner })
}

impl App {
    /// Makes a scope.
    pub async fn create_scope(&self, call: WriteCall, new: NewScope) -> Result<Written> {
        self.write(call, new).await
    }

    /// Changes a scope.
    pub async fn update_scope(&self, call: WriteCall, update: UpdateScope) -> Result<Written> {
        self.write(call, update).await
    }

    /// A scope, the predefined one too.
    pub async fn get_scope(&self, caller: &Caller, id: &ScopeId, wish: &Consistency) -> Result<(Row, View)> {
        let view = self.view(wish).await?;
        let thing = Thing::scope(id);
        authority(&view, caller).require(&methods::GET_SCOPE, &thing)?;
        if let Some(found) = predefined_of(&id.application).filter(|scope| scope.id == *id) {
            return Ok((Row::Scope(found), view));
        }
        self.read_one(view, &Key::Scope(id.clone()), thing.kind, &thing.name).await
    }

    /// A page of an application's scopes, the predefined one among them; `full` makes it short.
    pub async fn list_scopes(
        &self,
        caller: &Caller,
        (application, full): (&Id, bool),
        page: &PageRequest,
    ) -> Result<Page> {
        let question = page.question(caller, methods::LIST_SCOPES.path, &format!("{application}|{full}"));
        let conditions = filter::parse(&page.filter, &[("scope_name", Field::ScopeName)])?;
        let view = self.page_view(page, &question).await?;
        authority(&view, caller).require(&methods::LIST_SCOPES, &Thing::application(application))?;
        let size = page.size(if full { FULL_SCOPES_PAGE_MAX } else { PAGE_SIZE_MAX })?;
        let own = predefined_of(application).into_iter();
        let own = own.map(|scope| (scope.scope_name.clone(), Row::Scope(scope)));
        let what = (Collection::Scopes(application.clone()), conditions, size);
        self.page_with((page, &question), view, what, own).await
    }
}
