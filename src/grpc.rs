//! The API over gRPC: decode, call, encode, and the one layer around it.
//!
//! Guarantees: behind [`convert`] no invalid value exists; every refusal becomes a status in [`status`] and nowhere
//! else; administrative calls run on the control runtime, and checks on the thread that has their connection.
//! Business rules are not here.

mod application;
mod assignment;
mod authn;
mod boundary;
mod control;
mod convert;
mod directory;
mod layer;
mod metrics;
mod permission;
mod policy_data;
mod privilege;
mod resource;
mod role;
mod scope;
mod server_info;
mod services;
mod status;

pub use self::authn::Authenticator;
pub use self::layer::{Limits, Plane};
pub use self::metrics::{Metrics, kinds};
pub use self::services::{Calls, Parts};

use tonic::{Request, Response, Status};

use crate::app::caller::Caller;
use crate::app::error::Error;

/// What a handler answers.
type Answer<T> = Result<Response<T>, Status>;

/// The caller, as the layer found it, and the message.
fn open<T>(request: Request<T>) -> Result<(Caller, T), Error> {
    let (_metadata, mut extensions, message) = request.into_parts();
    Ok((extensions.remove::<Caller>().ok_or(Error::Internal)?, message))
}
