//! Members of groups: add, remove, set, list. A new member is given all that the group gives, so adding one is a grant.

use std::collections::BTreeSet;

use async_trait::async_trait;

use super::authority::Thing;
use super::caller::Caller;
use super::draft::Draft;
use super::error::{Error, Result};
use super::filter;
use super::listing::PageRequest;
use super::methods;
use super::port::{Collection, Condition, Field, ListQuery, Order, Receipt, Select};
use super::service::{App, authority, require_etag};
use super::state::View;
use super::writer::{Operation, WriteCall, Written};
use crate::domain::directory::GroupMember;
use crate::domain::id::Id;
use crate::domain::limit::PAGE_SIZE_MAX;
use crate::domain::name::Subject;
use crate::domain::row::{Key, Row};
use crate::domain::time::Time;

/// Groups whose members are read by one statement.
const GROUPS_AT_ONCE: usize = 1_000;

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
            require_grants(draft, &self.group, &self.members)?;
            add_members(draft, &self.group, &self.members).await?
        } else {
            remove_members(draft, &self.group, &self.members).await?
        };
        let key = Key::Group(self.group.clone());
        if changed > 0 {
            draft.touch(&key).await?;
        }
        let unchanged = self.members.len() as u64 - changed;
        Ok(Receipt { keys: vec![key], unchanged, ..Receipt::default() })
    }
}

/// All members that a group shall have.
#[derive(Clone, Debug)]
pub struct SetMembers {
    /// The group.
    pub group: Id,
    /// The members.
    pub members: Vec<Subject>,
    /// Empty, or the etag that the group must have.
    pub etag: String,
}

#[async_trait]
impl Operation for SetMembers {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let group = Subject::Group(self.group.clone());
        let thing = Thing::subject(draft.before(), &group);
        draft.authority().require(&methods::SET_GROUP_MEMBERS, &thing)?;
        let key = Key::Group(self.group.clone());
        let row = draft.get(&key).await?.ok_or(Error::Internal)?;
        require_etag(&self.etag, &thing.name, row.stamp().ok_or(Error::Internal)?)?;
        require_grants(draft, &self.group, &self.members)?;
        let wanted: BTreeSet<&Subject> = self.members.iter().collect();
        let mut others = draft.select(&Select::MembersOfGroup(self.group.clone())).await?;
        others.retain(|row| matches!(row, Row::GroupMember(row) if !wanted.contains(&row.member)));
        let removed = others.len() as u64;
        draft.delete_rows(others);
        let added = add_members(draft, &self.group, &self.members).await?;
        if added + removed > 0 {
            draft.touch(&key).await?;
        }
        let unchanged = self.members.len() as u64 - added;
        Ok(Receipt { keys: vec![key], unchanged, ..Receipt::default() })
    }
}

/// New members must be there to be added, and get all that the group and the groups above it give.
pub(super) fn require_grants(draft: &Draft<'_>, group: &Id, members: &[Subject]) -> Result<()> {
    let mut judge = draft.judge();
    let subject = Subject::Group(group.clone());
    for member in members.iter().filter(|member| !draft.before().is_member(group, member)) {
        require_member(draft, member)?;
        if let Some(short) = judge.shortfall_of_membership(&subject, member) {
            return Err(short.into());
        }
    }
    Ok(())
}

async fn remove_members(draft: &mut Draft<'_>, group: &Id, members: &[Subject]) -> Result<u64> {
    let keys: Vec<Key> = members.iter().map(|member| Key::GroupMember(group.clone(), member.clone())).collect();
    draft.prefetch(keys.clone()).await?;
    let mut removed = 0;
    for key in keys {
        removed += u64::from(draft.delete(&key).await?);
    }
    Ok(removed)
}

/// Adds what is not there yet, and may be; says how many those were.
pub(super) async fn add_members(draft: &mut Draft<'_>, group: &Id, members: &[Subject]) -> Result<u64> {
    let mut added = 0;
    for member in members {
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
    if matches!(member, Subject::Application(_)) {
        return Err(Error::invalid("members", "an application is no member of a group"));
    }
    if draft.authority().may_read_subject(member) {
        return Ok(());
    }
    Err(Error::not_found(Thing::subject(draft.before(), member).kind, member))
}

/// Which members of a group, or groups of a member, are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MembershipView {
    /// Direct ones.
    Direct,
    /// Those through groups as well.
    Transitive,
}

/// That a subject is a member of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// Who.
    pub member: Subject,
    /// Of which group.
    pub group: Id,
    /// Whether directly.
    pub direct: bool,
}

/// A page of memberships.
#[derive(Clone, Debug)]
pub struct Memberships {
    /// They, in order.
    pub memberships: Vec<Membership>,
    /// Empty after the last page.
    pub next_page_token: String,
    /// The state that was read.
    pub view: View,
}

impl App {
    /// Adds or removes members.
    pub async fn change_members(&self, call: WriteCall, change: ChangeMembers) -> Result<Written> {
        self.write(call, change).await
    }

    /// Replaces members.
    pub async fn set_members(&self, call: WriteCall, set: SetMembers) -> Result<Written> {
        self.write(call, set).await
    }

    /// A page of a group's members: users, clients and groups, each by id.
    pub async fn list_group_members(
        &self,
        caller: &Caller,
        page: &PageRequest,
        group: &Id,
        shown: MembershipView,
    ) -> Result<Memberships> {
        let question = page.question(caller, methods::LIST_GROUP_MEMBERS.path, &format!("{group}|{shown:?}"));
        let conditions = filter::parse(&page.filter, &[("member_type", Field::MemberType)])?;
        require_types(&conditions)?;
        let view = self.page_view(page, &question).await?;
        let subject = Subject::Group(group.clone());
        let thing = Thing::subject(view.snapshot(), &subject);
        let (kind, name) = (thing.kind, thing.name.clone());
        authority(&view, caller).require(&methods::LIST_GROUP_MEMBERS, &thing)?;
        let groups = match shown {
            MembershipView::Direct => vec![group.clone()],
            MembershipView::Transitive => view.snapshot().groups_inside(group),
        };
        let after = self.last_membership(page, &question)?.map(|(_, member)| member);
        let size = page.size(PAGE_SIZE_MAX)?;
        let members = self.members_of(&groups, conditions, after, size + 1).await?;
        // A member has no stamp; a group has one, and it says when members were added.
        let keys: Vec<Key> = groups.into_iter().map(Key::Group).collect();
        let rows = self.store.get(&keys).await?;
        let key = Key::Group(group.clone());
        rows.iter().find(|row| row.key() == key).ok_or_else(|| Error::not_found(kind, &name))?;
        let view = self.view_of(view, &rows).await?;
        let listed = members.into_iter().map(|member| {
            let direct = view.snapshot().is_member(group, &member);
            Membership { member, group: group.clone(), direct }
        });
        let listed = listed.collect();
        Ok(self.memberships(&question, view, listed, size))
    }

    /// The next members of any of the groups.
    async fn members_of(
        &self,
        groups: &[Id],
        conditions: Vec<Condition>,
        after: Option<Subject>,
        limit: usize,
    ) -> Result<BTreeSet<Subject>> {
        let mut found = BTreeSet::new();
        for groups in groups.chunks(GROUPS_AT_ONCE) {
            let Some(first) = groups.first() else { break };
            let (mut of_these, mut last) = (BTreeSet::new(), after.clone());
            // Who is in many of the groups has a row for each: one page of rows may be few members.
            loop {
                let key = |member| (Time::default(), Key::GroupMember(first.clone(), member));
                let query = ListQuery {
                    collection: Collection::Members(groups.to_vec()),
                    conditions: conditions.clone(),
                    order: Order::Name,
                    after: last.map(key),
                    limit,
                };
                let rows = self.store.list(&query).await?;
                let more = rows.len() == limit;
                of_these.extend(rows.into_iter().filter_map(|row| match row {
                    Row::GroupMember(row) => Some(row.member),
                    _ => None,
                }));
                last = of_these.last().cloned();
                if !more || of_these.len() >= limit {
                    break;
                }
            }
            found.extend(of_these);
            while found.len() > limit {
                found.pop_last();
            }
        }
        Ok(found)
    }

    /// A page of the groups that a user is in. About himself a caller needs no privilege.
    pub async fn list_user_groups(
        &self,
        caller: &Caller,
        page: &PageRequest,
        subject: &Subject,
        shown: MembershipView,
    ) -> Result<Memberships> {
        let question = page.question(caller, methods::LIST_USER_GROUPS.path, &format!("{subject}|{shown:?}"));
        let view = self.page_view(page, &question).await?;
        if caller.subject != *subject {
            authority(&view, caller).require(&methods::LIST_USER_GROUPS, &Thing::subject(view.snapshot(), subject))?;
        }
        let after = self.last_membership(page, &question)?.map(|(group, _)| group.to_string());
        let mut groups = view.snapshot().groups_containing(subject);
        groups.retain(|(group, direct)| {
            (*direct || shown == MembershipView::Transitive) && after.as_ref().is_none_or(|after| group > after)
        });
        let size = page.size(PAGE_SIZE_MAX)?;
        groups.truncate(size + 1);
        let listed = groups.into_iter().map(|(group, direct)| {
            let group = Id::parse(&group).map_err(|_| Error::Internal)?;
            Ok(Membership { member: subject.clone(), group, direct })
        });
        let listed = listed.collect::<Result<_>>()?;
        Ok(self.memberships(&question, view, listed, size))
    }

    fn memberships(&self, question: &[u8], view: View, mut memberships: Vec<Membership>, size: usize) -> Memberships {
        let more = memberships.len() > size;
        memberships.truncate(size);
        let next_page_token = match memberships.last() {
            Some(last) if more => {
                let row = GroupMember { group: last.group.clone(), member: last.member.clone() };
                self.page_token(question, &view, &Row::GroupMember(row))
            }
            _ => String::new(),
        };
        Memberships { memberships, next_page_token, view }
    }
}

fn require_types(conditions: &[Condition]) -> Result<()> {
    let is_type = |condition: &&Condition| matches!(condition.value.as_str(), "USER" | "CLIENT" | "GROUP");
    match conditions.iter().find(|condition| !is_type(condition)) {
        Some(other) => Err(Error::invalid("filter", format!("{}: must be USER, CLIENT or GROUP", other.value))),
        None => Ok(()),
    }
}
