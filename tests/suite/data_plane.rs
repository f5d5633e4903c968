//! The listeners of the data plane: what is served there, what is not, and to whom.
//!
//! What a door serves is asked at each of them; what is true of one alone is in its own file.

mod doors;
mod served;

use bailiwick::config::Config;

use crate::callers::actor::Actor;
use crate::callers::shop::{self, PEOPLE};
use crate::callers::stage::{prepared, root};
use crate::harness::{Database, Server, block_on};

/// Opens the doors of the data plane.
fn open_doors(config: &mut Config) {
    config.data.listen = Some(([127, 0, 0, 1], 0).into());
}

/// Everybody who may knock: at each door of the data plane, with its name.
async fn at_the_doors(server: &Server, token: Option<String>) -> Vec<(&'static str, Actor)> {
    vec![("data.listen", Actor::connect(server.data_address(), token).await)]
}

/// Runs a test on a server with the shop and every door, as who opened it.
fn in_the_shop(change: impl FnOnce(&mut Config), test: impl AsyncFn(&Server, &Actor)) {
    let server = Server::configured(&Database::Sqlite, |config| {
        prepared(config, PEOPLE);
        open_doors(config);
        change(config);
    });
    block_on(async {
        let root = root(&server).await;
        shop::open(&root).await;
        test(&server, &root).await;
    });
}
