//! The fuzz target that needs a server: any bytes, sent to any method.
//!
//! The data are the name of a method (as in `RoleService/CreateRole`), a line break, and a message. Whatever the
//! message is, the call ends with an answer of the contract or with a refusal that keeps the law of statuses, and
//! never as if the server were broken.
//!
//! Nothing is changed: calls that can only validate do so, so that every call meets the world that it was made for,
//! whatever was sent before it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use bailiwick::config::{Config, Secret};
use bailiwick::server::{LogProgress, Running};
use prost::Message;
use prost_reflect::{DynamicMessage, Kind, MethodDescriptor};
use serde_json::json;
use tonic::Code;
use tonic::metadata::MetadataMap;

use super::actor::{self, Actor, BROKEN, CONTRACT, Refusal, path};

/// Every method of ours, by its name.
pub(crate) static METHODS: LazyLock<BTreeMap<String, MethodDescriptor>> = LazyLock::new(|| {
    let services = CONTRACT.services().filter(|service| service.package_name() == "bailiwick.v1");
    let methods = services.flat_map(|service| service.methods().collect::<Vec<_>>());
    methods.map(|method| (format!("{}/{}", method.parent_service().name(), method.name()), method)).collect()
});

/// A server in memory, and its administrator.
pub(crate) struct World {
    running: Option<Running>,
    runtime: tokio::runtime::Runtime,
    actor: Actor,
}

impl World {
    /// Starts it with the policy of a file.
    pub(crate) fn start(policy: &Path) -> Self {
        let mut config = Config::default();
        config.grpc.listen = SocketAddr::from(([127, 0, 0, 1], 0));
        config.metrics.listen = SocketAddr::from(([127, 0, 0, 1], 0));
        config.secret = Secret::parse(&[b'k'; 64]);
        config.deadline_default = config.deadline_max;
        let running = Running::start(config, &[PathBuf::from(policy)], true, &LogProgress::default()).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let actor = runtime.block_on(Actor::connect(running.grpc_address(), None));
        Self { running: Some(running), runtime, actor }
    }

    /// The newest revision, as its token: another one after every write.
    pub(crate) fn revision(&self) -> String {
        let newest = json!({"consistency": {"fully_consistent": true}});
        let answer = self.runtime.block_on(self.actor.done("ServerService/GetServerInfo", newest));
        answer["consistency_token"].as_str().unwrap().to_owned()
    }

    /// Sends the data, and holds what comes back to what was promised.
    pub(crate) fn request(&self, data: &[u8]) {
        let line = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
        let (name, bytes) = (&data[..line], data.get(line + 1..).unwrap_or_default());
        let method = chosen(name);
        let message = DynamicMessage::decode(method.input(), bytes);
        if let Ok(message) = &message {
            let encoded = message.encode_to_vec();
            let again = DynamicMessage::decode(method.input(), &encoded[..]).unwrap();
            assert_eq!(again.encode_to_vec(), encoded, "what is encoded decodes to the same");
        }
        let mut bytes = bytes.to_vec();
        // Behind bytes that are no message it could become a part of a text; they are refused as they are.
        if message.is_ok() {
            bytes.extend(only_validated(&method));
        }
        let mut metadata = MetadataMap::new();
        metadata.insert("grpc-timeout", "20S".parse().unwrap());
        let path = path(&method);
        match self.runtime.block_on(self.actor.raw(&path, vec![bytes], metadata)) {
            Ok(answers) => {
                assert!(message.is_ok(), "{}: answered what is no message of the contract", method.name());
                for answer in answers {
                    actor::json(&DynamicMessage::decode(method.output(), &answer[..]).unwrap());
                }
            }
            Err(status) => {
                assert!(!BROKEN.contains(&status.code()), "{}: {status:?}", method.name());
                let refusal = Refusal::of(&status);
                let is_malformed = refusal.code == Code::InvalidArgument;
                assert!(message.is_ok() || is_malformed, "{}: {refusal:?}", method.name());
            }
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop();
        }
    }
}

/// The field that makes a call only validate, set: appended to a message it wins over what the message says. Empty
/// where the method's messages have no such field.
fn only_validated(method: &MethodDescriptor) -> Vec<u8> {
    let Some(field) = method.input().get_field_by_name("validate_only") else { return Vec::new() };
    assert_eq!(field.kind(), Kind::Bool, "{}", field.full_name());
    let mut bytes = Vec::new();
    prost::encoding::bool::encode(field.number(), &true, &mut bytes);
    bytes
}

/// The method of this name; any other text chooses one, too.
fn chosen(name: &[u8]) -> MethodDescriptor {
    let named = std::str::from_utf8(name).ok().and_then(|name| METHODS.get(name));
    let any = || {
        let sum = name.iter().fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(*byte)));
        METHODS.values().nth(sum % METHODS.len()).unwrap()
    };
    named.unwrap_or_else(any).clone()
}
