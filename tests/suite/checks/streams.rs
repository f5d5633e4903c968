//! Streams of questions: each is answered as if it were asked alone.

mod ends;
mod flow;
mod unread;
mod waiting;

use bailiwick::proto::v1::permission_service_client::PermissionServiceClient;
use bailiwick::proto::v1::stream_check_permissions_response::Outcome;
use bailiwick::proto::v1::{CheckPermissionRequest, StreamCheckPermissionsRequest, StreamCheckPermissionsResponse};
use prost::Message;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Request, Status, Streaming};

use super::{CHECK, open, question};
use crate::callers::actor::{Actor, Refusal, described, json as shown, message};
use crate::callers::shop::{self, ACME, CLERK, SHOPKEEPER};
use crate::callers::stage::{ROOT, actor, revision, root, server_for, token_of};
use crate::harness::{Server, block_on};

const STREAM: &str = "/bailiwick.v1.PermissionService/StreamCheckPermissions";

/// Both sides of a stream.
struct Asking {
    questions: mpsc::Sender<StreamCheckPermissionsRequest>,
    answers: Streaming<StreamCheckPermissionsResponse>,
}

impl Asking {
    /// Begins a stream of [`ROOT`].
    async fn begin(by: &Actor) -> Self {
        Self::begin_as(by, ROOT).await
    }

    async fn begin_as(by: &Actor, subject: &str) -> Self {
        let mut client = PermissionServiceClient::new(by.channel.clone());
        let (questions, sent) = mpsc::channel(1_024);
        let mut request = Request::new(ReceiverStream::new(sent));
        request.metadata_mut().insert("authorization", format!("Bearer {}", token_of(subject)).parse().unwrap());
        let answers = client.stream_check_permissions(request).await.unwrap().into_inner();
        Self { questions, answers }
    }

    async fn send(&self, correlation_id: u64, question: Value) {
        self.questions.send(asked(correlation_id, question)).await.unwrap();
    }

    async fn next(&mut self) -> Result<Option<(u64, Outcome)>, Status> {
        let answer = self.answers.message().await?;
        Ok(answer.map(|answer| (answer.correlation_id, answer.outcome.unwrap())))
    }

    /// The next answer, in a word.
    async fn said(&mut self) -> (u64, String) {
        let (id, outcome) = self.next().await.unwrap().unwrap();
        (id, word(&outcome))
    }

    /// The end of a stream that the server ends.
    async fn ended(mut self) -> Refusal {
        Refusal::of(&self.next().await.unwrap_err())
    }
}

/// One message of a stream.
fn asked(correlation_id: u64, question: Value) -> StreamCheckPermissionsRequest {
    let bytes = message(&described(CHECK).input(), question).encode_to_vec();
    StreamCheckPermissionsRequest { correlation_id, check: Some(CheckPermissionRequest::decode(&bytes[..]).unwrap()) }
}

/// The reason of an answer, or of a refusal.
fn word(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Result(answer) => answer.reason().as_str_name().trim_start_matches("DECISION_REASON_").to_owned(),
        Outcome::Error(status) => format!("{:?}", Code::from_i32(status.code)),
    }
}

/// A message as JSON, read by the contract.
fn as_json(kind: &str, message: &impl Message) -> Value {
    let kind = crate::callers::actor::CONTRACT.get_message_by_name(kind).unwrap();
    shown(&prost_reflect::DynamicMessage::decode(kind, &message.encode_to_vec()[..]).unwrap())
}

/// A refusal is, but for its bytes, what a single check is refused with.
fn unlike_the_call(refusal: &Refusal) -> Refusal {
    Refusal { bytes: Vec::new(), ..refusal.clone() }
}

#[test]
fn every_question_is_answered_as_if_it_were_asked_alone() {
    shop::on_every_store(async |server, _| {
        for subject in [ROOT, SHOPKEEPER, ACME, CLERK] {
            let by = actor(server, subject).await;
            let mut asking = Asking::begin_as(&by, subject).await;
            let questions = questions();
            for (id, question) in (100..).zip(&questions) {
                asking.send(id, question.clone()).await;
            }
            for (id, question) in (100..).zip(&questions) {
                let (correlation_id, outcome) = asking.next().await.unwrap().unwrap();
                assert_eq!(correlation_id, id);
                match (outcome, by.call(CHECK, question.clone()).await) {
                    (Outcome::Result(answer), Ok(alone)) => {
                        assert_eq!(as_json("bailiwick.v1.CheckPermissionResponse", &answer), alone, "{question}");
                    }
                    (Outcome::Error(status), Err(alone)) => {
                        let status = as_json("google.rpc.Status", &status);
                        assert_eq!(Refusal::of_item(&status), unlike_the_call(&alone), "{question}");
                    }
                    (outcome, alone) => panic!("{question}: {outcome:?} and not {alone:?}"),
                }
            }
        }
    });
}

/// Questions of every kind, and some that are none.
fn questions() -> Vec<Value> {
    let mut questions = vec![json!({}), json!({"application": "shop", "subject": "groups/weak", "resource": "x"})];
    for subject in ["users/me", "users/shared", "users/acme-clerk", "users/banker", "users/absent", "clients/nobody"] {
        for privilege in ["order:read", "bailiwick:role:create", "none"] {
            for target in [json!({}), json!({"tenant": "acme"}), json!({"resource": "orders/7"})] {
                let mut question = target;
                question["application"] = "applications/shop".into();
                question["subject"] = subject.into();
                question["privilege"] = privilege.into();
                questions.push(question.clone());
                question["facts"] = json!({"no_tenant": true});
                questions.push(question);
            }
        }
    }
    questions
}

#[test]
fn a_correlation_id_is_any_number_and_nothing_else_is_done_with_it() {
    let server = server_for(&[]);
    block_on(async {
        let root = root(&server).await;
        open(&root).await;
        let mut asking = Asking::begin(&root).await;
        let ids = [0, u64::MAX, 7, 7, 1 << 53, 0];
        for id in ids {
            asking.send(id, question("k:yes")).await;
        }
        for id in ids {
            assert_eq!(asking.said().await, (id, "ROLE_ASSIGNMENT".to_owned()));
        }
        asking.questions.send(StreamCheckPermissionsRequest::default()).await.unwrap();
        assert_eq!(asking.said().await, (0, "InvalidArgument".to_owned()), "without a question");
    });
}

#[test]
fn each_question_is_decided_on_the_newest_state() {
    let server = server_for(&[]);
    block_on(async {
        let root = root(&server).await;
        open(&root).await;
        let mut asking = Asking::begin(&root).await;
        let change =
            json!({"application": "applications/a", "subject": "users/v", "roles": ["applications/a/roles/r"]});
        let ask = json!({"application": "applications/a", "subject": "users/v", "privilege": "k:yes"});
        for round in 0..20 {
            for (method, word) in [("AssignRoles", "ROLE_ASSIGNMENT"), ("UnassignRoles", "NOT_GRANTED")] {
                root.done(&format!("AssignmentService/{method}"), change.clone()).await;
                asking.send(round, ask.clone()).await;
                assert_eq!(asking.said().await, (round, word.to_owned()));
            }
        }
    });
}

/// Each question has a consistency of its own: neighbours are answered from different revisions.
#[test]
fn each_question_is_as_fresh_as_it_asks() {
    let server = server_for(&[]);
    block_on(async {
        let root = root(&server).await;
        open(&root).await;
        let before = root.done("ServerService/GetServerInfo", json!({})).await;
        let change =
            json!({"application": "applications/a", "subject": "users/v", "roles": ["applications/a/roles/r"]});
        let after = root.done("AssignmentService/AssignRoles", change).await;
        let mut asking = Asking::begin(&root).await;
        let (past, now) = (&before["consistency_token"], &after["consistency_token"]);
        let expected = [
            (json!({"at_exact_revision": past}), "NOT_GRANTED", revision(&before)),
            (json!({"at_least_as_fresh": past}), "ROLE_ASSIGNMENT", revision(&after)),
            (json!({"at_exact_revision": now}), "ROLE_ASSIGNMENT", revision(&after)),
            (json!({"fully_consistent": true}), "ROLE_ASSIGNMENT", revision(&after)),
            (json!({"max_staleness": "0s"}), "ROLE_ASSIGNMENT", revision(&after)),
            (json!({}), "ROLE_ASSIGNMENT", revision(&after)),
        ];
        for (id, (consistency, ..)) in (0..).zip(&expected) {
            let ask = json!({"application": "applications/a", "subject": "users/v", "privilege": "k:yes",
                             "consistency": consistency});
            asking.send(id, ask).await;
        }
        for _ in &expected {
            let (id, outcome) = asking.next().await.unwrap().unwrap();
            let (consistency, said, at) = &expected[usize::try_from(id).unwrap()];
            let Outcome::Result(answer) = &outcome else { panic!("{consistency}: {outcome:?}") };
            assert_eq!(word(&outcome), *said, "{consistency}");
            assert_eq!(revision(&json!({"consistency_token": answer.consistency_token})), *at, "{consistency}");
        }
        let forged = json!({"application": "applications/a", "subject": "users/v", "privilege": "k:yes",
                            "consistency": {"at_least_as_fresh": "AAAA"}});
        asking.send(7, forged).await;
        assert_eq!(asking.said().await, (7, "InvalidArgument".to_owned()));
        asking.send(8, question("k:yes")).await;
        assert_eq!(asking.said().await, (8, "ROLE_ASSIGNMENT".to_owned()), "no refusal ends the stream");
    });
}

/// Whoever loses the right to ask is told so of the next question, on the stream that he has.
#[test]
fn the_caller_s_right_is_that_of_the_moment() {
    shop::on_every_store(async |server, root| {
        let keeper = actor(server, SHOPKEEPER).await;
        let mut asking = Asking::begin_as(&keeper, SHOPKEEPER).await;
        let ask = json!({"application": "applications/shop", "subject": "users/shared", "privilege": "order:read"});
        let right = json!({"application": "applications/shop", "subject": SHOPKEEPER,
                           "roles": ["applications/shop/roles/shopkeeper"]});
        for id in 0..5 {
            asking.send(id, ask.clone()).await;
            assert_ne!(asking.said().await.1, "PermissionDenied");
            root.done("AssignmentService/UnassignRoles", right.clone()).await;
            asking.send(id, ask.clone()).await;
            assert_eq!(asking.said().await, (id, "PermissionDenied".to_owned()));
            root.done("AssignmentService/AssignRoles", right.clone()).await;
        }
    });
}

/// Calls that are being answered, as the server counts them.
fn in_flight(server: &Server) -> usize {
    let (_, text) = crate::wire::probes::get(server.metrics_address(), "/metrics");
    let samples = crate::wire::probes::samples(&text);
    let count = samples.iter().find(|(name, _)| name.starts_with("bailiwick_grpc_calls_in_flight")).unwrap().1;
    format!("{count:.0}").parse().unwrap()
}

/// Decisions that were made, as the server counts them.
fn decided(server: &Server) -> usize {
    let (_, text) = crate::wire::probes::get(server.metrics_address(), "/metrics");
    let samples = crate::wire::probes::samples(&text);
    let counts = samples.iter().filter(|(name, _)| name.starts_with("bailiwick_decisions_total"));
    counts.map(|(_, count)| format!("{count:.0}").parse::<usize>().unwrap()).sum()
}

/// Calls on another connection; when they are answered, every thread of the server has had its turns.
async fn some_calls(by: &Actor) {
    for _ in 0..200 {
        by.done("ServerService/GetServerInfo", json!({})).await;
    }
}
