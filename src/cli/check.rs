//! `bailiwick check`: asks a server one question.
//!
//! Guarantees: the exit code is 0 only for an answer that says ALLOWED; whatever else was answered
//! is 1, and no answer is 2.

use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::Outcome;
use super::connection::{self, CALL_DEADLINE, Connection};
use super::failure::printable;
use crate::proto::v1::check_permission_request::Target;
use crate::proto::v1::consistency::Requirement;
use crate::proto::v1::permission_service_client::PermissionServiceClient;
use crate::proto::v1::{CheckPermissionRequest, CheckPermissionResponse, Consistency, Decision};

/// The exit code of a denial.
const EXIT_DENIED: u8 = 1;

const EXAMPLES: &str = "Examples:
  bailiwick check --application billing --subject users/alice --privilege invoice:read
  bailiwick check --application billing --subject users/alice --privilege invoice:read \\
      --resource invoices/123 --json
  bailiwick check --endpoint unix:/run/bailiwick/data.sock \\
      --application billing --subject users/alice --privilege invoice:read

The exit code is 0 for allowed, 1 for denied and 2 for an error.";

/// Ask whether a subject may exercise a privilege
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Options {
    /// The application whose roles and privileges are meant, by its id or as applications/ID
    #[arg(long, value_name = "APPLICATION")]
    application: String,

    /// Who would act: users/ID, clients/ID, applications/ID, or users/me for the caller
    #[arg(long, value_name = "SUBJECT")]
    subject: String,

    /// The key of the privilege
    #[arg(long, value_name = "KEY")]
    privilege: String,

    /// On which resource, as KIND/ID
    #[arg(long, value_name = "RESOURCE", conflicts_with = "tenant")]
    resource: Option<String>,

    /// On which tenant of the application, by its id
    #[arg(long, value_name = "TENANT")]
    tenant: Option<String>,

    /// See at least what the write or answer saw that returned this consistency token
    #[arg(long, value_name = "TOKEN", conflicts_with = "fully_consistent")]
    at_least_as_fresh: Option<String>,

    /// See everything that was committed before the question
    #[arg(long)]
    fully_consistent: bool,

    /// Print the whole answer as JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    connection: Connection,
}

pub(super) async fn run(options: &Options) -> Outcome {
    let mut client = PermissionServiceClient::new(options.connection.open().await?);
    let response = client.check_permission(connection::call(options.question(), CALL_DEADLINE)).await?;
    let answer = response.into_inner();
    if options.json {
        println!("{}", as_json(&answer));
    } else {
        println!("{}", as_line(&answer));
    }
    let allowed = answer.decision() == Decision::Allowed;
    Ok(if allowed { ExitCode::SUCCESS } else { ExitCode::from(EXIT_DENIED) })
}

impl Options {
    fn question(&self) -> CheckPermissionRequest {
        let resource = self.resource.clone().map(Target::Resource);
        CheckPermissionRequest {
            application: whole_name(&self.application),
            subject: self.subject.clone(),
            privilege: self.privilege.clone(),
            target: resource.or_else(|| self.tenant.clone().map(Target::Tenant)),
            consistency: self.consistency(),
            facts: None,
        }
    }

    fn consistency(&self) -> Option<Consistency> {
        let token = self.at_least_as_fresh.clone().map(Requirement::AtLeastAsFresh);
        let requirement = token.or_else(|| self.fully_consistent.then_some(Requirement::FullyConsistent(true)));
        requirement.map(|requirement| Consistency { requirement: Some(requirement), max_staleness: None })
    }
}

/// An id is short for the name that it stands for.
fn whole_name(application: &str) -> String {
    if application.contains('/') { application.to_owned() } else { format!("applications/{application}") }
}

/// The decision and its reason, without the prefixes that make them unique in the contract.
fn as_line(answer: &CheckPermissionResponse) -> String {
    let decision = answer.decision().as_str_name();
    let reason = answer.reason().as_str_name();
    let custom: Vec<String> =
        answer.custom_boundaries.iter().map(|value| format!(" unless {}", printable(value))).collect();
    let reason = reason.trim_start_matches("DECISION_REASON_");
    format!("{} {reason}{}", decision.trim_start_matches("DECISION_"), custom.concat())
}

/// The answer as the JSON mapping of protobuf writes it.
fn as_json(answer: &CheckPermissionResponse) -> String {
    let mut fields = json!({
        "decision": answer.decision().as_str_name(),
        "reason": answer.reason().as_str_name(),
        "consistencyToken": printable(&answer.consistency_token),
        "cacheTtl": answer.cache_ttl.unwrap_or_default().to_string(),
    });
    if let (Some(fields), Some(time)) = (fields.as_object_mut(), &answer.valid_until) {
        fields.insert("validUntil".to_owned(), time.to_string().into());
    }
    if let (Some(fields), false) = (fields.as_object_mut(), answer.custom_boundaries.is_empty()) {
        fields.insert("customBoundaries".to_owned(), answer.custom_boundaries.clone().into());
    }
    fields.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::v1::DecisionReason;

    fn answer(decision: i32, reason: DecisionReason) -> CheckPermissionResponse {
        let valid_until = prost_types::Timestamp { seconds: 0, nanos: 0 };
        CheckPermissionResponse {
            decision,
            reason: reason.into(),
            valid_until: Some(valid_until),
            ..Default::default()
        }
    }

    #[test]
    fn an_answer_is_one_line() {
        let allowed = answer(Decision::Allowed.into(), DecisionReason::RoleAssignment);
        assert_eq!(as_line(&allowed), "ALLOWED ROLE_ASSIGNMENT");
        assert_eq!(
            as_json(&allowed),
            r#"{"cacheTtl":"0s","consistencyToken":"","decision":"DECISION_ALLOWED","reason":"DECISION_REASON_ROLE_ASSIGNMENT","validUntil":"1970-01-01T00:00:00Z"}"#
        );
    }

    #[test]
    fn a_decision_that_we_do_not_know_is_no_permission() {
        assert_ne!(answer(7, DecisionReason::RoleAssignment).decision(), Decision::Allowed);
    }

    #[test]
    fn an_application_may_be_named_by_its_id() {
        assert_eq!(whole_name("billing"), "applications/billing");
        assert_eq!(whole_name("applications/billing"), "applications/billing");
    }
}
