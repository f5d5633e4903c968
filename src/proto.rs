//! The only door to generated code.
//!
//! `v1` is the API, generated from `proto/bailiwick/v1`, whose comments are its documentation; `storage` is the
//! stored form of rows and changes. Nothing in them is written by hand, and nothing of ours is imported: what these
//! messages mean is decided in `grpc` and in `store`, each for its own.

/// The API: messages, clients and server traits of `bailiwick.v1`.
#[allow(missing_docs, reason = "the generator adds items that the contract has no comment for")]
#[allow(clippy::pedantic, reason = "generated code keeps the style of its generator")]
pub mod v1 {
    tonic::include_proto!("bailiwick.v1");
}

/// The stored messages of `bailiwick.storage.v1`; never part of the API.
#[allow(missing_docs, reason = "the generator adds items that the contract has no comment for")]
#[allow(clippy::pedantic, reason = "generated code keeps the style of its generator")]
pub mod storage {
    tonic::include_proto!("bailiwick.storage.v1");
}

/// The encoded descriptor set of the API: `bailiwick.v1`, what it imports, and the details of errors, with the
/// `google.api.http` options and the comments. Reflection needs no other set for the API.
pub const FILE_DESCRIPTOR_SET: &[u8] = tonic::include_file_descriptor_set!("bailiwick_descriptor");
