//! What holds the verbs together: the published state, the writer, the store. One value, cheap to clone.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;

use super::authority::{Authority, Thing};
use super::caller::Caller;
use super::consistency::{Consistency, Freshness};
use super::error::{Error, Result};
use super::follow::{Refresh, follower, load};
use super::methods::{self, Method};
use super::port::{Audit, NewRevision, Receipt, Store, StoreError};
use super::state::{State, View};
use super::token::{Tokens, etag};
use super::writer::{Operation, WriteCall, Writer, Written};
use crate::domain::change::Change;
use crate::domain::id::Id;
use crate::domain::predefined;
use crate::domain::row::{Row, Stamp};
pub use crate::engine::Counts;
use crate::measure::Metric;

/// What a deployment chooses.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Answers may not be staler than this.
    pub staleness_bound: Duration,
    /// How often the store's head is polled.
    pub poll_interval: Duration,
    /// How long an answer may be kept by its receiver; zero = not at all.
    pub cache_ttl: Duration,
    /// Roles that one call may make the ones that a subject holds.
    pub replaced_roles_max: usize,
    /// Under it tokens are signed.
    pub secret: [u8; 32],
    /// Seeds the hashes of names.
    pub seed: u64,
}

/// The verbs.
#[derive(Clone)]
pub struct App {
    /// Finds the view that a read asks for.
    pub freshness: Freshness,
    writer: Writer,
    /// The database.
    pub store: Arc<dyn Store>,
    /// How long an answer may be kept by its receiver.
    pub cache_ttl: Duration,
    /// Roles that one call may make the ones that a subject holds.
    pub replaced_roles_max: usize,
    /// Held by who computes an access difference: one at a time, for it may look at every subject there is.
    pub(super) foresight: Arc<Semaphore>,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("App")
    }
}

/// What the server says about itself.
#[derive(Clone, Debug)]
pub struct ServerInfo {
    /// Which store it serves.
    pub store_id: Id,
    /// Which database that is.
    pub store_kind: &'static str,
    /// How much of everything there is.
    pub counts: Counts,
}

impl App {
    /// Loads the state and starts the tasks that follow and write it, on the current runtime. The first start on
    /// an empty store writes what the product itself is made of.
    pub async fn start(
        store: Arc<dyn Store>,
        settings: Settings,
        progress: &(dyn Fn(u64) + Sync),
    ) -> std::result::Result<Self, StoreError> {
        begin_history(store.as_ref()).await?;
        let polled = Instant::now();
        let (snapshot, head) = load(store.as_ref(), settings.seed, progress).await?;
        let state = Arc::new(State::new(snapshot, head, Tokens::new(&settings.secret), polled));
        let (follower, refresh) = follower(settings.poll_interval, settings.seed);
        tokio::spawn(follower.run(store.clone(), state.clone()));
        let writer = Writer::start(store.clone(), state.clone());
        let rebuild = Arc::new(Semaphore::new(1));
        let freshness = Freshness { state, refresh, store: store.clone(), bound: settings.staleness_bound, rebuild };
        let Settings { cache_ttl, replaced_roles_max, .. } = settings;
        let foresight = Arc::new(Semaphore::new(1));
        Ok(Self { freshness, writer, store, cache_ttl, replaced_roles_max, foresight })
    }

    /// The published state.
    pub fn state(&self) -> &State {
        &self.freshness.state
    }

    /// Asks for a poll.
    pub fn refresh(&self) -> &Refresh {
        &self.freshness.refresh
    }

    /// Does one write.
    pub async fn write(&self, call: WriteCall, operation: impl Operation + 'static) -> Result<Written> {
        self.writer.write(call, operation).await
    }

    /// What was counted of writes.
    pub fn read_writes(&self) -> Vec<Metric> {
        self.writer.read()
    }

    /// The consistency token of a write.
    pub fn token_of(&self, written: &Written) -> String {
        self.state().tokens.consistency(super::token::Revision::of(&written.head))
    }

    /// A view for an administrative read.
    pub async fn view(&self, wish: &Consistency) -> Result<View> {
        self.freshness.view(wish, false).await
    }

    /// A view that is no older than rows which were read from the store.
    pub async fn view_of(&self, view: View, rows: &[Row]) -> Result<View> {
        let newest = rows.iter().filter_map(Row::stamp).map(|stamp| stamp.revision).max().unwrap_or(0);
        if newest <= view.published.head.revision {
            return Ok(view);
        }
        let wish = Consistency { requirement: super::consistency::Requirement::FullyConsistent, max_staleness: None };
        self.view(&wish).await
    }

    /// A new id, ordered by time.
    pub fn fresh_id(&self) -> Result<Id> {
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|_| Error::Internal)?;
        Ok(Id::from_ulid(self.state().clock.now(), u128::from_le_bytes(random)))
    }

    /// What the server says about itself.
    pub async fn server_info(&self, caller: &Caller, wish: &Consistency) -> Result<(ServerInfo, View)> {
        let view = self.view(wish).await?;
        authority(&view, caller).require(&methods::GET_SERVER_INFO, &Thing::everything())?;
        let info = ServerInfo {
            store_id: view.published.head.store_id.clone(),
            store_kind: self.store.kind(),
            counts: view.snapshot().counts(),
        };
        Ok((info, view))
    }
}

/// What a caller may, by a view.
pub fn authority<'a>(view: &'a View, caller: &'a Caller) -> Authority<'a> {
    Authority { snapshot: view.snapshot(), caller, now: view.now }
}

/// Refuses when the request carries an etag that is not the thing's.
pub fn require_etag(sent: &str, name: &str, stamp: &Stamp) -> Result<()> {
    if sent.is_empty() || sent == etag(name, stamp.revision) {
        return Ok(());
    }
    Err(Error::Aborted {
        reason: "ETAG_MISMATCH",
        description: format!("{name} has been changed since it was read; read it again"),
    })
}

/// The first revision of every store.
async fn begin_history(store: &dyn Store) -> std::result::Result<(), StoreError> {
    if store.head().await?.revision > 0 {
        return Ok(());
    }
    let mut transaction = store.begin().await?;
    if transaction.head().revision > 0 {
        return Ok(()); // Another process was first.
    }
    let (now, actor) = (transaction.head().now, predefined::local_administrator().to_string());
    let stamp =
        Stamp { created_at: now, created_by: actor.clone(), updated_at: now, updated_by: actor.clone(), revision: 1 };
    let changes = predefined::genesis(&stamp).into_iter().map(Change::insert).collect();
    let audit = Audit { caller: actor, method: GENESIS.path.to_owned(), ..Audit::default() };
    transaction.append(NewRevision { changes, audit, receipt: Receipt::default() }).await?;
    transaction.commit().await
}

/// Names the first revision in the audit log; nobody can call it.
static GENESIS: Method = Method {
    path: "bailiwick/initialize",
    access: methods::Access::Privilege(&predefined::POLICY_IMPORT),
    streams: false,
};
