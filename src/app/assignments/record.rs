//! One role assignment: shown, deleted.

use async_trait::async_trait;

use super::Holding;
use super::shown::ShownAssignment;
use crate::app::applications::{Deletion, missing};
use crate::app::authority::{Authority, OwnTarget, Thing};
use crate::app::caller::Caller;
use crate::app::consistency::Consistency;
use crate::app::draft::Draft;
use crate::app::error::{Error, Result};
use crate::app::methods::{self, Method};
use crate::app::port::Receipt;
use crate::app::service::{App, authority, require_etag};
use crate::app::state::View;
use crate::app::writer::{Operation, WriteCall, Written};
use crate::domain::assignment::AssignmentId;
use crate::domain::fold::fold;
use crate::domain::id::Id;
use crate::domain::limit::NAMED_RESOURCES_SHOWN_MAX;
use crate::domain::name::{ResourceKey, RoleId};
use crate::domain::predefined;
use crate::domain::row::{Key, NameSpace, Row};

/// How a request names a role.
#[derive(Clone, Debug)]
pub enum RoleRef {
    /// By its resource name.
    Id(RoleId),
    /// By the `role_name` of one of the application's own.
    Name(String),
}

/// How a request names an assignment.
#[derive(Clone, Debug)]
pub enum Which {
    /// By its application and the last part of its resource name.
    Id(Id, Id),
    /// By what it is made of.
    Parts(Holding, RoleRef),
}

/// An assignment to be deleted.
#[derive(Clone, Debug)]
pub struct DeleteRoleAssignment {
    /// Which one.
    pub which: Which,
    /// How.
    pub deletion: Deletion,
}

#[async_trait]
impl Operation for DeleteRoleAssignment {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let key = match self.find(draft).await {
            Ok(id) => Key::Assignment(id),
            Err(error) => return missing(&self.deletion, error),
        };
        let row = draft.get(&key).await?.ok_or(Error::Internal)?;
        let Key::Assignment(id) = &key else { return Err(Error::Internal) };
        require_etag(&self.deletion.etag, &id.name().to_string(), row.stamp().ok_or(Error::Internal)?)?;
        draft.delete(&key).await?;
        Ok(Receipt::default())
    }
}

impl DeleteRoleAssignment {
    /// The assignment, which exists and which the caller may delete.
    async fn find(&self, draft: &mut Draft<'_>) -> Result<AssignmentId> {
        let method = &methods::DELETE_ROLE_ASSIGNMENT;
        match &self.which {
            Which::Id(application, id) => {
                let found = draft.find_name(&NameSpace::AssignmentIds(application.clone()), id.as_str()).await?;
                let Some(Key::Assignment(found)) = found else {
                    return Err(absent(&draft.authority(), method, (application, id)));
                };
                holding_of(&found).authorise_taking(draft, method)?;
                Ok(found)
            }
            Which::Parts(holding, role) => {
                holding.authorise_taking(draft, method)?;
                let id = holding.assignment(&role_meant(draft, &holding.application, role).await?);
                if draft.contains(&Key::Assignment(id.clone())) {
                    return Ok(id);
                }
                Err(Error::not_found("role assignment", &id.name().to_string()))
            }
        }
    }
}

/// The role that a request names; by `role_name` only one that the caller may read.
pub(in crate::app) async fn role_meant(draft: &mut Draft<'_>, application: &Id, role: &RoleRef) -> Result<RoleId> {
    let name = match role {
        RoleRef::Id(id) => return Ok(id.clone()),
        RoleRef::Name(name) => name,
    };
    let found = draft.find_name(&NameSpace::RoleNames(application.clone(), None), &fold(name)).await?;
    let readable = |id: &RoleId| draft.authority().require_readable(&predefined::ROLE_READ, &Thing::role(id)).is_ok();
    match found {
        Some(Key::Role(id)) if readable(&id) => Ok(id),
        _ => Err(Error::not_found("role", &format!("applications/{application} role_name {name}"))),
    }
}

pub(super) fn holding_of(id: &AssignmentId) -> Holding {
    Holding { application: id.role.application.clone(), holder: id.holder.clone(), tenant: id.tenant.clone() }
}

/// What is said of an assignment whose id nobody bears: nobody knows where it would be.
fn absent(authority: &Authority<'_>, method: &Method, (application, id): (&Id, &Id)) -> Error {
    let Some(privilege) = method.privilege() else { return Error::Internal };
    if authority.reaches_everything(privilege, application) {
        return Error::not_found("role assignment", &format!("applications/{application}/roleAssignments/{id}"));
    }
    Error::denied(privilege)
}

/// Whether the caller may read an assignment: his own; one whose holder, and tenant if it has one, he covers; any, if
/// he covers the whole application.
pub(in crate::app) fn is_readable(authority: &Authority<'_>, id: &AssignmentId) -> bool {
    let may = |target| authority.may(&predefined::ROLE_ASSIGNMENT_READ, &id.role.application, target);
    let covers =
        || may(OwnTarget::Subject(&id.holder)) && id.tenant.as_ref().is_none_or(|id| may(OwnTarget::Tenant(id)));
    id.holder == authority.caller.subject || may(OwnTarget::Application) || covers()
}

impl App {
    /// Deletes an assignment.
    pub async fn delete_role_assignment(&self, call: WriteCall, delete: DeleteRoleAssignment) -> Result<Written> {
        self.write(call, delete).await
    }

    /// An assignment of a role of an application, and the first of the resources that it names one by one. About one's
    /// own no privilege is needed.
    pub async fn get_role_assignment(
        &self,
        caller: &Caller,
        (application, id): (&Id, &Id),
        wish: &Consistency,
    ) -> Result<(ShownAssignment, Named, View)> {
        let method = &methods::GET_ROLE_ASSIGNMENT;
        let view = self.view(wish).await?;
        let row = self.store.find_name(&NameSpace::AssignmentIds(application.clone()), id.as_str()).await?;
        let Some(Row::Assignment(found)) = &row else {
            return Err(absent(&authority(&view, caller), method, (application, id)));
        };
        let view = self.view_of(view, row.as_slice()).await?;
        if !is_readable(&authority(&view, caller), &found.id) {
            return Err(Error::denied(&predefined::ROLE_ASSIGNMENT_READ));
        }
        let (first, more) = view.snapshot().assigned_resources(&found.id.name(), NAMED_RESOURCES_SHOWN_MAX);
        let shown = self.shown_assignments(view.snapshot(), row.into_iter().collect(), 1).await?;
        let shown = shown.into_iter().next().ok_or(Error::Internal)?;
        Ok((shown, Named { first, more }, view))
    }
}

/// The resources that an assignment names one by one.
#[derive(Clone, Debug)]
pub struct Named {
    /// The first of them.
    pub first: Vec<ResourceKey>,
    /// Whether there are more.
    pub more: bool,
}
