//! Role assignments.

use prost_types::Timestamp;

use super::time::{instant, timestamp};
use super::{complete, elements, instances, one_to, set_of, tenant_of, write};
use crate::app::assignments::{
    Asked, AssignRoleToSubjects, AssignRoles, Assigned, Breadth, DeleteRoleAssignment, FromWhom, Holding, Listed,
    ReplaceSubjectRoles, RevokeRoleFromSubject, RoleRef, ShownAssignment, Term, UnassignRoles, Which, is_active,
};
use crate::app::caller::Caller;
use crate::app::error::{Error, Result};
use crate::app::port::ItemFailure;
use crate::app::state::{Snapshot, View};
use crate::app::token::etag;
use crate::domain::id::Id;
use crate::domain::limit::CALL_IDS_MAX;
use crate::domain::name::{self, RoleId, ScopeId, Subject};
use crate::domain::text;
use crate::domain::time::Time;
use crate::domain::violation::{Malformed, Violations};
use crate::grpc::status;
use crate::proto::v1;
use crate::proto::v1::assign_roles_response::Failure;
use crate::proto::v1::batch_get_assigned_roles_response::result::Outcome;

/// For every item that is meant, its index in the request, where one may stand more than once.
pub(in crate::grpc) struct Indexes(Vec<usize>);

/// The roles to be given.
pub(in crate::grpc) fn assign(
    request: &v1::AssignRolesRequest,
    mut violations: Violations,
) -> Result<(AssignRoles, Indexes)> {
    let words = (request.application.as_str(), request.subject.as_str(), request.tenant.as_str());
    let holding = holding(words, &mut violations);
    let roles = roles(&request.roles, &mut violations);
    let term = term((request.start_time.as_ref(), request.expire_time.as_ref()), &mut violations);
    let (indexes, roles) = roles.into_iter().unzip();
    let allow_partial = request.allow_partial;
    let assign = (|| Some(AssignRoles { holding: holding?, roles, term: term?, allow_partial }))();
    Ok((complete(violations, assign)?, Indexes(indexes)))
}

/// The roles to become those of a subject.
pub(in crate::grpc) fn replace(
    request: &v1::ReplaceSubjectRolesRequest,
    max: usize,
    mut violations: Violations,
) -> Result<(ReplaceSubjectRoles, Indexes)> {
    let words = (request.application.as_str(), request.subject.as_str(), request.tenant.as_str());
    let holding = holding(words, &mut violations);
    let roles = set_of(&mut violations, "roles", &request.roles, RoleId::parse);
    if roles.len() > max {
        violations.add("roles", format!("must be at most {max} distinct ones"));
    }
    let term = term((request.start_time.as_ref(), request.expire_time.as_ref()), &mut violations);
    let (indexes, roles) = roles.into_iter().unzip();
    let (allow_partial, etag) = (request.allow_partial, request.etag.clone());
    let replace = (|| Some(ReplaceSubjectRoles { holding: holding?, roles, term: term?, allow_partial, etag }))();
    Ok((complete(violations, replace)?, Indexes(indexes)))
}

/// The subjects that are asked about; one that is malformed is refused alone.
pub(in crate::grpc) fn asked(
    request: &v1::BatchGetAssignedRolesRequest,
    caller: &Caller,
    violations: &mut Violations,
) -> Option<(Id, Vec<Result<Subject>>)> {
    let application = violations.take("parent", name::parse_application(&request.parent));
    one_to(violations, "subjects", &request.subjects, request.subjects.len(), CALL_IDS_MAX);
    let subject = |(index, text): (usize, &String)| match text.as_str() {
        "users/me" => Ok(caller.subject.clone()),
        text => Subject::parse(text).map_err(|error| Error::invalid(format!("subjects[{index}]"), error.to_string())),
    };
    Some((application?, request.subjects.iter().enumerate().map(subject).collect()))
}

/// What one subject holds, or why that is not told.
pub(in crate::grpc) fn assigned(
    (subject, sent): (&Result<Subject>, &str),
    result: Result<Assigned>,
    view: &View,
) -> v1::batch_get_assigned_roles_response::Result {
    let outcome = match result {
        Ok(Assigned { assignments: held, etag }) => {
            Outcome::Assigned(v1::AssignedRoles { assignments: assignments(held, (view.snapshot(), view.now)), etag })
        }
        Err(error) => Outcome::Error(status::rpc_status(&error)),
    };
    let subject = subject.as_ref().map_or_else(|_| sent.to_owned(), ToString::to_string);
    v1::batch_get_assigned_roles_response::Result { subject, outcome: Some(outcome) }
}

/// Who would get roles, unless the parent is malformed, of which the page tells.
pub(in crate::grpc) fn receiver(
    request: &v1::ListAssignableRolesRequest,
    violations: &mut Violations,
) -> Option<Holding> {
    let application = name::parse_application(&request.parent).ok();
    let holder = violations.take("subject", Subject::parse(&request.subject));
    let tenant = tenant(application.as_ref(), &request.tenant, violations);
    Some(Holding { application: application?, holder: holder?, tenant: tenant? })
}

/// What a list of assignments shows.
pub(in crate::grpc) fn asked_list(request: &v1::ListRoleAssignmentsRequest, violations: &mut Violations) -> Asked {
    let breadth = match v1::RoleAssignmentView::try_from(request.view) {
        Ok(v1::RoleAssignmentView::Unspecified | v1::RoleAssignmentView::Direct) => Breadth::Direct,
        Ok(v1::RoleAssignmentView::Effective) => Breadth::Effective,
        Err(_) => {
            violations.add("view", "must be one of the values of RoleAssignmentView");
            Breadth::Direct
        }
    };
    Asked { breadth, with_instances: request.include_instances }
}

/// A page of assignments; effective ones as they are for the subject, with the way to each.
pub(in crate::grpc) fn listed(listed: Listed) -> v1::ListRoleAssignmentsResponse {
    let Listed { assignments, next_page_token, view, effective } = listed;
    let at = (view.snapshot(), view.now);
    let shown = assignments.into_iter().map(|held| match &effective {
        Some((subject, ways)) => {
            let way = ways.get(&held.row.id.holder).map(Vec::as_slice).unwrap_or_default();
            let via = way.iter().map(ToString::to_string).collect();
            let active = is_active(at.0, &held.row, subject, at.1);
            v1::RoleAssignment { active, via, ..assignment(held, at) }
        }
        None => assignment(held, at),
    });
    let assignments = shown.collect();
    v1::ListRoleAssignmentsResponse { assignments, next_page_token, consistency_token: view.token().to_owned() }
}

/// The roles to be taken.
pub(in crate::grpc) fn unassign(
    request: &v1::UnassignRolesRequest,
    mut violations: Violations,
) -> Result<UnassignRoles> {
    let words = (request.application.as_str(), request.subject.as_str(), request.tenant.as_str());
    let holding = holding(words, &mut violations);
    let roles = elements(roles(&request.roles, &mut violations)).collect();
    complete(violations, holding.map(|holding| UnassignRoles { holding, roles }))
}

/// The one role to be given to subjects.
pub(in crate::grpc) fn assign_one(
    request: &v1::AssignRoleToSubjectsRequest,
    mut violations: Violations,
) -> Result<(AssignRoleToSubjects, Indexes)> {
    let role = violations.take("role", RoleId::parse(&request.role));
    let subjects = set_of(&mut violations, "subjects", &request.subjects, Subject::parse);
    one_to(&mut violations, "subjects", &request.subjects, subjects.len(), CALL_IDS_MAX);
    if !subjects.is_sorted_by(|(_, one), (_, next)| one.collection() == next.collection()) {
        violations.add("subjects", "must all be of one type");
    }
    let tenant = tenant(role.as_ref().map(|role| &role.application), &request.tenant, &mut violations);
    let term = term((request.start_time.as_ref(), request.expire_time.as_ref()), &mut violations);
    let (indexes, subjects) = subjects.into_iter().unzip();
    let assign = (|| Some(AssignRoleToSubjects { role: role?, subjects, tenant: tenant?, term: term? }))();
    Ok((complete(violations, assign)?, Indexes(indexes)))
}

/// The one role to be taken from one subject.
pub(in crate::grpc) fn revoke(
    request: &v1::RevokeRoleFromSubjectRequest,
    mut violations: Violations,
) -> Result<RevokeRoleFromSubject> {
    let role = violations.take("role", RoleId::parse(&request.role));
    let from = if request.subject.contains('/') {
        violations.take("subject", Subject::parse(&request.subject)).map(FromWhom::Subject)
    } else {
        violations.take("subject", Id::parse(&request.subject)).map(FromWhom::BareId)
    };
    complete(violations, (|| Some(RevokeRoleFromSubject { role: role?, from: from? }))())
}

/// The assignment to be deleted: by its name, or by what it is made of.
pub(in crate::grpc) fn delete(
    request: v1::DeleteRoleAssignmentRequest,
    mut violations: Violations,
) -> Result<DeleteRoleAssignment> {
    let which = if request.name.is_empty() {
        parts(&request, &mut violations)
    } else {
        for (field, value) in [
            ("application", &request.application),
            ("subject", &request.subject),
            ("role", &request.role),
            ("role_name", &request.role_name),
            ("tenant", &request.tenant),
        ] {
            if !value.is_empty() {
                violations.add(field, "must be empty when name is set");
            }
        }
        violations.take("name", record_id(&request.name)).map(|(application, id)| Which::Id(application, id))
    };
    let deletion = write::deletion(request.etag, request.allow_missing, false);
    complete(violations, which.map(|which| DeleteRoleAssignment { which, deletion }))
}

fn parts(request: &v1::DeleteRoleAssignmentRequest, violations: &mut Violations) -> Option<Which> {
    let words = (request.application.as_str(), request.subject.as_str(), request.tenant.as_str());
    let holding = holding(words, violations);
    let role = role_ref("", (&request.role, &request.role_name), violations);
    let (holding, role) = (holding?, role?);
    if let RoleRef::Id(id) = &role
        && id.application != holding.application
    {
        violations.add("role", format!("must be a role of applications/{}", holding.application));
    }
    Some(Which::Parts(holding, role))
}

/// The role that is named in either of two ways; `field` is what the paths of the fields begin with.
pub(super) fn role_ref(field: &str, (role, role_name): (&str, &str), violations: &mut Violations) -> Option<RoleRef> {
    match (role, role_name) {
        ("", "") => {
            violations.add(format!("{field}role"), "must be set, or else role_name");
            None
        }
        (role, "") => violations.take(format!("{field}role"), RoleId::parse(role)).map(RoleRef::Id),
        ("", name) => violations.take(format!("{field}role_name"), text::required_name(name)).map(RoleRef::Name),
        _ => {
            violations.add(format!("{field}role_name"), "must be empty when role is set");
            None
        }
    }
}

/// The application and the id of an assignment's resource name.
pub(in crate::grpc) fn record_id(name: &str) -> Result<(Id, Id), Malformed> {
    match name.split('/').collect::<Vec<_>>().as_slice() {
        ["applications", application, "roleAssignments", id] => Ok((Id::parse(application)?, Id::parse(id)?)),
        _ => Err(Malformed::new("must be applications/{application}/roleAssignments/{role_assignment}")),
    }
}

pub(super) fn holding(
    (application, subject, tenant_text): (&str, &str, &str),
    violations: &mut Violations,
) -> Option<Holding> {
    let application = violations.take("application", name::parse_application(application));
    let holder = violations.take("subject", Subject::parse(subject));
    let tenant = tenant(application.as_ref(), tenant_text, violations);
    Some(Holding { application: application?, holder: holder?, tenant: tenant? })
}

/// The tenant that assignments are cut to, which may be left out.
#[expect(clippy::option_option, reason = "malformed, left out, or a tenant")]
fn tenant(application: Option<&Id>, text: &str, violations: &mut Violations) -> Option<Option<Id>> {
    match (application, text) {
        (_, "") => Some(None),
        (Some(application), text) => violations.take("tenant", tenant_of(application, text)).map(Some),
        (None, _) => None,
    }
}

fn roles(sent: &[String], violations: &mut Violations) -> Vec<(usize, RoleId)> {
    let roles = set_of(violations, "roles", sent, RoleId::parse);
    one_to(violations, "roles", sent, roles.len(), CALL_IDS_MAX);
    roles
}

/// From when to when.
fn term(times: (Option<&Timestamp>, Option<&Timestamp>), violations: &mut Violations) -> Option<Term> {
    term_at("", times, violations)
}

/// From when to when; `field` is what the paths of the fields begin with.
pub(super) fn term_at(
    field: &str,
    (start, expire): (Option<&Timestamp>, Option<&Timestamp>),
    violations: &mut Violations,
) -> Option<Term> {
    let start = time(&format!("{field}start_time"), start, violations);
    let expire = time(&format!("{field}expire_time"), expire, violations);
    if let (Some(Some(start)), Some(Some(expire))) = (start, expire)
        && expire <= start
    {
        violations.add(format!("{field}expire_time"), "must be later than start_time");
    }
    Some(Term { start: start?, expire: expire? })
}

/// A time that may be left out.
#[expect(clippy::option_option, reason = "malformed, left out, or a time")]
fn time(field: &str, timestamp: Option<&Timestamp>, violations: &mut Violations) -> Option<Option<Time>> {
    violations.take(field, timestamp.map(instant).transpose())
}

impl Indexes {
    /// The failure, under the index of the request.
    fn place(&self, mut failure: ItemFailure) -> ItemFailure {
        let index = usize::try_from(failure.index).ok().and_then(|index| self.0.get(index));
        failure.index = index.and_then(|index| u32::try_from(*index).ok()).unwrap_or(failure.index);
        failure
    }

    /// The refusal, its items under the indexes of the request.
    pub(in crate::grpc) fn refusal(&self, error: Error) -> Error {
        match error {
            Error::Items { first, failures } => {
                let place = |(list, failure)| (list, self.place(failure));
                Error::Items { first, failures: failures.into_iter().map(place).collect() }
            }
            error => error,
        }
    }

    /// The roles that were not given.
    pub(in crate::grpc) fn failures(&self, failures: Vec<ItemFailure>) -> Vec<Failure> {
        let failure = |failure: ItemFailure| Failure {
            index: i32::try_from(failure.index).unwrap_or(i32::MAX),
            status: Some(status::of_item(&failure)),
            role: failure.name,
        };
        failures.into_iter().map(|one| failure(self.place(one))).collect()
    }
}

/// The application whose assignments are listed; `None` = every application.
pub(in crate::grpc) fn parent(text: &str) -> Result<Option<Id>, Malformed> {
    if text == "applications/-" {
        return Ok(None);
    }
    name::parse_application(text).map(Some)
}

/// An assignment, as the API shows it.
pub(in crate::grpc) fn assignment(shown: ShownAssignment, (snapshot, now): (&Snapshot, Time)) -> v1::RoleAssignment {
    let ShownAssignment { row, role_name, instances: selected, has_instances } = shown;
    let (name, application) = (row.id.name().to_string(), &row.id.role.application);
    let scope = row.access.scope.clone().map(|scope| ScopeId { application: application.clone(), scope });
    v1::RoleAssignment {
        etag: etag(&name, row.stamp.revision),
        name,
        holder: row.id.holder.to_string(),
        role: row.id.role.to_string(),
        tenant: row.id.tenant_id().map(|tenant| tenant.to_string()).unwrap_or_default(),
        allow_all_objects: row.access.allow_all_objects,
        scope: scope.map(|scope| scope.to_string()).unwrap_or_default(),
        instances_omitted: has_instances && selected.is_none(),
        traversal_spec_instances: instances::shown(application, selected.unwrap_or_default()),
        start_time: row.start.map(timestamp),
        expire_time: row.expire.map(timestamp),
        active: is_active(snapshot, &row, &row.id.holder, now),
        reason: row.reason,
        via: Vec::new(),
        role_name,
        create_time: Some(timestamp(row.stamp.created_at)),
        created_by: row.stamp.created_by,
        update_time: Some(timestamp(row.stamp.updated_at)),
        updated_by: row.stamp.updated_by,
    }
}

/// Assignments, as the API shows them.
pub(in crate::grpc) fn assignments(shown: Vec<ShownAssignment>, at: (&Snapshot, Time)) -> Vec<v1::RoleAssignment> {
    shown.into_iter().map(|shown| assignment(shown, at)).collect()
}
