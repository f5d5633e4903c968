//! Composition root: store → app → gRPC → listeners, and how they end.
//!
//! Guarantees: nothing listens before the state is loaded; on SIGTERM the process says that it is going, takes no
//! new connections, finishes what it has accepted, and is gone after the grace period whatever still runs; a start that
//! fails or is told to end leaves nothing behind. Data threads serve connections; the database is touched by the control
//! runtime alone.

mod connection;
mod control;
mod data_threads;
mod figures;
mod health;
mod listeners;
mod probes;
mod progress;
mod secret;
mod settings;
mod signals;
mod socket;

use std::error::Error;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use tokio::runtime::Handle;
use tokio::sync::watch;
use tracing::field::display;

use crate::app::caller::Caller;
use crate::app::import_policy::{ImportOptions, ImportProgress};
use crate::app::service::App;
use crate::config::Config;
use crate::domain::predefined;
use crate::grpc::Calls;
use crate::store;
use crate::{grpc, telemetry};

use self::control::Control;
use self::data_threads::{ByPlane, DataThreads};
use self::figures::Figures;
use self::health::Health;
use self::listeners::Places;
use self::probes::Probes;
pub use self::progress::{LogProgress, Progress};
use self::signals::Signals;
pub use crate::store::{Direction, Step};

/// What a start or a migration fails with: for the operator who started it.
pub type Failure = Box<dyn Error + Send + Sync>;

/// The database that is forgotten at the end.
const MEMORY: &str = "sqlite::memory:";

/// Migrates the database at `url`, and says which steps it has.
///
/// # Errors
/// When the database is not reachable or a step fails.
pub async fn migrate(url: &str, direction: Direction) -> Result<Vec<Step>, Failure> {
    Ok(store::migrate(url, direction).await?)
}

/// Runs a server until SIGTERM or SIGINT. `memory` keeps everything in memory, whatever database is configured, and
/// loads the import files `data` first; `progress` is told how far the start has come.
///
/// # Errors
/// When it cannot start: configuration, database, or an address that is taken.
pub fn serve(config: Config, data: &[PathBuf], memory: bool, progress: &dyn Progress) -> Result<(), Failure> {
    let control = Control::start()?;
    let signals = Signals::listen(&control)?;
    let mut told = telemetry::start(config.log, &config.otlp)?;
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    let ended = run(control, signals, &mut told, Start { config, data, memory, progress });
    // The last, however it ended: what still waits is written and sent.
    drop(told);
    ended
}

/// Starts a server, and stops it at a signal. One that comes before anybody is served ends the start, wherever it is.
fn run(control: Control, mut signals: Signals, told: &mut telemetry::Guard, start: Start<'_>) -> Result<(), Failure> {
    let opened = control.block_on(async {
        tokio::select! {
            opened = start.open() => Some(opened),
            name = signals.next() => {
                tracing::info!("{name} received before the start was over");
                None
            }
        }
    });
    let Some(opened) = opened else { return Ok(()) };
    let running = Running::listen(control, opened?)?;
    let figures = running.figures.clone();
    told.send_metrics(move || figures.read());
    running.announce();
    let name = running.control.block_on(signals.next());
    tracing::info!("{name} received");
    running.stop();
    Ok(())
}

/// What a server is started with.
struct Start<'a> {
    config: Config,
    data: &'a [PathBuf],
    memory: bool,
    progress: &'a dyn Progress,
}

/// The state of a server that does not listen yet.
struct Opened {
    config: Config,
    app: App,
    store: Arc<store::SqlStore>,
    /// When the start began, by both clocks.
    started: (Instant, SystemTime),
}

impl Start<'_> {
    async fn open(mut self) -> Result<Opened, Failure> {
        let started = (Instant::now(), SystemTime::now());
        if self.memory {
            MEMORY.clone_into(&mut self.config.database.url);
        }
        let (app, store) = open(&self.config, self.progress).await?;
        load_files(&app, self.data, self.progress).await?;
        Ok(Opened { config: self.config, app, store, started })
    }
}

/// A server that runs.
pub struct Running {
    config: Config,
    control: Control,
    app: App,
    store: Arc<store::SqlStore>,
    figures: Figures,
    health: Health,
    places: Places,
    threads: DataThreads,
    probes: Probes,
    stopping: watch::Sender<bool>,
}

impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Running on {}", self.grpc_address())
    }
}

impl Running {
    /// Starts a server and returns once it listens.
    ///
    /// # Errors
    /// As [`serve`].
    pub fn start(config: Config, data: &[PathBuf], memory: bool, progress: &dyn Progress) -> Result<Self, Failure> {
        let control = Control::start()?;
        let opened = control.block_on(Start { config, data, memory, progress }.open())?;
        Self::listen(control, opened)
    }

    fn listen(control: Control, opened: Opened) -> Result<Self, Failure> {
        let Opened { config, app, store, started } = opened;
        let (stopping, stop) = watch::channel(false);
        let metrics = Arc::new(grpc::Metrics::default());
        let figures = Figures {
            app: app.clone(),
            store: store.clone(),
            calls: metrics.clone(),
            bound: config.staleness_bound,
            started,
        };
        let probes = control.block_on(Probes::start(&config, figures.clone(), stop.clone()))?;
        let (listeners, places) = control.block_on(listeners::bind(&config))?;
        let health = Health::new();
        let calls = calls(&config, &app, metrics, &control, &health, &stop)?;
        let threads = DataThreads::start(&config, &control, calls, listeners, &stop)?;
        control.block_on(health.report(true));
        control.spawn(settings::log_head_now_and_then(app.clone()));
        Ok(Self { config, control, app, store, figures, health, places, threads, probes, stopping })
    }

    /// Where every service listens.
    pub fn grpc_address(&self) -> SocketAddr {
        self.places.grpc
    }

    /// Where the data plane listens by itself, if it does.
    pub fn data_address(&self) -> Option<SocketAddr> {
        self.places.data
    }

    /// The socket of the data plane, if it has one.
    pub fn data_socket(&self) -> Option<&Path> {
        self.places.data_socket.as_deref()
    }

    /// Where metrics and probes listen.
    pub fn metrics_address(&self) -> SocketAddr {
        self.probes.address
    }

    fn announce(&self) {
        let memory = self.config.database.url == MEMORY;
        let database = if memory { "memory".to_owned() } else { self.config.database.redacted_url() };
        let Places { grpc, data, data_socket } = &self.places;
        let (data, data_socket) = (data.map(display), data_socket.as_ref().map(|path| display(path.display())));
        let metrics = self.metrics_address();
        tracing::info!(%grpc, data, data_socket, %metrics, database, "bailiwick serves");
        if self.config.tokens.is_empty() {
            tracing::warn!(
                acts_as = %predefined::local_administrator(),
                "NOT PROTECTED: no tokens are configured, so whoever reaches a loopback address may do what is served there"
            );
        }
        tracing::warn!("NOT ENCRYPTED: these listeners speak plain text");
    }

    /// Drains and ends: no new connections, what was accepted is finished, and after the grace period all is ended.
    pub fn stop(self) {
        let Self { config, control, app, store, health, threads, stopping, .. } = self;
        // The probes first, so that who is told by the health service finds them of the same mind.
        let _nobody_listens = stopping.send(true);
        control.block_on(health.report(false));
        let drained = threads.join(config.shutdown_grace);
        settings::log_head(&app);
        tracing::info!(drained, "stopped");
        control.block_on(async {
            let close = async {
                app.refresh().end().await;
                store.close().await
            };
            let closed = tokio::time::timeout(Duration::from_secs(1), close).await;
            tracing::debug!(closed = closed.is_ok(), "the store is closed");
        });
        drop(control);
    }
}

/// Makes what serves each kind of listener: one for each thread, so that threads do not count references to the same
/// things.
fn calls(
    config: &Config,
    app: &App,
    metrics: Arc<grpc::Metrics>,
    control: &Handle,
    health: &Health,
    stop: &watch::Receiver<bool>,
) -> Result<impl Fn() -> ByPlane<Calls>, Failure> {
    let authenticator = Arc::new(settings::authenticator(config)?);
    let limits = settings::limits(config);
    let (app, control, stop) = (app.clone(), control.clone(), stop.clone());
    let parts = grpc::Parts { app, authenticator, limits, metrics, control, stop };
    Ok(move || {
        let (all, data) = (parts.clone(), parts.clone());
        ByPlane { all: all.everything(health.of_all()), data: data.data_plane(health.of_data()) }
    })
}

/// Opens the store, migrates it where that is wanted, and loads the state.
async fn open(config: &Config, progress: &dyn Progress) -> Result<(App, Arc<store::SqlStore>), Failure> {
    let url = config.database.url.as_str();
    let secret = secret::secret(config)?;
    if config.database.migrate {
        store::migrate(url, Direction::Up).await?;
    }
    let options = store::Options { pool_size: config.database.pool_size, secret };
    let store = store::connect(url, &options).await?;
    let started = Instant::now();
    progress.begin("loading rows", None);
    let app = App::start(store.watched(), settings::settings(config, secret)?, &|rows| progress.done(rows)).await?;
    progress.end();
    let counts = app.state().current().snapshot.counts();
    tracing::info!(
        milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        revision = app.state().current().head.revision,
        role_assignments = counts.role_assignments,
        "the state is loaded"
    );
    Ok((app, store))
}

/// Imports files into a store in memory, as its administrator.
async fn load_files(app: &App, files: &[PathBuf], progress: &dyn Progress) -> Result<(), Failure> {
    for file in files {
        let said_of = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
        let bytes = tokio::fs::read(file).await.map_err(|error| said_of(&error))?;
        progress.begin(&format!("importing {}", file.display()), Some(bytes.len() as u64));
        let loaded = load_bytes(app, &bytes, progress).await;
        progress.end();
        let done = loaded.map_err(|error| said_of(&settings::explained(&error)))?;
        tracing::info!(file = %file.display(), lines = done.lines, created = done.created, "imported");
    }
    Ok(())
}

async fn load_bytes(app: &App, bytes: &[u8], progress: &dyn Progress) -> crate::app::error::Result<ImportProgress> {
    let caller = Caller::new(predefined::local_administrator());
    let mut import = app.import(&caller, ImportOptions::default()).await?;
    let mut done = 0;
    for chunk in bytes.chunks(1 << 20) {
        import.feed(chunk).await?;
        done += chunk.len() as u64;
        progress.done(done);
    }
    import.finish().await
}
