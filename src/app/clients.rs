//! Clients: create, get, list, update, delete. One that an application owns itself holds what the application holds, so
//! making it is a grant, as enabling one is.

use async_trait::async_trait;

use super::applications::Deletion;
use super::authority::Thing;
use super::caller::Caller;
use super::consistency::Consistency;
use super::draft::Draft;
use super::error::{Error, Result};
use super::filter;
use super::identities;
use super::listing::{Page, PageRequest};
use super::methods;
use super::port::{Collection, Field, Receipt};
use super::service::{App, authority, require_etag};
use super::state::View;
use super::users::{Whose, delete_person, require_gain};
use super::writer::{Operation, WriteCall, Written};
use crate::domain::directory::{Client, ExternalIdentityId};
use crate::domain::id::Id;
use crate::domain::limit::PAGE_SIZE_MAX;
use crate::domain::name::{Subject, TenantId};
use crate::domain::predefined;
use crate::domain::row::{Key, Row};

/// Who owns a client: an application, or one of its tenants.
pub type Owner = (Id, Option<Id>);

/// A client to be made.
#[derive(Clone, Debug)]
pub struct NewClient {
    /// The client; its stamp is set here.
    pub client: Client,
    /// How credentials become the client.
    pub external_identities: Vec<ExternalIdentityId>,
    /// Whether the caller chose the id.
    pub id_is_chosen: bool,
}

#[async_trait]
impl Operation for NewClient {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let application = &self.client.application;
        let tenant = self.client.tenant.clone();
        let tenant = tenant.map(|tenant| TenantId { application: application.clone(), tenant });
        let authority = draft.authority();
        authority.require(&methods::CREATE_CLIENT, &Thing::owner(application, tenant.as_ref()))?;
        if self.id_is_chosen && !authority.reaches_everything(&predefined::CLIENT_CREATE, application) {
            return Err(Error::invalid("client_id", "must be empty: only a caller who reaches everything chooses ids"));
        }
        let subject = Subject::Client(self.client.id.clone());
        let key = Key::Client(self.client.id.clone());
        if draft.contains(&key) {
            return Err(Error::AlreadyExists { kind: "client", name: subject.to_string() });
        }
        draft.put(Row::Client(self.client.clone())).await?;
        identities::set(draft, &subject, &self.external_identities).await?;
        require_gain(draft, &subject)?;
        Ok(Receipt { keys: vec![key], ..Receipt::default() })
    }
}

/// A client to be changed; `None` leaves a field as it is.
#[derive(Clone, Debug)]
pub struct UpdateClient {
    /// Its id.
    pub id: Id,
    /// Immutable: it must be what it is.
    pub owner: Option<Owner>,
    /// For people.
    pub display_name: Option<String>,
    /// A disabled client is denied before anything else is looked at.
    pub enabled: Option<bool>,
    /// How credentials become the client.
    pub external_identities: Option<Vec<ExternalIdentityId>>,
    /// Empty, or the etag that it must have.
    pub etag: String,
}

#[async_trait]
impl Operation for UpdateClient {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let subject = Subject::Client(self.id.clone());
        let thing = Thing::subject(draft.before(), &subject);
        draft.authority().require(&methods::UPDATE_CLIENT, &thing)?;
        let key = Key::Client(self.id.clone());
        let Some(Row::Client(mut row)) = draft.get(&key).await? else { return Err(Error::Internal) };
        require_etag(&self.etag, &thing.name, &row.stamp)?;
        let other = |(application, tenant): &Owner| (application, tenant) != (&row.application, &row.tenant);
        if self.owner.as_ref().is_some_and(other) {
            return Err(Error::invalid("client.owner", "is immutable"));
        }
        row.display_name = self.display_name.take().unwrap_or(row.display_name);
        row.enabled = self.enabled.unwrap_or(row.enabled);
        draft.put(Row::Client(row)).await?;
        if let Some(identities) = self.external_identities.take()
            && identities::set(draft, &subject, &identities).await?
        {
            draft.touch(&key).await?;
        }
        require_gain(draft, &subject)?;
        Ok(Receipt { keys: vec![key], ..Receipt::default() })
    }
}

/// A client to be deleted.
#[derive(Clone, Debug)]
pub struct DeleteClient {
    /// Its id.
    pub id: Id,
    /// How.
    pub deletion: Deletion,
}

#[async_trait]
impl Operation for DeleteClient {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let client = (Subject::Client(self.id.clone()), Key::Client(self.id.clone()));
        delete_person(draft, client, &methods::DELETE_CLIENT, &self.deletion).await
    }
}

const FIELDS: &filter::Fields = &[
    ("id", Field::Id),
    ("display_name", Field::DisplayName),
    ("application", Field::Application),
    ("tenant", Field::Tenant),
    ("enabled", Field::Enabled),
];

impl App {
    /// Makes a client.
    pub async fn create_client(&self, call: WriteCall, new: NewClient) -> Result<Written> {
        self.write(call, new).await
    }

    /// Changes a client.
    pub async fn update_client(&self, call: WriteCall, update: UpdateClient) -> Result<Written> {
        self.write(call, update).await
    }

    /// Deletes a client.
    pub async fn delete_client(&self, call: WriteCall, delete: DeleteClient) -> Result<Written> {
        self.write(call, delete).await
    }

    /// A client. About itself it needs no privilege.
    pub async fn get_client(&self, caller: &Caller, id: &Id, wish: &Consistency) -> Result<(Row, View)> {
        let view = self.view(wish).await?;
        let subject = Subject::Client(id.clone());
        let thing = Thing::subject(view.snapshot(), &subject);
        let (kind, name) = (thing.kind, thing.name.clone());
        if caller.subject != subject {
            authority(&view, caller).require(&methods::GET_CLIENT, &thing)?;
        }
        self.read_one(view, &Key::Client(id.clone()), kind, &name).await
    }

    /// A page of clients.
    pub async fn list_clients(&self, caller: &Caller, page: &PageRequest) -> Result<Page> {
        let question = page.question(caller, methods::LIST_CLIENTS.path, "");
        let mut conditions = filter::parse(&page.filter, FIELDS)?;
        let whose = Whose::of(&mut conditions)?;
        let view = self.page_view(page, &question).await?;
        authority(&view, caller).require(&methods::LIST_CLIENTS, &whose.thing())?;
        let size = page.size(PAGE_SIZE_MAX)?;
        self.page(page, &question, view, (Collection::Clients, conditions, size)).await
    }
}
