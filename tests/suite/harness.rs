//! A real server for a test: its own database, its own ports, its own threads; and clients of its API.
//!
//! Nothing is mocked: requests travel over TCP, and what is written is in a database. A test that passes on one
//! store runs on every other: see [`on_every_store`].

#![allow(dead_code, reason = "each test file uses what it needs")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use bailiwick::config::{Config, Secret, Token};
use bailiwick::proto::v1::application_service_client::ApplicationServiceClient;
use bailiwick::proto::v1::assignment_service_client::AssignmentServiceClient;
use bailiwick::proto::v1::boundary_service_client::BoundaryServiceClient;
use bailiwick::proto::v1::directory_service_client::DirectoryServiceClient;
use bailiwick::proto::v1::permission_service_client::PermissionServiceClient;
use bailiwick::proto::v1::policy_data_service_client::PolicyDataServiceClient;
use bailiwick::proto::v1::privilege_service_client::PrivilegeServiceClient;
use bailiwick::proto::v1::role_service_client::RoleServiceClient;
use bailiwick::proto::v1::server_service_client::ServerServiceClient;
use bailiwick::server::{LogProgress, Running};
use tempfile::TempDir;
use tonic::metadata::MetadataValue;
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};
use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

/// Answers may be as long as the longest that the server gives.
const ANSWER_BYTES_MAX: usize = 64 << 20;

/// A database that a test has for itself.
#[derive(Clone, Debug)]
pub(crate) enum Database {
    /// A file in the test's folder.
    Sqlite,
    /// A database on the PostgreSQL server for tests.
    Postgres(String),
    /// A database on the MariaDB server for tests.
    Mariadb(String),
}

/// A server, and the folder that it lives in.
pub(crate) struct Server {
    running: Option<Running>,
    pub(crate) config: Config,
    folder: TempDir,
}

/// Runs a test on a fresh server over each store there is.
pub(crate) fn on_every_store(test: impl Fn(Server)) {
    test(Server::start());
    for database in shared_databases() {
        test(Server::configured(&database, |_| {}));
    }
}

/// A fresh database on each server for tests that there is: one that several processes may use at once.
pub(crate) fn shared_databases() -> impl Iterator<Item = Database> {
    let postgres = || block_on(super::postgres::fresh_database()).map(Database::Postgres);
    let mariadb = || block_on(super::mariadb::fresh_database()).map(Database::Mariadb);
    let makers: [Box<dyn Fn() -> Option<Database>>; 2] = [Box::new(postgres), Box::new(mariadb)];
    makers.into_iter().filter_map(|make| make())
}

/// Runs asynchronous test code.
pub(crate) fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// The folder of real access data; `None` when it is not given, and then what needs it is not part of the run.
pub(crate) fn real_data() -> Option<PathBuf> {
    std::env::var_os("BAILIWICK_TEST_DATA").map(PathBuf::from)
}

/// How much a test tries: `BAILIWICK_TEST_ROUNDS`, or what is usual for it.
pub(crate) fn rounds_or<T: FromStr>(usual: T) -> T {
    std::env::var("BAILIWICK_TEST_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(usual)
}

/// A caller is told that the store is not available, and the log why; here it says so on the standard error.
fn say_why_a_store_is_away() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let told = Targets::new().with_target("bailiwick::app::error", Level::WARN);
        let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_filter(told);
        let _another_is_set = tracing_subscriber::registry().with(layer).try_init();
    });
}

impl Server {
    /// A server on an SQLite file of its own, without tokens.
    pub(crate) fn start() -> Self {
        Self::configured(&Database::Sqlite, |_| {})
    }

    /// A server on a database, with changes to the default configuration.
    pub(crate) fn configured(database: &Database, change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.grpc.listen = SocketAddr::from(([127, 0, 0, 1], 0));
        config.metrics.listen = SocketAddr::from(([127, 0, 0, 1], 0));
        config.database.url = match database {
            Database::Sqlite => format!("sqlite://{}", folder.path().join("bailiwick.db").display()),
            Database::Postgres(url) | Database::Mariadb(url) => url.clone(),
        };
        config.secret = Secret::parse(&[b'k'; 64]);
        // Whether an answer comes in time is for the tests of deadlines; the others share a busy machine.
        config.deadline_default = config.deadline_max;
        change(&mut config);
        say_why_a_store_is_away();
        let running = Running::start(config.clone(), &[], false, &LogProgress::default()).unwrap();
        Self { running: Some(running), config, folder }
    }

    /// A server whose callers have tokens: `(subject, token)`. The first is a client that the test may use to
    /// set up everything; name it `clients/local-administrator`.
    pub(crate) fn with_tokens(tokens: &[(&str, &str)]) -> Self {
        let tokens: Vec<Token> = tokens.iter().map(|(subject, token)| Token::new(subject, token)).collect();
        Self::configured(&Database::Sqlite, |config| config.tokens = tokens)
    }

    /// Another server process, as it were, on the same database. An SQLite file belongs to one.
    pub(crate) fn beside(&self) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let running = Running::start(self.config.clone(), &[], false, &LogProgress::default()).unwrap();
        Self { running: Some(running), config: self.config.clone(), folder }
    }

    /// Stops the server and starts it again on the same database.
    pub(crate) fn restart(&mut self) {
        self.running.take().unwrap().stop();
        self.running = Some(Running::start(self.config.clone(), &[], false, &LogProgress::default()).unwrap());
    }

    pub(crate) fn stop(mut self) {
        self.running.take().unwrap().stop();
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.running.as_ref().unwrap().grpc_address()
    }

    /// Where the data plane listens by itself, on a server that was configured so.
    pub(crate) fn data_address(&self) -> SocketAddr {
        self.running().data_address().unwrap()
    }

    pub(crate) fn running(&self) -> &Running {
        self.running.as_ref().unwrap()
    }

    pub(crate) fn metrics_address(&self) -> SocketAddr {
        self.running.as_ref().unwrap().metrics_address()
    }

    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Clients without credentials. Call it inside [`block_on`].
    pub(crate) async fn clients(&self) -> Clients {
        Clients::connect(self.address(), None).await
    }

    /// Clients that send a token.
    pub(crate) async fn clients_as(&self, token: &str) -> Clients {
        Clients::connect(self.address(), Some(token)).await
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            // A runtime must not end inside another one.
            std::thread::spawn(move || running.stop()).join().ok();
        }
    }
}

/// Adds the token, if there is one.
#[derive(Clone)]
pub(crate) struct Credentials(Option<MetadataValue<tonic::metadata::Ascii>>);

impl Interceptor for Credentials {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(token) = &self.0 {
            request.metadata_mut().insert("authorization", token.clone());
        }
        Ok(request)
    }
}

type Transport = InterceptedService<Channel, Credentials>;

/// A client of each service.
#[derive(Clone)]
pub(crate) struct Clients {
    pub(crate) permission: PermissionServiceClient<Transport>,
    pub(crate) policy: PolicyDataServiceClient<Transport>,
    pub(crate) server: ServerServiceClient<Transport>,
    pub(crate) application: ApplicationServiceClient<Transport>,
    pub(crate) directory: DirectoryServiceClient<Transport>,
    pub(crate) role: RoleServiceClient<Transport>,
    pub(crate) privilege: PrivilegeServiceClient<Transport>,
    pub(crate) assignment: AssignmentServiceClient<Transport>,
    pub(crate) boundary: BoundaryServiceClient<Transport>,
}

impl Clients {
    pub(crate) async fn connect(address: SocketAddr, token: Option<&str>) -> Self {
        let endpoint = Endpoint::from_str(&format!("http://{address}")).unwrap().tcp_nodelay(true);
        let channel = endpoint.connect().await.unwrap();
        let credentials = Credentials(token.map(|token| format!("Bearer {token}").parse().unwrap()));
        let transport = || InterceptedService::new(channel.clone(), credentials.clone());
        Self {
            permission: PermissionServiceClient::new(transport()).max_decoding_message_size(ANSWER_BYTES_MAX),
            policy: PolicyDataServiceClient::new(transport()).max_decoding_message_size(ANSWER_BYTES_MAX),
            server: ServerServiceClient::new(transport()),
            application: ApplicationServiceClient::new(transport()),
            directory: DirectoryServiceClient::new(transport()),
            role: RoleServiceClient::new(transport()).max_decoding_message_size(ANSWER_BYTES_MAX),
            privilege: PrivilegeServiceClient::new(transport()).max_decoding_message_size(ANSWER_BYTES_MAX),
            assignment: AssignmentServiceClient::new(transport()),
            boundary: BoundaryServiceClient::new(transport()),
        }
    }
}
