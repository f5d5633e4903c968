//! Users: create, get, list, update, delete. Whatever lets a user reach more is a grant: enabling it, a tenant.

use async_trait::async_trait;

use super::applications::{Deletion, in_use, missing};
use super::assignments::{RolesOfHolder, is_readable};
use super::authority::{Authority, Thing};
use super::caller::Caller;
use super::consistency::Consistency;
use super::draft::Draft;
use super::error::{Error, Result};
use super::filter;
use super::identities;
use super::listing::{Page, PageRequest};
use super::methods::{self, Method};
use super::port::{Collection, Condition, Field, Receipt, Select};
use super::service::{App, authority, require_etag};
use super::state::View;
use super::writer::{Operation, WriteCall, Written};
use crate::domain::assignment::AssignmentId;
use crate::domain::directory::{ExternalIdentityId, User, UserTenant};
use crate::domain::id::Id;
use crate::domain::limit::PAGE_SIZE_MAX;
use crate::domain::name::{self, RoleId, Subject, TenantId};
use crate::domain::predefined;
use crate::domain::row::{Key, Row};
use crate::domain::violation::Malformed;

/// A user to be made.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// The user; its level and stamp are set here.
    pub user: User,
    /// Its tenants.
    pub tenants: Vec<TenantId>,
    /// How credentials become the user.
    pub external_identities: Vec<ExternalIdentityId>,
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
        let subject = Subject::User(self.user.id.clone());
        identities::set(draft, &subject, &self.external_identities).await?;
        require_gain(draft, &subject)?;
        Ok(Receipt { keys: vec![key], ..Receipt::default() })
    }
}

impl NewUser {
    /// Where the user will live is what the caller must reach: each of its tenants, or its application; ours, if it
    /// has none.
    fn authorise(&self, authority: &Authority<'_>) -> Result<()> {
        let home = self.user.application.clone().unwrap_or_else(predefined::application);
        if self.tenants.is_empty() || self.user.application.is_none() {
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

/// A user to be changed; `None` leaves a field as it is.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are those of a user")]
pub struct UpdateUser {
    pub id: Id,
    /// Immutable: it must be what it is.
    pub username: Option<String>,
    /// Immutable: it must be what it is.
    pub application: Option<Id>,
    pub display_name: Option<String>,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub email: Option<String>,
    pub enabled: Option<bool>,
    pub tenants: Option<Vec<TenantId>>,
    pub external_identities: Option<Vec<ExternalIdentityId>>,
    /// All that it shall hold of one application's roles.
    pub roles: Option<RolesOfHolder>,
    /// Empty, or the etag that it must have.
    pub etag: String,
}

#[async_trait]
impl Operation for UpdateUser {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let subject = Subject::User(self.id.clone());
        let thing = Thing::subject(draft.before(), &subject);
        draft.authority().require(&methods::UPDATE_USER, &thing)?;
        let key = Key::User(self.id.clone());
        let Some(Row::User(mut row)) = draft.get(&key).await? else { return Err(Error::Internal) };
        require_etag(&self.etag, &thing.name, &row.stamp)?;
        self.require_immutable(&row)?;
        let mut touched = match self.tenants.take() {
            Some(tenants) => move_to(draft, &row, &tenants).await?,
            None => false,
        };
        if let Some(identities) = self.external_identities.take() {
            touched |= identities::set(draft, &subject, &identities).await?;
        }
        row.tenant_level |= !draft.snapshot().tenants_of_subject(&subject).is_empty();
        row.display_name = self.display_name.take().unwrap_or(row.display_name);
        row.first_name = self.first_name.take().unwrap_or(row.first_name);
        row.last_name = self.last_name.take().unwrap_or(row.last_name);
        row.email = self.email.take().unwrap_or(row.email);
        row.enabled = self.enabled.unwrap_or(row.enabled);
        draft.put(Row::User(row)).await?;
        if touched {
            draft.touch(&key).await?;
        }
        if let Some(roles) = &self.roles {
            roles.set(draft, &subject).await?;
        }
        require_gain(draft, &subject)?;
        Ok(Receipt { keys: vec![key], ..Receipt::default() })
    }
}

impl UpdateUser {
    fn require_immutable(&self, row: &User) -> Result<()> {
        if self.username.as_ref().is_some_and(|sent| *sent != row.username) {
            return Err(Error::invalid("user.username", "is immutable"));
        }
        if self.application.is_some() && self.application != row.application {
            return Err(Error::invalid("user.application", "is immutable"));
        }
        Ok(())
    }
}

/// Moves a user between tenants: the privilege is needed on each that it gains or loses. Says whether there was one.
async fn move_to(draft: &mut Draft<'_>, user: &User, tenants: &[TenantId]) -> Result<bool> {
    let foreign = |tenant: &&TenantId| user.application.as_ref().is_some_and(|home| tenant.application != *home);
    if let Some(foreign) = tenants.iter().find(foreign) {
        return Err(Error::invalid("user.tenants", format!("{foreign} is no tenant of the user's application")));
    }
    let names = draft.before().tenants_of_subject(&Subject::User(user.id.clone()));
    let old: Vec<TenantId> = names.iter().filter_map(|name| TenantId::parse(name).ok()).collect();
    let mut moved = false;
    for tenant in old.iter().filter(|tenant| !tenants.contains(tenant)) {
        draft.authority().require(&methods::UPDATE_USER, &Thing::tenant(tenant))?;
        moved |= draft.delete(&Key::UserTenant(user.id.clone(), tenant.clone())).await?;
    }
    for tenant in tenants.iter().filter(|tenant| !old.contains(tenant)) {
        draft.authority().require(&methods::UPDATE_USER, &Thing::tenant(tenant))?;
        draft.authority().require_readable(&predefined::TENANT_READ, &Thing::tenant(tenant))?;
        let incarnation = draft.before().live_incarnation(tenant);
        let incarnation = incarnation.ok_or_else(|| Error::not_found("tenant", tenant))?;
        let row = UserTenant { user: user.id.clone(), tenant: tenant.clone(), incarnation };
        draft.put(Row::UserTenant(row)).await?;
        moved = true;
    }
    Ok(moved)
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
        let user = (Subject::User(self.id.clone()), Key::User(self.id.clone()));
        delete_person(draft, user, &methods::DELETE_USER, &self.deletion).await
    }
}

/// A Delete of a user or client.
pub(super) async fn delete_person(
    draft: &mut Draft<'_>,
    (subject, key): (Subject, Key),
    method: &Method,
    deletion: &Deletion,
) -> Result<Receipt> {
    let thing = Thing::subject(draft.before(), &subject);
    if let Err(error) = draft.authority().require(method, &thing) {
        return missing(deletion, error);
    }
    let row = draft.get(&key).await?.ok_or(Error::Internal)?;
    require_etag(&deletion.etag, &thing.name, row.stamp().ok_or(Error::Internal)?)?;
    let mut uses = vec![Select::AssignmentsOfHolder(subject.clone()), Select::Memberships(subject.clone())];
    if let Subject::User(id) = &subject {
        uses.push(Select::PrivilegesOfUser(id.clone()));
    }
    in_use(draft, &thing.name, deletion.force, &uses).await?;
    delete_subject(draft, &subject).await?;
    Ok(Receipt { keys: Vec::new(), ..Receipt::default() })
}

/// Refuses unless the caller may let the subject reach what it reaches now and did not before this call.
pub(super) fn require_gain(draft: &mut Draft<'_>, subject: &Subject) -> Result<()> {
    draft.require_covered(|after, gift, before| after.shortfall_of_subject(gift, subject, before))
}

/// Deletes a user or client with all that names it, so that its id, created again, inherits nothing.
pub(super) async fn delete_subject(draft: &mut Draft<'_>, subject: &Subject) -> Result<()> {
    let mut dependents = vec![Select::AssignmentsOfHolder(subject.clone()), Select::Memberships(subject.clone())];
    dependents.push(Select::IdentitiesOf(subject.clone()));
    let key = match subject {
        Subject::User(id) => {
            dependents.push(Select::TenantsOfUser(id.clone()));
            dependents.push(Select::PrivilegesOfUser(id.clone()));
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
    ("id", Field::Id),
    ("username", Field::Username),
    ("application", Field::Application),
    ("tenant", Field::Tenant),
    ("enabled", Field::Enabled),
    ("role", Field::Role),
];

fn is_flag(text: &str) -> std::result::Result<(), Malformed> {
    if matches!(text, "true" | "false") { Ok(()) } else { Err(Malformed::new("must be true or false")) }
}

/// Where all users or clients that the filter lets through live, and which roles they all hold.
#[derive(Default)]
pub(super) struct Whose {
    application: Option<Id>,
    tenant: Option<TenantId>,
    roles: Vec<RoleId>,
}

impl Whose {
    /// Reads, checks and completes the conditions: names become what the store compares with.
    pub(super) fn of(conditions: &mut [Condition]) -> Result<Self> {
        let mut whose = Self::default();
        for condition in conditions {
            match condition.field {
                Field::Application => {
                    let id = filter::value(condition, name::parse_application)?;
                    condition.value = id.to_string();
                    whose.application = Some(id);
                }
                Field::Tenant => whose.tenant = Some(filter::value(condition, TenantId::parse)?),
                Field::Role => whose.roles.push(filter::value(condition, RoleId::parse)?),
                Field::Enabled => filter::value(condition, is_flag)?,
                _ => {}
            }
        }
        Ok(whose)
    }

    /// Who may say who holds a role: in the tenant that is asked about, else everywhere in the role's application.
    fn require_readable_roles(&self, authority: &Authority<'_>) -> Result<()> {
        for role in &self.roles {
            let tenant = self.tenant.as_ref().filter(|tenant| tenant.application == role.application);
            let thing = Thing::owner(&role.application, tenant);
            if !authority.may(&predefined::ROLE_ASSIGNMENT_READ, &thing.application, thing.target) {
                return Err(Error::denied(&predefined::ROLE_ASSIGNMENT_READ));
            }
        }
        Ok(())
    }

    /// Whether the caller may read the user, and that it holds the roles: of those who have the tenant, some live
    /// elsewhere, and some hold a role in another tenant only.
    fn is_shown(&self, authority: &Authority<'_>, user: &Id) -> bool {
        let subject = Subject::User(user.clone());
        let shows = |role: &RoleId| {
            let held = authority.snapshot.tenants_held(&subject, role).into_iter();
            let mut ids = held.map(|tenant| AssignmentId { holder: subject.clone(), role: role.clone(), tenant });
            ids.any(|id| is_readable(authority, &id))
        };
        authority.may_read_subject(&subject) && self.roles.iter().all(shows)
    }

    pub(super) fn thing(&self) -> Thing<'_> {
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

    /// Changes a user.
    pub async fn update_user(&self, call: WriteCall, update: UpdateUser) -> Result<Written> {
        self.write(call, update).await
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
        whose.require_readable_roles(&authority(&view, caller))?;
        let size = page.size(PAGE_SIZE_MAX)?;
        let mut listed = self.page(page, &question, view, (Collection::Users, conditions, size)).await?;
        let authority = authority(&listed.view, caller);
        listed.rows.retain(|row| matches!(row, Row::User(user) if whose.is_shown(&authority, &user.id)));
        Ok(listed)
    }
}
