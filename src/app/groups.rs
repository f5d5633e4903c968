//! Groups: create, get, list, update, delete. What a group gives its members, it gives no more when it is deleted.

use async_trait::async_trait;

use super::applications::{Deletion, in_use, missing};
use super::assignments::{RequestedAssignment, give_new_group};
use super::authority::Thing;
use super::caller::Caller;
use super::consistency::Consistency;
use super::draft::Draft;
use super::error::{Error, Result};
use super::filter;
use super::listing::{Page, PageRequest};
use super::members::{add_members, require_grants};
use super::methods::{self, Method};
use super::port::{Collection, Field, Receipt, Select};
use super::service::{App, authority, require_etag};
use super::state::View;
use super::writer::{Operation, WriteCall, Written};
use crate::domain::directory::Group;
use crate::domain::id::Id;
use crate::domain::limit::PAGE_SIZE_MAX;
use crate::domain::name::Subject;
use crate::domain::row::{Key, Row};

/// A group to be made.
#[derive(Clone, Debug)]
pub struct NewGroup {
    /// The group; its stamp is set here.
    pub group: Group,
    /// Its first members.
    pub members: Vec<Subject>,
    /// Its first assignments.
    pub assignments: Vec<RequestedAssignment>,
}

#[async_trait]
impl Operation for NewGroup {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let everything = Thing::everything();
        draft.authority().require(&methods::CREATE_GROUP, &everything)?;
        if !self.members.is_empty() {
            draft.authority().require(&methods::ADD_GROUP_MEMBERS, &everything)?;
        }
        let key = Key::Group(self.group.id.clone());
        if draft.contains(&key) {
            return Err(Error::AlreadyExists { kind: "group", name: format!("groups/{}", self.group.id) });
        }
        draft.put(Row::Group(self.group.clone())).await?;
        give_new_group(draft, &Subject::Group(self.group.id.clone()), &self.assignments).await?;
        require_grants(draft, &self.group.id, &self.members)?;
        add_members(draft, &self.group.id, &self.members).await?;
        Ok(Receipt { keys: vec![key], ..Receipt::default() })
    }
}

/// A group to be changed; `None` leaves a field as it is.
#[derive(Clone, Debug)]
pub struct UpdateGroup {
    /// Its id.
    pub id: Id,
    /// Immutable: it must be what it is.
    pub group_name: Option<String>,
    /// For people.
    pub display_name: Option<String>,
    /// For people.
    pub description: Option<String>,
    /// Empty, or the etag that it must have.
    pub etag: String,
}

#[async_trait]
impl Operation for UpdateGroup {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let subject = Subject::Group(self.id.clone());
        let thing = Thing::subject(draft.before(), &subject);
        draft.authority().require(&methods::UPDATE_GROUP, &thing)?;
        let key = Key::Group(self.id.clone());
        let Some(Row::Group(mut row)) = draft.get(&key).await? else { return Err(Error::Internal) };
        require_etag(&self.etag, &thing.name, &row.stamp)?;
        if self.group_name.as_ref().is_some_and(|sent| *sent != row.group_name) {
            return Err(Error::invalid("group.group_name", "is immutable"));
        }
        row.display_name = self.display_name.take().unwrap_or(row.display_name);
        row.description = self.description.take().unwrap_or(row.description);
        draft.put(Row::Group(row)).await?;
        Ok(Receipt { keys: vec![key], ..Receipt::default() })
    }
}

/// A group to be deleted.
#[derive(Clone, Debug)]
pub struct DeleteGroup {
    /// Its id.
    pub id: Id,
    /// How.
    pub deletion: Deletion,
}

#[async_trait]
impl Operation for DeleteGroup {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        delete(draft, &self.id, &methods::DELETE_GROUP, &self.deletion).await
    }
}

/// Groups to be deleted, all or none.
#[derive(Clone, Debug)]
pub struct DeleteGroups {
    /// Their ids, without repeats.
    pub ids: Vec<Id>,
    /// How; without an etag.
    pub deletion: Deletion,
}

#[async_trait]
impl Operation for DeleteGroups {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let mut unchanged = 0;
        for id in &self.ids {
            unchanged += delete(draft, id, &methods::BATCH_DELETE_GROUPS, &self.deletion).await?.unchanged;
        }
        Ok(Receipt { unchanged, ..Receipt::default() })
    }
}

/// Deletes a group, so that its id, created again, inherits nothing. What the group has was there before the call: of a
/// batch, each group is judged by itself.
async fn delete(draft: &mut Draft<'_>, id: &Id, method: &Method, deletion: &Deletion) -> Result<Receipt> {
    let subject = Subject::Group(id.clone());
    let thing = Thing::subject(draft.before(), &subject);
    if let Err(error) = draft.authority().require(method, &thing) {
        return missing(deletion, error);
    }
    let key = Key::Group(id.clone());
    let row = draft.get(&key).await?.ok_or(Error::Internal)?;
    require_etag(&deletion.etag, &thing.name, row.stamp().ok_or(Error::Internal)?)?;
    let uses = [
        Select::MembersOfGroup(id.clone()),
        Select::AssignmentsOfHolder(subject.clone()),
        Select::Memberships(subject.clone()),
    ];
    in_use(draft, &thing.name, deletion.force, &uses).await?;
    for select in &uses {
        let rows = draft.select(select).await?;
        draft.delete_rows(rows);
    }
    draft.delete(&key).await?;
    Ok(Receipt::default())
}

impl App {
    /// Makes a group.
    pub async fn create_group(&self, call: WriteCall, new: NewGroup) -> Result<Written> {
        self.write(call, new).await
    }

    /// Changes a group.
    pub async fn update_group(&self, call: WriteCall, update: UpdateGroup) -> Result<Written> {
        self.write(call, update).await
    }

    /// Deletes a group.
    pub async fn delete_group(&self, call: WriteCall, delete: DeleteGroup) -> Result<Written> {
        self.write(call, delete).await
    }

    /// Deletes groups.
    pub async fn delete_groups(&self, call: WriteCall, delete: DeleteGroups) -> Result<Written> {
        self.write(call, delete).await
    }

    /// A group.
    pub async fn get_group(&self, caller: &Caller, id: &Id, wish: &Consistency) -> Result<(Row, View)> {
        let view = self.view(wish).await?;
        let subject = Subject::Group(id.clone());
        let thing = Thing::subject(view.snapshot(), &subject);
        let (kind, name) = (thing.kind, thing.name.clone());
        authority(&view, caller).require(&methods::GET_GROUP, &thing)?;
        self.read_one(view, &Key::Group(id.clone()), kind, &name).await
    }

    /// A page of groups.
    pub async fn list_groups(&self, caller: &Caller, page: &PageRequest) -> Result<Page> {
        let question = page.question(caller, methods::LIST_GROUPS.path, "");
        let conditions = filter::parse(&page.filter, &[("group_name", Field::GroupName)])?;
        let view = self.page_view(page, &question).await?;
        authority(&view, caller).require(&methods::LIST_GROUPS, &Thing::everything())?;
        let size = page.size(PAGE_SIZE_MAX)?;
        self.page(page, &question, view, (Collection::Groups, conditions, size)).await
    }
}
