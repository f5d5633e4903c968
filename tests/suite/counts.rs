//! What a check costs, in counts that do not depend on the machine's mood: allocations, bytes that a change copies, and
//! instructions.

mod allocations;
mod instructions;
mod office;
mod server;
