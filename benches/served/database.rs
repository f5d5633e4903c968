//! A SQLite file with a workload's rows, and with a client who may ask about everybody in them.

use std::path::PathBuf;
use std::sync::Arc;

use bailiwick::app::port::{Audit, NewRevision, Receipt, Store};
use bailiwick::config::Secret;
use bailiwick::domain::assignment::{Assignment, AssignmentId, ObjectAccess};
use bailiwick::domain::boundary::Boundary;
use bailiwick::domain::change::Change;
use bailiwick::domain::directory::Client;
use bailiwick::domain::id::{Id, PrivilegeKey};
use bailiwick::domain::metadata::Metadata;
use bailiwick::domain::name::{RoleId, Subject};
use bailiwick::domain::role::{Role, RoleElement, RoleElementRow, RoleKind, Visibility};
use bailiwick::domain::row::{Row, Stamp};
use bailiwick::store::{Direction, Options, SqlStore, connect, migrate};
use bailiwick::workload::Workload;

/// Rows of one revision: so many that of a large file each page is written once for several of them.
const AT_ONCE: usize = 100_000;
const SECRET: &str = "measured-with-this-secret-and-no-other";

/// A file.
pub(crate) struct Database(pub(crate) PathBuf);

impl Database {
    pub(crate) fn url(&self) -> String {
        format!("sqlite://{}", self.0.display())
    }

    /// The arguments by which the server serves from it.
    pub(crate) fn arguments(&self) -> Vec<String> {
        ["--database-url", &self.url(), "--secret", SECRET].map(str::to_owned).to_vec()
    }

    pub(crate) async fn open(&self) -> Arc<SqlStore> {
        let secret = Secret::parse(SECRET.as_bytes()).unwrap().key();
        connect(&self.url(), &Options { pool_size: 1, secret }).await.unwrap()
    }

    /// Makes the file, with all rows.
    pub(crate) async fn write(&self, workload: &Workload) {
        migrate(&self.url(), Direction::Up).await.unwrap();
        let store = self.open().await;
        let (mut rows, mut count) = (workload.rows(), 0);
        let application = application_of(workload);
        loop {
            let some: Vec<Row> = rows.by_ref().take(AT_ONCE).collect();
            if some.is_empty() {
                break;
            }
            count += some.len();
            append(&store, [some.into_iter().map(Change::insert).collect()]).await;
            eprintln!("{count} rows are written");
        }
        append(&store, [asker(&application).map(Change::insert).to_vec()]).await;
        store.close().await.unwrap();
    }
}

/// Writes revisions, together durable.
pub(crate) async fn append(store: &SqlStore, revisions: impl IntoIterator<Item = Vec<Change>>) {
    let mut transaction = store.begin().await.unwrap();
    for changes in revisions {
        let revision = NewRevision { changes, audit: Audit::default(), receipt: Receipt::default() };
        transaction.append(revision).await.unwrap();
    }
    transaction.commit().await.unwrap();
}

fn application_of(workload: &Workload) -> Id {
    let is_application = |row: Row| if let Row::Application(application) = row { Some(application.id) } else { None };
    workload.rows().find_map(is_application).unwrap()
}

/// `clients/asker`, his role, what it gives, and that he holds it.
fn asker(application: &Id) -> [Row; 4] {
    let asker = Id::parse("asker").unwrap();
    let role = RoleId { application: application.clone(), tenant: None, role: asker.clone() };
    let right = PrivilegeKey::parse("bailiwick:permission:check").unwrap();
    let (display_name, description, stamp) = (String::new(), String::new(), Stamp::default());
    [
        Row::Client(Client {
            id: asker.clone(),
            application: application.clone(),
            tenant: None,
            display_name: display_name.clone(),
            enabled: true,
            stamp: stamp.clone(),
        }),
        Row::Role(Role {
            id: role.clone(),
            role_name: "asker".to_owned(),
            display_name,
            description: description.clone(),
            metadata: Metadata::new(),
            kind: RoleKind::Custom,
            boundary: Boundary::Unset,
            visibility: Visibility::All,
            stamp: stamp.clone(),
        }),
        Row::RoleElement(RoleElementRow { role: role.clone(), element: RoleElement::Privilege(right), incarnation: 0 }),
        Row::Assignment(Assignment {
            id: AssignmentId { holder: Subject::Client(asker), role, tenant: None },
            access: ObjectAccess::ALL,
            start: None,
            expire: None,
            reason: description,
            stamp,
        }),
    ]
}
