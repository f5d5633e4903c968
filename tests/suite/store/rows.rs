//! Rows to write, in few words.

use std::collections::BTreeMap;

use bailiwick::domain::assignment::{Assignment, AssignmentId, ObjectAccess};
use bailiwick::domain::boundary::Boundary;
use bailiwick::domain::directory::{
    Client, ExternalIdentity, ExternalIdentityId, Group, GroupMember, User, UserTenant,
};
use bailiwick::domain::id::{ForeignId, Id, PrivilegeKey, PrivilegePattern, ResourceKind};
use bailiwick::domain::name::{PrivilegeGroupId, PrivilegeId, ResourceId, RoleId, Subject, TenantId};
use bailiwick::domain::privilege::Privilege;
use bailiwick::domain::privilege_group::{GroupedPrivilege, PrivilegeGroup};
use bailiwick::domain::resource::Resource;
use bailiwick::domain::role::{Role, RoleElement, RoleElementRow, RoleKind, Visibility};
use bailiwick::domain::row::{Row, Stamp};
use bailiwick::domain::tenancy::{Application, Catalogue, Tenant, TenantType};
use bailiwick::domain::time::Time;

pub(crate) fn id(text: &str) -> Id {
    Id::parse(text).unwrap()
}

pub(crate) fn tenant_id(application: &str, tenant: &str) -> TenantId {
    TenantId { application: id(application), tenant: id(tenant) }
}

/// `a/r` for a role of an application, `a/t/r` for one of a tenant.
pub(crate) fn role_id(path: &str) -> RoleId {
    match path.split('/').collect::<Vec<_>>().as_slice() {
        [application, role] => RoleId { application: id(application), tenant: None, role: id(role) },
        [application, tenant, role] => {
            RoleId { application: id(application), tenant: Some(id(tenant)), role: id(role) }
        }
        _ => panic!("not the path of a role: {path}"),
    }
}

pub(crate) fn subject(name: &str) -> Subject {
    Subject::parse(name).unwrap()
}

pub(crate) fn stamp(micros: i64) -> Stamp {
    Stamp {
        created_at: Time::from_micros(micros).unwrap(),
        created_by: "users/maker".to_owned(),
        updated_at: Time::from_micros(micros + 1).unwrap(),
        updated_by: "clients/changer".to_owned(),
        revision: 7,
    }
}

pub(crate) fn application(name: &str) -> Row {
    Row::Application(Application {
        id: id(name),
        display_name: format!("Application {name}"),
        catalogue: Catalogue::Strict,
        stamp: stamp(1_000_000),
    })
}

pub(crate) fn tenant(application: &str, name: &str) -> Row {
    Row::Tenant(Tenant {
        id: tenant_id(application, name),
        display_name: format!("Tenant {name}"),
        tenant_type: TenantType::Standard,
        incarnation: 1,
        live: true,
        stamp: stamp(1_000_000),
    })
}

pub(crate) fn user(name: &str) -> Row {
    Row::User(User {
        id: id(name),
        username: format!("login-{name}"),
        display_name: format!("User {name}"),
        first_name: String::new(),
        last_name: String::new(),
        email: format!("{name}@example.org"),
        enabled: true,
        application: None,
        tenant_level: false,
        stamp: stamp(1_000_000),
    })
}

pub(crate) fn user_tenant(user: &str, application: &str, tenant: &str) -> Row {
    Row::UserTenant(UserTenant { user: id(user), tenant: tenant_id(application, tenant), incarnation: 1 })
}

/// `owner` is `a` or `a/t`.
pub(crate) fn client(name: &str, owner: &str) -> Row {
    let (application, tenant) = owner.split_once('/').map_or((owner, None), |(a, t)| (a, Some(id(t))));
    Row::Client(Client {
        id: id(name),
        application: id(application),
        tenant,
        display_name: format!("Client {name}"),
        enabled: true,
        stamp: stamp(1_000_000),
    })
}

pub(crate) fn identity(issuer: &str, name: &str, bearer: &str) -> Row {
    let foreign = |text| ForeignId::parse(text).unwrap();
    let id = ExternalIdentityId { issuer: foreign(issuer), subject: foreign(name) };
    Row::ExternalIdentity(ExternalIdentity { id, bearer: subject(bearer) })
}

pub(crate) fn group(name: &str) -> Row {
    Row::Group(Group {
        id: id(name),
        group_name: format!("Group {name}"),
        display_name: String::new(),
        description: String::new(),
        stamp: stamp(1_000_000),
    })
}

pub(crate) fn member(group: &str, member: &str) -> Row {
    Row::GroupMember(GroupMember { group: id(group), member: subject(member) })
}

pub(crate) fn privilege(application: &str, key: &str) -> Row {
    Row::Privilege(Privilege {
        id: PrivilegeId { application: id(application), key: PrivilegeKey::parse(key).unwrap() },
        display_name: String::new(),
        description: String::new(),
        object_scoped: true,
        tenant_visible: true,
        document: None,
        stamp: stamp(1_000_000),
    })
}

/// `a/g` for a privilege group of an application, `a/t/g` for one of a tenant.
pub(crate) fn privilege_group_id(path: &str) -> PrivilegeGroupId {
    let RoleId { application, tenant, role } = role_id(path);
    PrivilegeGroupId { application, tenant, group: role }
}

pub(crate) fn privilege_id(application: &str, key: &str) -> PrivilegeId {
    PrivilegeId { application: id(application), key: PrivilegeKey::parse(key).unwrap() }
}

pub(crate) fn privilege_group(path: &str) -> Row {
    let id = privilege_group_id(path);
    Row::PrivilegeGroup(PrivilegeGroup {
        group_name: format!("Group {}", id.group),
        display_name: String::new(),
        description: String::new(),
        tenant_visible: true,
        stamp: stamp(1_000_000),
        id,
    })
}

pub(crate) fn grouped(group: &str, key: &str) -> Row {
    let privilege = PrivilegeKey::parse(key).unwrap();
    Row::GroupedPrivilege(GroupedPrivilege { group: privilege_group_id(group), privilege })
}

/// The role refers to a privilege group of its application.
pub(crate) fn refers(role: &str, group: &str) -> Row {
    let group = privilege_group_id(group);
    element(role, RoleElement::PrivilegeGroup { tenant: group.tenant, group: group.group })
}

pub(crate) fn role(path: &str) -> Row {
    let id = role_id(path);
    Row::Role(Role {
        role_name: format!("Role {}", id.role),
        display_name: String::new(),
        description: String::new(),
        metadata: BTreeMap::new(),
        kind: RoleKind::Custom,
        boundary: Boundary::Unset,
        visibility: if id.tenant.is_some() { Visibility::Owner } else { Visibility::All },
        stamp: stamp(1_000_000),
        id,
    })
}

pub(crate) fn element(role: &str, element: RoleElement) -> Row {
    Row::RoleElement(RoleElementRow { role: role_id(role), element, incarnation: 0 })
}

pub(crate) fn gives(role: &str, key: &str) -> Row {
    element(role, RoleElement::Privilege(PrivilegeKey::parse(key).unwrap()))
}

pub(crate) fn pattern(text: &str) -> PrivilegePattern {
    PrivilegePattern::parse(text).unwrap()
}

pub(crate) fn inherits(role: &str, parent: &str) -> Row {
    let parent = role_id(parent);
    element(role, RoleElement::Parent { tenant: parent.tenant, role: parent.role })
}

/// An assignment; `tenant` may be empty.
pub(crate) fn assignment(holder: &str, role: &str, tenant: &str) -> Row {
    let tenant = (!tenant.is_empty()).then(|| id(tenant));
    Row::Assignment(Assignment {
        id: AssignmentId { holder: subject(holder), role: role_id(role), tenant },
        access: ObjectAccess::ALL,
        start: None,
        expire: None,
        reason: String::new(),
        stamp: stamp(1_000_000),
    })
}

/// A resource; `tenant` may be empty.
pub(crate) fn resource(application: &str, kind: &str, name: &str, tenant: &str) -> Row {
    let (kind, name) = (ResourceKind::parse(kind).unwrap(), ForeignId::parse(name).unwrap());
    Row::Resource(Resource {
        id: ResourceId { application: id(application), kind, id: name },
        tenant: (!tenant.is_empty()).then(|| id(tenant)),
        tenant_level: !tenant.is_empty(),
        stamp: stamp(1_000_000),
    })
}

/// Texts that some database is known to confuse, cut or misread.
pub(crate) const NASTY: &[&str] = &[
    "",
    " ",
    "trailing ",
    "trailing",
    "Case",
    "case",
    "\u{e9}",
    "e\u{301}",
    "\u{1f600}\u{1d4b3}",
    "\u{212a}k",
    "\u{df}ss",
    "\u{430}a",
    "\u{202e}rtl",
    "zwj\u{200d}",
    "soft\u{ad}hyphen",
    "'; DROP TABLE users; --",
    "100%_\\",
    "$1 ?1 :a {} \"\"",
    "NULL",
    "0x00",
];

/// Rows of every kind, whose texts, numbers and times are at the edges of what they may be.
pub(crate) fn edges() -> Vec<Row> {
    let mut rows = vec![application("a"), application("A"), application("b")];
    rows.extend([tenant("a", "t"), tenant("a", "T"), tenant("b", "t"), user("u"), user("v"), group("g"), group("h")]);
    rows.extend([role("a/r"), role("a/t/r"), role("A/r"), client("c", "a"), client("d", "a/t")]);
    rows.extend(["a/g", "a/h", "a/t/g", "a/t/h", "a/t/i", "A/g"].map(privilege_group));
    for (index, text) in NASTY.iter().enumerate() {
        rows.extend(nasty(index, text));
    }
    rows.extend(elements());
    rows.extend(members());
    rows.extend(assignments());
    rows.extend(longest());
    rows.extend(super::boundaries::edges());
    rows.extend(super::objects::edges());
    rows.extend(super::documents::edges());
    rows
}

fn nasty(index: usize, text: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    for mut row in [application(&format!("n{index}")), tenant("a", &format!("n{index}")), user(&format!("n{index}"))] {
        match &mut row {
            Row::Application(row) => (row.display_name, row.catalogue) = (text.to_owned(), Catalogue::Open),
            Row::Tenant(row) => {
                (row.display_name, row.live, row.incarnation) = (text.to_owned(), false, u32::MAX);
                row.tenant_type = TenantType::Global;
                row.stamp.created_at = Time::MIN;
                row.stamp.updated_at = Time::MAX;
            }
            Row::User(row) => {
                row.username = format!("{index}{text}");
                row.first_name = text.to_owned();
                row.last_name = text.to_owned();
                row.email = text.to_owned();
                (row.display_name, row.enabled, row.tenant_level) = (text.to_owned(), false, true);
                row.application = Some(id("a"));
                row.stamp.created_by = text.to_owned();
            }
            _ => {}
        }
        rows.push(row);
    }
    if !text.is_empty() {
        rows.extend([privilege("a", text), gives("a/r", text), grouped("a/g", text), resource("a", "k", text, "t")]);
        rows.extend([
            identity(text, "x", "users/u"),
            identity("x", text, "clients/u"),
            identity(text, text, "users/U"),
        ]);
    }
    rows
}

fn elements() -> Vec<Row> {
    let visible =
        RoleElementRow { role: role_id("a/r"), element: RoleElement::VisibleTenant(id("t")), incarnation: u32::MAX };
    vec![
        element("a/r", RoleElement::Pattern(pattern("case*"))),
        element("a/r", RoleElement::Exclusion(pattern("case*"))),
        element("a/r", RoleElement::Exclusion(pattern("Case*"))),
        inherits("a/r", "a/s"),
        inherits("a/r", "a/t/s"),
        inherits("a/t/r", "a/r"),
        Row::RoleElement(visible),
        gives("A/r", "case"),
        refers("a/r", "a/g"),
        refers("a/r", "a/t/g"),
        refers("a/t/r", "a/g"),
        grouped("a/t/g", "case"),
        grouped("A/g", "case"),
        grouped("a/gone", "Case"),
    ]
}

fn members() -> Vec<Row> {
    let members = [("g", "users/u"), ("g", "clients/u"), ("g", "groups/h"), ("h", "users/u")];
    let tenants = [("a", "t"), ("a", "T"), ("b", "t")];
    let joined = tenants.map(|(application, tenant)| user_tenant("u", application, tenant));
    members.map(|(group, name)| member(group, name)).into_iter().chain(joined).collect()
}

fn assignments() -> Vec<Row> {
    let mut rows = Vec::new();
    for holder in ["users/u", "clients/u", "groups/u", "applications/u"] {
        for (role, tenant) in [("a/r", ""), ("a/r", "t"), ("a/r", "T"), ("a/t/r", ""), ("A/r", "")] {
            rows.push(assignment(holder, role, tenant));
        }
    }
    if let Some(Row::Assignment(row)) = rows.first_mut() {
        (row.start, row.expire) = (Some(Time::MIN), Some(Time::MAX));
        row.reason = "because\n\tof this".to_owned();
    }
    rows
}

/// Everything as long as it may be, in characters of four bytes where they are allowed.
fn longest() -> Vec<Row> {
    let (wide, long) = ("\u{1d4b3}", "x".repeat(64));
    let mut person = user(&long);
    if let Row::User(row) = &mut person {
        (row.username, row.display_name) = (wide.repeat(256), wide.repeat(256));
    }
    let mut team = group(&long);
    if let Row::Group(row) = &mut team {
        (row.group_name, row.description) = (wide.repeat(256), wide.repeat(4_096));
    }
    let path = format!("{long}/{long}/{long}");
    let mut set = privilege_group(&path);
    if let Row::PrivilegeGroup(row) = &mut set {
        (row.group_name, row.display_name) = (wide.repeat(256), wide.repeat(256));
        (row.description, row.tenant_visible) = (wide.repeat(4_096), false);
    }
    let mut owned = role(&path);
    if let Row::Role(row) = &mut owned {
        row.role_name = wide.repeat(256);
        row.metadata = (0..64).map(|n| (format!("{}{n:02}", wide.repeat(62)), wide.repeat(256))).collect();
        (row.kind, row.boundary, row.visibility) = (RoleKind::Predefined, Boundary::SelfOnly, Visibility::None);
        row.stamp.revision = u64::try_from(i64::MAX).unwrap();
    }
    let last = format!("{}y", "x".repeat(63));
    vec![
        person,
        team,
        owned,
        user(&last),
        privilege(&long, &wide.repeat(200)),
        set,
        grouped(&path, &wide.repeat(200)),
        refers(&path, &path),
        gives(&path, &wide.repeat(200)),
        assignment(&format!("users/{long}"), &path, &long),
        user_tenant(&long, &long, &long),
        resource(&long, &"k".repeat(128), &wide.repeat(64), &long),
        resource(&long, &"k".repeat(128), &"x".repeat(256), &long),
    ]
}
