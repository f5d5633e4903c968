//! Lines of privileges, with their policy documents, and of the users that have them themselves.

use crate::app::import_line::Step;
use crate::app::policy_line::{AssignedPrivilegeLine, DocumentLine, PrivilegeLine, PrivilegeVisibilityWord};
use crate::domain::id::{Id, PrivilegeKey};
use crate::domain::name::PrivilegeId;
use crate::domain::policy::{PolicyDocument, Statement};
use crate::domain::predefined;
use crate::domain::privilege::{AssignedPrivilege, Privilege};
use crate::domain::row::Stamp;
use crate::domain::text;
use crate::domain::violation::Violations;

/// Where a line has its document, and what that says.
const DOCUMENT: &str = "privilege.document";
/// The statements of that.
pub(in crate::app) const STATEMENTS: &str = "privilege.document.statements";

/// A privilege, plain or a policy document.
pub(super) fn privilege(line: &PrivilegeLine, v: &mut Violations) -> Option<Step> {
    let application = v.take("privilege.application", Id::parse(&line.application));
    let key = v.take("privilege.key", PrivilegeKey::parse(&line.key));
    if predefined::is_reserved(&line.key) {
        v.add("privilege.key", "must not begin with bailiwick:, which is reserved");
    }
    let display_name = v.take("privilege.display_name", text::display(&line.display_name));
    let description = v.take("privilege.description", text::description(&line.description));
    let document = match &line.document {
        Some(line) => document(line, v).map(Some),
        None => Some(None),
    };
    Some(Step::Privilege(Privilege {
        id: PrivilegeId { application: application?, key: key? },
        display_name: display_name?,
        description: description?,
        object_scoped: line.object_scoped.0,
        tenant_visible: line.tenant_visibility == PrivilegeVisibilityWord::All,
        document: document?,
        stamp: Stamp::default(),
    }))
}

fn document(line: &DocumentLine, v: &mut Violations) -> Option<PolicyDocument> {
    let version = v.take(format!("{DOCUMENT}.version"), PolicyDocument::check_version(&line.version));
    v.take(STATEMENTS, PolicyDocument::check_size(line.statements.len()))?;
    let mut statements = Vec::with_capacity(line.statements.len());
    for (index, line) in line.statements.iter().enumerate() {
        statements.extend(Statement::parse(v, &format!("{STATEMENTS}[{index}]"), &line.actions, &line.scopes));
    }
    let document = PolicyDocument::new(version?, statements);
    v.take(STATEMENTS, document.check_bytes())?;
    Some(document)
}

/// A privilege that is assigned to a user itself.
pub(super) fn assigned(line: &AssignedPrivilegeLine, v: &mut Violations) -> Option<Step> {
    let application = v.take("assigned_privilege.application", Id::parse(&line.application));
    let key = v.take("assigned_privilege.privilege", PrivilegeKey::parse(&line.privilege));
    let user = v.take("assigned_privilege.user", Id::parse(&line.user));
    let privilege = PrivilegeId { application: application?, key: key? };
    Some(Step::AssignedPrivilege(AssignedPrivilege { privilege, user: user? }))
}
