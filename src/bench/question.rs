//! A workload's questions, as the engine and as the API take them.

use crate::domain::decision::Decision;
use crate::engine::{Check, Snapshot, Target};
use crate::proto::v1::batch_check_permissions_request::{self, Check as BatchCheck};
use crate::proto::v1::{BatchCheckPermissionsRequest, CheckPermissionRequest, check_permission_request};
use crate::workload::{NOW, Question};

/// The engine's answer.
pub fn ask(state: &Snapshot, question: &Question) -> Decision {
    state.check(&check(question), NOW)
}

/// As the engine is asked.
pub fn check(question: &Question) -> Check<'_> {
    let Question { application, subject, privilege, resource, .. } = question;
    let target = Target::Resource { kind: resource.kind.as_str(), id: resource.id.as_str() };
    Check { application: application.as_str(), subject: subject.into(), privilege: privilege.as_str(), target }
}

/// As a call of its own.
pub fn unary(question: &Question) -> CheckPermissionRequest {
    CheckPermissionRequest {
        application: format!("applications/{}", question.application),
        subject: question.subject.to_string(),
        privilege: question.privilege.to_string(),
        target: Some(check_permission_request::Target::Resource(question.resource.to_string())),
        ..CheckPermissionRequest::default()
    }
}

/// Several as one call.
pub fn batch<'a>(questions: impl Iterator<Item = &'a Question>) -> BatchCheckPermissionsRequest {
    let check = |question: &Question| BatchCheck {
        application: format!("applications/{}", question.application),
        subject: question.subject.to_string(),
        privilege: question.privilege.to_string(),
        target: Some(batch_check_permissions_request::check::Target::Resource(question.resource.to_string())),
        ..BatchCheck::default()
    };
    BatchCheckPermissionsRequest { checks: questions.map(check).collect(), ..BatchCheckPermissionsRequest::default() }
}
