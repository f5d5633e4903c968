//! Role assignments.

use super::time::{instant, timestamp};
use super::{complete, elements, one_to, set_of, tenant_of};
use crate::app::assignments::{AssignRoles, Holding, UnassignRoles, is_active};
use crate::app::error::{Error, Result};
use crate::app::port::ItemFailure;
use crate::app::state::Snapshot;
use crate::app::token::etag;
use crate::domain::assignment::Assignment;
use crate::domain::id::Id;
use crate::domain::limit::CALL_IDS_MAX;
use crate::domain::name::{self, RoleId, Subject};
use crate::domain::row::Row;
use crate::domain::time::Time;
use crate::domain::violation::{Malformed, Violations};
use crate::grpc::status;
use crate::proto::v1;
use crate::proto::v1::assign_roles_response::Failure;

/// For every role that is meant, its index in the request, where a role may stand more than once.
pub(in crate::grpc) struct Indexes(Vec<usize>);

/// The roles to be given.
pub(in crate::grpc) fn assign(
    request: &v1::AssignRolesRequest,
    mut violations: Violations,
) -> Result<(AssignRoles, Indexes)> {
    let words = (request.application.as_str(), request.subject.as_str(), request.tenant.as_str());
    let holding = holding(words, &mut violations);
    let roles = roles(&request.roles, &mut violations);
    let start = time("start_time", request.start_time.as_ref(), &mut violations);
    let expire = time("expire_time", request.expire_time.as_ref(), &mut violations);
    if let (Some(Some(start)), Some(Some(expire))) = (start, expire)
        && expire <= start
    {
        violations.add("expire_time", "must be later than start_time");
    }
    let (indexes, roles) = roles.into_iter().unzip();
    let allow_partial = request.allow_partial;
    let assign = (|| Some(AssignRoles { holding: holding?, roles, start: start?, expire: expire?, allow_partial }))();
    Ok((complete(violations, assign)?, Indexes(indexes)))
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

fn holding((application, subject, tenant): (&str, &str, &str), violations: &mut Violations) -> Option<Holding> {
    let application = violations.take("application", name::parse_application(application));
    let holder = violations.take("subject", Subject::parse(subject));
    let tenant = match (&application, tenant) {
        (_, "") => Some(None),
        (Some(application), tenant) => violations.take("tenant", tenant_of(application, tenant)).map(Some),
        (None, _) => None,
    };
    Some(Holding { application: application?, holder: holder?, tenant: tenant? })
}

fn roles(sent: &[String], violations: &mut Violations) -> Vec<(usize, RoleId)> {
    let roles = set_of(violations, "roles", sent, RoleId::parse);
    one_to(violations, "roles", sent, roles.len(), CALL_IDS_MAX);
    roles
}

/// A time that may be left out.
#[expect(clippy::option_option, reason = "malformed, left out, or a time")]
fn time(field: &str, timestamp: Option<&prost_types::Timestamp>, violations: &mut Violations) -> Option<Option<Time>> {
    violations.take(field, timestamp.map(instant).transpose())
}

impl Indexes {
    /// The failures, under the indexes of the request.
    fn place(&self, failures: Vec<ItemFailure>) -> Vec<ItemFailure> {
        let place = |mut failure: ItemFailure| {
            let index = usize::try_from(failure.index).ok().and_then(|index| self.0.get(index));
            failure.index = index.and_then(|index| u32::try_from(*index).ok()).unwrap_or(failure.index);
            failure
        };
        failures.into_iter().map(place).collect()
    }

    /// The refusal, its items under the indexes of the request.
    pub(in crate::grpc) fn refusal(&self, error: Error) -> Error {
        match error {
            Error::Items { first, failures } => Error::Items { first, failures: self.place(failures) },
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
        self.place(failures).into_iter().map(failure).collect()
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
pub(in crate::grpc) fn assignment(row: &Row, snapshot: &Snapshot, now: Time) -> Result<v1::RoleAssignment> {
    let Row::Assignment(row) = row else { return Err(Error::Internal) };
    let name = assignment_name(row);
    Ok(v1::RoleAssignment {
        etag: etag(&name, row.stamp.revision),
        name,
        holder: row.id.holder.to_string(),
        role: row.id.role.to_string(),
        tenant: row.id.tenant_id().map(|tenant| tenant.to_string()).unwrap_or_default(),
        start_time: row.start.map(timestamp),
        expire_time: row.expire.map(timestamp),
        reason: row.reason.clone(),
        active: is_active(snapshot, row, now),
        create_time: Some(timestamp(row.stamp.created_at)),
        created_by: row.stamp.created_by.clone(),
    })
}

fn assignment_name(row: &Assignment) -> String {
    format!("{}/roleAssignments/{}", name::application(&row.id.role.application), row.id.name_id())
}
