//! Applications: create, get, list, update, delete.

use async_trait::async_trait;

use super::authority::Thing;
use super::caller::Caller;
use super::consistency::Consistency;
use super::draft::Draft;
use super::error::{Error, Result};
use super::filter;
use super::listing::{Page, PageRequest};
use super::methods;
use super::port::{Collection, Field, Receipt, Select};
use super::service::{App, authority, require_etag};
use super::state::View;
use super::writer::{Operation, WriteCall, Written};
use crate::domain::id::Id;
use crate::domain::limit::PAGE_SIZE_MAX;
use crate::domain::name::{self, Subject};
use crate::domain::predefined;
use crate::domain::row::{Key, Row, Stamp};
use crate::domain::tenancy::{Application, Catalogue};

/// An application to be made.
#[derive(Clone, Debug)]
pub struct NewApplication {
    /// Its id.
    pub id: Id,
    /// For people.
    pub display_name: String,
    /// Which keys its roles may name.
    pub catalogue: Catalogue,
}

/// What a Delete says about the thing.
#[derive(Clone, Debug, Default)]
pub struct Deletion {
    /// Empty, or the etag that the thing must have.
    pub etag: String,
    /// Succeeds when the thing does not exist.
    pub allow_missing: bool,
    /// Deletes what cannot live without the thing as well.
    pub force: bool,
}

#[async_trait]
impl Operation for NewApplication {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        draft.authority().require(&methods::CREATE_APPLICATION, &Thing::everything())?;
        let key = Key::Application(self.id.clone());
        if draft.contains(&key) {
            return Err(Error::AlreadyExists { kind: "application", name: name::application(&self.id) });
        }
        let (display_name, catalogue) = (self.display_name.clone(), self.catalogue);
        let row = Application { id: self.id.clone(), display_name, catalogue, stamp: Stamp::default() };
        draft.put(Row::Application(row)).await?;
        Ok(Receipt { keys: vec![key], ..Receipt::default() })
    }
}

/// An application to be changed; `None` leaves a field as it is.
#[derive(Clone, Debug)]
pub struct UpdateApplication {
    /// Its id.
    pub id: Id,
    /// For people.
    pub display_name: Option<String>,
    /// Which keys its roles may name.
    pub catalogue: Option<Catalogue>,
    /// Empty, or the etag that it must have.
    pub etag: String,
}

#[async_trait]
impl Operation for UpdateApplication {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let thing = Thing::application(&self.id);
        draft.authority().require(&methods::UPDATE_APPLICATION, &thing)?;
        let key = Key::Application(self.id.clone());
        let Some(Row::Application(mut row)) = draft.get(&key).await? else { return Err(Error::Internal) };
        require_etag(&self.etag, &thing.name, &row.stamp)?;
        if self.id == predefined::application() {
            return Err(predefined_thing(&thing.name));
        }
        row.display_name = self.display_name.take().unwrap_or(row.display_name);
        row.catalogue = self.catalogue.unwrap_or(row.catalogue);
        draft.put(Row::Application(row)).await?;
        Ok(Receipt { keys: vec![key], ..Receipt::default() })
    }
}

/// An application to be deleted.
#[derive(Clone, Debug)]
pub struct DeleteApplication {
    /// Its id.
    pub id: Id,
    /// How.
    pub deletion: Deletion,
}

#[async_trait]
impl Operation for DeleteApplication {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let thing = Thing::application(&self.id);
        if let Err(error) = draft.authority().require(&methods::DELETE_APPLICATION, &thing) {
            return missing(&self.deletion, error);
        }
        let key = Key::Application(self.id.clone());
        let row = draft.get(&key).await?.ok_or(Error::Internal)?;
        require_etag(&self.deletion.etag, &thing.name, row.stamp().ok_or(Error::Internal)?)?;
        if self.id == predefined::application() {
            return Err(predefined_thing(&thing.name));
        }
        self.delete_contents(draft).await?;
        draft.delete(&key).await?;
        Ok(Receipt { keys: vec![key], ..Receipt::default() })
    }
}

impl DeleteApplication {
    /// What an application takes with it; in an order in which nothing outlives what it needs.
    async fn delete_contents(&self, draft: &mut Draft<'_>) -> Result<()> {
        let own = [
            Select::AssignedResourcesOfApplication(self.id.clone()),
            Select::SelectionsOfApplication(self.id.clone()),
            Select::InstancesOfApplication(self.id.clone()),
            Select::AssignmentsOfApplication(self.id.clone()),
            Select::ScopesOfApplication(self.id.clone()),
            Select::TraversalSpecsOfApplication(self.id.clone()),
            Select::ElementsOfApplication(self.id.clone()),
            Select::RolesOfApplication(self.id.clone()),
            Select::BoundaryTenantsOfApplication(self.id.clone()),
            Select::BoundariesOfApplication(self.id.clone()),
            Select::GroupedPrivilegesOfApplication(self.id.clone()),
            Select::PrivilegeGroupsOfApplication(self.id.clone()),
            Select::AssignedPrivilegesOfApplication(self.id.clone()),
            Select::PrivilegesOfApplication(self.id.clone()),
            Select::UsersOfApplication(self.id.clone()),
            Select::ClientsOfApplication(self.id.clone()),
            Select::ResourceParentsOfApplication(self.id.clone()),
            Select::ResourcesOfApplication(self.id.clone()),
            Select::TenantsOfApplication(self.id.clone()),
            Select::AssignmentsOfHolder(Subject::Application(self.id.clone())),
        ];
        in_use(draft, &name::application(&self.id), self.deletion.force, &own).await?;
        for select in &own {
            for row in draft.select(select).await? {
                delete_with_dependents(draft, row).await?;
            }
        }
        Ok(())
    }
}

/// Deletes a row of an application, and what other collections hold only because of it.
async fn delete_with_dependents(draft: &mut Draft<'_>, row: Row) -> Result<()> {
    match row {
        Row::User(user) => super::users::delete_subject(draft, &Subject::User(user.id)).await,
        Row::Client(client) => super::users::delete_subject(draft, &Subject::Client(client.id)).await,
        Row::Tenant(tenant) => super::tenants::bury(draft, &tenant.id).await,
        row => {
            draft.delete_rows(vec![row]);
            Ok(())
        }
    }
}

/// Refuses, naming the counts, when anything of these selections exists, unless forced.
pub(super) async fn in_use(draft: &mut Draft<'_>, name: &str, force: bool, selects: &[Select]) -> Result<()> {
    if force { Ok(()) } else { refuse_use(draft, name, selects, "delete them first, or use force").await }
}

/// As `in_use`, of what no force deletes.
pub(super) async fn in_use_for_good(draft: &mut Draft<'_>, name: &str, selects: &[Select]) -> Result<()> {
    refuse_use(draft, name, selects, "delete them first, or let them refer to another one").await
}

async fn refuse_use(draft: &mut Draft<'_>, name: &str, selects: &[Select], advice: &str) -> Result<()> {
    let mut counts = Vec::with_capacity(selects.len());
    for select in selects {
        counts.push((draft.count(select).await?, what(select)));
    }
    refuse_counted(name, &counts, advice)
}

/// Refuses, naming the counts, unless all are zero.
pub(super) fn refuse_counted(name: &str, counts: &[(u64, &str)], advice: &str) -> Result<()> {
    let uses = counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
    let uses: Vec<String> = uses.collect();
    if uses.is_empty() {
        return Ok(());
    }
    let description = format!("{name} is in use: {}; {advice}", uses.join(", "));
    Err(Error::precondition("IN_USE", name, description))
}

pub(super) fn what(select: &Select) -> &'static str {
    match select {
        Select::TenantsOfUser(_) | Select::TenantsOfApplication(_) => "tenants",
        Select::IdentitiesOf(_) => "external identities",
        Select::Memberships(_) => "group memberships",
        Select::MembersOfGroup(_) => "members",
        Select::ElementsOfRole(_) | Select::ElementsOfApplication(_) => "elements of roles",
        Select::TenantsOfBoundary(_) | Select::BoundaryTenantsOfApplication(_) => "tenants in permission boundaries",
        Select::BoundariesOfApplication(_) => "permission boundaries",
        Select::ChildrenOfRole(_) => "roles that inherit from it",
        Select::RolesNaming(_) => "roles that name it",
        Select::GroupsNaming(_) => "privilege groups that it is in",
        Select::RolesOfGroup(_) => "roles that refer to it",
        Select::PrivilegesOfGroup(_) | Select::GroupedPrivilegesOfApplication(_) => "privileges in privilege groups",
        Select::PrivilegeGroupsOfTenant(_) | Select::PrivilegeGroupsOfApplication(_) => "privilege groups",
        Select::AssignmentsOfHolder(_)
        | Select::AssignmentsOfRole(_)
        | Select::AssignmentsInTenant(_)
        | Select::AssignmentsOfScope(_)
        | Select::AssignmentsOfApplication(_) => "role assignments",
        Select::RolesOfTenant(_) | Select::RolesOfApplication(_) | Select::RolesOfBoundary(_) => "roles",
        Select::ClientsOfTenant(_) | Select::ClientsOfApplication(_) => "clients",
        Select::PrivilegesOfApplication(_) => "privileges",
        Select::ResourcesOfTenant(_) | Select::ResourcesOfApplication(_) => "resources",
        Select::UsersOfApplication(_) => "users",
        Select::ParentsOfResource(_) => "parents",
        Select::ChildrenOfResource(_) => "children",
        Select::ResourceParentsOfApplication(_) => "relations of resources",
        Select::SelectionsOfResource(_) => "selections that name it",
        Select::AssignmentsOfResource(_) => "role assignments that name it",
        Select::SelectionsOf(_) | Select::SelectionsOfApplication(_) => "selections",
        Select::InstancesOf(_) | Select::InstancesOfSpec(_) | Select::InstancesOfApplication(_) => {
            "instances of traversal specs"
        }
        Select::ResourcesOfAssignment(_) | Select::AssignedResourcesOfApplication(_) => "resources of role assignments",
        Select::TraversalSpecsOfApplication(_) => "traversal specs",
        Select::ScopesOfApplication(_) => "scopes",
        Select::UsersOfPrivilege(_) => "users that have it",
        Select::PrivilegesOfUser(_) | Select::AssignedPrivilegesOfApplication(_) => "privileges of users",
    }
}

/// A Delete of what is not there: fine if the caller said so.
pub(super) fn missing(deletion: &Deletion, error: Error) -> Result<Receipt> {
    match error {
        Error::NotFound { .. } if deletion.allow_missing => Ok(Receipt { unchanged: 1, ..Receipt::default() }),
        error => Err(error),
    }
}

/// What the product itself is made of cannot be changed.
pub(super) fn predefined_thing(name: &str) -> Error {
    Error::precondition("PREDEFINED", name, format!("{name} is predefined and cannot be changed"))
}

impl App {
    /// Makes an application.
    pub async fn create_application(&self, call: WriteCall, new: NewApplication) -> Result<Written> {
        self.write(call, new).await
    }

    /// Changes an application.
    pub async fn update_application(&self, call: WriteCall, update: UpdateApplication) -> Result<Written> {
        self.write(call, update).await
    }

    /// Deletes an application.
    pub async fn delete_application(&self, call: WriteCall, delete: DeleteApplication) -> Result<Written> {
        self.write(call, delete).await
    }

    /// An application.
    pub async fn get_application(&self, caller: &Caller, id: &Id, wish: &Consistency) -> Result<(Row, View)> {
        let view = self.view(wish).await?;
        let thing = Thing::application(id);
        authority(&view, caller).require(&methods::GET_APPLICATION, &thing)?;
        self.read_one(view, &Key::Application(id.clone()), thing.kind, &thing.name).await
    }

    /// A row that the caller may read; it may have gone since the state that said so.
    pub(super) async fn read_one(&self, view: View, key: &Key, kind: &'static str, name: &str) -> Result<(Row, View)> {
        let rows = self.store.get(std::slice::from_ref(key)).await?;
        let view = self.view_of(view, &rows).await?;
        let row = rows.into_iter().next().ok_or_else(|| Error::not_found(kind, name))?;
        Ok((row, view))
    }

    /// A page of applications.
    pub async fn list_applications(&self, caller: &Caller, page: &PageRequest) -> Result<Page> {
        let question = page.question(caller, methods::LIST_APPLICATIONS.path, "");
        let conditions = filter::parse(&page.filter, &[("display_name", Field::DisplayName)])?;
        let view = self.page_view(page, &question).await?;
        authority(&view, caller).require(&methods::LIST_APPLICATIONS, &Thing::everything())?;
        let size = page.size(PAGE_SIZE_MAX)?;
        self.page(page, &question, view, (Collection::Applications, conditions, size)).await
    }
}
