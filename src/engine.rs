//! The compiled state: what the decision reads, one immutable snapshot per revision.
//!
//! Guarantees: a `Snapshot` never changes, so whoever holds one sees one revision; the next one shares every
//! page that did not change; building from all rows and advancing change by change give the same answers.
//! Pure and synchronous: no I/O, no clock, no lock. What people read (names, descriptions) is not here.
//!
//! Where to find what: `decide` is the decision rule, `reach` what a path can hold, `objects` which resources it
//! reaches (`families`: what is above each, `selectors`: scopes and specs, `walk`: along a spec), `target` where things live,
//! `documents` what policy documents give and `aims` to whom, `granting` who may give what, `difference` what a change
//! gives and takes, `facts` and `catalogue` what a write asks; `apply` and `settle` advance the state; `ahead` asks memory
//! for what a decision will read, `targets` decides about many at once;
//! `names`, `lists`, `set`, `pairs`, `index` and `paged` are what it is made of.

mod ahead;
mod aims;
mod apply;
mod assigned_privileges;
mod assignments;
mod boundaries;
mod catalogue;
mod chain;
mod counts;
mod decide;
mod difference;
mod documents;
mod facts;
mod families;
mod granting;
mod grants;
mod holdings;
mod identities;
mod index;
mod lists;
mod membership;
mod names;
mod objects;
mod paged;
mod pairs;
mod reach;
mod relations;
mod resolve;
mod rows;
mod scopes;
mod selectors;
mod set;
mod settle;
mod snapshot;
mod spread;
mod subject_privileges;
mod target;
mod targets;
mod told;
mod walk;

pub use apply::Loader;
pub use counts::Counts;
pub use decide::{Check, LookedUp};
pub use difference::{Difference, Objects, Rectangle, Targets};
pub use facts::{Obstacle, RoleSets, RoleSizes, SubjectFacts};
pub use granting::{Gift, Judge, Receiver, Shortfall};
pub use objects::WalkTooLong;
pub use selectors::SelectorRows;
pub use snapshot::Snapshot;
pub use spread::Held;
pub use subject_privileges::SubjectPrivilege;
pub use target::Target;
pub use told::{FactTenant, Facts};
