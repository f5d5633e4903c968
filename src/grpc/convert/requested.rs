//! Assignments that requests describe: over which resources, in which tenant, for which time.

use prost_types::Timestamp;

use super::assignment::{holding, role_ref, term_at};
use super::{at_most, complete, elements, instances, one_to, set_of, tenant_of};
use crate::app::assignments::{ChangeNamedResources, PutRoleAssignment, RequestedAssignment, RoleRef, RolesOfHolder};
use crate::app::error::Result;
use crate::domain::assignment::ObjectAccess;
use crate::domain::id::Id;
use crate::domain::limit::CALL_IDS_MAX;
use crate::domain::name::{self, ResourceKey, RoleId, ScopeId, Subject};
use crate::domain::scope::ALL_OBJECTS;
use crate::domain::violation::{Malformed, Violations};
use crate::proto::v1;

/// The words by which a request describes an assignment.
struct Words<'a> {
    application: &'a str,
    role: &'a str,
    role_name: &'a str,
    tenant: &'a str,
    allow_all_objects: bool,
    scope: &'a str,
    instances: Vec<v1::TraversalSpecInstance>,
    resources: &'a [String],
    times: (Option<&'a Timestamp>, Option<&'a Timestamp>),
}

macro_rules! words {
    ($message:ident) => {
        Words {
            application: &$message.application,
            role: &$message.role,
            role_name: &$message.role_name,
            tenant: &$message.tenant,
            allow_all_objects: $message.allow_all_objects,
            scope: &$message.scope,
            instances: std::mem::take(&mut $message.traversal_spec_instances),
            resources: &$message.resources,
            times: ($message.start_time.as_ref(), $message.expire_time.as_ref()),
        }
    };
}

/// The assignment to be made or replaced.
pub(in crate::grpc) fn put(
    mut request: v1::PutRoleAssignmentRequest,
    mut violations: Violations,
) -> Result<PutRoleAssignment> {
    let application = violations.take("application", name::parse_application(&request.application));
    let holder = violations.take("subject", Subject::parse(&request.subject));
    let etag = std::mem::take(&mut request.etag);
    let words = words!(request);
    let requested = described(String::new(), words, application, &mut violations);
    complete(violations, (|| Some(PutRoleAssignment { holder: holder?, requested: requested?, etag }))())
}

/// What a user shall hold of one application's roles.
pub(super) fn of_user(
    sent: v1::update_user_request::RoleAssignments,
    violations: &mut Violations,
) -> Option<RolesOfHolder> {
    let application = violations.take("role_assignments.application", name::parse_application(&sent.application));
    let assignments = all("role_assignments.assignments", sent.assignments, application.as_ref(), violations);
    Some(RolesOfHolder { application: application?, assignments })
}

/// The assignments under a field; `application` is that of those that name none.
pub(super) fn all(
    field: &str,
    sent: Vec<v1::RequestedRoleAssignment>,
    application: Option<&Id>,
    violations: &mut Violations,
) -> Vec<RequestedAssignment> {
    at_most(violations, field, sent.len(), CALL_IDS_MAX);
    let sent = sent.into_iter().enumerate();
    let described = sent.filter_map(|(index, mut message)| {
        let (field, words) = (format!("{field}[{index}]."), words!(message));
        let application = application_of(&field, &words, application, violations);
        described(field, words, application, violations)
    });
    let requested: Vec<RequestedAssignment> = described.collect();
    let resources: usize = requested.iter().map(|one| one.resources.len()).sum();
    if resources > CALL_IDS_MAX {
        violations.add(field, format!("must name at most {CALL_IDS_MAX} resources together, and names {resources}"));
    }
    requested
}

fn described(
    field: String,
    words: Words<'_>,
    application: Option<Id>,
    violations: &mut Violations,
) -> Option<RequestedAssignment> {
    let path = |name: &str| format!("{field}{name}");
    let role = role_ref(&field, (words.role, words.role_name), violations);
    if let (Some(RoleRef::Id(role)), Some(application)) = (&role, &application)
        && role.application != *application
    {
        violations.add(path("role"), format!("must be a role of applications/{application}"));
    }
    let tenant = match (words.tenant, &application) {
        ("", _) => Some(None),
        (text, Some(application)) => violations.take(path("tenant"), tenant_of(application, text)).map(Some),
        (_, None) => None,
    };
    let scope = match (words.scope, &application) {
        ("", _) => Some(None),
        (text, Some(application)) => violations.take(path("scope"), scope_of(application, text)).map(Some),
        (_, None) => None,
    };
    let access = scope.map(|scope| ObjectAccess { allow_all_objects: words.allow_all_objects, scope });
    let own = !(words.instances.is_empty() && words.resources.is_empty());
    if own && access.as_ref().is_some_and(|access| access.scope.is_some() && !access.is_all()) {
        let description = format!(
            "must be empty or {ALL_OBJECTS} with traversal_spec_instances or resources, unless allow_all_objects is set"
        );
        violations.add(path("scope"), description);
    }
    let instances = instances::instances(violations, &path("traversal_spec_instances"), words.instances);
    let resources = resources(&path("resources"), words.resources, violations);
    let term = term_at(&field, words.times, violations);
    let (application, role, tenant, access, term) = (application?, role?, tenant?, access?, term?);
    Some(RequestedAssignment { field, application, role, tenant, access, instances, resources, term })
}

/// The application that is named, or else that of the request, or of the role; `field` is what the paths of the fields
/// begin with.
fn application_of(field: &str, words: &Words<'_>, default: Option<&Id>, violations: &mut Violations) -> Option<Id> {
    let path = || format!("{field}application");
    if words.application.is_empty() {
        let of_role = RoleId::parse(words.role).ok().map(|role| role.application);
        let meant = default.cloned().or(of_role);
        if meant.is_none() && words.role.is_empty() {
            violations.add(path(), "must be set when role is not");
        }
        return meant;
    }
    let named = violations.take(path(), name::parse_application(words.application))?;
    if let Some(default) = default.filter(|default| **default != named) {
        violations.add(path(), format!("must be empty or applications/{default}"));
    }
    Some(named)
}

/// A scope of the application, by its id or by its name.
fn scope_of(application: &Id, text: &str) -> Result<Id, Malformed> {
    if !text.contains('/') {
        return Id::parse(text);
    }
    let scope = ScopeId::parse(text)?;
    if scope.application == *application {
        return Ok(scope.scope);
    }
    Err(Malformed::new(format!("must be a scope of applications/{application}")))
}

fn resources(field: &str, sent: &[String], violations: &mut Violations) -> Vec<ResourceKey> {
    let resources = set_of(violations, field, sent, ResourceKey::parse);
    at_most(violations, field, resources.len(), CALL_IDS_MAX);
    elements(resources).collect()
}

/// The words of a request that changes which resources an assignment names.
#[derive(Clone, Copy, Debug)]
pub(in crate::grpc) struct NamedWords<'a> {
    pub(in crate::grpc) holding: (&'a str, &'a str, &'a str),
    pub(in crate::grpc) role: (&'a str, &'a str),
    pub(in crate::grpc) resources: &'a [String],
}

/// The resources that an assignment shall name, or shall name no more.
pub(in crate::grpc) fn named(
    words: NamedWords<'_>,
    add: bool,
    mut violations: Violations,
) -> Result<ChangeNamedResources> {
    let holding = holding(words.holding, &mut violations);
    let role = role_ref("", words.role, &mut violations);
    if let (Some(RoleRef::Id(role)), Some(holding)) = (&role, &holding)
        && role.application != holding.application
    {
        violations.add("role", format!("must be a role of applications/{}", holding.application));
    }
    let resources = set_of(&mut violations, "resources", words.resources, ResourceKey::parse);
    one_to(&mut violations, "resources", words.resources, resources.len(), CALL_IDS_MAX);
    let resources = elements(resources).collect();
    complete(violations, (|| Some(ChangeNamedResources { holding: holding?, role: role?, resources, add }))())
}
