//! The published state: what every read starts from.
//!
//! Readers never lock: one atomic load gives a snapshot together with the revision that it is, and whoever holds
//! it sees that revision and no other. Only the follower and the writer publish, one after the other.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;

use super::askers::Askers;
use super::clock::Clock;
use super::error::{Error, Result};
use super::port::Head;
use super::token::{Revision, Tokens, chain_prefix};
use crate::domain::time::Time;
pub use crate::engine::Snapshot;

/// How long a superseded snapshot is kept for reads at its exact revision.
const KEPT: Duration = Duration::from_mins(1);
/// Superseded snapshots kept at the least, however old, and at the most, however young.
const KEPT_MIN: usize = 2;
const KEPT_MAX: usize = 256;
/// Chains of past revisions that a token is compared with without asking the store.
const CHAINS: usize = 256;

/// A snapshot and the revision that it is.
#[derive(Debug)]
pub struct Published {
    /// The state.
    pub snapshot: Snapshot,
    /// The revision.
    pub head: Head,
    /// Its consistency token.
    pub token: String,
    /// (revision, chain prefix) of this revision and those before it, oldest first.
    pub chains: Arc<VecDeque<(u64, u64)>>,
    /// Callers who may ask about everything by it.
    pub askers: Askers,
}

/// A read's view of the state: one revision and one time.
#[derive(Clone, Debug)]
pub struct View {
    /// The state.
    pub published: Arc<Published>,
    /// The time at which times are compared.
    pub now: Time,
}

impl View {
    /// The state.
    pub fn snapshot(&self) -> &Snapshot {
        &self.published.snapshot
    }

    /// The token of its revision.
    pub fn token(&self) -> &str {
        &self.published.token
    }
}

/// The state of this process.
#[derive(Debug)]
pub struct State {
    current: ArcSwap<Published>,
    kept: Mutex<VecDeque<(Instant, Arc<Published>)>>,
    origin: Instant,
    /// Start of the last successful poll, in nanoseconds since `origin`.
    polled: AtomicU64,
    halted: AtomicBool,
    /// Full loads after a divergence.
    reloads: AtomicU64,
    /// The database's time.
    pub clock: Clock,
    /// Makes and reads tokens.
    pub tokens: Tokens,
    /// Only its holder publishes.
    pub advance: tokio::sync::Mutex<()>,
}

impl State {
    /// A state that has just been loaded; `polled` is when the load began.
    pub fn new(snapshot: Snapshot, head: Head, tokens: Tokens, polled: Instant) -> Self {
        let clock = Clock::new(head.now);
        let first = publish(&tokens, snapshot, head, &VecDeque::new());
        let state = Self {
            current: ArcSwap::from_pointee(first),
            kept: Mutex::default(),
            origin: polled,
            polled: AtomicU64::new(0),
            halted: AtomicBool::new(false),
            reloads: AtomicU64::new(0),
            clock,
            tokens,
            advance: tokio::sync::Mutex::default(),
        };
        state.note_poll(polled);
        state
    }

    /// The newest published state, whatever its age.
    pub fn current(&self) -> Arc<Published> {
        self.current.load_full()
    }

    /// The newest published state without a reference count, for the hot path.
    pub fn peek(&self) -> arc_swap::Guard<Arc<Published>> {
        self.current.load()
    }

    /// Publishes the next revision. The caller holds `advance`.
    pub fn publish(&self, snapshot: Snapshot, head: Head) {
        let old = self.current.load_full();
        let next = publish(&self.tokens, snapshot, head, &old.chains);
        self.current.store(Arc::new(next));
        self.keep(old);
    }

    /// Publishes a state that was loaded anew because the store's history changed. Nothing older is kept.
    pub fn replace(&self, snapshot: Snapshot, head: Head) {
        let next = publish(&self.tokens, snapshot, head, &VecDeque::new());
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.current.store(Arc::new(next));
        self.reloads.fetch_add(1, Ordering::Relaxed);
        self.halted.store(false, Ordering::Release);
    }

    fn keep(&self, old: Arc<Published>) {
        let now = Instant::now();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_back((now, old));
        let expired = |kept: &VecDeque<(Instant, _)>| {
            let too_old = kept.front().is_some_and(|(since, _)| now.duration_since(*since) > KEPT);
            kept.len() > KEPT_MAX || (too_old && kept.len() > KEPT_MIN)
        };
        while expired(&kept) {
            kept.pop_front();
        }
    }

    /// The state of a revision, if it is the current one or still kept.
    pub fn at(&self, revision: u64) -> Option<Arc<Published>> {
        let current = self.current();
        if current.head.revision == revision {
            return Some(current);
        }
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().map(|(_, state)| state).find(|state| state.head.revision == revision).cloned()
    }

    /// Notes that a poll which began at `start` found this state to be the newest.
    pub fn note_poll(&self, start: Instant) {
        let nanos = start.saturating_duration_since(self.origin).as_nanos();
        self.polled.fetch_max(u64::try_from(nanos).unwrap_or(u64::MAX), Ordering::AcqRel);
    }

    /// How long ago, at `now`, this state was known to be the newest, at the most.
    pub fn age(&self, now: Instant) -> Duration {
        let polled = Duration::from_nanos(self.polled.load(Ordering::Acquire));
        now.saturating_duration_since(self.origin).saturating_sub(polled)
    }

    /// Stops answering until the state has been loaded anew.
    pub fn halt(&self) {
        self.halted.store(true, Ordering::Release);
    }

    /// Whether answering has stopped.
    pub fn is_halted(&self) -> bool {
        self.halted.load(Ordering::Acquire)
    }

    /// How often the state was loaded anew because the store's history changed.
    pub fn reloads(&self) -> u64 {
        self.reloads.load(Ordering::Relaxed)
    }

    /// Refuses when the state is older than `bound` at `now`, or has stopped answering.
    pub fn require_fresh(&self, now: Instant, bound: Duration) -> Result<()> {
        if self.is_halted() {
            return Err(Error::Unavailable {
                reason: "STORE_DIVERGED",
                description: "the state is being loaded again",
            });
        }
        if self.age(now) > bound {
            return Err(Error::Unavailable {
                reason: "STATE_TOO_OLD",
                description: "the store has not been reached for longer than answers may be stale",
            });
        }
        Ok(())
    }
}

impl Published {
    /// Whether the store's history holds this revision of a token; `None` when it is too long ago to say.
    pub fn has(&self, revision: Revision) -> Option<bool> {
        let chain = self.chains.iter().rev().find(|(number, _)| *number == revision.number);
        chain.map(|(_, chain)| *chain == revision.chain)
    }
}

fn publish(tokens: &Tokens, snapshot: Snapshot, head: Head, before: &VecDeque<(u64, u64)>) -> Published {
    let mut chains = before.clone();
    chains.push_back((head.revision, chain_prefix(&head.chain)));
    while chains.len() > CHAINS {
        chains.pop_front();
    }
    let token = tokens.consistency(Revision::of(&head));
    Published { snapshot, head, token, chains: Arc::new(chains), askers: Askers::default() }
}
