//! Groups: create, get, list; members: add, remove. Adding a member is a grant of all that the group gives.

use async_trait::async_trait;

use super::authority::Thing;
use super::caller::Caller;
use super::consistency::Consistency;
use super::draft::Draft;
use super::error::{Error, Result};
use super::filter;
use super::listing::{Page, PageRequest};
use super::methods;
use super::port::{Collection, Field, Receipt};
use super::service::{App, authority};
use super::state::View;
use super::writer::{Operation, WriteCall, Written};
use crate::domain::directory::{Group, GroupMember};
use crate::domain::id::Id;
use crate::domain::limit::PAGE_SIZE_MAX;
use crate::domain::name::Subject;
use crate::domain::predefined;
use crate::domain::row::{Key, Row};
use crate::engine::Gift;

/// A group to be made.
#[derive(Clone, Debug)]
pub struct NewGroup {
    /// The group; its stamp is set here.
    pub group: Group,
    /// Its first members.
    pub members: Vec<Subject>,
    /// Whether the caller chose the id.
    pub id_is_chosen: bool,
}

#[async_trait]
impl Operation for NewGroup {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let everything = Thing::everything();
        draft.authority().require(&methods::CREATE_GROUP, &everything)?;
        if !self.members.is_empty() {
            draft.authority().require(&methods::ADD_GROUP_MEMBERS, &everything)?;
        }
        let ours = predefined::application();
        if self.id_is_chosen && !draft.authority().reaches_everything(&predefined::GROUP_CREATE, &ours) {
            return Err(Error::invalid("group_id", "must be empty: only a caller who reaches everything chooses ids"));
        }
        let key = Key::Group(self.group.id.clone());
        if draft.contains(&key) {
            return Err(Error::AlreadyExists { kind: "group", name: format!("groups/{}", self.group.id) });
        }
        draft.put(Row::Group(self.group.clone())).await?;
        add_members(draft, &self.group.id, &self.members).await?;
        Ok(Receipt { keys: vec![key], ..Receipt::default() })
    }
}

/// Members to be added or removed.
#[derive(Clone, Debug)]
pub struct ChangeMembers {
    /// The group.
    pub group: Id,
    /// The members.
    pub members: Vec<Subject>,
    /// True: to be added; false: to be removed.
    pub add: bool,
}

#[async_trait]
impl Operation for ChangeMembers {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let group = Subject::Group(self.group.clone());
        let method = if self.add { &methods::ADD_GROUP_MEMBERS } else { &methods::REMOVE_GROUP_MEMBERS };
        draft.authority().require(method, &Thing::subject(draft.before(), &group))?;
        let changed = if self.add {
            self.require_grants(draft, &group)?;
            add_members(draft, &self.group, &self.members).await?
        } else {
            self.remove(draft).await?
        };
        let key = Key::Group(self.group.clone());
        if changed > 0 {
            draft.touch(&key).await?;
        }
        let unchanged = self.members.len() as u64 - changed;
        Ok(Receipt { keys: vec![key], unchanged, ..Receipt::default() })
    }
}

impl ChangeMembers {
    /// New members get all that the group and the groups above it give.
    fn require_grants(&self, draft: &Draft<'_>, group: &Subject) -> Result<()> {
        let gift = Gift { giver: &draft.call().caller.subject, now: draft.now() };
        for member in self.members.iter().filter(|member| !draft.before().is_member(&self.group, member)) {
            require_member(draft, member)?;
            if let Some(short) = draft.before().shortfall_of_membership(gift, group, member) {
                return Err(short.into());
            }
        }
        Ok(())
    }

    async fn remove(&self, draft: &mut Draft<'_>) -> Result<u64> {
        let mut removed = 0;
        for member in &self.members {
            removed += u64::from(draft.delete(&Key::GroupMember(self.group.clone(), member.clone())).await?);
        }
        Ok(removed)
    }
}

/// Adds what is not there yet; says how many those were.
async fn add_members(draft: &mut Draft<'_>, group: &Id, members: &[Subject]) -> Result<u64> {
    let mut added = 0;
    for member in members {
        require_member(draft, member)?;
        let row = GroupMember { group: group.clone(), member: member.clone() };
        let key = Key::GroupMember(group.clone(), member.clone());
        if !draft.contains(&key) {
            draft.put(Row::GroupMember(row)).await?;
            added += 1;
        }
    }
    Ok(added)
}

/// A member must exist, and the caller must be able to read it.
fn require_member(draft: &Draft<'_>, member: &Subject) -> Result<()> {
    let privilege = match member {
        Subject::User(_) => &predefined::USER_READ,
        Subject::Client(_) => &predefined::CLIENT_READ,
        Subject::Group(_) => &predefined::GROUP_READ,
        Subject::Application(_) => return Err(Error::invalid("members", "an application is no member of a group")),
    };
    draft.authority().require_readable(privilege, &Thing::subject(draft.before(), member))
}

impl App {
    /// Makes a group.
    pub async fn create_group(&self, call: WriteCall, new: NewGroup) -> Result<Written> {
        self.write(call, new).await
    }

    /// Adds or removes members.
    pub async fn change_members(&self, call: WriteCall, change: ChangeMembers) -> Result<Written> {
        self.write(call, change).await
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
