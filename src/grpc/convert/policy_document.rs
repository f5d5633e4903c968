//! Policy documents: what a request says, field by field, and what an answer shows.

use crate::app::privileges::NamedAction;
use crate::domain::id::PrivilegeKey;
use crate::domain::policy::{PolicyDocument, Statement};
use crate::domain::violation::{Malformed, Violations};
use crate::proto::v1;
use crate::proto::v1::policy_statement::Effect;

/// How much of a document is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::grpc) enum How {
    /// Its version.
    Basic,
    /// All of it.
    Full,
}

/// The document, and where the request names its actions.
pub(super) fn document(
    field: &str,
    message: &v1::PolicyDocument,
    violations: &mut Violations,
) -> Option<(PolicyDocument, Vec<NamedAction>)> {
    let version = violations.take(format!("{field}.version"), PolicyDocument::check_version(&message.version));
    let field = format!("{field}.statements");
    violations.take(&field, PolicyDocument::check_size(message.statements.len()))?;
    let (mut statements, mut actions) = (Vec::with_capacity(message.statements.len()), Vec::new());
    for (index, statement) in message.statements.iter().enumerate() {
        let field = format!("{field}[{index}]");
        violations.take(format!("{field}.effect"), effect(statement.effect));
        statements.extend(Statement::parse(violations, &field, &statement.actions, &statement.scopes));
        actions.extend(named(&field, &statement.actions));
    }
    let document = PolicyDocument::new(version?, statements);
    violations.take(&field, document.check_bytes())?;
    Some((document, actions))
}

fn effect(number: i32) -> Result<(), Malformed> {
    match Effect::try_from(number) {
        Ok(Effect::Allow) => Ok(()),
        _ => Err(Malformed::new("must be EFFECT_ALLOW: no statement denies")),
    }
}

/// The keys among the actions; what is none has been refused, or is `*`.
fn named(field: &str, actions: &[String]) -> Vec<NamedAction> {
    let named = actions.iter().enumerate().filter_map(|(index, action)| {
        let key = PrivilegeKey::parse(action).ok().filter(|_| action != crate::domain::policy::EVERYTHING)?;
        Some(NamedAction { field: format!("{field}.actions[{index}]"), key })
    });
    named.collect()
}

/// A document, as the API shows it.
pub(super) fn shown(document: &PolicyDocument, how: How) -> v1::PolicyDocument {
    let statements = document.statements.iter().filter(|_| how == How::Full).map(|statement| v1::PolicyStatement {
        effect: Effect::Allow.into(),
        actions: statement.actions.texts(),
        scopes: statement.scopes.iter().map(ToString::to_string).collect(),
    });
    v1::PolicyDocument { version: document.version.clone(), statements: statements.collect() }
}
