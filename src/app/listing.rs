//! Pages of lists. A page token is the position of the last row, bound to who asked and what.
//!
//! Positions are keys, not offsets: rows that come and go between pages neither hide nor repeat the others.

use super::caller::Caller;
use super::consistency::{Consistency, Requirement};
use super::error::{Error, Result};
use super::port::{Collection, Condition, ListQuery, Order};
use super::service::App;
use super::state::View;
use crate::domain::assignment::AssignmentId;
use crate::domain::id::{ForeignId, Id, PrivilegeKey, ResourceKind};
use crate::domain::limit::{PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX};
use crate::domain::name::{
    BoundaryId, PrivilegeGroupId, PrivilegeId, ResourceId, RoleId, ScopeId, Subject, TenantId, TraversalSpecId,
};
use crate::domain::row::{Key, Row};
use crate::domain::time::Time;

/// What a List request says about its page.
#[derive(Clone, Debug, Default)]
pub struct PageRequest {
    /// 0 = the default.
    pub page_size: i32,
    /// Empty = the first page.
    pub page_token: String,
    /// Conditions, as text.
    pub filter: String,
    /// Empty, `name` or `create_time`.
    pub order_by: String,
    /// How fresh.
    pub consistency: Consistency,
}

/// A page.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its rows.
    pub rows: Vec<Row>,
    /// Empty after the last page.
    pub next_page_token: String,
    /// The state by which it was authorised; no older than the rows.
    pub view: View,
}

/// The position of a row in a list, and the revision that the next page must at least be of.
struct Position {
    revision: u64,
    after: (Time, Key),
}

impl PageRequest {
    /// Rows on the page.
    pub fn size(&self, max: usize) -> Result<usize> {
        match usize::try_from(self.page_size) {
            Ok(0) => Ok(PAGE_SIZE_DEFAULT.min(max)),
            Ok(size) => Ok(size.min(max).min(PAGE_SIZE_MAX)),
            Err(_) => Err(Error::invalid("page_size", "must not be negative")),
        }
    }

    /// The order.
    pub fn order(&self) -> Result<Order> {
        match self.order_by.as_str() {
            "" | "name" => Ok(Order::Name),
            "create_time" => Ok(Order::CreateTime),
            _ => Err(Error::invalid("order_by", "must be name or create_time")),
        }
    }

    /// Who asks, and what: a page token is good for nothing else.
    pub fn question(&self, caller: &Caller, method: &str, parent: &str) -> Vec<u8> {
        let caller = caller.name();
        let mut question = Vec::new();
        for part in [caller.as_str(), method, parent, &self.filter, &self.order_by] {
            question.extend_from_slice(&(part.len() as u64).to_le_bytes());
            question.extend_from_slice(part.as_bytes());
        }
        question
    }
}

impl App {
    /// The view for a page: as fresh as asked for, and as the page before it.
    pub async fn page_view(&self, page: &PageRequest, question: &[u8]) -> Result<View> {
        let least = self.position(page, question)?.map_or(0, |position| position.revision);
        self.view_since(page, least).await
    }

    /// The view for a page of entries.
    pub(super) async fn entries_view(&self, page: &PageRequest, question: &[u8]) -> Result<View> {
        let least = self.entry_before(page, question)?.map_or(0, |(revision, _)| revision);
        self.view_since(page, least).await
    }

    async fn view_since(&self, page: &PageRequest, least: u64) -> Result<View> {
        let view = self.view(&page.consistency).await?;
        if least <= view.published.head.revision {
            return Ok(view);
        }
        self.view(&Consistency { requirement: Requirement::FullyConsistent, max_staleness: None }).await
    }

    fn position(&self, page: &PageRequest, question: &[u8]) -> Result<Option<Position>> {
        if page.page_token.is_empty() {
            return Ok(None);
        }
        let bytes = self.state().tokens.position(question, &page.page_token)?;
        let text = String::from_utf8(bytes).map_err(|_| Error::Internal)?;
        read_position(&text).map(Some).ok_or(Error::Internal)
    }

    /// The membership that ended the page before.
    pub(super) fn last_membership(&self, page: &PageRequest, question: &[u8]) -> Result<Option<(Id, Subject)>> {
        let position = self.position(page, question)?;
        Ok(position.and_then(|position| match position.after.1 {
            Key::GroupMember(group, member) => Some((group, member)),
            _ => None,
        }))
    }

    /// A page of a collection.
    pub async fn page(
        &self,
        page: &PageRequest,
        question: &[u8],
        view: View,
        (collection, conditions, size): (Collection, Vec<Condition>, usize),
    ) -> Result<Page> {
        let after = self.position(page, question)?.map(|position| position.after);
        let query = ListQuery { collection, conditions, order: page.order()?, after, limit: size + 1 };
        let mut rows = self.store.list(&query).await?;
        let more = rows.len() > size;
        rows.truncate(size);
        let view = self.view_of(view, &rows).await?;
        let next_page_token = match rows.last() {
            Some(last) if more => self.page_token(question, &view, last),
            _ => String::new(),
        };
        Ok(Page { rows, next_page_token, view })
    }

    /// A page of a collection with the predefined things that match among its rows. Each comes with the text that the
    /// conditions of such a list are about; none was ever made, so by time they are the first.
    pub(super) async fn page_with(
        &self,
        (page, question): (&PageRequest, &[u8]),
        view: View,
        (collection, conditions, size): (Collection, Vec<Condition>, usize),
        predefined: impl Iterator<Item = (String, Row)> + Send,
    ) -> Result<Page> {
        let by_time = page.order()? == Order::CreateTime;
        let place = |created: i64, key: Key| (if by_time { created } else { 0 }, key);
        let place_of = |row: &Row| place(row.stamp().map_or(0, |stamp| stamp.created_at.micros()), row.key());
        let after = self.position(page, question)?.map(|position| position.after);
        let after = after.map(|(created, key)| place(created.micros(), key));
        let matching = predefined.filter(|(text, _)| conditions.iter().all(|condition| condition.holds_of(text)));
        let rest = matching.map(|(_, row)| row).filter(|row| after.as_ref().is_none_or(|after| place_of(row) > *after));
        let rest: Vec<Row> = rest.collect();
        let mut listed = self.page(page, question, view, (collection, conditions, size)).await?;
        listed.rows.extend(rest);
        listed.rows.sort_by_cached_key(place_of);
        let more = listed.rows.len() > size || !listed.next_page_token.is_empty();
        listed.rows.truncate(size);
        listed.next_page_token = match listed.rows.last() {
            Some(last) if more => self.page_token(question, &listed.view, last),
            _ => String::new(),
        };
        Ok(listed)
    }

    /// A page of a list that is read from the state alone: the entries behind the last one of the page before, in their
    /// order, and the token of the next page.
    pub(super) fn page_of_entries<T>(
        &self,
        (page, question): (&PageRequest, &[u8]),
        view: &View,
        mut entries: Vec<T>,
        position: impl Fn(&T) -> String,
    ) -> Result<(Vec<T>, String)> {
        let size = page.size(PAGE_SIZE_MAX)?;
        if let Some((_, after)) = self.entry_before(page, question)? {
            entries.retain(|entry| position(entry) > after);
        }
        let more = entries.len() > size;
        entries.truncate(size);
        let next = match entries.last() {
            Some(last) if more => {
                let text = format!("{}\n{}", view.published.head.revision, position(last));
                self.state().tokens.page(question, text.as_bytes())
            }
            _ => String::new(),
        };
        Ok((entries, next))
    }

    /// The revision of the page before of a list of entries, and the position of its last entry.
    pub(super) fn entry_before(&self, page: &PageRequest, question: &[u8]) -> Result<Option<(u64, String)>> {
        if page.page_token.is_empty() {
            return Ok(None);
        }
        let bytes = self.state().tokens.position(question, &page.page_token)?;
        let text = String::from_utf8(bytes).map_err(|_| Error::Internal)?;
        let (revision, position) = text.split_once('\n').ok_or(Error::Internal)?;
        Ok(Some((revision.parse().map_err(|_| Error::Internal)?, position.to_owned())))
    }

    /// The token of the page after `last`.
    pub fn page_token(&self, question: &[u8], view: &View, last: &Row) -> String {
        let created = last.stamp().map_or(0, |stamp| stamp.created_at.micros());
        let mut text = format!("{}\n{created}", view.published.head.revision);
        for part in key_parts(&last.key()) {
            text.push('\n');
            text.push_str(&part);
        }
        self.state().tokens.page(question, text.as_bytes())
    }
}

fn key_parts(key: &Key) -> Vec<String> {
    match key {
        Key::Application(id) => vec!["application".into(), id.to_string()],
        Key::Tenant(tenant) => vec!["tenant".into(), tenant.to_string()],
        Key::User(id) => vec!["user".into(), id.to_string()],
        Key::Client(id) => vec!["client".into(), id.to_string()],
        Key::Group(id) => vec!["group".into(), id.to_string()],
        Key::Role(role) => vec!["role".into(), role.to_string()],
        Key::Privilege(id) => vec!["privilege".into(), id.application.to_string(), id.key.to_string()],
        Key::PrivilegeGroup(id) => vec!["privilege group".into(), id.to_string()],
        Key::Boundary(id) => vec!["boundary".into(), id.to_string()],
        Key::Assignment(id) => vec![
            "assignment".into(),
            id.holder.to_string(),
            id.role.to_string(),
            id.tenant.as_ref().map(ToString::to_string).unwrap_or_default(),
        ],
        Key::GroupMember(group, member) => vec!["member".into(), group.to_string(), member.to_string()],
        Key::Resource(id) => {
            vec!["resource".into(), id.application.to_string(), id.kind.to_string(), id.id.to_string()]
        }
        Key::TraversalSpec(id) => vec!["traversal spec".into(), id.to_string()],
        Key::Scope(id) => vec!["scope".into(), id.to_string()],
        Key::RoleElement(..)
        | Key::ResourceParent(..)
        | Key::Instance(_)
        | Key::Selection(..)
        | Key::AssignedResource(..)
        | Key::AssignedPrivilege(..)
        | Key::GroupedPrivilege(..)
        | Key::UserTenant(..)
        | Key::BoundaryTenant(..)
        | Key::ExternalIdentity(_) => Vec::new(),
    }
}

fn read_position(text: &str) -> Option<Position> {
    let parts: Vec<&str> = text.split('\n').collect();
    let [revision, created, key @ ..] = parts.as_slice() else { return None };
    let after = (Time::from_micros(created.parse().ok()?)?, read_key(key)?);
    Some(Position { revision: revision.parse().ok()?, after })
}

fn read_key(parts: &[&str]) -> Option<Key> {
    Some(match parts {
        ["application", id] => Key::Application(Id::parse(id).ok()?),
        ["tenant", name] => Key::Tenant(TenantId::parse(name).ok()?),
        ["user", id] => Key::User(Id::parse(id).ok()?),
        ["client", id] => Key::Client(Id::parse(id).ok()?),
        ["group", id] => Key::Group(Id::parse(id).ok()?),
        ["member", group, member] => Key::GroupMember(Id::parse(group).ok()?, Subject::parse(member).ok()?),
        ["role", name] => Key::Role(RoleId::parse(name).ok()?),
        ["privilege", application, key] => {
            let application = Id::parse(application).ok()?;
            Key::Privilege(PrivilegeId { application, key: PrivilegeKey::parse(key).ok()? })
        }
        ["privilege group", name] => Key::PrivilegeGroup(PrivilegeGroupId::parse(name).ok()?),
        ["boundary", name] => Key::Boundary(BoundaryId::parse(name).ok()?),
        ["traversal spec", name] => Key::TraversalSpec(TraversalSpecId::parse(name).ok()?),
        ["scope", name] => Key::Scope(ScopeId::parse(name).ok()?),
        ["assignment", holder, role, tenant] => Key::Assignment(AssignmentId {
            holder: Subject::parse(holder).ok()?,
            role: RoleId::parse(role).ok()?,
            tenant: if tenant.is_empty() { None } else { Some(Id::parse(tenant).ok()?) },
        }),
        ["resource", application, kind, id] => Key::Resource(ResourceId {
            application: Id::parse(application).ok()?,
            kind: ResourceKind::parse(kind).ok()?,
            id: ForeignId::parse(id).ok()?,
        }),
        _ => return None,
    })
}
