//! What a server is on the wire: health, reflection, limits, deadlines, paths and headers, metrics and probes, and how
//! the process ends.

mod bytes;
mod calls;
mod deadlines;
mod deaths;
mod frames;
mod health;
pub(crate) mod http2;
mod limits;
pub(crate) mod probes;
pub(crate) mod process;
