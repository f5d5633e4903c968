//! Users: create, get, list, delete.

use async_trait::async_trait;

use super::applications::{Deletion, in_use, missing};
use super::authority::{Authority, Thing};
use super::caller::Caller;
use super::consistency::Consistency;
use super::draft::Draft;
use super::error::{Error, Result};
use super::filter;
use super::listing::{Page, PageRequest};
use super::methods;
use super::port::{Collection, Condition, Field, Receipt, Select};
use super::service::{App, authority, require_etag};
use super::state::View;
use super::writer::{Operation, WriteCall, Written};
use crate::domain::directory::{User, UserTenant};
use crate::domain::id::Id;
use crate::domain::limit::PAGE_SIZE_MAX;
use crate::domain::name::{self, Subject, TenantId};
use crate::domain::predefined;
use crate::domain::row::{Key, Row};

/// A user to be made.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// The user; its level and stamp are set here.
    pub user: User,
    /// Its tenants.
    pub tenants: Vec<TenantId>,
    /// Whether the caller chose the id.
    pub id_is_chosen: bool,
}

#[async_trait]
impl Operation for NewUser {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        self.authorise(&draft.authority())?;
        let key = Key::User(self.user.id.clone());
        if draft.contains(&key) {
            return Err(Error::AlreadyExists { kind: "user", name: format!("users/{}", self.user.id) });
        }
        let user = User { tenant_level: !self.tenants.is_empty(), ..self.user.clone() };
        draft.put(Row::User(user)).await?;
        for tenant in &self.tenants {
            let incarnation = draft.before().live_incarnation(tenant);
            let incarnation = incarnation.ok_or_else(|| Error::not_found("tenant", tenant))?;
            let row = UserTenant { user: self.user.id.clone(), tenant: tenant.clone(), incarnation };
            draft.put(Row::UserTenant(row)).await?;
        }
        Ok(Receipt { keys: vec![key], ..Receipt::default() })
    }
}

impl NewUser {
    /// Where the user will live is what the caller must reach: each of its tenants, or its application, or ours.
    fn authorise(&self, authority: &Authority<'_>) -> Result<()> {
        let home = self.user.application.clone().unwrap_or_else(predefined::application);
        if self.tenants.is_empty() {
            authority.require(&methods::CREATE_USER, &Thing::application(&home))?;
        }
        for tenant in &self.tenants {
            authority.require(&methods::CREATE_USER, &Thing::tenant(tenant))?;
            authority.require_readable(&predefined::TENANT_READ, &Thing::tenant(tenant))?;
        }
        if self.id_is_chosen && !authority.reaches_everything(&predefined::USER_CREATE, &home) {
            return Err(Error::invalid("user_id", "must be empty: only a caller who reaches everything chooses ids"));
        }
        Ok(())
    }
}

/// A user to be deleted.
#[derive(Clone, Debug)]
pub struct DeleteUser {
    /// Its id.
    pub id: Id,
    /// How.
    pub deletion: Deletion,
}

#[async_trait]
impl Operation for DeleteUser {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let subject = Subject::User(self.id.clone());
        let thing = Thing::subject(draft.before(), &subject);
        if let Err(error) = draft.authority().require(&methods::DELETE_USER, &thing) {
            return missing(&self.deletion, error);
        }
        let row = draft.get(&Key::User(self.id.clone())).await?.ok_or(Error::Internal)?;
        require_etag(&self.deletion.etag, &thing.name, row.stamp().ok_or(Error::Internal)?)?;
        let uses = [Select::AssignmentsOfHolder(subject.clone()), Select::Memberships(subject.clone())];
        in_use(draft, &thing.name, self.deletion.force, &uses).await?;
        delete_subject(draft, &subject).await?;
        Ok(Receipt { keys: Vec::new(), ..Receipt::default() })
    }
}

/// Deletes a user or client with all that names it, so that its id, created again, inherits nothing.
pub(super) async fn delete_subject(draft: &mut Draft<'_>, subject: &Subject) -> Result<()> {
    let mut dependents = vec![Select::AssignmentsOfHolder(subject.clone()), Select::Memberships(subject.clone())];
    let key = match subject {
        Subject::User(id) => {
            dependents.push(Select::TenantsOfUser(id.clone()));
            Key::User(id.clone())
        }
        Subject::Client(id) => Key::Client(id.clone()),
        Subject::Group(_) | Subject::Application(_) => return Err(Error::Internal),
    };
    for select in &dependents {
        let rows = draft.select(select).await?;
        draft.delete_rows(rows);
    }
    draft.delete(&key).await?;
    Ok(())
}

const FIELDS: &filter::Fields = &[
    ("username", Field::Username),
    ("application", Field::Application),
    ("tenant", Field::Tenant),
    ("enabled", Field::Enabled),
];

/// Where all users that the filter lets through live.
struct Whose {
    application: Option<Id>,
    tenant: Option<TenantId>,
}

impl Whose {
    /// Reads, checks and completes the conditions: names become what the store compares with.
    fn of(conditions: &mut [Condition]) -> Result<Self> {
        let mut whose = Self { application: None, tenant: None };
        for condition in conditions {
            let refuse = |what: &str| Error::invalid("filter", format!("{}: {what}", condition.value));
            match condition.field {
                Field::Application => {
                    let id = name::parse_application(&condition.value).map_err(|malformed| refuse(&malformed.0))?;
                    condition.value = id.to_string();
                    whose.application = Some(id);
                }
                Field::Tenant => {
                    let tenant = TenantId::parse(&condition.value).map_err(|malformed| refuse(&malformed.0))?;
                    whose.tenant = Some(tenant);
                }
                Field::Enabled if !matches!(condition.value.as_str(), "true" | "false") => {
                    return Err(refuse("enabled must be true or false"));
                }
                _ => {}
            }
        }
        Ok(whose)
    }

    fn thing(&self) -> Thing<'_> {
        match (&self.tenant, &self.application) {
            (Some(tenant), _) => Thing::tenant(tenant),
            (None, Some(application)) => Thing::application(application),
            (None, None) => Thing::everything(),
        }
    }
}

impl App {
    /// Makes a user.
    pub async fn create_user(&self, call: WriteCall, new: NewUser) -> Result<Written> {
        self.write(call, new).await
    }

    /// Deletes a user.
    pub async fn delete_user(&self, call: WriteCall, delete: DeleteUser) -> Result<Written> {
        self.write(call, delete).await
    }

    /// A user. About himself a caller needs no privilege.
    pub async fn get_user(&self, caller: &Caller, id: &Id, wish: &Consistency) -> Result<(Row, View)> {
        let view = self.view(wish).await?;
        let subject = Subject::User(id.clone());
        let thing = Thing::subject(view.snapshot(), &subject);
        let (kind, name) = (thing.kind, thing.name.clone());
        if caller.subject != subject {
            authority(&view, caller).require(&methods::GET_USER, &thing)?;
        }
        self.read_one(view, &Key::User(id.clone()), kind, &name).await
    }

    /// A page of users.
    pub async fn list_users(&self, caller: &Caller, page: &PageRequest) -> Result<Page> {
        let question = page.question(caller, methods::LIST_USERS.path, "");
        let mut conditions = filter::parse(&page.filter, FIELDS)?;
        let whose = Whose::of(&mut conditions)?;
        let view = self.page_view(page, &question).await?;
        authority(&view, caller).require(&methods::LIST_USERS, &whose.thing())?;
        let size = page.size(PAGE_SIZE_MAX)?;
        self.page(page, &question, view, (Collection::Users, conditions, size)).await
    }
}
