//! Fifty policy documents: what helpdesks, owners of apps, keepers of roles, readers of reports and the like may do.

use bailiwick::domain::policy::Statement;

use super::catalogue::of_class;
use crate::states::build::statement;

/// Roles that people and apps have: a document can mean those.
pub(super) const DEPARTMENTS: &[&str] = &["sales", "engineering", "finance", "support", "legal", "works"];
/// Things of the product that are no people and no apps.
pub(super) const THINGS: &[&str] = &[
    "report/1",
    "report/2",
    "report/3",
    "directory/hr",
    "directory/legacy",
    "mapping/1",
    "policy/strict",
    "idp/partner",
];

/// A key, and what it says.
pub(super) type Document = (String, Vec<Statement>);

fn all_of(class: &str, scopes: &[&str]) -> Statement {
    statement(&of_class(class), scopes)
}

/// Of a department: who helps its people, who owns its apps, who keeps its role.
fn of_department(department: &str) -> [Document; 3] {
    let role = format!("roles/{department}");
    let help = ["users:Get", "users:Unlock", "users:ResetPassword", "users:ForceLogout", "users:Invite"];
    let owns = ["apps:Get", "apps:Update", "apps:ManageUsers"];
    [
        (format!("helpdesk-{department}"), vec![statement(&help, &[&role]), statement(&["users:List"], &["*"])]),
        (format!("apps-of-{department}"), vec![statement(&owns, &[&role]), statement(&["roles:Get"], &[&role])]),
        (
            format!("keeper-of-{department}"),
            vec![
                statement(&["roles:Get", "roles:ManageUsers", "roles:ManageApps"], &[&role]),
                statement(&["users:Get", "users:ManageRoles"], &[role.as_str(), "users/u3"]),
            ],
        ),
    ]
}

fn of_one(kind: &str, name: &str) -> Document {
    let (class, actions): (_, &[&str]) = match kind {
        "user" => ("users", &["users:Get", "users:Update", "users:Unlock", "users:GenerateTempMfaToken"]),
        "report" => ("reports", &["reports:Get", "reports:Run"]),
        "directory" => ("directories", &["directories:Get", "directories:SyncUsers"]),
        other => panic!("{other}"),
    };
    let (_, id) = name.split_once('/').unwrap();
    (format!("{class}-{id}"), vec![statement(actions, &[name])])
}

/// Every document.
pub(super) fn documents() -> Vec<Document> {
    let named = |key: &str, statements: Vec<Statement>| (key.to_owned(), statements);
    let mut documents = vec![
        named("super-administrator", vec![statement(&["*"], &["*"])]),
        named("user-administrator", vec![all_of("users", &["*"])]),
        named("app-administrator", vec![all_of("apps", &["*"]), statement(&["policies:app:Get"], &["*"])]),
        named("role-administrator", vec![all_of("roles", &["*"])]),
        named("directory-administrator", vec![all_of("directories", &["*"]), all_of("mappings", &["*"])]),
        named("policy-administrator", vec![all_of("policies", &["*"])]),
        named("privilege-administrator", vec![all_of("privileges", &["*"])]),
        named("group-administrator", vec![all_of("groups", &["*"])]),
        named("auditor", vec![all_of("events", &["*"]), all_of("reports", &["*"])]),
        named("federation", vec![all_of("trustedidp", &["idp/partner", "idp/not-registered"])]),
        named("helpdesk", vec![statement(&["users:List", "users:Get", "users:Unlock", "users:ResetPassword"], &["*"])]),
        named(
            "viewer",
            vec![statement(&["users:List", "users:Get"], &["*"]), statement(&["apps:List", "apps:Get"], &["*"])],
        ),
        named("reader-of-policies", vec![statement(&["policies:user:Get", "policies:app:Get"], &["policy/strict"])]),
        named("updates-the-product", vec![statement(&["apps:Get", "apps:Update"], &["applications/desk"])]),
        named(
            "mapper",
            vec![statement(&["mappings:Get", "mappings:Update", "mappings:ReapplyAll"], &["mapping/1", "mapping/2"])],
        ),
        named("emea-desk", vec![statement(&["groups:Get", "groups:Update"], &["tenants/emea", "tenants/apac"])]),
        named(
            "privileges-of-sales",
            vec![statement(&["privileges:Get", "privileges:ManageRoles"], &["privileges/helpdesk-sales"])],
        ),
        named("roles-of-emea", vec![statement(&["roles:Get", "roles:ManageUsers"], &["tenants/emea/roles/desk"])]),
        named(
            "two-departments",
            vec![statement(&["users:Get", "users:ForceLogout"], &["roles/sales", "roles/finance"])],
        ),
        named("absent-department", vec![statement(&["users:Get"], &["roles/dissolved", "users/u1"])]),
        named("hooks", vec![statement(&["users:CreateSmartHook", "users:ReapplyMappings"], &["*"])]),
        named(
            "apps-and-people",
            vec![statement(&["apps:Get"], &["roles/works"]), statement(&["users:Get"], &["roles/works"])],
        ),
        named("events-of-one", vec![statement(&["events:Get"], &["users/u2", "clients/c1"])]),
    ];
    documents.extend(DEPARTMENTS.iter().flat_map(|department| of_department(department)));
    documents.extend(["users/u1", "users/u2", "users/u4", "users/u5"].map(|name| of_one("user", name)));
    documents.extend(["report/1", "report/2", "report/3"].map(|name| of_one("report", name)));
    documents.extend(["directory/hr", "directory/legacy"].map(|name| of_one("directory", name)));
    documents
}

pub(super) fn keys() -> Vec<String> {
    documents().into_iter().map(|(key, _)| key).collect()
}

#[test]
fn there_are_fifty_documents() {
    let keys: std::collections::BTreeSet<String> = keys().into_iter().collect();
    assert_eq!((documents().len(), keys.len()), (50, 50));
}
