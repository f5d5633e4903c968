//! The only door to generated code.
//!
//! `v1` is the API, generated from `proto/bailiwick/v1`, whose comments are its documentation; `storage` is the
//! stored form of rows and changes. Nothing in them is written by hand but the names of the codes, and nothing of ours is imported: what these
//! messages mean is decided in `grpc` and in `store`, each for its own.

use tonic::Code;

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

/// The name of a code as the protocol's documentation spells it.
pub fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}
