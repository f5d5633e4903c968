//! The default roles of Kubernetes, bound in the cluster and in namespaces, and a cluster of odd ones: with wildcards in
//! every place, aggregated roles, names that look like wildcards or hold what separates names. What Kubernetes' own rules
//! answer is what is answered, to every subject and every question; `expected.py` writes these rules down anew.
//!
//! What rules with `resourceNames` give reaches the named objects: first through scopes, as the converter writes it; then
//! each assignment names them one by one.
//!
//! A namespace is a tenant. Every question about one is asked about the tenant and about an object that is registered in
//! it; what is bound in the cluster reaches both, what is bound in a namespace nothing outside of it.
//!
//! The default roles need the folder of real access data. Figures are seen with `--nocapture`.

mod cluster;

use std::path::{Path, PathBuf};

use serde_json::Value;

use self::cluster::{Cluster, object_in, object_named};
use crate::access_matrix::exam::{About, Exam, Names};
use crate::callers::actor::Actor;
use crate::callers::shop;
use crate::callers::stage::{ROOT, actor, decision, export, head, on_every_store, root, token_of};
use crate::harness::{Server, block_on, real_data};
use crate::import_export::transfer;
use crate::refusals::every_method_is_denied_to;

const APPLICATION: &str = "applications/kubernetes";
/// Connections that ask at once.
const CONNECTIONS: usize = 4;
/// Of the very many questions about the cluster, every so many is asked about an object, too.
const CLUSTER_STEP: usize = 7;

#[test]
fn the_default_roles_of_kubernetes_answer_as_in_kubernetes() {
    let Some(data) = real_data() else { return };
    let kinds = ["cluster-roles", "cluster-role-bindings", "namespace-roles", "namespace-role-bindings"];
    let defaults = kinds.map(|kind| data.join(format!("k8s-roles/{kind}.yaml")));
    let cluster = Cluster::read(&[&defaults[..], &[ours("bound.json")]].concat());
    assert_eq!((cluster.rules, cluster.named_rules, cluster.left_out.len()), (130, 5, 1), "{:?}", cluster.left_out);
    assert_eq!((cluster.subjects.len(), cluster.by_name()), (59, 51));
    try_it(&cluster);
}

#[test]
fn odd_roles_of_kubernetes_answer_as_in_kubernetes() {
    let cluster = Cluster::read(&[ours("odd.json")]);
    let left_out = [
        "left out: ClusterRoleBinding dangling: there is no role absent",
        "left out: RoleBinding role-of-another-namespace: there is no role keeper@green",
    ];
    assert_eq!((cluster.named_rules, cluster.left_out.as_slice()), (3, left_out.map(str::to_owned).as_slice()));
    assert_eq!(cluster.by_name(), 1_097);
    try_it(&cluster);
}

/// A cluster of our own.
fn ours(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/kubernetes_roles").join(file)
}

fn try_it(cluster: &Cluster) {
    let administrators = ["member-of:system:masters", "holder-of:cluster-admin"].map(|user| cluster.subject(user));
    let callers: Vec<&str> = administrators.iter().map(String::as_str).collect();
    on_every_store(&callers, |mut server| {
        block_on(async {
            let clients = server.clients_as(&token_of(ROOT)).await;
            let done = transfer::import(&clients, &cluster.document).await;
            assert_eq!((done.updated, done.unchanged), (0, 0), "no line says again what another says: {done:?}");
            ask_everything(&server, cluster).await;
            ask_about_named(&server, cluster).await;
            let (one_by_one, assignments) = cluster.one_by_one();
            let done = transfer::import(&clients, one_by_one).await;
            assert_eq!(done.updated, assignments, "no assignment reaches a scope any more: {done:?}");
            ask_about_named(&server, cluster).await;
        });
        server.restart();
        block_on(async {
            ask_again(&server, cluster).await;
            ask_about_named(&server, cluster).await;
            nobody_in_the_cluster_administers_the_server(&server, &callers).await;
        });
    });
}

/// Asks every subject every question.
async fn ask_everything(server: &Server, cluster: &Cluster) {
    for place in cluster.places() {
        let questions = cluster.questions_in(place.as_ref());
        let about = place.clone().map_or(About::Everything, About::Tenant);
        ask(server, cluster, &questions, about).await;
        ask_about_object(server, cluster, place.as_ref()).await;
    }
}

/// The same, but about the objects alone.
async fn ask_again(server: &Server, cluster: &Cluster) {
    for place in cluster.places() {
        ask_about_object(server, cluster, place.as_ref()).await;
    }
}

/// Asks about the objects that rules name, and about one that none does, in every namespace and in none.
async fn ask_about_named(server: &Server, cluster: &Cluster) {
    for place in cluster.places() {
        for name in cluster.object_names() {
            let questions = cluster.questions_about(place.as_ref(), Some(&name));
            ask(server, cluster, &questions, About::Resource(object_named(place.as_deref(), &name))).await;
        }
    }
}

/// Asks about the object of a namespace, or about the one that is in none.
async fn ask_about_object(server: &Server, cluster: &Cluster, place: Option<&String>) {
    let step = if place.is_none() { CLUSTER_STEP } else { 1 };
    let questions: Vec<usize> = cluster.questions_in(place).into_iter().step_by(step).collect();
    let own = ask(server, cluster, &questions, About::Resource(object_in(place.map(String::as_str)))).await;
    let bound = place.is_some_and(|namespace| namespace != "of-no-binding");
    assert_eq!(own > 0, bound, "{place:?}: {own} by what is bound there alone");
}

/// Asks every subject these questions about one thing, and says how many are allowed by what is bound in the namespace
/// alone.
async fn ask(server: &Server, cluster: &Cluster, questions: &[usize], about: About) -> usize {
    let names = Names {
        application: APPLICATION.to_owned(),
        subjects: cluster.subjects.iter().map(|(_, ours)| ours.clone()).collect(),
        privileges: questions.iter().map(|question| cluster.questions[*question].key()).collect(),
    };
    let shown = format!("{about:?}");
    let exam = Exam::begin(server, Some(&token_of(ROOT)), CONNECTIONS, names).await.about(about);
    let pairs = (0..cluster.subjects.len()).flat_map(|subject| (0..questions.len()).map(move |key| (subject, key)));
    let asked = exam.ask(pairs, |subject, key| cluster.allows(subject, questions[key])).await;
    let (allowed, own, denied) = cluster.counts(questions);
    asked.say(&format!("{shown}, {own} by what is bound there alone"));
    assert_eq!((asked.allowed, asked.denied), (allowed, denied));
    assert!(allowed > 0 && denied > 0);
    own
}

/// Whoever may do everything in the cluster may call no method of ours, neither about another application nor about
/// that of the cluster's own roles; and what is not registered is denied to him, too.
async fn nobody_in_the_cluster_administers_the_server(server: &Server, administrators: &[&str]) {
    let root = root(server).await;
    shop::open(&root).await;
    let before = (export(&root).await, head(&root).await);
    for administrator in administrators {
        let caller: Actor = actor(server, administrator).await;
        every_method_is_denied_to(&caller, |request| request).await;
        // The same requests about the application of the cluster.
        let elsewhere = |request: Value| request.to_string().replace("applications/shop", APPLICATION);
        every_method_is_denied_to(&caller, |request| serde_json::from_str(&elsewhere(request)).unwrap()).await;
        let own = |key| ("kubernetes", "users/me", key);
        assert_eq!(decision(&caller, own("resource:apps:deployments:delete"), "").await, "ROLE_ASSIGNMENT");
        assert_eq!(decision(&caller, own("bailiwick:role:create"), "").await, "NOT_GRANTED");
        assert_eq!(decision(&caller, own("resource:apps:never-registered:get"), "").await, "PRIVILEGE_UNKNOWN");
    }
    assert_eq!((export(&root).await, head(&root).await), before);
}
