//! What every read says: how fresh, and of a list which page.

use super::{complete, time};
use crate::app::consistency::{Consistency, Requirement};
use crate::app::error::{Error, Result};
use crate::app::listing::PageRequest;
use crate::app::token::{Revision, Tokens};
use crate::domain::violation::{Malformed, Violations};
use crate::proto::v1;
use crate::proto::v1::consistency::Requirement as Asked;

/// Whether a method answers about the past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::grpc) enum Past {
    /// It does.
    Answered,
    /// It does not.
    Refused,
}

/// The freshness that a read asks for.
pub(in crate::grpc) fn consistency(
    message: Option<&v1::Consistency>,
    past: Past,
    tokens: &Tokens,
    violations: &mut Violations,
) -> Option<Consistency> {
    let Some(message) = message else { return Some(Consistency::default()) };
    let requirement = match &message.requirement {
        None => Some(Requirement::MinimizeLatency),
        Some(asked) => requirement(asked, past, tokens, violations),
    };
    let staleness = message.max_staleness.as_ref().map(time::length).transpose();
    let max_staleness = violations.take("consistency.max_staleness", staleness);
    let is_exact = matches!(message.requirement, Some(Asked::AtExactRevision(_) | Asked::AsOf(_)));
    if is_exact && message.max_staleness.is_some() {
        violations.add("consistency.max_staleness", "must not be set together with at_exact_revision or as_of");
    }
    Some(Consistency { requirement: requirement?, max_staleness: max_staleness? })
}

fn requirement(asked: &Asked, past: Past, tokens: &Tokens, violations: &mut Violations) -> Option<Requirement> {
    let not_here = "must not be set: this method does not answer about the past";
    match asked {
        Asked::MinimizeLatency(true) => Some(Requirement::MinimizeLatency),
        Asked::FullyConsistent(true) => Some(Requirement::FullyConsistent),
        Asked::MinimizeLatency(false) => refuse("consistency.minimize_latency", "must be true", violations),
        Asked::FullyConsistent(false) => refuse("consistency.fully_consistent", "must be true", violations),
        Asked::AtLeastAsFresh(token) => {
            revision(token, "consistency.at_least_as_fresh", tokens, violations).map(Requirement::AtLeastAsFresh)
        }
        Asked::AtExactRevision(_) if past == Past::Refused => {
            refuse("consistency.at_exact_revision", not_here, violations)
        }
        Asked::AsOf(_) if past == Past::Refused => refuse("consistency.as_of", not_here, violations),
        Asked::AtExactRevision(token) => {
            revision(token, "consistency.at_exact_revision", tokens, violations).map(Requirement::AtExactRevision)
        }
        Asked::AsOf(timestamp) => violations.take("consistency.as_of", time::instant(timestamp)).map(Requirement::AsOf),
    }
}

fn refuse<T>(field: &str, description: &str, violations: &mut Violations) -> Option<T> {
    violations.add(field, description);
    None
}

fn revision(token: &str, field: &str, tokens: &Tokens, violations: &mut Violations) -> Option<Revision> {
    noted(tokens.revision(token, field), violations)
}

/// The value, or the violations that the verb names.
fn noted<T>(value: Result<T>, violations: &mut Violations) -> Option<T> {
    match value {
        Ok(value) => return Some(value),
        Err(Error::Invalid(found)) => found.into_iter().for_each(|one| violations.add(one.field, one.description)),
        Err(other) => violations.add("", other.to_string()),
    }
    None
}

/// A request for a page.
pub(in crate::grpc) trait List {
    /// Its page, freshness apart.
    fn page(&self) -> PageRequest;

    /// Its freshness.
    fn consistency(&self) -> Option<&v1::Consistency>;
}

macro_rules! lists {
    ($($request:ident),* $(,)?) => {
        $(impl List for v1::$request {
            fn page(&self) -> PageRequest {
                PageRequest {
                    page_size: self.page_size,
                    page_token: self.page_token.clone(),
                    filter: self.filter.clone(),
                    order_by: self.order_by.clone(),
                    consistency: Consistency::default(),
                }
            }

            fn consistency(&self) -> Option<&v1::Consistency> {
                self.consistency.as_ref()
            }
        })*
    };
}

lists!(
    ListApplicationsRequest,
    ListClientsRequest,
    ListGroupsRequest,
    ListPrivilegeGroupsRequest,
    ListPrivilegesRequest,
    ListPermissionBoundariesRequest,
    ListResourcesRequest,
    ListRoleAssignmentsRequest,
    ListRolesRequest,
    ListScopesRequest,
    ListTenantsRequest,
    ListTraversalSpecsRequest,
    ListUsersRequest,
);

/// Lists that have one order; some have no filter either.
macro_rules! ordered_lists {
    ($($request:ident $($filter:ident)?),* $(,)?) => {
        $(impl List for v1::$request {
            fn page(&self) -> PageRequest {
                let page_token = self.page_token.clone();
                $(let $filter = self.$filter.clone();)?
                PageRequest { page_size: self.page_size, page_token, $($filter,)? ..PageRequest::default() }
            }

            fn consistency(&self) -> Option<&v1::Consistency> {
                self.consistency.as_ref()
            }
        })*
    };
}

ordered_lists!(
    ListAssignableRolesRequest,
    ListSubjectPrivilegesRequest,
    ListGroupMembersRequest filter,
    ListPrivilegeRolesRequest,
    ListPrivilegeUsersRequest,
    ListRolePrivilegeGroupsRequest,
    ListRolePrivilegesRequest,
    ListScopeResourcesRequest,
    ListUserGroupsRequest,
);

/// The page that a request asks for.
fn page(request: &impl List, tokens: &Tokens, violations: &mut Violations) -> Option<PageRequest> {
    page_at(request, Past::Refused, tokens, violations)
}

/// The page that a request asks for, perhaps of a past revision.
pub(in crate::grpc) fn past_page(
    request: &impl List,
    tokens: &Tokens,
    violations: &mut Violations,
) -> Option<PageRequest> {
    page_at(request, Past::Answered, tokens, violations)
}

fn page_at(request: &impl List, past: Past, tokens: &Tokens, violations: &mut Violations) -> Option<PageRequest> {
    let page = request.page();
    let valid = noted(page.size(1), violations).is_some() & noted(page.order(), violations).is_some();
    let consistency = consistency(request.consistency(), past, tokens, violations)?;
    valid.then_some(PageRequest { consistency, ..page })
}

/// What a List asks for: the parent, and the page.
pub(in crate::grpc) fn list<T>(
    (field, parent): (&str, Result<T, Malformed>),
    request: &impl List,
    tokens: &Tokens,
    mut violations: Violations,
) -> Result<(T, PageRequest)> {
    let parent = violations.take(field, parent);
    let page = page(request, tokens, &mut violations);
    complete(violations, parent.zip(page))
}

/// What a Get asks for: the thing, and how fresh.
pub(in crate::grpc) fn get<T>(
    name: Result<T, Malformed>,
    message: Option<&v1::Consistency>,
    tokens: &Tokens,
) -> Result<(T, Consistency)> {
    let mut violations = Violations::default();
    let name = violations.take("name", name);
    let wish = consistency(message, Past::Refused, tokens, &mut violations);
    complete(violations, name.zip(wish))
}
