//! Other systems' own examples: templates of Topaz, sample stores of `OpenFGA`, decisions of `AuthZEN`'s todo scenario. What
//! they assert is what we answer, once they are converted into roles, resources and what assignments reach.
//!
//! Every assertion is met that needs no intersection, exclusion or attribute that only the caller knows; any other is
//! listed with its construct and counted. Beyond the assertions, everybody is asked about every relation of
//! everything, and a small reading of the terms says what the system would answer. Needs the folder of real access
//! data; the table is seen with `--nocapture`.

mod answers;
mod conversion;
mod exam;
mod flows;
mod model_language;
mod openfga;
mod people;
mod schema;
mod todo;
mod topaz;
mod yaml;

use self::conversion::Form;
use self::exam::Row;
use self::schema::Store;
use crate::harness::{Server, block_on, on_every_store, real_data};
use crate::import_export::transfer;

#[test]
fn templates_of_topaz_answer_as_in_topaz() {
    let Some(data) = real_data() else { return };
    let templates =
        [("simple-rbac", "assertions.json"), ("slack", "slack_assertions.json"), ("github", "github_assertions.json")];
    let read = |(name, assertions)| topaz::read(&data.join("topaz").join(name), assertions);
    try_all(
        &templates.map(read),
        &[
            ("topaz-simple-rbac", [1, 1, 1, 1, 52, 148, 0]),
            ("topaz-slack", [7, 7, 7, 7, 63, 137, 0]),
            ("topaz-github", [11, 11, 11, 11, 70, 210, 0]),
        ],
    );
}

#[test]
fn sample_stores_of_openfga_answer_as_in_openfga() {
    let Some(data) = real_data() else { return };
    let stores = ["custom-roles", "github", "multitenant-rbac", "role-assignments", "slack", "superadmin"];
    try_all(
        &stores.map(|name| openfga::read(&data.join("openfga-stores").join(name))),
        &[
            ("openfga-custom-roles", [11, 11, 16, 16, 60, 175, 0]),
            ("openfga-github", [10, 10, 19, 19, 37, 54, 0]),
            ("openfga-multitenant-rbac", [13, 13, 16, 16, 43, 45, 0]),
            ("openfga-role-assignments", [8, 8, 8, 8, 14, 22, 0]),
            ("openfga-slack", [8, 8, 14, 14, 24, 41, 0]),
            ("openfga-superadmin", [13, 10, 14, 11, 20, 33, 3]),
        ],
    );
}

#[test]
fn decisions_of_the_todo_scenario_are_ours() {
    let Some(data) = real_data() else { return };
    let scenario = todo::Scenario::read(&data.join("authzen/todo"));
    on_every_store(|mut server| {
        block_on(scenario.load(&server));
        server.restart();
        println!("{}", block_on(scenario.ask(&server)));
    });
}

/// Imports all stores into one server, each as an application in either form, and asks; and again after a restart.
fn try_all(stores: &[Store], expected: &[(&str, [usize; 7])]) {
    on_every_store(|mut server| {
        block_on(load(&server, stores));
        let rows = block_on(ask(&server, stores));
        server.restart();
        assert_eq!(block_on(ask(&server, stores)), rows);
        for row in &rows {
            println!("{row}");
        }
        assert_eq!(rows.iter().map(Row::figures).collect::<Vec<_>>(), expected);
    });
}

const FORMS: [(Form, &str); 2] = [(Form::WithSpecs, "specs"), (Form::WithoutSpecs, "below")];

fn application(store: &Store, form: &str) -> String {
    format!("{}.{form}", store.name.split_once('-').unwrap().1)
}

async fn load(server: &Server, stores: &[Store]) {
    let clients = server.clients().await;
    for store in stores {
        for (form, name) in FORMS {
            let document = conversion::document(store, &application(store, name), form);
            let done = transfer::import(&clients, &document).await;
            assert_eq!(done.updated, 0, "{}: {done:?}", store.name);
        }
    }
}

async fn ask(server: &Server, stores: &[Store]) -> Vec<Row> {
    let clients = server.clients().await;
    let mut rows = Vec::new();
    for store in stores {
        let mut in_forms = Vec::new();
        for (_, name) in FORMS {
            in_forms.push(exam::ask(&clients, &application(store, name), store).await);
        }
        let row = in_forms.remove(0);
        assert_eq!(in_forms, std::slice::from_ref(&row), "with traversal specs or without");
        rows.push(row);
    }
    rows
}
