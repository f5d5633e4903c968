//! Bailiwick answers one question for other services, on every request: *may this subject exercise this privilege
//! on this resource?* It owns what the answer is made of, answers from a compiled state in memory, says why, never
//! answers from older state than it promised, and denies whatever it does not know.
//!
//! # Layers
//!
//! Arrows go one way; a test of the suite reads every `use` and holds them.
//!
//! | Module | What it is | May use |
//! |---|---|---|
//! | [`cli`] | one file per command; all but `serve`, `migrate` and some of `bench` are clients of the API | `server`, `bench`, `workload`, `proto`, `config`, `telemetry` |
//! | [`bench`] | what `bailiwick bench` measures; no other module knows it | `app::import_document`, `engine`, `workload`, `domain`, `proto` |
//! | [`server`] | the composition root: listeners, threads, start and stop | all but `cli` |
//! | [`grpc`] | decode, call, encode; statuses, credentials, the one layer | `app`, `domain`, `proto` |
//! | [`app`] | the verbs, who may call them, and the port to a store | `engine`, `domain` |
//! | [`store`] | the only place that knows SQL | `app::port`, `domain`, `proto` |
//! | [`engine`] | the compiled state and the decision | `domain` |
//! | [`workload`] | seeded states and questions to measure with, made as they are wanted | `domain` |
//! | [`domain`] | nouns and rules | nothing of ours |
//! | [`proto`], [`config`] | generated messages; the configuration | nothing of ours |
//! | [`measure`] | counters without locks, and their readings; every layer but the pure ones counts with it | nothing of ours |
//! | [`telemetry`] | logs; traces and metrics to who collects them | `config`, `measure` |
//!
//! # The state is a set of rows
//!
//! One row per thing (a role, a user) or per element of a set that a thing has (one privilege of a role, one member
//! of a group): [`domain::row`]. Tables, change log, import lines and the compiled state are all made of the same
//! rows, so there is one way to say what a change is: a row before and a row after. Building the state from all
//! rows, and advancing it change by change, run the same code.
//!
//! # A check, from end to end
//!
//! A listener serves everything (`grpc`) or the data plane alone (`data`: an address and a Unix socket, for
//! applications); `server::listeners` binds them. A connection of any belongs to one data thread. `grpc::layer` finds
//! the method in [`app::methods`], the caller and the deadline; `grpc::permission` decodes; [`app::check_permission`]
//! takes the published snapshot with one atomic load and asks whether the caller may ask, which [`app::askers`] keeps for
//! who may ask about everybody, as long as the revision is the same. `engine::ahead` asks memory for what the decision
//! will read, of eight questions of a batch at once; `engine::decide` walks the subject's own assignments and those of the
//! groups that contain it, and stops at the first path that holds the target. Nothing is awaited, locked or read from a database, unless the caller wished for state fresher than is at
//! hand.
//!
//! # A write, from end to end
//!
//! `grpc::role` decodes; the call waits for its turn with the writer ([`app::writer`]), which locks the store's
//! counter, brings the state up to the locked revision, and runs the operation on a draft ([`app::draft`]): what
//! exists and who may is asked of the compiled state, what only people read is fetched. [`app::invariants`] looks at
//! the outcome. Rows, log, audit record, receipt and the new revision are written under one savepoint, the group of
//! writes is committed, and the snapshot that was validated is the one that is published.
//!
//! # Where a rule is
//!
//! | Rule | File |
//! |---|---|
//! | the decision | `engine/decide.rs` |
//! | what a path can hold: boundary, tenants, visibility | `engine/reach.rs` |
//! | where a target lives | `engine/target.rs` |
//! | which resources an assignment reaches: scopes, instances, resources one by one | `engine/objects.rs` |
//! | what is above a resource; walks along a traversal spec | `engine/families.rs`; `engine/chain.rs`, `engine/walk.rs` |
//! | what a role gives: patterns, privilege groups, parents, exclusions; which groups contain a group | `engine/settle.rs` |
//! | what policy documents give, a right for each action, and on whom | `engine/documents.rs`, `engine/aims.rs` |
//! | privileges of users themselves, each as a role that gives only it | `engine/assigned_privileges.rs` |
//! | what a permission boundary lists | `engine/boundaries.rs` |
//! | no write lets anyone reach what the writer could not | `engine/granting.rs`, for resources `engine/granting/wanted.rs` |
//! | what a write would give and take, told before it is done | `engine/difference.rs` |
//! | who may ask about everybody, at one revision | `app/askers.rs` |
//! | which privilege a method needs, and which methods are for the data plane | `app/methods.rs`, `domain/predefined.rs` |
//! | absent and forbidden look the same | `app/authority.rs` |
//! | cycles, limits, the last administrator | `app/invariants.rs`, `domain/limit.rs` |
//! | how fresh an answer is | `app/consistency.rs`, `app/state.rs` |
//! | the chain of revisions | `store/chain.rs` |
//!
//! The decision rule is written a second time, in the dumbest way, in `tests/suite/model.rs`; property tests hold the
//! engine to it on random states and after every change of random histories.
//!
//! # What was tried otherwise
//!
//! - Large changes are not cut into steps: a role from which a thousand inherit, a group of a million members, a subtree
//!   of ten thousand take a fraction of a millisecond beside the running state (`benches/large_changes.rs`,
//!   `benches/objects.rs`), which is as long as later revisions wait. Groups and resources are closed by ids of groups
//!   and of families, so no change is about members one by one.
//! - Assignments of groups are not copied to their members, nor merged for members of the same groups: users seldom share
//!   all their groups, and a group's one change would be many. A decision visits each group that holds a role.
//! - tonic's own server does not serve the connections: it puts a router, a boxed copy of the services, a second deadline
//!   and two boxed bodies around each call, a tenth of all instructions of a check. The layer is hyper's service as it is.

pub mod app;
pub mod bench;
pub mod cli;
pub mod config;
pub mod domain;
pub mod engine;
pub mod grpc;
pub mod measure;
pub mod proto;
pub mod server;
pub mod store;
pub mod telemetry;
pub mod workload;
