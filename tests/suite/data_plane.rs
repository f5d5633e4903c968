//! The listeners of the data plane: what is served there, what is not, and to whom.
//!
//! What a door serves is asked at each of them; what is true of one alone is in its own file.

mod doors;
mod served;
mod socket;

use std::path::Path;

use bailiwick::config::Config;

use crate::callers::actor::Actor;
use crate::callers::shop::{self, PEOPLE};
use crate::callers::stage::{prepared, root};
use crate::harness::{Database, Server, block_on};

/// Opens the doors of the data plane.
fn open_doors(config: &mut Config, folder: &Path) {
    config.data.listen = Some(([127, 0, 0, 1], 0).into());
    config.data.socket = Some(folder.join("data.sock"));
}

/// Somebody who knocks at each door of the data plane, with its name.
async fn at_the_doors(server: &Server, token: Option<String>) -> Vec<(&'static str, Actor)> {
    let address = Actor::connect(server.data_address(), token.clone()).await;
    let socket = server.running().data_socket().unwrap();
    vec![("data.listen", address), ("data.socket", Actor::connect_to(endpoint(socket), token).await)]
}

/// The address of a socket.
fn endpoint(socket: &Path) -> String {
    format!("unix:{}", socket.display())
}

/// Runs a test on a server with every door, on which everybody of the shop has a token or nobody needs one.
#[expect(clippy::needless_pass_by_value, reason = "a test is written where it is run")]
fn with_doors(change: impl FnOnce(&mut Config), test: impl AsyncFn(&Server)) {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::configured(&Database::Sqlite, |config| {
        open_doors(config, folder.path());
        change(config);
    });
    block_on(async { test(&server).await });
}

/// Runs a test on a server with the shop and every door, as who opened it.
#[expect(clippy::needless_pass_by_value, reason = "a test is written where it is run")]
fn in_the_shop(change: impl FnOnce(&mut Config), test: impl AsyncFn(&Server, &Actor)) {
    let prepared = |config: &mut Config| {
        prepared(config, PEOPLE);
        change(config);
    };
    with_doors(prepared, async |server| {
        let root = root(server).await;
        shop::open(&root).await;
        test(server, &root).await;
    });
}
