//! A caller that speaks HTTP/2 itself: it sends what a gRPC client would refuse to send or keep to itself.

use std::net::SocketAddr;

use bytes::Bytes;
use h2::SendStream;
use h2::client::{ResponseFuture, SendRequest};
use http::{HeaderMap, Request};
use tokio::net::TcpStream;
use tonic::{Code, Status};

use crate::callers::stage::{ROOT, token_of};

/// A connection.
pub(crate) struct Connection {
    pub(crate) sender: SendRequest<Bytes>,
}

/// What a call ended with.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The status of gRPC, if there is one.
    pub(crate) status: Option<Status>,
}

impl Answer {
    pub(crate) fn code(&self) -> Option<Code> {
        self.status.as_ref().map(Status::code)
    }
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        let (sender, connection) = h2::client::handshake(stream).await.unwrap();
        tokio::spawn(connection);
        Self { sender }
    }

    /// Sends a call of [`ROOT`] with its whole body, and does not wait for the answer.
    pub(crate) fn send(&mut self, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> ResponseFuture {
        let (answer, mut stream) = self.begin(path, headers);
        stream.send_data(body.into(), true).unwrap();
        answer
    }

    /// Begins a call of [`ROOT`], whose body is still to be sent.
    pub(crate) fn begin(&mut self, path: &str, headers: &[(&str, &str)]) -> (ResponseFuture, SendStream<Bytes>) {
        let mut request = Request::post(format!("http://localhost{path}"))
            .header("te", "trailers")
            .header("authorization", format!("Bearer {}", token_of(ROOT)));
        if headers.iter().all(|(name, _)| *name != "content-type") {
            request = request.header("content-type", "application/grpc");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.sender.send_request(request.body(()).unwrap(), false).unwrap()
    }

    /// Sends a call, and waits for its end.
    pub(crate) async fn call(&mut self, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
        self.sender = self.sender.clone().ready().await.unwrap();
        ended(self.send(path, headers, body)).await.unwrap()
    }
}

/// The end of a call.
pub(crate) async fn ended(answer: ResponseFuture) -> Result<Answer, h2::Error> {
    let (head, mut body) = answer.await?.into_parts();
    let found = |headers: &HeaderMap| Status::from_header_map(headers);
    let mut status = found(&head.headers);
    while let Some(data) = body.data().await {
        let length = data?.len();
        body.flow_control().release_capacity(length)?;
    }
    if let Some(trailers) = body.trailers().await? {
        status = status.or_else(|| found(&trailers));
    }
    Ok(Answer { status })
}

/// A message in its frame.
pub(crate) fn framed(message: &[u8]) -> Vec<u8> {
    frame(0, u32::try_from(message.len()).unwrap(), message)
}

/// A frame as it says it is.
pub(crate) fn frame(flag: u8, length: u32, bytes: &[u8]) -> Vec<u8> {
    [&[flag][..], &length.to_be_bytes(), bytes].concat()
}
