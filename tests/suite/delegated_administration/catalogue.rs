//! The actions of the product, by what they act on.

/// Each class with its actions.
const CLASSES: &[(&str, &str)] = &[
    ("apps", "List Get Create Update Delete ManageRoles ManageUsers"),
    ("directories", "List Get Create Update Delete SyncUsers RefreshSchema"),
    ("events", "List Get"),
    ("groups", "List Get Create Update Delete"),
    ("mappings", "List Get Create Update Delete ReapplyAll"),
    ("policies", "List user:Get user:Create user:Update user:Delete app:Get app:Create app:Update app:Delete"),
    ("privileges", "List Get Create Update Delete ListUsers ListRoles ManageUsers ManageRoles"),
    ("reports", "List Get Create Update Delete Run"),
    ("roles", "List Get Create Update Delete ManageUsers ManageApps"),
    ("trustedidp", "List Get Create Update Delete"),
    (
        "users",
        "List Get Create Update Delete Unlock ResetPassword ForceLogout Invite ReapplyMappings ManageRoles ManageApps \
         GenerateTempMfaToken CreateSmartHook",
    ),
];

/// Verbs that act on no single thing.
const ON_NOTHING: &[&str] = &["List", "Create", "ReapplyAll", "CreateSmartHook"];

/// Every key.
pub(super) fn keys() -> Vec<String> {
    let of = |(class, verbs): &(&str, &'static str)| {
        let class = (*class).to_owned();
        verbs.split_whitespace().map(move |verb| format!("{class}:{verb}")).collect::<Vec<_>>()
    };
    CLASSES.iter().flat_map(of).collect()
}

/// The keys of a class.
pub(super) fn of_class(class: &str) -> Vec<String> {
    keys().into_iter().filter(|key| key.starts_with(&format!("{class}:"))).collect()
}

pub(super) fn is_object_scoped(key: &str) -> bool {
    key.rsplit(':').next().is_none_or(|verb| !ON_NOTHING.contains(&verb))
}

#[test]
fn the_catalogue_is_complete() {
    let keys = keys();
    assert_eq!((CLASSES.len(), keys.len()), (11, 77));
    let scoped = keys.iter().filter(|key| is_object_scoped(key)).count();
    assert_eq!(scoped, 53);
}
