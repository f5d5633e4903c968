//! The body of a stream's answer: it ends by the deadline, and the call is counted when it ends.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body as HttpBody, Frame};
use tokio::time::Sleep;
use tonic::body::Body;
use tonic::{Code, Status};
use tracing::Span;

use super::deadline::Deadline;
use super::{Place, Record};
use crate::grpc::status;

/// A body that takes its call's record and place along.
pub(super) struct Watched {
    body: Body,
    timer: Pin<Box<Sleep>>,
    /// `None` once the call has ended.
    call: Option<(Record, Place)>,
}

impl Watched {
    pub(super) fn new(body: Body, deadline: Deadline, record: Record, place: Place) -> Self {
        Self { body, timer: Box::pin(deadline.timer()), call: Some((record, place)) }
    }

    fn end(&mut self, code: Code) {
        if let Some((record, _place)) = self.call.take() {
            record.end(code);
        }
    }

    /// Ends the stream with the status that says so, and lets go of what makes it.
    fn time_is_up(&mut self) -> Frame<Bytes> {
        self.body = Body::empty();
        self.end(Code::DeadlineExceeded);
        let mut trailers = HeaderMap::new();
        if let Err(status) = status::deadline_exceeded().add_header(&mut trailers) {
            tracing::error!(%status, "a status could not be written");
        }
        Frame::trailers(trailers)
    }

    fn note(&mut self, frame: Option<&Result<Frame<Bytes>, Status>>) {
        match frame {
            None => self.end(Code::Ok),
            Some(Err(status)) => self.end(status.code()),
            Some(Ok(frame)) => {
                if let Some(trailers) = frame.trailers_ref() {
                    let code = trailers.get(Status::GRPC_STATUS);
                    self.end(code.map_or(Code::Ok, |code| Code::from_bytes(code.as_bytes())));
                }
            }
        }
    }
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if self.call.is_none() {
            return Poll::Ready(None);
        }
        if self.timer.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Some(Ok(self.time_is_up())));
        }
        let span = self.call.as_ref().map_or_else(Span::none, |(record, _)| record.span.clone());
        let frame = ready!(span.in_scope(|| Pin::new(&mut self.body).poll_frame(cx)));
        self.note(frame.as_ref());
        Poll::Ready(frame)
    }
}
