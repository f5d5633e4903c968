//! Documents in and out: what an export wrote an import reads, a broken import goes on where it stopped, and no
//! beginning of a document gives what the whole does not.

mod beginnings;
mod documents;
mod every_line;
mod hostile;
mod meanwhile;
mod past;
mod pieces;
pub(crate) mod random;
mod refusal;
mod refusals;
mod replace;
mod resume;
mod rights;
mod round_trip;
pub(crate) mod small_world;
pub(crate) mod transfer;
mod whole;
mod world;
