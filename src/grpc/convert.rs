//! Between messages and nouns, both ways.
//!
//! Guarantees: what is decoded here is valid, and behind it no invalid value exists; a request is refused with all
//! its violations at once, each under the path of its field; output-only fields of requests are ignored, and lists
//! that are sets lose their repeats. What is encoded here is what the contract says, and nothing else.
//!
//! Nothing here reads a clock, awaits or asks who may.

pub(super) mod access_difference;
pub(super) mod application;
pub(super) mod assignment;
pub(super) mod boundary;
pub(super) mod check;
pub(super) mod clients;
pub(super) mod consistency;
pub(super) mod groups;
mod identities;
pub(super) mod instances;
mod mask;
pub(super) mod policy;
pub(super) mod policy_document;
pub(super) mod privilege;
pub(super) mod privilege_group;
pub(super) mod privilege_holders;
pub(super) mod requested;
pub(super) mod resource;
pub(super) mod role;
pub(super) mod role_privileges;
pub(super) mod role_update;
pub(super) mod scope;
pub(super) mod time;
pub(super) mod traversal_spec;
pub(super) mod users;
pub(super) mod write;

use std::collections::BTreeSet;

use crate::app::error::{Error, Result};
use crate::domain::id::Id;
use crate::domain::name::{self, TenantId};
use crate::domain::violation::{Malformed, Violations};

/// The value, unless something in the request is wrong.
pub(super) fn complete<T>(violations: Violations, value: Option<T>) -> Result<T> {
    Error::check(violations)?;
    value.ok_or(Error::Internal)
}

/// The message that the request must hold.
fn required<T>(violations: &mut Violations, field: &str, message: Option<T>) -> Option<T> {
    if message.is_none() {
        violations.add(field, "must be set");
    }
    message
}

/// The id that the caller chose, or else a fresh one.
fn id_or(violations: &mut Violations, field: &str, text: &str, fresh: Id) -> Option<Id> {
    if text.is_empty() { Some(fresh) } else { violations.take(field, Id::parse(text)) }
}

/// The elements of a set, each with the index at which it first occurs.
fn set_of<T: Ord + Clone>(
    violations: &mut Violations,
    field: &str,
    texts: &[String],
    parse: impl Fn(&str) -> Result<T, Malformed>,
) -> Vec<(usize, T)> {
    let (mut seen, mut elements) = (BTreeSet::new(), Vec::with_capacity(texts.len()));
    for (index, text) in texts.iter().enumerate() {
        match parse(text) {
            Ok(element) if seen.insert(element.clone()) => elements.push((index, element)),
            Ok(_repeated) => {}
            Err(Malformed(description)) => violations.add(format!("{field}[{index}]"), description),
        }
    }
    elements
}

/// Refuses a list with more distinct elements than there may be.
fn at_most(violations: &mut Violations, field: &str, count: usize, max: usize) {
    if count > max {
        violations.add(field, format!("must hold at most {max}, and holds {count}"));
    }
}

/// Refuses a list that is empty or has more distinct elements than there may be.
fn one_to(violations: &mut Violations, field: &str, sent: &[String], count: usize, max: usize) {
    if sent.is_empty() {
        violations.add(field, "must not be empty");
    }
    at_most(violations, field, count, max);
}

/// A set without its indexes.
fn elements<T>(set: Vec<(usize, T)>) -> impl Iterator<Item = T> {
    set.into_iter().map(|(_, element)| element)
}

/// The owner of roles and privilege groups: an application, or one of its tenants.
pub(super) type Owner = (Id, Option<TenantId>);

fn owner(text: &str) -> Result<Owner, Malformed> {
    if let Ok(tenant) = TenantId::parse(text) {
        return Ok((tenant.application.clone(), Some(tenant)));
    }
    let application = name::parse_application(text).map_err(|_| {
        Malformed::new("must be applications/{application} or applications/{application}/tenants/{tenant}")
    })?;
    Ok((application, None))
}

/// A tenant of the application, by its id or by its name.
fn tenant_of(application: &Id, text: &str) -> Result<Id, Malformed> {
    if text.contains('/') { tenant_named(application, text) } else { Id::parse(text) }
}

/// A tenant of the application, by its name.
fn tenant_named(application: &Id, text: &str) -> Result<Id, Malformed> {
    let tenant = TenantId::parse(text)?;
    if tenant.application == *application {
        return Ok(tenant.tenant);
    }
    Err(Malformed::new(format!("must be a tenant of applications/{application}")))
}

/// A number as messages hold it.
pub(super) fn int64(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A count as messages hold it.
pub(super) fn int32(number: u64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests;
