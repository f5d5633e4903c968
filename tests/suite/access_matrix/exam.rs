//! Very many questions about subjects and privileges of one application, over several connections at once, compared
//! with what is known.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use bailiwick::proto::v1::batch_check_permissions_request::Check;
use bailiwick::proto::v1::batch_check_permissions_request::check::Target;
use bailiwick::proto::v1::batch_check_permissions_response::result::Outcome;
use bailiwick::proto::v1::consistency::Requirement;
use bailiwick::proto::v1::{BatchCheckPermissionsRequest, Consistency, Decision};
use futures_util::future::join_all;

use crate::harness::{Clients, Server};

/// Questions in one call.
const BATCH: usize = 1_000;

/// What the places in a pair stand for.
pub(crate) struct Names {
    pub(crate) application: String,
    pub(crate) subjects: Vec<String>,
    pub(crate) privileges: Vec<String>,
}

/// Connections over which to ask.
pub(crate) struct Exam {
    connections: Vec<Clients>,
    names: Names,
    tenant: Option<String>,
}

/// What an exam came to: every answer was right.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Asked {
    pub(crate) allowed: usize,
    pub(crate) denied: usize,
    took: Duration,
}

impl Asked {
    /// Reports how many there were and how fast; seen with `--nocapture`.
    pub(crate) fn say(&self, what: &str) {
        let all = u32::try_from(self.allowed + self.denied).unwrap();
        let a_second = f64::from(all) / self.took.as_secs_f64();
        println!("{what}: {} allowed, {} denied, {a_second:.0} checks/s", self.allowed, self.denied);
    }
}

impl Exam {
    pub(crate) async fn begin(server: &Server, token: Option<&str>, connections: usize, names: Names) -> Self {
        let connect = || async { Clients::connect(server.address(), token).await };
        Self { connections: join_all((0..connections).map(|_| connect())).await, names, tenant: None }
    }

    /// Every question is about a tenant.
    pub(crate) fn in_tenant(self, tenant: &str) -> Self {
        Self { tenant: Some(tenant.to_owned()), ..self }
    }

    /// Asks about all pairs of a subject and a privilege, and refuses an answer that is not the expected one.
    pub(crate) async fn ask(
        &self,
        pairs: impl IntoIterator<Item = (usize, usize)>,
        expected: impl Fn(usize, usize) -> bool,
    ) -> Asked {
        self.ask_with(None, pairs, expected).await
    }

    /// The same in a state that is at least that of a token.
    pub(crate) async fn ask_since(
        &self,
        token: String,
        pairs: impl IntoIterator<Item = (usize, usize)>,
        expected: impl Fn(usize, usize) -> bool,
    ) -> Asked {
        self.ask_with(Some(Requirement::AtLeastAsFresh(token)), pairs, expected).await
    }

    async fn ask_with(
        &self,
        requirement: Option<Requirement>,
        pairs: impl IntoIterator<Item = (usize, usize)>,
        expected: impl Fn(usize, usize) -> bool,
    ) -> Asked {
        let pairs = RefCell::new(pairs.into_iter());
        let (allowed, denied, start) = (Cell::new(0), Cell::new(0), Instant::now());
        let work = |clients: Clients| {
            let (requirement, pairs, expected, allowed, denied) = (&requirement, &pairs, &expected, &allowed, &denied);
            async move {
                loop {
                    let batch: Vec<(usize, usize)> = pairs.borrow_mut().by_ref().take(BATCH).collect();
                    if batch.is_empty() {
                        return;
                    }
                    for (pair, answer) in batch.iter().zip(self.answers(&clients, &batch, requirement.clone()).await) {
                        assert_eq!(answer, expected(pair.0, pair.1), "{}", self.shown(*pair));
                        let count = if answer { allowed } else { denied };
                        count.set(count.get() + 1);
                    }
                }
            }
        };
        join_all(self.connections.iter().cloned().map(work)).await;
        Asked { allowed: allowed.get(), denied: denied.get(), took: start.elapsed() }
    }

    fn shown(&self, pair: (usize, usize)) -> String {
        format!("{} {}", self.names.subjects[pair.0], self.names.privileges[pair.1])
    }

    async fn answers(
        &self,
        clients: &Clients,
        batch: &[(usize, usize)],
        requirement: Option<Requirement>,
    ) -> Vec<bool> {
        let request = BatchCheckPermissionsRequest {
            application: self.names.application.clone(),
            checks: batch.iter().map(|pair| self.question(*pair)).collect(),
            consistency: Some(Consistency { requirement, max_staleness: None }),
        };
        let mut request = tonic::Request::new(request);
        request.set_timeout(Duration::from_secs(30));
        let response = clients.permission.clone().batch_check_permissions(request).await.unwrap().into_inner();
        assert_eq!(response.results.len(), batch.len());
        let decision = |outcome| match outcome {
            Some(Outcome::Result(answer)) => Decision::try_from(answer.decision).unwrap(),
            other => panic!("{other:?}"),
        };
        response.results.into_iter().map(|result| decision(result.outcome) == Decision::Allowed).collect()
    }

    /// Without a tenant half of the questions name no target, half a resource that nobody registered: whoever reaches
    /// everything reaches either.
    fn question(&self, (subject, privilege): (usize, usize)) -> Check {
        let resource = ((subject + privilege) % 2 == 0).then(|| Target::Resource("things/1".to_owned()));
        Check {
            application: String::new(),
            subject: self.names.subjects[subject].clone(),
            privilege: self.names.privileges[privilege].clone(),
            target: self.tenant.clone().map(Target::Tenant).or(resource),
        }
    }
}

/// Numbers that a seed decides (splitmix64).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// A number below a bound.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(bound).unwrap()).unwrap()
    }
}
