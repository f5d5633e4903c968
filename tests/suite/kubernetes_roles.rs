//! The default roles of Kubernetes, and a cluster of odd ones: with wildcards in every place, aggregated roles, names
//! that look like wildcards or hold what separates names, namespaces. What Kubernetes' own rules answer is what is
//! answered, to every subject and every question; `expected.py` writes these rules down anew.
//!
//! The default roles need the folder of real access data. Figures are seen with `--nocapture`.

mod cluster;

use std::path::{Path, PathBuf};

use serde_json::Value;

use self::cluster::Cluster;
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

#[test]
fn the_default_roles_of_kubernetes_answer_as_in_kubernetes() {
    let Some(data) = real_data() else { return };
    let kinds = ["cluster-roles", "cluster-role-bindings", "namespace-roles", "namespace-role-bindings"];
    let files = kinds.map(|kind| data.join(format!("k8s-roles/{kind}.yaml")));
    let cluster = Cluster::read(&files);
    assert_eq!((cluster.rules, cluster.named_rules, cluster.left_out.len()), (126, 5, 5), "{:?}", cluster.left_out);
    assert_eq!(cluster.subjects.len(), 42);
    try_it(&cluster);
}

#[test]
fn odd_roles_of_kubernetes_answer_as_in_kubernetes() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/kubernetes_roles/odd.json");
    let cluster = Cluster::read(&[PathBuf::from(&file)]);
    let left_out = [
        "left out: rule 1 of ClusterRole named-objects: it has resourceNames (one)",
        "left out: rule 2 of ClusterRole named-objects: it has resourceNames (one, two)",
        "left out: rule 2 of Role reader@green: it has resourceNames (one)",
        "left out: ClusterRoleBinding dangling: there is no role absent",
    ];
    assert_eq!((cluster.named_rules, cluster.left_out.as_slice()), (3, left_out.map(str::to_owned).as_slice()));
    try_it(&cluster);
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
        });
        server.restart();
        block_on(async {
            ask_everything(&server, cluster).await;
            nobody_in_the_cluster_administers_the_server(&server, &callers).await;
        });
    });
}

async fn ask_everything(server: &Server, cluster: &Cluster) {
    let (mut allowed, mut denied) = (0, 0);
    for place in cluster.places() {
        let here = |question: &usize| cluster.questions[*question].namespace == place;
        let questions: Vec<usize> = (0..cluster.questions.len()).filter(here).collect();
        let names = Names {
            application: APPLICATION.to_owned(),
            subjects: cluster.subjects.iter().map(|(_, ours)| ours.clone()).collect(),
            privileges: questions.iter().map(|question| cluster.questions[*question].key()).collect(),
        };
        let exam = Exam::begin(server, Some(&token_of(ROOT)), CONNECTIONS, names).await;
        let exam = if let Some(namespace) = &place { exam.about(About::Tenant(namespace.clone())) } else { exam };
        let pairs = (0..cluster.subjects.len()).flat_map(|subject| (0..questions.len()).map(move |key| (subject, key)));
        let asked = exam.ask(pairs, |subject, key| cluster.allows(subject, questions[key])).await;
        asked.say(place.as_deref().unwrap_or("the cluster"));
        (allowed, denied) = (allowed + asked.allowed, denied + asked.denied);
    }
    assert_eq!((allowed, denied), cluster.counts());
    assert!(allowed > 0 && denied > 0);
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
