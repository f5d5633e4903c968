//! How many connections a pool has, and how many of them are in use.

use sea_orm::{DatabaseConnection, DbBackend};
use sqlx::{Database, Pool};

use crate::measure::{Labels, Metric, Point, Points};

/// What is told of the pools, each with its name.
pub(super) fn read(pools: &[(&'static str, &DatabaseConnection)]) -> Vec<Metric> {
    let (mut connections, mut most) = (Vec::new(), Vec::new());
    for (name, db) in pools {
        let Some(Figures { open, idle, max }) = figures(db) else { continue };
        let labels = |state| -> Labels { vec![("pool", *name), ("state", state)] };
        connections.push(Point::new(labels("idle"), f64::from(idle.min(open))));
        connections.push(Point::new(labels("used"), f64::from(open.saturating_sub(idle))));
        most.push(Point::new(vec![("pool", *name)], f64::from(max)));
    }
    vec![
        Metric::new("bailiwick.store.connections", "Open connections to the database", Points::Gauge(connections)),
        Metric::new("bailiwick.store.connections_max", "Connections to the database at most", Points::Gauge(most)),
    ]
}

struct Figures {
    open: u32,
    idle: u32,
    max: u32,
}

fn figures(db: &DatabaseConnection) -> Option<Figures> {
    match db.get_database_backend() {
        DbBackend::Postgres => Some(of(db.get_postgres_connection_pool())),
        DbBackend::MySql => Some(of(db.get_mysql_connection_pool())),
        DbBackend::Sqlite => Some(of(db.get_sqlite_connection_pool())),
        _ => None,
    }
}

fn of<D: Database>(pool: &Pool<D>) -> Figures {
    let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
    Figures { open: pool.size(), idle, max: pool.options().get_max_connections() }
}
