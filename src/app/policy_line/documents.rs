//! Lines of policy documents, and of the users that have privileges themselves.

use serde::{Deserialize, Serialize};

use super::{EffectWord, default, is_default};

lines! {
    /// The document of a privilege, which replaces the one that it has.
    DocumentLine {
        version: String = "default",
        statements: Vec<StatementLine>,
    }

    /// A statement; `actions` are keys of one class or `*`, `scopes` are `*`, `kind/id` or `roles/id`.
    StatementLine {
        effect: EffectWord,
        actions: Vec<String>,
        scopes: Vec<String>,
    }

    /// `{"assigned_privilege": …}`
    AssignedPrivilegeLine {
        application: String,
        privilege: String,
        user: String,
    }
}
