//! The catalogue of predefined Google Cloud roles: 2,361 roles, 13,495 privileges, 159,791 pairs of the two, and a
//! user per role. What its file says is what the server answers. Needs the folder of real access data.
//!
//! `BAILIWICK_TEST_ROUNDS` says how much is asked: so many millions of denials, and four times as many users with
//! random roles. From 32 on it is everything: all 31.9 million pairs of a user and a privilege, 1,000 users with
//! random roles, on every store. Figures are seen with `--nocapture`.

mod catalogue;
mod changes;
mod denials;
mod owner;

use std::time::Instant;

use bailiwick::config::Token;

use self::catalogue::{Catalogue, Held};
use crate::access_matrix::exam::{Exam, Names};
use crate::harness::{Database, Server, block_on, real_data, rounds_or, shared_databases};
use crate::import_export::transfer;

const APPLICATION: &str = "applications/gcp";
const ADMINISTRATOR: &str = "token-of-the-administrator";
const OWNER: &str = "token-of-users/owner";

/// From so many rounds on, everything is asked.
const ROUNDS_FOR_ALL: usize = 32;
/// Users with random roles, at most.
const RANDOM_USERS_MAX: usize = 1_000;
/// Connections that ask at once.
const CONNECTIONS: usize = 4;

fn rounds() -> usize {
    rounds_or(1)
}

fn is_all() -> bool {
    rounds() >= ROUNDS_FOR_ALL
}

#[test]
fn what_the_catalogue_of_google_cloud_roles_says_is_what_is_answered() {
    let Some(data) = real_data() else { return };
    let file = data.join("gcp-roles/roles.jsonl.gz");
    let users = if is_all() { RANDOM_USERS_MAX } else { (4 * rounds()).min(RANDOM_USERS_MAX) };
    let catalogue = Catalogue::read(&file, users);
    assert_eq!(catalogue.size(), (2_361, 13_495, 159_791));
    try_on(&Database::Sqlite, &catalogue);
    for database in shared_databases().take_while(|_| is_all()) {
        try_on(&database, &catalogue);
    }
}

fn try_on(database: &Database, catalogue: &Catalogue) {
    let tokens = [("clients/local-administrator", ADMINISTRATOR), ("users/owner", OWNER)];
    let tokens = tokens.iter().map(|(subject, token)| Token::new(subject, token)).collect();
    let mut server = Server::configured(database, |config| config.tokens = tokens);
    block_on(async {
        load(&server, catalogue).await;
        ask_everything(&server, catalogue).await;
        owner::has_no_right_over_the_server(&server, catalogue).await;
        changes::are_seen_at_once(&server, catalogue).await;
    });
    let start = Instant::now();
    server.restart();
    println!("restart: {:?}", start.elapsed());
    block_on(denials::near_twins_are_two_privileges(&server, catalogue));
}

/// Loads the import file that the converter makes.
async fn load(server: &Server, catalogue: &Catalogue) {
    let clients = server.clients_as(ADMINISTRATOR).await;
    let start = Instant::now();
    let done = transfer::import(&clients, &catalogue.document).await;
    let (took, lines) = (start.elapsed(), u32::try_from(done.lines).unwrap());
    println!("load: {lines} lines in {took:?}, {:.0} lines/s", f64::from(lines) / took.as_secs_f64());
    assert_eq!(done.lines, i64::try_from(catalogue.document_lines()).unwrap());
    assert_eq!((done.created, done.unchanged), (done.lines - 1, 0), "each line below the header is a row: {done:?}");
}

async fn ask_everything(server: &Server, catalogue: &Catalogue) {
    let exam = exam(server, &catalogue.roles, catalogue).await;
    let expected = |role: usize, key: usize| catalogue.gives(role, key);
    let asked = exam.ask(catalogue.grants(), expected).await;
    asked.say("grants");
    assert_eq!((asked.allowed, asked.denied), (159_791, 0));
    let asked = exam.ask_on_a_stream(catalogue.grants(), expected).await;
    asked.say("grants, on a stream");
    assert_eq!((asked.allowed, asked.denied), (159_791, 0));
    let every = if is_all() { 1 } else { 64 };
    exam.ask_compactly((0..catalogue.roles.len()).step_by(every), expected).await.say("in the compact form");
    if is_all() {
        let asked = exam.ask(catalogue.all_pairs(), expected).await;
        asked.say("all pairs");
        assert_eq!((asked.allowed, asked.denied), (159_791, 2_361 * 13_495 - 159_791));
    } else {
        let asked = exam.ask(denials::chosen(catalogue, 1_000_000 * rounds()), expected).await;
        asked.say("denials");
        assert_eq!((asked.allowed, asked.denied), (0, 1_000_000 * rounds()));
    }
    denials::near_twins_are_two_privileges(server, catalogue).await;
    ask_random_users(server, catalogue).await;
}

/// Users with 2 to 50 roles may what any of these gives, and nothing else.
async fn ask_random_users(server: &Server, catalogue: &Catalogue) {
    let users: Vec<Held> = catalogue.random_users();
    assert!(users.iter().all(|user| (2..=50).contains(&user.roles.len())));
    let ids: Vec<String> = users.iter().map(|user| user.id.clone()).collect();
    let exam = exam(server, &ids, catalogue).await;
    let pairs = (0..users.len()).flat_map(|user| (0..catalogue.keys.len()).map(move |key| (user, key)));
    exam.ask(pairs, |user, key| users[user].roles.iter().any(|role| catalogue.gives(*role, key)))
        .await
        .say("users with random roles");
}

/// Asks as the administrator about these users and every privilege.
async fn exam(server: &Server, users: &[String], catalogue: &Catalogue) -> Exam {
    let names = Names {
        application: APPLICATION.to_owned(),
        subjects: users.iter().map(|user| format!("users/{user}")).collect(),
        privileges: catalogue.keys.clone(),
    };
    Exam::begin(server, Some(ADMINISTRATOR), CONNECTIONS, names).await
}
