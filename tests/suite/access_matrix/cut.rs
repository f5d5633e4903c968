//! What a permission boundary leaves of what a role gives: the table of kinds and places, written down anew in the
//! plainest way. It knows nothing of the product: a tenant is a word, somebody is where he lives.

/// A kind of boundary, and the tenants that it lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Unset,
    Application,
    Tenant,
    SelfOnly,
    Including(&'static [&'static str]),
    Excluding(&'static [&'static str]),
    Custom,
}

/// Where somebody or something lives.
#[derive(Clone, Debug, Default)]
pub(super) struct Home {
    /// The live tenants. One that was deleted and created again is another one: `gone`, then `gone again`.
    pub(super) tenants: Vec<&'static str>,
    /// The tenants that were deleted.
    pub(super) former: Vec<&'static str>,
    /// Whether there never was a tenant.
    pub(super) application_level: bool,
    /// Which user it is.
    pub(super) user: Option<usize>,
}

/// What a question is about.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// Nothing is named.
    Unnamed,
    /// Nothing of this name lives in the application.
    Absent,
    /// What the application owns without a tenant acts in every tenant; and of a foreign resource that nobody registered
    /// nobody knows the tenant. Only who reaches everything reaches it.
    Everywhere,
    /// It lives somewhere.
    At(Home),
}

/// Whether a role of the application with this boundary, assigned without a tenant, holds the place.
pub(super) fn holds(kind: Kind, subject: &Home, place: &Place, object_scoped: bool, live: &[&str]) -> bool {
    let kind = match kind {
        Kind::Unset if subject.application_level => Kind::Application,
        Kind::Unset => Kind::Tenant,
        kind => kind,
    };
    match place {
        Place::Absent => false,
        Place::Unnamed if !object_scoped => could_hold_something(kind, subject, live),
        Place::Unnamed | Place::Everywhere => kind == Kind::Application,
        Place::At(home) => is_within(kind, subject, home),
    }
}

/// The table.
fn is_within(kind: Kind, subject: &Home, home: &Home) -> bool {
    match kind {
        Kind::Application => true,
        Kind::Tenant => home.tenants.iter().any(|tenant| subject.tenants.contains(tenant)),
        Kind::Including(list) => home.tenants.iter().any(|tenant| list.contains(tenant)),
        Kind::Excluding(list) => {
            let somewhere = !home.tenants.is_empty() || home.application_level;
            // Whatever bears the id is excluded, gone or created again.
            let mut all = home.tenants.iter().chain(&home.former);
            somewhere && !all.any(|tenant| list.contains(&id(tenant)))
        }
        Kind::SelfOnly => home.user.is_some() && home.user == subject.user,
        Kind::Custom => false,
        Kind::Unset => panic!("it was resolved"),
    }
}

/// Whether there can be anything at all that the boundary lets through.
fn could_hold_something(kind: Kind, subject: &Home, live: &[&str]) -> bool {
    match kind {
        Kind::Application | Kind::Excluding(_) | Kind::SelfOnly => true,
        Kind::Tenant => !subject.tenants.is_empty(),
        Kind::Including(list) => list.iter().any(|tenant| live.contains(tenant)),
        Kind::Custom => false,
        Kind::Unset => panic!("it was resolved"),
    }
}

/// The id of a tenant.
pub(super) fn id(tenant: &'static str) -> &'static str {
    tenant.trim_end_matches(" again")
}
