//! Somebody who calls the API: requests and answers as JSON, by the names of the contract.
//!
//! The contract's own descriptors translate, so a field that the contract does not have fails the test. Every refusal
//! that comes back is held to the law of statuses: see [`Refusal`].

use std::collections::BTreeSet;
use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;
use std::sync::LazyLock;

use bailiwick::proto::FILE_DESCRIPTOR_SET;
use bytes::{Buf, BufMut};
use http::uri::PathAndQuery;
use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor, MethodDescriptor, SerializeOptions};
use serde_json::Value;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::metadata::MetadataMap;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Status};

/// Answers may be as long as the longest that the server gives.
const ANSWER_BYTES_MAX: usize = 64 << 20;

/// What a server that is not broken never answers to a request.
pub(crate) const BROKEN: &[Code] =
    &[Code::Internal, Code::Unknown, Code::Unavailable, Code::DataLoss, Code::Unimplemented];

/// Reasons of `RESOURCE_EXHAUSTED` that come again however long one waits.
const TOO_LARGE: [&str; 2] = ["RESOURCE_WALK_TOO_LONG", "TOO_MANY_ASSIGNMENTS"];

/// The contract.
pub(crate) static CONTRACT: LazyLock<DescriptorPool> =
    LazyLock::new(|| DescriptorPool::decode(FILE_DESCRIPTOR_SET).unwrap());

/// What a call ends with.
pub(crate) type Outcome = Result<Value, Refusal>;

/// Somebody who calls the API.
#[derive(Clone)]
pub(crate) struct Actor {
    pub(crate) channel: Channel,
    token: Option<String>,
}

impl Actor {
    /// Connects; without a token nobody is known.
    pub(crate) async fn connect(address: SocketAddr, token: Option<String>) -> Self {
        Self::connect_to(format!("http://{address}"), token).await
    }

    /// The same at an address or a socket, as tonic writes them.
    pub(crate) async fn connect_to(endpoint: String, token: Option<String>) -> Self {
        let endpoint = Endpoint::from_shared(endpoint).unwrap().tcp_nodelay(true);
        Self { channel: endpoint.connect().await.unwrap(), token }
    }

    /// The same connection with other credentials.
    pub(crate) fn with_token(&self, token: Option<String>) -> Self {
        Self { channel: self.channel.clone(), token }
    }

    /// One request, one answer; `method` as in `RoleService/CreateRole`.
    pub(crate) async fn call(&self, method: &str, request: Value) -> Outcome {
        let mut answers = self.send(method, vec![request]).await?;
        assert_eq!(answers.len(), 1, "{method} answers once");
        Ok(answers.remove(0))
    }

    /// The answer of a call that must succeed.
    pub(crate) async fn done(&self, method: &str, request: Value) -> Value {
        self.call(method, request.clone()).await.unwrap_or_else(|refusal| panic!("{method} {request}: {refusal:?}"))
    }

    /// The refusal of a call that must fail.
    pub(crate) async fn refused(&self, method: &str, request: Value) -> Refusal {
        match self.call(method, request.clone()).await {
            Err(refusal) => refusal,
            Ok(answer) => panic!("{method} {request} is answered with {answer}"),
        }
    }

    /// Any number of requests, and all answers.
    pub(crate) async fn send(&self, method: &str, requests: Vec<Value>) -> Result<Vec<Value>, Refusal> {
        let described = described(method);
        let encode = |request| message(&described.input(), request).encode_to_vec();
        let path = path(&described);
        let answers = self.raw(&path, requests.into_iter().map(encode).collect(), MetadataMap::new()).await;
        let decode = |bytes: Vec<u8>| json(&DynamicMessage::decode(described.output(), &bytes[..]).unwrap());
        answers.map(|answers| answers.into_iter().map(decode).collect()).map_err(|status| Refusal::of(&status))
    }

    /// The same; where the one question of a stream is refused, its refusal, as if the call were.
    pub(crate) async fn ask(&self, method: &str, requests: Vec<Value>) -> Result<Vec<Value>, Refusal> {
        let answers = self.send(method, requests).await?;
        match &answers[..] {
            [answer] if answer["error"].is_object() => Err(Refusal::of_item(&answer["error"])),
            _ => Ok(answers),
        }
    }

    /// Messages as bytes, with further metadata; nothing is asked of the status.
    pub(crate) async fn raw(
        &self,
        path: &str,
        messages: Vec<Vec<u8>>,
        metadata: MetadataMap,
    ) -> Result<Vec<Vec<u8>>, Status> {
        let mut client = tonic::client::Grpc::new(self.channel.clone()).max_decoding_message_size(ANSWER_BYTES_MAX);
        client.ready().await.map_err(|error| Status::unavailable(error.to_string()))?;
        let mut request = Request::new(tokio_stream::iter(messages));
        *request.metadata_mut() = metadata;
        if let Some(token) = &self.token {
            request.metadata_mut().append("authorization", format!("Bearer {token}").parse().unwrap());
        }
        let path = PathAndQuery::from_str(path).unwrap();
        let mut stream = client.streaming(request, path, AsBytes).await?.into_inner();
        let mut answers = Vec::new();
        while let Some(answer) = stream.message().await? {
            answers.push(answer);
        }
        Ok(answers)
    }
}

/// The method of the contract.
pub(crate) fn described(method: &str) -> MethodDescriptor {
    let (service, name) = method.split_once('/').unwrap();
    let service = CONTRACT.get_service_by_name(&format!("bailiwick.v1.{service}"));
    let found = service.and_then(|service| service.methods().find(|found| found.name() == name));
    found.unwrap_or_else(|| panic!("the contract has no {method}"))
}

/// Where a method is called.
pub(crate) fn path(method: &MethodDescriptor) -> String {
    format!("/{}/{}", method.parent_service().full_name(), method.name())
}

/// JSON as a message of the contract.
pub(crate) fn message(kind: &MessageDescriptor, value: Value) -> DynamicMessage {
    let shown = value.to_string();
    DynamicMessage::deserialize(kind.clone(), value).unwrap_or_else(|error| panic!("{shown}: {error}"))
}

/// A message as JSON, with the names of the contract; fields that are not set are left out.
pub(crate) fn json(message: &DynamicMessage) -> Value {
    let options =
        SerializeOptions::new().use_proto_field_name(true).stringify_64_bit_integers(false).skip_default_fields(true);
    message.serialize_with_options(serde_json::value::Serializer, &options).unwrap()
}

/// A refusal. It exists only if it keeps the law: the details say the same as the status, exactly one of them is an
/// `ErrorInfo`, its reason is in upper snake case, and the kind of refusal has the detail that belongs to it.
#[derive(Clone, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) code: Code,
    /// The reason of the one `ErrorInfo`.
    pub(crate) reason: String,
    pub(crate) message: String,
    pub(crate) details: Vec<Value>,
    /// The details as they travelled.
    pub(crate) bytes: Vec<u8>,
}

impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}: {} {}", self.code, self.reason, self.message, Value::from(self.details.clone()))
    }
}

impl Refusal {
    /// Reads a status.
    pub(crate) fn of(status: &Status) -> Self {
        let kind = CONTRACT.get_message_by_name("google.rpc.Status").unwrap();
        let whole = json(&DynamicMessage::decode(kind, status.details()).unwrap());
        assert_eq!(whole["code"], i32::from(status.code()), "{status:?}");
        assert_eq!(whole["message"], status.message(), "{status:?}");
        let (reason, details) = Self::explained(status.code(), &whole);
        let bytes = status.details().to_vec();
        Self { code: status.code(), reason, message: status.message().to_owned(), details, bytes }
    }

    /// Reads the status of one item of an answer.
    pub(crate) fn of_item(whole: &Value) -> Self {
        let code = Code::from_i32(whole["code"].as_i64().and_then(|code| i32::try_from(code).ok()).unwrap());
        let (reason, details) = Self::explained(code, whole);
        let message = whole["message"].as_str().unwrap_or_default().to_owned();
        Self { code, reason, message, details, bytes: Vec::new() }
    }

    /// The reason and details of a `google.rpc.Status`, as the law wants them.
    pub(crate) fn explained(code: Code, whole: &Value) -> (String, Vec<Value>) {
        let details = whole["details"].as_array().cloned().unwrap_or_default();
        let named = |name: &str| {
            let url = format!("type.googleapis.com/google.rpc.{name}");
            details.iter().filter(|detail| detail["@type"] == url.as_str()).cloned().collect::<Vec<_>>()
        };
        let infos = named("ErrorInfo");
        let [info] = infos.as_slice() else { panic!("not exactly one ErrorInfo: {whole}") };
        let reason = info["reason"].as_str().unwrap_or_default().to_owned();
        let upper_snake = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        assert!(reason.starts_with(|c: char| c.is_ascii_uppercase()) && reason.chars().all(upper_snake), "{whole}");
        assert_eq!(info["domain"], "bailiwick", "{whole}");
        let wanted = match code {
            Code::InvalidArgument => Some("BadRequest"),
            Code::NotFound => Some("ResourceInfo"),
            Code::FailedPrecondition => Some("PreconditionFailure"),
            // What is too much for one answer is so again.
            Code::ResourceExhausted if TOO_LARGE.contains(&reason.as_str()) => {
                assert!(named("RetryInfo").is_empty(), "{whole}");
                None
            }
            Code::Unavailable | Code::ResourceExhausted => Some("RetryInfo"),
            Code::Internal => Some("RequestInfo"),
            _ => None,
        };
        assert!(wanted.is_none_or(|name| named(name).len() == 1), "{code:?} without {wanted:?}: {whole}");
        (reason, details)
    }

    /// The fields that are malformed.
    pub(crate) fn fields(&self) -> BTreeSet<String> {
        self.violated().into_iter().collect()
    }

    /// The same, once for every violation and in their order.
    pub(crate) fn violated(&self) -> Vec<String> {
        self.violations().into_iter().map(|(field, _description)| field).collect()
    }

    /// Every violation in their order: the field, and what it must be.
    pub(crate) fn violations(&self) -> Vec<(String, String)> {
        let violations = self.details.iter().filter_map(|detail| detail["field_violations"].as_array()).flatten();
        let text = |violation: &Value, key: &str| violation[key].as_str().unwrap_or_default().to_owned();
        violations.map(|violation| (text(violation, "field"), text(violation, "description"))).collect()
    }

    /// A fact that the one `ErrorInfo` tells.
    pub(crate) fn fact(&self, name: &str) -> Option<String> {
        self.details.iter().find_map(|detail| detail["metadata"][name].as_str()).map(str::to_owned)
    }

    /// Code and reason, for comparing both at once.
    pub(crate) fn said(&self) -> (Code, &str) {
        (self.code, &self.reason)
    }
}

/// Messages as the bytes that they are.
#[derive(Clone, Copy, Default)]
struct AsBytes;

impl Codec for AsBytes {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for AsBytes {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, item: Vec<u8>, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put_slice(&item);
        Ok(())
    }
}

impl Decoder for AsBytes {
    type Item = Vec<u8>;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        let mut bytes = vec![0; buffer.remaining()];
        buffer.copy_to_slice(&mut bytes);
        Ok(Some(bytes))
    }
}
