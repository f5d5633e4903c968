//! Which side of a method is a stream, as the descriptors say it.

use prost::Message;
use prost_types::{FileDescriptorSet, MethodDescriptorProto};
use rustc_hash::FxHashMap;

use crate::app::methods;
use crate::proto;

/// Neither side.
pub(super) const UNARY: &str = "unary";

/// The kind of every method in the tables, by its path.
pub(super) fn kinds() -> FxHashMap<&'static str, &'static str> {
    let sets = [
        proto::FILE_DESCRIPTOR_SET,
        tonic_health::pb::FILE_DESCRIPTOR_SET,
        tonic_reflection::pb::v1::FILE_DESCRIPTOR_SET,
        tonic_reflection::pb::v1alpha::FILE_DESCRIPTOR_SET,
    ];
    sets.into_iter().flat_map(of_set).collect()
}

/// A set that cannot be read has no methods: their kind is a label and nothing more.
fn of_set(encoded: &[u8]) -> Vec<(&'static str, &'static str)> {
    let mut found = Vec::new();
    for file in FileDescriptorSet::decode(encoded).unwrap_or_default().file {
        for service in &file.service {
            for method in &service.method {
                let path = format!("{}.{}/{}", file.package(), service.name(), method.name());
                found.extend(methods::find(&path).map(|known| (known.path, kind(method))));
            }
        }
    }
    found
}

fn kind(method: &MethodDescriptorProto) -> &'static str {
    match (method.client_streaming(), method.server_streaming()) {
        (false, false) => UNARY,
        (true, false) => "client_stream",
        (false, true) => "server_stream",
        (true, true) => "bidi_stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_has_a_kind_and_streams_are_known_as_such() {
        let kinds = kinds();
        for method in methods::OWN.iter().copied().chain(methods::STANDARD) {
            let kind = kinds.get(method.path);
            assert_eq!(kind.map(|kind| *kind != UNARY), Some(method.streams), "{}", method.path);
        }
    }
}
