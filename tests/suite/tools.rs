//! Programs of others that tests start: where `tests/run` has put them.
//!
//! A machine's own copy serves as well, when `tests/run` has installed none.

/// The search path for programs, with those of `tests/run` first.
pub(crate) fn path() -> String {
    let target = concat!(env!("CARGO_MANIFEST_DIR"), "/target");
    let rest = std::env::var("PATH").unwrap_or_default();
    format!("{target}/tools/bin:{target}/deploy-tools/bin:{target}/watch-tools/bin:{rest}")
}
