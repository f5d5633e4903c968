//! The schema, in steps that are applied in order and can be taken back.
//!
//! Guarantees: applying is idempotent, also after it was killed half way; of two processes that migrate the same
//! database at the same time one waits for the other; a schema that a later version of the program has
//! made is refused. It never changes rows of the state.

mod foundation;
mod outline;

use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use sea_orm_migration::{MigrationStatus, MigrationTrait, MigratorTrait};

use super::dialect::Dialect;
use crate::app::port::StoreError;

/// What to do with the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Apply every step that is missing.
    Up,
    /// Take back the last step, **with all data in what it made**.
    Down,
    /// Change nothing.
    Status,
}

/// One step of the schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its name.
    pub name: String,
    /// Whether the database has it.
    pub applied: bool,
}

struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(foundation::Foundation)]
    }
}

/// How long one process waits for another that migrates the same database; no statement may take longer than 45 s.
const LOCK_SECONDS: u32 = 40;

/// Migrates over a pool of one connection, and says which steps the database has.
pub(super) async fn run(db: &DatabaseConnection, direction: Direction) -> Result<Vec<Step>, StoreError> {
    if direction != Direction::Status {
        lock(db).await?;
    }
    match direction {
        Direction::Up => Migrator::up(db, None).await?,
        Direction::Down => Migrator::down(db, Some(1)).await?,
        Direction::Status => {}
    }
    steps(db).await
}

/// Waits for the lock that who migrates a database holds until its session ends. An SQLite file is one process's.
async fn lock(db: &DatabaseConnection) -> Result<(), StoreError> {
    match Dialect::of(db) {
        Dialect::Sqlite => {}
        Dialect::Postgres => {
            // For this one lock longer than the session waits for others. Its number is any that nobody else uses.
            let sql = format!(
                "BEGIN; SET LOCAL lock_timeout = '{LOCK_SECONDS}s'; \
                 SELECT pg_advisory_lock(7020397264381539433); COMMIT"
            );
            db.execute_unprepared(&sql).await.map_err(|error| match error.into() {
                StoreError::Conflict(_) => busy(),
                other => other,
            })?;
        }
        Dialect::Mariadb => {
            // Such locks belong to the server, not to a database on it.
            let sql = format!("SELECT GET_LOCK(CONCAT('bailiwick ', MD5(DATABASE())), {LOCK_SECONDS}) = 1");
            let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
            let locked = row.map(|row| row.try_get_by_index::<Option<bool>>(0)).transpose()?.flatten();
            if locked != Some(true) {
                return Err(busy());
            }
        }
    }
    Ok(())
}

fn busy() -> StoreError {
    StoreError::Unavailable("another process migrates the database".to_owned())
}

/// Refuses a schema that is not exactly the one this program needs.
pub(super) async fn verify(db: &DatabaseConnection) -> Result<(), StoreError> {
    if steps(db).await?.iter().all(|step| step.applied) {
        Ok(())
    } else {
        Err(StoreError::Schema("the database's schema is not up to date: run `bailiwick migrate up`".to_owned()))
    }
}

async fn steps(db: &DatabaseConnection) -> Result<Vec<Step>, StoreError> {
    let steps = Migrator::get_migration_with_status_read_only(db).await?;
    let step = |step: &sea_orm_migration::Migration| Step {
        name: step.name().to_owned(),
        applied: step.status() == MigrationStatus::Applied,
    };
    Ok(steps.iter().map(step).collect())
}
