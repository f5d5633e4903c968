//! Policy documents: what a privilege gives that is no right to an action of its own, statement by statement.
//!
//! A document is a set of statements, and each of these two sets: what is the same is held once, in order, so that the
//! same document is the same value. It says nothing of whether its actions are registered, or its targets there.

use std::collections::BTreeSet;
use std::fmt;

use super::id::{ForeignId, Id, PrivilegeKey, ResourceKind};
use super::limit::{
    DOCUMENT_BYTES_MAX, DOCUMENT_STATEMENTS_MAX, DOCUMENT_VERSION_CHARS_MAX, STATEMENT_ACTIONS_MAX,
    STATEMENT_SCOPES_MAX,
};
use super::pattern::is_pattern;
use super::violation::{Malformed, Violations};

/// What stands for everything: every action of the catalogue, every target.
pub const EVERYTHING: &str = "*";
/// The class of actions on users, whom a role in a scope means by their holding it.
pub const USERS_CLASS: &str = "users";
/// The same for clients and applications.
pub const APPS_CLASS: &str = "apps";

/// A policy document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyDocument {
    /// Kept for people, and without meaning.
    pub version: String,
    /// What it allows: ordered, each once.
    pub statements: Vec<Statement>,
}

/// Actions that are allowed on targets.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Statement {
    /// Which.
    pub actions: Actions,
    /// On what: any of these, ordered, each once.
    pub scopes: Vec<StatementScope>,
}

/// The actions of a statement.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Actions {
    /// Every action of the catalogue, also those that are registered later, but for our own.
    All,
    /// These keys, all of one class, ordered, each once.
    Keys(Vec<PrivilegeKey>),
}

/// Targets of a statement.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StatementScope {
    /// Every one.
    All,
    /// One resource, ours or another service's, registered or not.
    Resource {
        /// What it is.
        kind: String,
        /// What it is called among those of its kind.
        id: String,
    },
    /// Those who hold this role of the application now: users, or clients and applications, as the actions are.
    Role(Id),
}

/// The class of an action: what its key has before the first colon.
pub fn class_of(key: &str) -> &str {
    key.split_once(':').map_or(key, |(class, _)| class)
}

impl PolicyDocument {
    /// The document with these statements.
    pub fn new(version: String, statements: Vec<Statement>) -> Self {
        let statements: BTreeSet<Statement> = statements.into_iter().collect();
        Self { version, statements: statements.into_iter().collect() }
    }

    /// Refuses what is no version of a document.
    pub fn check_version(version: &str) -> Result<String, Malformed> {
        if version.chars().count() > DOCUMENT_VERSION_CHARS_MAX || version.chars().any(char::is_control) {
            let words = format!("must be at most {DOCUMENT_VERSION_CHARS_MAX} characters without control characters");
            return Err(Malformed::new(words));
        }
        Ok(version.to_owned())
    }

    /// Refuses a document without statements, and one with too many.
    pub fn check_size(statements: usize) -> Result<(), Malformed> {
        in_bounds(statements, DOCUMENT_STATEMENTS_MAX)
    }

    /// Refuses a document that is too long, however few statements it has.
    pub fn check_bytes(&self) -> Result<(), Malformed> {
        let scope = |scope: &StatementScope| match scope {
            StatementScope::All => EVERYTHING.len(),
            StatementScope::Resource { kind, id } => kind.len() + 1 + id.len(),
            StatementScope::Role(role) => "roles/".len() + role.as_str().len(),
        };
        let scopes = self.statements.iter().flat_map(|statement| &statement.scopes).map(scope);
        let bytes: usize = self.keys().map(|key| key.as_str().len()).chain(scopes).sum();
        if bytes > DOCUMENT_BYTES_MAX {
            let words =
                format!("must hold at most {DOCUMENT_BYTES_MAX} bytes of actions and scopes, and holds {bytes}");
            return Err(Malformed::new(words));
        }
        Ok(())
    }

    /// The keys that it names.
    pub fn keys(&self) -> impl Iterator<Item = &PrivilegeKey> {
        self.statements.iter().flat_map(|statement| match &statement.actions {
            Actions::All => &[][..],
            Actions::Keys(keys) => keys,
        })
    }

    /// The document without what names this key; `None` when nothing is left of it.
    pub fn without(&self, key: &PrivilegeKey) -> Option<Self> {
        let statements = self.statements.iter().filter_map(|statement| statement.without(key)).collect();
        Some(Self::new(self.version.clone(), statements)).filter(|document| !document.statements.is_empty())
    }
}

impl Statement {
    /// The statement that these words are, with every violation under the name of its field.
    pub fn parse(v: &mut Violations, field: &str, actions: &[String], scopes: &[String]) -> Option<Self> {
        let of_actions = format!("{field}.actions");
        v.take(&of_actions, in_bounds(actions.len(), STATEMENT_ACTIONS_MAX))?;
        let class = actions.first().map_or("", |action| class_of(action));
        let mut keys = BTreeSet::new();
        for (index, action) in actions.iter().enumerate() {
            keys.extend(v.take(format!("{of_actions}[{index}]"), action_of(action, class)));
        }
        let everything = class == EVERYTHING;
        let of_scopes = format!("{field}.scopes");
        v.take(&of_scopes, in_bounds(scopes.len(), STATEMENT_SCOPES_MAX))?;
        let mut targets = BTreeSet::new();
        for (index, scope) in scopes.iter().enumerate() {
            let scope = StatementScope::parse(scope, class).and_then(|scope| match scope {
                StatementScope::All => Ok(scope),
                _ if everything => Err(Malformed::new("must be *, for the actions are *")),
                _ => Ok(scope),
            });
            targets.extend(v.take(format!("{of_scopes}[{index}]"), scope));
        }
        let actions = if everything { Actions::All } else { Actions::Keys(keys.into_iter().flatten().collect()) };
        Some(Self { actions, scopes: targets.into_iter().collect() })
    }

    /// Whether it is one that `parse` can make. Rows that were put in from outside may hold others, and these give nothing.
    pub fn is_valid(&self) -> bool {
        let is_everything = |scope: &StatementScope| *scope == StatementScope::All;
        let fits = (1..=STATEMENT_SCOPES_MAX).contains(&self.scopes.len());
        fits && match &self.actions {
            Actions::All => self.scopes.iter().all(is_everything),
            Actions::Keys(keys) => {
                let class = keys.first().map_or("", |key| class_of(key.as_str()));
                let aims = matches!(class, USERS_CLASS | APPS_CLASS);
                (1..=STATEMENT_ACTIONS_MAX).contains(&keys.len())
                    && keys.iter().all(|key| class_of(key.as_str()) == class)
                    && (aims || !self.scopes.iter().any(|scope| matches!(scope, StatementScope::Role(_))))
            }
        }
    }

    /// Whether it holds on every target.
    pub fn is_unscoped(&self) -> bool {
        self.scopes.contains(&StatementScope::All)
    }

    fn without(&self, key: &PrivilegeKey) -> Option<Self> {
        let Actions::Keys(keys) = &self.actions else { return Some(self.clone()) };
        let keys: Vec<PrivilegeKey> = keys.iter().filter(|named| *named != key).cloned().collect();
        let left = Self { actions: Actions::Keys(keys.clone()), scopes: self.scopes.clone() };
        Some(left).filter(|_| !keys.is_empty())
    }
}

/// The key of an action, which must be of the class; of everything there is none.
fn action_of(action: &str, class: &str) -> Result<Option<PrivilegeKey>, Malformed> {
    if class_of(action) != class {
        return Err(Malformed::new(format!("must be of the class {class}, as the first action is")));
    }
    if action == EVERYTHING {
        return Ok(None);
    }
    if is_pattern(action) {
        return Err(Malformed::new("must be a key, or * alone"));
    }
    PrivilegeKey::parse(action).map(Some)
}

fn in_bounds(length: usize, max: usize) -> Result<(), Malformed> {
    if (1..=max).contains(&length) { Ok(()) } else { Err(Malformed::new(format!("must hold 1 to {max}"))) }
}

impl StatementScope {
    /// The targets that the text means, for actions of a class.
    pub fn parse(text: &str, class: &str) -> Result<Self, Malformed> {
        if text == EVERYTHING {
            return Ok(Self::All);
        }
        let Some((kind, id)) = text.split_once('/') else {
            return Err(Malformed::new("must be *, {kind}/{id} or roles/{role}"));
        };
        if kind == "roles" && matches!(class, USERS_CLASS | APPS_CLASS) {
            return Id::parse(id).map(Self::Role);
        }
        ResourceKind::check_form(kind)?;
        ForeignId::check_form(id)?;
        Ok(Self::Resource { kind: kind.to_owned(), id: id.to_owned() })
    }
}

impl fmt::Display for StatementScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str(EVERYTHING),
            Self::Resource { kind, id } => write!(f, "{kind}/{id}"),
            Self::Role(role) => write!(f, "roles/{role}"),
        }
    }
}

impl Actions {
    /// The actions as they are written.
    pub fn texts(&self) -> Vec<String> {
        match self {
            Self::All => vec![EVERYTHING.to_owned()],
            Self::Keys(keys) => keys.iter().map(ToString::to_string).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(actions: &[&str], scopes: &[&str]) -> Result<Statement, Vec<String>> {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<String>>();
        let mut violations = Violations::default();
        let statement = Statement::parse(&mut violations, "s", &texts(actions), &texts(scopes));
        let fields: Vec<String> = violations.into_vec().into_iter().map(|violation| violation.field).collect();
        statement.filter(|_| fields.is_empty()).ok_or(fields)
    }

    #[test]
    fn a_statement_is_two_sets_whatever_the_order() {
        let one = parsed(&["users:list", "users:get", "users:list"], &["users/a", "*"]).unwrap();
        assert_eq!(Ok(one.clone()), parsed(&["users:get", "users:list"], &["*", "users/a"]));
        assert!(one.is_unscoped());
        assert_eq!(one.actions.texts(), ["users:get", "users:list"]);
    }

    #[test]
    fn every_fault_is_named_by_its_field() {
        for (actions, scopes, fields) in [
            (&["users:get", "apps:get"][..], &["*"][..], &["s.actions[1]"][..]),
            (&["users:get", "*"], &["*"], &["s.actions[1]"]),
            (&["*", "users:get"], &["*"], &["s.actions[1]"]),
            (&["*"], &["*", "users/a"], &["s.scopes[1]"]),
            (&["users:*"], &["*"], &["s.actions[0]"]),
            (&[], &["*"], &["s.actions"]),
            (&["users:get"], &[], &["s.scopes"]),
            (
                &["users:get"],
                &["users", "a b/c", "roles/a b", "users/"],
                &["s.scopes[0]", "s.scopes[1]", "s.scopes[2]", "s.scopes[3]"],
            ),
        ] {
            assert_eq!(parsed(actions, scopes).unwrap_err(), fields, "{actions:?} {scopes:?}");
        }
    }

    #[test]
    fn a_role_means_its_holders_for_actions_on_users_and_apps_alone() {
        let scope = |class| StatementScope::parse("roles/1", class).unwrap();
        assert!(matches!(scope("users"), StatementScope::Role(_)));
        assert!(matches!(scope("apps"), StatementScope::Role(_)));
        assert_eq!(scope("roles"), StatementScope::Resource { kind: "roles".to_owned(), id: "1".to_owned() });
    }

    #[test]
    fn what_names_a_key_that_is_gone_goes_with_it() {
        let statements = vec![parsed(&["a:x"], &["*"]).unwrap(), parsed(&["a:x", "a:y"], &["k/1"]).unwrap()];
        let document = PolicyDocument::new("1".to_owned(), statements);
        let key = |text| PrivilegeKey::parse(text).unwrap();
        let left = document.without(&key("a:x")).unwrap();
        assert_eq!(left.statements, [parsed(&["a:y"], &["k/1"]).unwrap()]);
        assert_eq!(left.without(&key("a:y")), None);
    }

    #[test]
    fn limits_hold_at_and_not_one_past() {
        let many = |n: usize| (0..n).map(|i| format!("a:{i}")).collect::<Vec<String>>();
        let scopes = |n: usize| (0..n).map(|i| format!("k/{i}")).collect::<Vec<String>>();
        let fits = |actions: usize, targets: usize| {
            let mut violations = Violations::default();
            Statement::parse(&mut violations, "s", &many(actions), &scopes(targets));
            violations.is_empty()
        };
        assert!(fits(256, 256));
        assert!(!fits(257, 256));
        assert!(!fits(256, 257));
        assert!(PolicyDocument::check_size(64).is_ok() && PolicyDocument::check_size(65).is_err());
        assert!(PolicyDocument::check_size(0).is_err());
    }
}
