//! Questions and decisions: the messages of the hot path.

mod batch;
mod facts;

pub(in crate::grpc) use self::batch::{CompactAnswers, Product, Questions, batch, ends};

use super::time::{duration, timestamp};
use super::{elements, set_of};
use crate::app::caller::Caller;
use crate::app::check_permission::{Question, Target};
use crate::app::subject_privileges::Whose;
use crate::domain::decision::{Decision, Reason};
use crate::domain::id::{ForeignId, Id, IdRef, PrivilegeKey, ResourceKind};
use crate::domain::limit::CALL_IDS_MAX;
use crate::domain::name::{self, SubjectRef, TenantId};
use crate::domain::violation::{Malformed, Violations};
use crate::proto::v1;
use crate::proto::v1::batch_check_permissions_request::{Check, check};
use crate::proto::v1::{check_permission_request, list_subject_privileges_request};

/// The words of a question.
#[derive(Clone, Copy, Debug)]
pub(in crate::grpc) struct Words<'a> {
    application: &'a str,
    subject: &'a str,
    privilege: &'a str,
    target: Sent<'a>,
    facts: Option<&'a v1::ResourceFacts>,
}

/// The target as it was sent.
#[derive(Clone, Copy, Debug)]
enum Sent<'a> {
    Nothing,
    Resource(&'a str),
    Tenant(&'a str),
}

impl<'a> From<&'a v1::CheckPermissionRequest> for Words<'a> {
    fn from(message: &'a v1::CheckPermissionRequest) -> Self {
        use check_permission_request::Target as Named;
        let target = match &message.target {
            None => Sent::Nothing,
            Some(Named::Resource(text)) => Sent::Resource(text),
            Some(Named::Tenant(text)) => Sent::Tenant(text),
        };
        let v1::CheckPermissionRequest { application, subject, privilege, facts, .. } = message;
        Self { application, subject, privilege, target, facts: facts.as_ref() }
    }
}

impl<'a> From<&'a Check> for Words<'a> {
    fn from(message: &'a Check) -> Self {
        use check::Target as Named;
        let target = match &message.target {
            None => Sent::Nothing,
            Some(Named::Resource(text)) => Sent::Resource(text),
            Some(Named::Tenant(text)) => Sent::Tenant(text),
        };
        let Check { application, subject, privilege, facts, .. } = message;
        Self { application, subject, privilege, target, facts: facts.as_ref() }
    }
}

/// Whose privileges are asked for, and on what.
pub(in crate::grpc) fn whose(
    request: &v1::ListSubjectPrivilegesRequest,
    caller: &Caller,
    violations: &mut Violations,
) -> Option<Whose> {
    use list_subject_privileges_request::Target as Named;
    let application = violations.take("application", name::read_application(&request.application));
    let subject = violations.take("subject", asking(&request.subject, caller));
    let keys = set_of(violations, "privileges", &request.privileges, PrivilegeKey::parse);
    if keys.len() > CALL_IDS_MAX {
        violations.add("privileges", format!("must be at most {CALL_IDS_MAX} distinct ones"));
    }
    let target = match &request.target {
        None => Some(Target::Nothing),
        Some(Named::Resource(text)) => violations.take("resource", resource(text)),
        Some(Named::Tenant(text)) => violations.take("tenant", tenant(text, application)),
    };
    let target = match target? {
        Target::Nothing => None,
        Target::Tenant(id) => Some(("tenants".to_owned(), id.to_owned())),
        Target::Resource { kind, id } => Some((kind.to_owned(), id.to_owned())),
    };
    let keys = elements(keys).map(|key| key.to_string()).collect();
    Some(Whose { application: application?.to_id(), subject: subject?.to_subject(), keys, target })
}

/// The question that the words mean; `default` is the application when they name none.
pub(in crate::grpc) fn question<'a>(
    words: Words<'a>,
    default: Option<IdRef<'a>>,
    caller: &'a Caller,
    violations: &mut Violations,
) -> Option<Question<'a>> {
    let application = match default {
        Some(default) if words.application.is_empty() => Some(default),
        _ => violations.take("application", name::read_application(words.application)),
    };
    let subject = violations.take("subject", asking(words.subject, caller));
    let privilege = violations.take("privilege", privilege(words.privilege));
    let target = match words.target {
        Sent::Nothing => Some(Target::Nothing),
        Sent::Resource(text) => violations.take("resource", resource(text)),
        Sent::Tenant(text) => violations.take("tenant", tenant(text, application)),
    };
    let facts = words.facts.map(|sent| facts::told(sent, (application, target), violations));
    Some(Question { application: application?, subject: subject?, privilege: privilege?, target: target?, facts })
}

/// Who would act. A group never does.
fn asking<'a>(text: &'a str, caller: &'a Caller) -> Result<SubjectRef<'a>, Malformed> {
    if text == "users/me" {
        return Ok((&caller.subject).into());
    }
    match SubjectRef::parse(text) {
        Ok(subject @ (SubjectRef::User(_) | SubjectRef::Client(_) | SubjectRef::Application(_))) => Ok(subject),
        Ok(SubjectRef::Group(_)) => Err(Malformed::new("must not be a group: a group holds roles and never acts")),
        Err(malformed) => Err(malformed),
    }
}

/// The key of a privilege; whether it is registered is part of the decision.
fn privilege(text: &str) -> Result<&str, Malformed> {
    PrivilegeKey::check_form(text).map(|()| text)
}

/// A resource of any kind, of ours or foreign; whether it exists is part of the decision.
fn resource(text: &str) -> Result<Target<'_>, Malformed> {
    let (kind, id) = text.split_once('/').ok_or_else(|| Malformed::new("must be kind/id"))?;
    ResourceKind::check_form(kind)?;
    match kind {
        "privileges" => PrivilegeKey::check_form(id)?,
        _ => ForeignId::check_form(id)?,
    }
    Ok(Target::Resource { kind, id })
}

/// A tenant by its id or its name. One of another application is a tenant that does not exist in this one, and no
/// tenant has an empty id.
fn tenant<'a>(text: &'a str, application: Option<IdRef<'_>>) -> Result<Target<'a>, Malformed> {
    let Some((_, id)) = text.rsplit_once('/') else {
        return Id::parse(text).map(|_| Target::Tenant(text));
    };
    let tenant = TenantId::parse(text)?;
    let is_ours = application.is_none_or(|application| tenant.application.borrowed() == application);
    Ok(Target::Tenant(if is_ours { id } else { "" }))
}

/// A decision as the answer to one question.
pub(in crate::grpc) fn response(
    decided: &Decision,
    (cache_ttl, custom_boundaries): (std::time::Duration, Vec<String>),
    token: &str,
) -> v1::CheckPermissionResponse {
    v1::CheckPermissionResponse {
        decision: decision(decided).into(),
        reason: reason(decided.reason).into(),
        consistency_token: token.to_owned(),
        valid_until: decided.valid_until.map(timestamp),
        cache_ttl: Some(duration(cache_ttl)),
        custom_boundaries,
    }
}

/// A decision as one answer of a batch.
pub(in crate::grpc) fn result(
    decided: &Decision,
    (cache_ttl, custom_boundaries): (std::time::Duration, Vec<String>),
) -> v1::CheckResult {
    v1::CheckResult {
        decision: decision(decided).into(),
        reason: reason(decided.reason).into(),
        valid_until: decided.valid_until.map(timestamp),
        cache_ttl: Some(duration(cache_ttl)),
        custom_boundaries,
    }
}

fn decision(decision: &Decision) -> v1::Decision {
    if decision.allowed() { v1::Decision::Allowed } else { v1::Decision::Denied }
}

fn reason(reason: Reason) -> v1::DecisionReason {
    use v1::DecisionReason as Named;
    match reason {
        Reason::RoleAssignment => Named::RoleAssignment,
        Reason::SubjectUnknown => Named::SubjectUnknown,
        Reason::SubjectDisabled => Named::SubjectDisabled,
        Reason::ApplicationUnknown => Named::ApplicationUnknown,
        Reason::PrivilegeUnknown => Named::PrivilegeUnknown,
        Reason::TargetUnknown => Named::TargetUnknown,
        Reason::ResourceRequired => Named::ResourceRequired,
        Reason::NotGranted => Named::NotGranted,
        Reason::NotValidNow => Named::NotValidNow,
        Reason::NotAssignable => Named::NotAssignable,
        Reason::OutOfReach => Named::OutOfReach,
        Reason::WalkTooLong => Named::Unspecified, // It is an error, and no answer is made of it.
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;
    use crate::domain::limit::{FOREIGN_ID_BYTES_MAX, KIND_CHARS_MAX};
    use crate::domain::name::Subject;

    fn caller() -> Caller {
        Caller::new(Subject::parse("clients/c").unwrap())
    }

    fn request(
        subject: &str,
        privilege: &str,
        target: Option<check_permission_request::Target>,
    ) -> v1::CheckPermissionRequest {
        v1::CheckPermissionRequest {
            application: "applications/a".to_owned(),
            subject: subject.to_owned(),
            privilege: privilege.to_owned(),
            target,
            consistency: None,
            facts: None,
        }
    }

    fn fields(message: &v1::CheckPermissionRequest) -> Vec<String> {
        let (mut violations, caller) = (Violations::default(), caller());
        let asked = question(message.into(), None, &caller, &mut violations);
        let fields: Vec<String> = violations.into_vec().into_iter().map(|violation| violation.field).collect();
        assert_eq!(asked.is_none(), !fields.is_empty());
        fields
    }

    #[test]
    fn me_is_the_caller_whatever_kind_it_is() {
        let message = request("users/me", "p", None);
        let (mut violations, caller) = (Violations::default(), caller());
        let asked = question((&message).into(), None, &caller, &mut violations).unwrap();
        assert_eq!(asked.subject, (&caller.subject).into());
    }

    #[test]
    fn every_violation_is_named_at_once() {
        let mut message = request("groups/g", "", Some(check_permission_request::Target::Resource("x".to_owned())));
        message.application = "a".to_owned();
        assert_eq!(fields(&message), ["application", "subject", "privilege", "resource"]);
    }

    #[test]
    fn a_question_without_application_takes_that_of_the_batch() {
        let message = Check { subject: "users/u".to_owned(), privilege: "p".to_owned(), ..Check::default() };
        let (mut violations, caller, default) = (Violations::default(), caller(), IdRef::parse("b").unwrap());
        let asked = question((&message).into(), Some(default), &caller, &mut violations).unwrap();
        assert_eq!(asked.application, default);
        assert!(question((&message).into(), None, &caller, &mut violations).is_none());
    }

    #[test]
    fn resources_have_a_kind_and_an_id_within_their_limits() {
        let kind = "k".repeat(KIND_CHARS_MAX);
        let id = "i".repeat(FOREIGN_ID_BYTES_MAX);
        let key = "é".repeat(200);
        for good in [
            "invoices/123",
            "VMWARE::HostSystem/a/b c",
            &format!("{kind}/x"),
            &format!("k/{id}"),
            "tenants/t/roles/r",
            &format!("privileges/{key}"),
        ] {
            assert!(resource(good).is_ok(), "{good}");
        }
        assert_eq!(resource("k/a/b"), Ok(Target::Resource { kind: "k", id: "a/b" }));
        for bad in [
            "",
            "k",
            "k/",
            "/i",
            "a b/i",
            "é/i",
            "k/a\nb",
            &format!("{kind}k/x"),
            &format!("k/{id}i"),
            &format!("privileges/{key}x"),
        ] {
            assert!(resource(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_tenant_of_another_application_is_none_of_this_one() {
        let application = IdRef::parse("a").unwrap();
        assert_eq!(tenant("t", Some(application)), Ok(Target::Tenant("t")));
        assert_eq!(tenant("applications/a/tenants/t", Some(application)), Ok(Target::Tenant("t")));
        assert_eq!(tenant("applications/b/tenants/t", Some(application)), Ok(Target::Tenant("")));
        for bad in ["", "me", "applications/a", "tenants/t", "applications/a/tenants/"] {
            assert!(tenant(bad, Some(application)).is_err(), "{bad}");
        }
    }
}
