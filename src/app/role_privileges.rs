//! What a role gives: add, set, remove, list.

use std::collections::BTreeSet;

use async_trait::async_trait;

use super::authority::Thing;
use super::caller::Caller;
use super::draft::Draft;
use super::error::{Error, Result};
use super::listing::PageRequest;
use super::methods::{self, Method};
use super::port::{Receipt, Select};
use super::privileges::require_keys;
use super::roles::{require_custom, require_grant};
use super::service::{App, authority, require_etag};
use super::state::View;
use super::writer::{Operation, WriteCall, Written};
use crate::domain::id::{PrivilegeKey, PrivilegePattern};
use crate::domain::name::RoleId;
use crate::domain::pattern::is_pattern;
use crate::domain::predefined;
use crate::domain::role::{RoleElement, RoleElementRow};
use crate::domain::row::{Key, Row};

/// How a role's privileges change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HowPrivilegesChange {
    /// These as well; an exclusion of one is lifted.
    Add,
    /// These keys and patterns and no others; exclusions stay, so that an excluded key stays excluded.
    Set,
    /// Not these; a key that the role would still give is excluded.
    Remove,
}

/// A change of what a role gives.
#[derive(Clone, Debug)]
pub struct ChangeRolePrivileges {
    /// The role.
    pub role: RoleId,
    /// How.
    pub how: HowPrivilegesChange,
    /// Keys.
    pub privileges: BTreeSet<PrivilegeKey>,
    /// Patterns.
    pub patterns: BTreeSet<PrivilegePattern>,
    /// Empty, or the etag that the role must have.
    pub etag: String,
}

#[async_trait]
impl Operation for ChangeRolePrivileges {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let thing = Thing::role(&self.role);
        draft.authority().require(self.method(), &thing)?;
        let key = Key::Role(self.role.clone());
        let row = draft.get(&key).await?.ok_or(Error::Internal)?;
        require_etag(&self.etag, &thing.name, row.stamp().ok_or(Error::Internal)?)?;
        require_custom(draft, &self.role)?;
        self.fetch(draft).await?;
        match self.how {
            HowPrivilegesChange::Add => self.add(draft).await?,
            HowPrivilegesChange::Set => self.set(draft).await?,
            HowPrivilegesChange::Remove => self.remove(draft).await?,
        }
        if draft.changes().next().is_some() {
            draft.touch(&key).await?;
        }
        if self.how != HowPrivilegesChange::Remove {
            require_grant(draft, &self.role)?;
        }
        Ok(Receipt { keys: vec![key], ..Receipt::default() })
    }
}

impl ChangeRolePrivileges {
    fn method(&self) -> &'static Method {
        match self.how {
            HowPrivilegesChange::Add => &methods::ADD_ROLE_PRIVILEGES,
            HowPrivilegesChange::Set => &methods::SET_ROLE_PRIVILEGES,
            HowPrivilegesChange::Remove => &methods::REMOVE_ROLE_PRIVILEGES,
        }
    }

    fn given(&self) -> impl Iterator<Item = RoleElement> {
        let keys = self.privileges.iter().cloned().map(RoleElement::Privilege);
        keys.chain(self.patterns.iter().cloned().map(RoleElement::Pattern))
    }

    /// Fetches at once what the role has of these, and of the exclusions of these.
    async fn fetch(&self, draft: &mut Draft<'_>) -> Result<()> {
        let key = |element| Key::RoleElement(self.role.clone(), element);
        let mut keys: Vec<Key> = self.given().map(key).collect();
        for privilege in &self.privileges {
            keys.push(key(RoleElement::Exclusion(pattern_of(privilege)?)));
        }
        keys.extend(self.patterns.iter().cloned().map(RoleElement::Exclusion).map(key));
        draft.prefetch(keys).await
    }

    async fn put(&self, draft: &mut Draft<'_>, element: RoleElement) -> Result<()> {
        let row = RoleElementRow { role: self.role.clone(), element, incarnation: 0 };
        draft.put(Row::RoleElement(row)).await.map(|_| ())
    }

    async fn drop(&self, draft: &mut Draft<'_>, element: RoleElement) -> Result<bool> {
        draft.delete(&Key::RoleElement(self.role.clone(), element)).await
    }

    async fn add(&self, draft: &mut Draft<'_>) -> Result<()> {
        require_keys(draft, (&self.role.application, self.role.tenant.as_ref()), ("privileges", &self.privileges))
            .await?;
        for element in self.given() {
            if let RoleElement::Privilege(key) = &element {
                self.drop(draft, RoleElement::Exclusion(pattern_of(key)?)).await?;
            }
            if let RoleElement::Pattern(pattern) = &element {
                self.drop(draft, RoleElement::Exclusion(pattern.clone())).await?;
            }
            self.put(draft, element).await?;
        }
        Ok(())
    }

    async fn set(&self, draft: &mut Draft<'_>) -> Result<()> {
        let wanted: BTreeSet<RoleElement> = self.given().collect();
        let mut others = draft.select(&Select::ElementsOfRole(self.role.clone())).await?;
        others.retain(|row| match row {
            Row::RoleElement(row) => is_given(&row.element) && !wanted.contains(&row.element),
            _ => false,
        });
        draft.delete_rows(others);
        require_keys(draft, (&self.role.application, self.role.tenant.as_ref()), ("privileges", &self.privileges))
            .await?;
        for element in self.given() {
            self.put(draft, element).await?;
        }
        Ok(())
    }

    async fn remove(&self, draft: &mut Draft<'_>) -> Result<()> {
        for element in self.given() {
            self.drop(draft, element).await?;
        }
        let after = draft.snapshot();
        let still: Vec<_> =
            self.privileges.iter().filter(|key| after.role_gives(&self.role, key.as_str())).cloned().collect();
        for key in still {
            if is_pattern(key.as_str()) {
                let words = format!("{key}: the role still gives it, and an exclusion of it would be one of a pattern");
                return Err(Error::invalid("privileges", words));
            }
            self.put(draft, RoleElement::Exclusion(pattern_of(&key)?)).await?;
        }
        Ok(())
    }
}

/// Whether an element is one of what a role gives by itself.
fn is_given(element: &RoleElement) -> bool {
    matches!(element, RoleElement::Privilege(_) | RoleElement::Pattern(_))
}

/// A key as the pattern that an exclusion of it is.
pub(super) fn pattern_of(key: &PrivilegeKey) -> Result<PrivilegePattern> {
    PrivilegePattern::parse(key.as_str()).map_err(|_| Error::Internal)
}

/// What `ListRolePrivileges` shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RolePrivilegesView {
    /// The keys, patterns, exclusions and privilege groups that the role names itself.
    Entries,
    /// The registered keys that it gives, by whatever way.
    Effective,
}

/// One entry of a role's privileges.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RoleEntry {
    /// A key.
    Privilege(String),
    /// A pattern.
    Pattern(String),
    /// An exclusion.
    Exclusion(String),
    /// A privilege group, by name.
    PrivilegeGroup(String),
}

impl App {
    /// Changes what a role gives.
    pub async fn change_role_privileges(&self, call: WriteCall, change: ChangeRolePrivileges) -> Result<Written> {
        self.write(call, change).await
    }

    /// A page of what a role gives, and the token of the next: to who may read the role, or, as a holder of it, to who
    /// holds it now.
    pub async fn list_role_privileges(
        &self,
        caller: &Caller,
        page: &PageRequest,
        (role, as_holder): (&RoleId, bool),
        shown: RolePrivilegesView,
    ) -> Result<(Vec<RoleEntry>, String, View)> {
        let question =
            page.question(caller, methods::LIST_ROLE_PRIVILEGES.path, &format!("{role}|{shown:?}|{as_holder}"));
        let view = self.entries_view(page, &question).await?;
        if as_holder && !view.snapshot().holds_now(&caller.subject, role, view.now) {
            return Err(Error::denied(&predefined::ROLE_READ));
        }
        if !as_holder {
            authority(&view, caller).require(&methods::LIST_ROLE_PRIVILEGES, &Thing::role(role))?;
        }
        let all = entries(&view, role, shown);
        let (entries, next) = self.page_of_entries((page, &question), &view, all, position)?;
        Ok((entries, next, view))
    }
}

fn entries(view: &View, role: &RoleId, shown: RolePrivilegesView) -> Vec<RoleEntry> {
    if shown == RolePrivilegesView::Effective {
        return view.snapshot().effective_keys(role).into_iter().map(RoleEntry::Privilege).collect();
    }
    let sets = view.snapshot().role_sets(role);
    let mut entries: Vec<RoleEntry> = sets.privileges.into_iter().map(RoleEntry::Privilege).collect();
    entries.extend(sets.patterns.into_iter().map(RoleEntry::Pattern));
    entries.extend(sets.exclusions.into_iter().map(RoleEntry::Exclusion));
    entries.extend(sets.privilege_groups.into_iter().map(RoleEntry::PrivilegeGroup));
    entries
}

/// Orders entries as they are listed: keys, patterns, exclusions, privilege groups, each byte for byte.
fn position(entry: &RoleEntry) -> String {
    match entry {
        RoleEntry::Privilege(text) => format!("0{text}"),
        RoleEntry::Pattern(text) => format!("1{text}"),
        RoleEntry::Exclusion(text) => format!("2{text}"),
        RoleEntry::PrivilegeGroup(text) => format!("3{text}"),
    }
}
