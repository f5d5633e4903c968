//! What a write must know about the state before it may change it: what exists, what refers to what, how much.

use super::snapshot::{NONE, Snapshot};
use crate::domain::id::Id;
use crate::domain::limit::{GROUP_DEPTH_MAX, ROLE_DEPTH_MAX};
use crate::domain::name::{PrivilegeId, RoleId, Subject, TenantId};
use crate::domain::predefined;
use crate::domain::role::RoleElement;
use crate::domain::row::Key;

/// What a user, client, group or application is, as far as rights are concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectFacts {
    /// The application of a user or the owner of a client.
    pub application: Option<String>,
    /// Whether it ever had a tenant.
    pub tenant_level: bool,
}

impl Snapshot {
    /// Whether a row with this key is part of the state.
    pub fn contains(&self, key: &Key) -> bool {
        match key {
            Key::Application(id) => self.has_application(id.as_str()),
            Key::Tenant(tenant) => self.tenant_id(tenant).is_some_and(|id| self.tenant_row(id).incarnation > 0),
            Key::Privilege(privilege) => self.registered(privilege).is_some(),
            Key::PrivilegeGroup(group) => self.has_privilege_group(group),
            Key::GroupedPrivilege(group, privilege) => self.has_grouped(group, privilege),
            Key::Boundary(boundary) => self.has_boundary(boundary),
            Key::BoundaryTenant(..) => self.has_boundary_tenant(key),
            Key::Role(role) => self.has_role(role),
            Key::RoleElement(role, element) => self.has_element(role, element),
            Key::User(id) => self.has_subject(&Subject::User(id.clone())),
            Key::UserTenant(user, tenant) => self.membership(user, tenant).is_some(),
            Key::Client(id) => self.has_subject(&Subject::Client(id.clone())),
            Key::ExternalIdentity(id) => self.bearer_of(id).is_some(),
            Key::Group(id) => self.has_subject(&Subject::Group(id.clone())),
            Key::GroupMember(group, member) => self.is_member(group, member),
            Key::Assignment(id) => self.grant_of(&id.holder, &id.role, id.tenant_id().as_ref()).is_some(),
            Key::Resource(id) => self.has_resource(id),
            Key::ResourceParent(child, parent) => self.has_relation(child, parent),
            Key::TraversalSpec(spec) => self.has_spec(spec),
            Key::Scope(scope) => self.has_scope(scope),
            Key::Instance(_) | Key::Selection(..) | Key::AssignedResource(..) => self.has_selected(key),
            Key::AssignedPrivilege(privilege, user) => self.has_assigned_privilege(privilege, user),
        }
    }

    /// Whether the application exists.
    pub fn has_application(&self, application: &str) -> bool {
        self.application_id(application).is_some_and(|id| self.application_row(id).live)
    }

    /// Whether the application registers keys on the fly.
    pub fn is_open(&self, application: &str) -> bool {
        self.application_id(application).is_some_and(|id| self.application_row(id).open)
    }

    /// The incarnation of a tenant that exists; `None` for a tombstone too.
    pub fn live_incarnation(&self, tenant: &TenantId) -> Option<u32> {
        let id = self.tenant_id(tenant)?;
        self.tenant_lives(id).then_some(self.tenant_row(id).incarnation)
    }

    /// How often a tenant of this id was created.
    pub fn incarnations(&self, tenant: &TenantId) -> u32 {
        self.tenant_id(tenant).map_or(0, |id| self.tenant_row(id).incarnation)
    }

    /// Whether the user, client, group or application exists.
    pub fn has_subject(&self, subject: &Subject) -> bool {
        self.subject_id(subject).is_some_and(|id| self.subject_row(id).live)
    }

    /// What a subject that exists is.
    pub fn subject_facts(&self, subject: &Subject) -> Option<SubjectFacts> {
        let id = self.subject_id(subject)?;
        let row = self.subject_row(id);
        let application = (row.application != NONE).then(|| self.applications.text(row.application).to_owned());
        row.live.then_some(SubjectFacts { application, tenant_level: self.is_tenant_level(id) })
    }

    /// Whether the subject is a member of the tenant as it is now.
    pub fn subject_has_tenant(&self, subject: &Subject, tenant: &TenantId) -> bool {
        let ids = self.subject_id(subject).zip(self.tenant_id(tenant));
        ids.is_some_and(|(subject, tenant)| self.has_tenant(subject, tenant))
    }

    /// The incarnation of the tenant that the user is, or was, a member of.
    pub fn membership(&self, user: &Id, tenant: &TenantId) -> Option<u32> {
        let user = self.subject_id(&Subject::User(user.clone()))?;
        self.memberships.find(user, &self.tenant_id(tenant)?).map(|member| member.incarnation)
    }

    /// Whether the role exists.
    pub fn has_role(&self, role: &RoleId) -> bool {
        self.role_id(role).is_some_and(|id| self.role_row(id).live)
    }

    /// Whether the role's list of tenants holds this tenant as it is now.
    pub fn lists_tenant(&self, role: &RoleId, tenant: &TenantId) -> bool {
        self.role_id(role).zip(self.tenant_id(tenant)).is_some_and(|(role, tenant)| self.lists(role, tenant))
    }

    /// Whether the role is part of the product.
    pub fn is_predefined_role(&self, role: &RoleId) -> bool {
        *role == predefined::administrator()
    }

    /// Whether a role has an element.
    pub fn has_element(&self, role: &RoleId, element: &RoleElement) -> bool {
        let Some(id) = self.role_id(role) else { return false };
        let application = self.role_row(id).application;
        match element {
            RoleElement::Privilege(key) => {
                let key = self.privilege_id(application, key.as_str());
                key.is_some_and(|key| self.role_keys.find(id, &key).is_some())
            }
            RoleElement::Pattern(text) => self.role_patterns.find(id, &text.as_str().into()).is_some(),
            RoleElement::Exclusion(text) => self.role_exclusions.find(id, &text.as_str().into()).is_some(),
            RoleElement::Parent { .. } => {
                let parent = element.parent_of(role).and_then(|parent| self.role_id(&parent));
                parent.is_some_and(|parent| self.role_parents.find(id, &parent).is_some())
            }
            RoleElement::VisibleTenant(tenant) => {
                let tenant = self.tenant_in(application, tenant.as_str());
                tenant.is_some_and(|tenant| self.visible_tenants.find(id, &tenant).is_some())
            }
            RoleElement::PrivilegeGroup { .. } => {
                let group = element.group_of(role).and_then(|group| self.privilege_group_id(&group));
                group.is_some_and(|group| self.role_groups.find(id, &group).is_some())
            }
        }
    }

    /// Whether a key may be named by a role: it is registered, or one of our own.
    pub fn has_privilege(&self, application: &str, key: &str) -> bool {
        let id = self.application_id(application).and_then(|application| self.privilege_id(application, key));
        id.is_some_and(|id| self.privilege_row(id).live)
    }

    /// Whether the registered privilege is object-scoped; `None` when it is not registered.
    pub fn registered(&self, privilege: &PrivilegeId) -> Option<bool> {
        let application = self.application_id(privilege.application.as_str())?;
        let row = self.privilege_row(self.privileges.find(application, privilege.key.as_str())?);
        row.live.then_some(row.object_scoped)
    }

    /// The keys that the application's catalogue holds, without our own.
    pub fn registered_keys(&self, application: &str) -> impl Iterator<Item = &str> {
        let keys = self.application_id(application).map_or(&[][..], |id| self.catalogue.get(id));
        keys.iter().filter(|key| self.privilege_row(**key).live).map(|key| self.privileges.text(*key))
    }

    /// How many keys the application has registered, and how many roles it and its tenants own.
    pub fn sizes(&self, application: &str) -> (usize, usize) {
        let row = self.application_id(application).map_or_else(Default::default, |id| self.application_row(id));
        (row.keys as usize, row.roles as usize)
    }

    /// How many direct privileges and patterns, exclusions, parents and privilege groups a role has.
    pub fn role_sizes(&self, role: &RoleId) -> RoleSizes {
        let Some(id) = self.role_id(role) else { return RoleSizes::default() };
        RoleSizes {
            privileges: self.role_keys.get(id).len(),
            patterns: self.role_patterns.get(id).len(),
            exclusions: self.role_exclusions.get(id).len(),
            parents: self.role_parents.get(id).len(),
            privilege_groups: self.role_groups.get(id).len(),
        }
    }

    /// The elements of a role's sets, each set ordered.
    pub fn role_sets(&self, role: &RoleId) -> RoleSets {
        let Some(id) = self.role_id(role) else { return RoleSets::default() };
        let texts = |list: &[std::sync::Arc<str>]| list.iter().map(ToString::to_string).collect();
        let mut sets = RoleSets {
            privileges: self.role_keys.get(id).iter().map(|key| self.privileges.text(*key).to_owned()).collect(),
            patterns: texts(self.role_patterns.get(id)),
            exclusions: texts(self.role_exclusions.get(id)),
            parents: self.role_parents.get(id).iter().map(|parent| self.role_name(*parent)).collect(),
            privilege_groups: self.role_groups.get(id).iter().map(|group| self.privilege_group_name(*group)).collect(),
            ..RoleSets::default()
        };
        for member in self.visible_tenants.get(id) {
            let tenant = self.tenants.text(member.tenant).to_owned();
            let list = if self.is_live(*member) { &mut sets.visible_tenants } else { &mut sets.former_tenants };
            list.push(tenant);
        }
        let tenants = [&mut sets.visible_tenants, &mut sets.former_tenants];
        for set in [&mut sets.privileges, &mut sets.parents, &mut sets.privilege_groups].into_iter().chain(tenants) {
            set.sort_unstable();
        }
        sets
    }

    /// Names of the live tenants of a subject, ordered.
    pub fn tenants_of_subject(&self, subject: &Subject) -> Vec<String> {
        let Some(id) = self.subject_id(subject) else { return Vec::new() };
        let mut names: Vec<String> = self.live_tenants(id).map(|tenant| self.tenant_name(tenant)).collect();
        names.sort_unstable();
        names
    }

    /// Names of all tenants that a user is or was a member of.
    pub fn all_tenants_of_user(&self, user: &Id) -> Vec<String> {
        let Some(id) = self.subject_id(&Subject::User(user.clone())) else { return Vec::new() };
        self.memberships.get(id).iter().map(|member| self.tenant_name(member.tenant)).collect()
    }

    pub(super) fn tenant_name(&self, tenant: u32) -> String {
        let application = self.tenants.scope(tenant).map_or("", |application| self.applications.text(application));
        format!("applications/{application}/tenants/{}", self.tenants.text(tenant))
    }

    /// The registered keys that a role gives to who holds it, be it on few targets by a document; and these documents.
    /// Ordered, each once.
    pub fn effective_keys(&self, role: &RoleId) -> Vec<String> {
        let Some(id) = self.role_id(role) else { return Vec::new() };
        let of_tenant = self.role_row(id).tenant != NONE;
        let given = self.given.get(id).into_iter().flat_map(|given| given.iter());
        let live = given.filter(|id| {
            let named = self.right(*id).is_none() || self.is_action(*id);
            named && self.privilege_row(self.key_of(*id)).live && (!of_tenant || self.shows_tenants(*id))
        });
        let mut keys: Vec<String> = live.map(|key| self.privileges.text(key).to_owned()).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// Whether the role gives the key, by whatever way.
    pub fn role_gives(&self, role: &RoleId, key: &str) -> bool {
        let Some(id) = self.role_id(role) else { return false };
        let key = self.privilege_id(self.role_row(id).application, key);
        let ways = key.into_iter().flat_map(|key| std::iter::once(key).chain(self.rights_of.get(key).iter().copied()));
        let given = self.given.get(id);
        ways.into_iter().any(|way| given.is_some_and(|given| given.contains(way)))
    }

    /// Whether the holder may hold the role now, and so whether an assignment of it gives anything. A group always
    /// may: its members are asked about one by one.
    pub fn is_assignable(&self, holder: &Subject, role: &RoleId) -> bool {
        let Some((subject, role)) = self.subject_id(holder).zip(self.role_id(role)) else { return false };
        let row = self.role_row(role);
        let asked_later = matches!(holder, Subject::Group(_) | Subject::Application(_));
        row.live && (asked_later || self.may_hold(subject, role, &row))
    }

    /// The cycle that making `parent` a parent of `role` would close, or that it would go too deep.
    pub fn parent_obstacle(&self, role: &RoleId, parent: &RoleId) -> Option<Obstacle> {
        let (from, to) = (self.role_id(parent)?, self.role_id(role)?);
        if let Some(way) = way(from, to, |role| self.role_parents.get(role)) {
            return Some(Obstacle::Cycle(way.into_iter().map(|id| self.role_name(id)).collect()));
        }
        let above = usize::from(self.role_row(from).height) + 1;
        let below = depth_below(to, |role| self.role_children.get(role));
        (above + below > ROLE_DEPTH_MAX).then_some(Obstacle::TooDeep)
    }

    /// The cycle that making `member` a member of `group` would close, or that it would go too deep.
    pub fn member_obstacle(&self, group: &Subject, member: &Subject) -> Option<Obstacle> {
        let (Subject::Group(_), Subject::Group(_)) = (group, member) else { return None };
        let (from, to) = (self.subject_id(group)?, self.subject_id(member)?);
        if let Some(way) = way(from, to, |group| self.direct_groups.get(group)) {
            let names = way.into_iter().map(|id| format!("groups/{}", self.subjects.text(id)));
            return Some(Obstacle::Cycle(names.collect()));
        }
        let above = depth_below(from, |group| self.direct_groups.get(group)) + 1;
        let below = depth_below(to, |group| self.subgroups.get(group)) + 1;
        (above + below > GROUP_DEPTH_MAX).then_some(Obstacle::TooDeep)
    }

    /// How many direct members a group has.
    pub fn members(&self, group: &Subject) -> u64 {
        self.subject_id(group).and_then(|id| self.member_counts.get(id)).copied().unwrap_or(0)
    }

    /// How many groups contain the subject, directly and through groups.
    pub fn groups_of(&self, subject: &Subject) -> usize {
        let Some(id) = self.subject_id(subject) else { return 0 };
        let groups = self.direct_groups.get(id).iter().flat_map(|group| self.closures.all.get(*group));
        groups.collect::<rustc_hash::FxHashSet<_>>().len()
    }

    /// Whether the group has this direct member.
    pub fn is_member(&self, group: &Id, member: &Subject) -> bool {
        let ids = self.subject_id(member).zip(self.subject_id(&Subject::Group(group.clone())));
        ids.is_some_and(|(member, group)| self.direct_groups.find(member, &group).is_some())
    }

    /// The times of an assignment that exists: (start, expire).
    pub fn grant_of(
        &self,
        holder: &Subject,
        role: &RoleId,
        tenant: Option<&TenantId>,
    ) -> Option<(Option<crate::domain::time::Time>, Option<crate::domain::time::Time>)> {
        let tenant = tenant.map_or(Some(NONE), |tenant| self.tenant_id(tenant))?;
        let key = (self.role_id(role)?, tenant);
        let grant = self.grants.find(self.subject_id(holder)?, key)?;
        debug_assert_eq!(grant.key(), key);
        Some((grant.start, grant.expire))
    }

    pub(super) fn role_name(&self, id: u32) -> String {
        let row = self.role_row(id);
        let application = self.applications.text(row.application);
        let role = self.roles.text(id);
        if self.is_stand_in(id) {
            return format!("applications/{application}/privileges/{role}");
        }
        match row.tenant {
            NONE => format!("applications/{application}/roles/{role}"),
            tenant => format!("applications/{application}/tenants/{}/roles/{role}", self.tenants.text(tenant)),
        }
    }
}

/// The elements of a role's sets; tenants by their ids, parents and privilege groups by their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the set of its name; former tenants exist no more")]
pub struct RoleSets {
    pub privileges: Vec<String>,
    pub patterns: Vec<String>,
    pub exclusions: Vec<String>,
    pub parents: Vec<String>,
    pub privilege_groups: Vec<String>,
    pub visible_tenants: Vec<String>,
    pub former_tenants: Vec<String>,
}

/// How much of everything a role names itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the size of the set of its name")]
pub struct RoleSizes {
    pub privileges: usize,
    pub patterns: usize,
    pub exclusions: usize,
    pub parents: usize,
    pub privilege_groups: usize,
}

/// Why a relation cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// It would close this cycle, from the thing that refers to the one referred to.
    Cycle(Vec<String>),
    /// The chain would be longer than the limit.
    TooDeep,
    /// This resource would have more ancestors than it may.
    TooManyAncestors(String),
}

/// A way from one id to another along `next`, both included.
pub(super) fn way<'a>(from: u32, to: u32, next: impl Fn(u32) -> &'a [u32]) -> Option<Vec<u32>> {
    let mut came: rustc_hash::FxHashMap<u32, u32> = rustc_hash::FxHashMap::from_iter([(from, from)]);
    let mut edge = std::collections::VecDeque::from([from]);
    while let Some(id) = edge.pop_front() {
        if id == to {
            return Some(walk_back(id, &came));
        }
        for following in next(id) {
            if let std::collections::hash_map::Entry::Vacant(entry) = came.entry(*following) {
                entry.insert(id);
                edge.push_back(*following);
            }
        }
    }
    None
}

/// The way to an id by what each was come to from, the beginning first.
pub(super) fn walk_back(mut id: u32, came: &rustc_hash::FxHashMap<u32, u32>) -> Vec<u32> {
    let mut way = vec![id];
    while let Some(before) = came.get(&id).copied().filter(|before| *before != id) {
        way.push(before);
        id = before;
    }
    way.reverse();
    way
}

/// Steps of the longest chain along `next`. Breadth first, level by level: a level is never longer than the
/// graph, and a legal graph has no more levels than the limit; one with a cycle is cut off beyond every limit.
fn depth_below<'a>(from: u32, next: impl Fn(u32) -> &'a [u32]) -> usize {
    let mut level: rustc_hash::FxHashSet<u32> = rustc_hash::FxHashSet::from_iter([from]);
    let mut depth = 0;
    while depth <= GROUP_DEPTH_MAX {
        level = level.iter().flat_map(|id| next(*id).iter().copied()).collect();
        if level.is_empty() {
            break;
        }
        depth += 1;
    }
    depth
}
