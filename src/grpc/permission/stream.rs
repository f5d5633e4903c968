//! Questions without end, each answered as if it were asked alone.
//!
//! Guarantees: a question is read when its answer can be sent, and not before, so that nothing heaps up behind a caller
//! who does not read; what must wait for other state waits aside, and lets others pass. One question's refusal ends
//! nothing. However much there is to answer, other calls of the thread get their turn.
//!
//! The deadline is the layer's, which ends the stream from outside.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, Stream, StreamExt};
use tonic::{Status, Streaming};

use super::Permissions;
use crate::app::caller::Caller;
use crate::app::consistency::Consistency;
use crate::app::error::Error;
use crate::app::state::View;
use crate::domain::limit::STREAM_WAITING_MAX;
use crate::grpc::{control, status};
use crate::proto::v1;
use crate::proto::v1::stream_check_permissions_response::Outcome;
use crate::proto::v1::{CheckPermissionRequest, StreamCheckPermissionsRequest, StreamCheckPermissionsResponse};

/// Questions that are answered at a stretch; then other calls of the thread get their turn.
const STRETCH: usize = 256;
/// What is made of answers hands on what it holds when there is nothing more, and asks again at once; only when there is
/// nothing more again does it let others have their turn.
const PAUSES: usize = 2;
/// Questions that are still read when the server stops, at most: more than can have been received by then.
const LAST_MAX: usize = 100_000;

/// The answers.
pub(in crate::grpc) struct Answers {
    permissions: Permissions,
    caller: Caller,
    /// `None` once no more are read.
    questions: Option<Streaming<StreamCheckPermissionsRequest>>,
    /// Questions that wait for other state than is at hand.
    waiting: FuturesUnordered<BoxFuture<'static, Waited>>,
    /// Ready when the server stops.
    stopped: BoxFuture<'static, ()>,
    /// How many questions are still read, once the server stops.
    last: Option<usize>,
    /// How many questions are answered before the next pause.
    stretch: usize,
    /// How often it is still said that there is nothing to answer, though there may be.
    pauses: usize,
    /// What the stream ends with, if not with OK.
    end: Option<Status>,
}

/// A question that has waited, and what for.
struct Waited {
    correlation_id: u64,
    check: CheckPermissionRequest,
    view: Result<Result<View, Error>, Status>,
}

impl Answers {
    /// The answers to the questions of a caller.
    pub(super) fn new(
        permissions: Permissions,
        caller: Caller,
        questions: Streaming<StreamCheckPermissionsRequest>,
    ) -> Self {
        let mut stop = permissions.stop.clone();
        let stopped = async move {
            let _sender_gone = stop.wait_for(|stop| *stop).await;
        };
        Self {
            permissions,
            caller,
            questions: Some(questions),
            waiting: FuturesUnordered::new(),
            stopped: stopped.boxed(),
            last: None,
            stretch: STRETCH,
            pauses: 0,
            end: None,
        }
    }

    /// The answer to a question, unless it has to wait.
    fn answer(&self, question: StreamCheckPermissionsRequest) -> Option<StreamCheckPermissionsResponse> {
        let StreamCheckPermissionsRequest { correlation_id, check } = question;
        let check = check.unwrap_or_default();
        let outcome = match self.permissions.question(&check, &self.caller) {
            Ok((question, wish)) => {
                let Some(view) = self.permissions.app.freshness.at_hand(&wish) else {
                    self.wait(correlation_id, check, wish);
                    return None;
                };
                view.and_then(|view| self.permissions.decided(&view, &self.caller, &question))
            }
            Err(error) => Err(error),
        };
        Some(answered(correlation_id, outcome))
    }

    fn wait(&self, correlation_id: u64, check: CheckPermissionRequest, wish: Consistency) {
        let Permissions { app, control, .. } = &self.permissions;
        let freshness = app.freshness.clone();
        let view = control::run(control, async move { freshness.view(&wish, true).await });
        self.waiting.push(view.map(move |view| Waited { correlation_id, check, view }).boxed());
    }

    /// The answer to a question that has waited.
    fn answer_late(&self, waited: Waited) -> StreamCheckPermissionsResponse {
        let Waited { correlation_id, check, view } = waited;
        let view = match view {
            Ok(view) => view,
            Err(status) => {
                let outcome = Some(Outcome::Error(status::of_call(&status)));
                return StreamCheckPermissionsResponse { correlation_id, outcome };
            }
        };
        let outcome = view.and_then(|view| {
            let (question, _wish) = self.permissions.question(&check, &self.caller)?;
            self.permissions.decided(&view, &self.caller, &question)
        });
        answered(correlation_id, outcome)
    }

    /// The next question; `None` when there is none any more.
    fn poll_question(&mut self, cx: &mut Context<'_>) -> Poll<Option<StreamCheckPermissionsRequest>> {
        let Some(questions) = &mut self.questions else { return Poll::Ready(None) };
        if self.last == Some(0) {
            return self.read_no_more(Some(status::stopping()));
        }
        match questions.poll_next_unpin(cx) {
            Poll::Ready(Some(Ok(question))) => {
                self.last = self.last.map(|left| left.saturating_sub(1));
                Poll::Ready(Some(question))
            }
            Poll::Ready(Some(Err(status))) => self.read_no_more(Some(status::with_reason(&status))),
            Poll::Ready(None) => self.read_no_more(None),
            Poll::Pending if self.stops(cx) => self.read_no_more(Some(status::stopping())),
            Poll::Pending => Poll::Pending,
        }
    }

    fn read_no_more<T>(&mut self, end: Option<Status>) -> Poll<Option<T>> {
        self.questions = None;
        self.end = end;
        Poll::Ready(None)
    }

    /// Whether the server stops.
    fn stops(&mut self, cx: &mut Context<'_>) -> bool {
        if self.last.is_none() && self.stopped.as_mut().poll(cx).is_ready() {
            self.last = Some(LAST_MAX);
        }
        self.last.is_some()
    }

    /// Whether it is time to let other calls have their turn.
    fn pauses(&mut self, cx: &mut Context<'_>) -> bool {
        if self.stretch == 0 {
            (self.stretch, self.pauses) = (STRETCH, PAUSES);
            let _later = self.stops(cx);
        }
        if self.pauses == 0 {
            return false;
        }
        self.pauses -= 1;
        cx.waker().wake_by_ref();
        true
    }
}

/// The answer to a question.
fn answered(
    correlation_id: u64,
    outcome: Result<v1::CheckPermissionResponse, Error>,
) -> StreamCheckPermissionsResponse {
    let outcome = match outcome {
        Ok(response) => Outcome::Result(response),
        Err(error) => Outcome::Error(status::rpc_status(&error)),
    };
    StreamCheckPermissionsResponse { correlation_id, outcome: Some(outcome) }
}

impl Stream for Answers {
    type Item = Result<StreamCheckPermissionsResponse, Status>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.pauses(cx) {
            return Poll::Pending;
        }
        loop {
            if !self.waiting.is_empty()
                && let Poll::Ready(Some(waited)) = self.waiting.poll_next_unpin(cx)
            {
                return Poll::Ready(Some(Ok(self.answer_late(waited))));
            }
            if self.waiting.len() >= STREAM_WAITING_MAX {
                return Poll::Pending;
            }
            match self.poll_question(cx) {
                Poll::Ready(Some(question)) => {
                    self.stretch = self.stretch.saturating_sub(1);
                    if let Some(answer) = self.answer(question) {
                        return Poll::Ready(Some(Ok(answer)));
                    }
                }
                Poll::Ready(None) if self.waiting.is_empty() => return Poll::Ready(self.end.take().map(Err)),
                Poll::Ready(None) | Poll::Pending => return Poll::Pending,
            }
        }
    }
}
