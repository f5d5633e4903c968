//! How fresh a read must be, and the view of the state that satisfies it.
//!
//! Without a wish a read is answered at once from the newest published state, as long as that is not older than
//! the bound. Nothing is ever answered from state older than was promised: then the call fails.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::askers::Askers;
use super::error::{Error, Result};
use super::follow::Refresh;
use super::port::{Commit, Store};
use super::state::{Published, State, View};
use super::token::Revision;
use crate::domain::limit;
use crate::domain::time::Time;
use crate::engine::Snapshot;

/// The freshness that a read asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Requirement {
    /// Whatever is at hand, within the bound.
    #[default]
    MinimizeLatency,
    /// At least the revision of this token.
    AtLeastAsFresh(Revision),
    /// All that was committed when the call came.
    FullyConsistent,
    /// The revision of this token and no other.
    AtExactRevision(Revision),
    /// What held at this time, decided as of then.
    AsOf(Time),
}

/// The freshness that a read asks for, and a bound of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Consistency {
    /// Which revision.
    pub requirement: Requirement,
    /// Tightens the deployment's bound; zero asks the store.
    pub max_staleness: Option<Duration>,
}

/// Finds the view that a read asks for.
#[derive(Clone)]
pub struct Freshness {
    /// The published state.
    pub state: Arc<State>,
    /// Asks for a poll.
    pub refresh: Refresh,
    /// The log of the past.
    pub store: Arc<dyn Store>,
    /// Answers may not be staler than this.
    pub bound: Duration,
    /// One past revision is put together at a time.
    pub rebuild: Arc<tokio::sync::Semaphore>,
}

impl std::fmt::Debug for Freshness {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Freshness")
    }
}

impl Freshness {
    /// The view, if what is at hand satisfies the wish; `None` when somebody must be asked first.
    pub fn at_hand(&self, wish: &Consistency) -> Option<Result<View>> {
        let bound = wish.max_staleness.map_or(self.bound, |own| own.min(self.bound));
        if bound.is_zero() {
            return None;
        }
        let instant = Instant::now();
        let published = self.state.current();
        match &wish.requirement {
            Requirement::MinimizeLatency => {}
            Requirement::AtLeastAsFresh(token) => {
                let here = published.head.revision >= token.number && same_store(&published, *token);
                if !here || published.has(*token) != Some(true) {
                    return None;
                }
            }
            _ => return None,
        }
        let now = self.state.clock.at(instant);
        match self.state.require_fresh(instant, bound) {
            Ok(()) => Some(Ok(View { published, now })),
            Err(_) if wish.max_staleness.is_some() && !self.state.is_halted() => None,
            Err(error) => Some(Err(error)),
        }
    }

    /// The view; waits where it must. `past` says whether the method answers about the past.
    pub async fn view(&self, wish: &Consistency, past: bool) -> Result<View> {
        if let Some(view) = self.at_hand(wish) {
            return view;
        }
        match &wish.requirement {
            Requirement::MinimizeLatency | Requirement::FullyConsistent => self.newest().await,
            Requirement::AtLeastAsFresh(token) => self.at_least(*token).await,
            _ if !past => Err(Error::invalid("consistency", "this method does not answer about the past")),
            Requirement::AtExactRevision(token) => {
                let newest = self.at_least(*token).await?;
                let published = self.exact(newest.published, token.number).await?;
                Ok(View { published, now: newest.now })
            }
            Requirement::AsOf(time) => self.as_of(*time).await,
        }
    }

    async fn newest(&self) -> Result<View> {
        self.refresh.now().await?;
        let instant = Instant::now();
        self.state.require_fresh(instant, self.bound)?;
        Ok(View { published: self.state.current(), now: self.state.clock.at(instant) })
    }

    async fn at_least(&self, token: Revision) -> Result<View> {
        let view = self.newest().await?;
        let diverged = || {
            Error::precondition(
                "STORE_DIVERGED",
                "consistency",
                "the token names a revision that this store does not have: it is another store, or was restored \
                 from a backup; ask fully_consistent and keep the new token",
            )
        };
        if !same_store(&view.published, token) || view.published.head.revision < token.number {
            return Err(diverged());
        }
        let known = if let Some(known) = view.published.has(token) {
            known
        } else {
            let chain = self.store.chain_at(token.number).await?;
            chain.is_some_and(|chain| super::token::chain_prefix(&chain) == token.chain)
        };
        if known { Ok(view) } else { Err(diverged()) }
    }

    async fn as_of(&self, time: Time) -> Result<View> {
        let newest = self.newest().await?;
        if time > newest.now {
            return Err(Error::invalid("consistency.as_of", "must not be in the future"));
        }
        let revision = self.store.revision_at(time).await?;
        let revision = revision.ok_or_else(|| expired("the store did not exist then"))?;
        let published = self.exact(newest.published, revision).await?;
        Ok(View { published, now: time })
    }

    /// The state of a past revision: kept, or rebuilt by taking back what was changed since.
    async fn exact(&self, newest: Arc<Published>, revision: u64) -> Result<Arc<Published>> {
        if let Some(published) = self.state.at(revision) {
            return Ok(published);
        }
        let _permit = self.rebuild.acquire().await.map_err(|_| Error::Internal)?;
        let chain = self.store.chain_at(revision).await?.ok_or_else(|| expired("the log does not reach back to it"))?;
        let log = self.changed_since(revision, newest.head.revision).await?;
        let tokens = self.state.tokens.clone();
        let rebuilt = tokio::task::spawn_blocking(move || {
            let mut changes: Vec<_> = log.into_iter().flat_map(|commit| commit.changes).collect();
            changes.reverse();
            let changes: Vec<_> = changes.into_iter().map(crate::domain::change::Change::inverse).collect();
            let head = super::port::Head { revision, chain, ..newest.head.clone() };
            let snapshot: Snapshot = newest.snapshot.apply(&changes);
            let token = tokens.consistency(Revision::of(&head));
            Published { snapshot, head, token, chains: Arc::default(), askers: Askers::default() }
        });
        rebuilt.await.map(Arc::new).map_err(|_| Error::Internal)
    }

    /// What was changed from a past revision on, if it is not too much to be taken back.
    pub(super) async fn changed_since(&self, revision: u64, newest: u64) -> Result<Vec<Commit>> {
        let too_much = newest.saturating_sub(revision) > limit::REBUILD_REVISIONS_MAX
            || self.store.log_length(revision, newest).await? > limit::REBUILD_CHANGES_MAX;
        if too_much {
            return Err(expired("more has been changed since than can be taken back"));
        }
        Ok(self.store.log(revision, newest).await?)
    }
}

fn same_store(published: &Published, token: Revision) -> bool {
    Revision::of(&published.head).store == token.store
}

fn expired(description: &str) -> Error {
    Error::precondition("REVISION_EXPIRED", "consistency", description)
}
