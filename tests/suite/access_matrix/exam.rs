//! Very many questions about subjects and privileges of one application, over several connections at once, compared
//! with what is known.

mod other_ways;

use std::cell::{Cell, RefCell};
use std::ops::AddAssign;
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

/// What every question of an exam is about.
#[derive(Clone, Debug)]
pub(crate) enum About {
    /// Half of the questions name no target, half a resource that nobody registered: whoever reaches everything reaches
    /// either.
    Everything,
    /// No target.
    Nothing,
    /// A tenant.
    Tenant(String),
    /// A resource, `kind/id`.
    Resource(String),
    /// The subject that the question is asked for.
    Itself,
}

/// What is answered: whether it is allowed, and the values of custom boundaries.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) allowed: bool,
    pub(crate) custom: Vec<String>,
}

impl From<bool> for Answer {
    fn from(allowed: bool) -> Self {
        Self { allowed, custom: Vec::new() }
    }
}

/// Connections over which to ask.
pub(crate) struct Exam {
    connections: Vec<Clients>,
    names: Names,
    about: About,
}

/// What an exam came to: every answer was right.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Asked {
    pub(crate) allowed: usize,
    pub(crate) denied: usize,
    /// Of the denied: those that carry the value of a custom boundary.
    pub(crate) custom: usize,
    took: Duration,
}

impl AddAssign for Asked {
    fn add_assign(&mut self, more: Self) {
        self.allowed += more.allowed;
        self.denied += more.denied;
        self.custom += more.custom;
        self.took += more.took;
    }
}

impl Asked {
    fn with(self, answer: &Answer) -> Self {
        let (allowed, custom) = (usize::from(answer.allowed), usize::from(!answer.custom.is_empty()));
        Self {
            allowed: self.allowed + allowed,
            denied: self.denied + 1 - allowed,
            custom: self.custom + custom,
            ..self
        }
    }

    /// Reports how many there were and how fast; seen with `--nocapture`.
    pub(crate) fn say(&self, what: &str) {
        let all = u32::try_from(self.allowed + self.denied).unwrap();
        let a_second = f64::from(all) / self.took.as_secs_f64();
        let custom = if self.custom > 0 { format!(" ({} with a value)", self.custom) } else { String::new() };
        println!("{what}: {} allowed, {} denied{custom}, {a_second:.0} checks/s", self.allowed, self.denied);
    }
}

impl Exam {
    pub(crate) async fn begin(server: &Server, token: Option<&str>, connections: usize, names: Names) -> Self {
        let connect = || async { Clients::connect(server.address(), token).await };
        Self { connections: join_all((0..connections).map(|_| connect())).await, names, about: About::Everything }
    }

    /// From now on every question is about this.
    pub(crate) fn about(self, about: About) -> Self {
        Self { about, ..self }
    }

    /// Asks about all pairs of a subject and a privilege, and refuses an answer that is not the expected one.
    pub(crate) async fn ask<A: Into<Answer>>(
        &self,
        pairs: impl IntoIterator<Item = (usize, usize)>,
        expected: impl Fn(usize, usize) -> A,
    ) -> Asked {
        self.ask_with(None, pairs, expected).await
    }

    /// The same in a state that is at least that of a token.
    pub(crate) async fn ask_since<A: Into<Answer>>(
        &self,
        token: String,
        pairs: impl IntoIterator<Item = (usize, usize)>,
        expected: impl Fn(usize, usize) -> A,
    ) -> Asked {
        self.ask_with(Some(Requirement::AtLeastAsFresh(token)), pairs, expected).await
    }

    async fn ask_with<A: Into<Answer>>(
        &self,
        requirement: Option<Requirement>,
        pairs: impl IntoIterator<Item = (usize, usize)>,
        expected: impl Fn(usize, usize) -> A,
    ) -> Asked {
        let pairs = RefCell::new(pairs.into_iter());
        let (asked, start) = (Cell::new(Asked::default()), Instant::now());
        let work = |clients: Clients| {
            let (requirement, pairs, expected, asked) = (&requirement, &pairs, &expected, &asked);
            async move {
                loop {
                    let batch: Vec<(usize, usize)> = pairs.borrow_mut().by_ref().take(BATCH).collect();
                    if batch.is_empty() {
                        return;
                    }
                    for (pair, answer) in batch.iter().zip(self.answers(&clients, &batch, requirement.clone()).await) {
                        assert_eq!(answer, expected(pair.0, pair.1).into(), "{}", self.shown(*pair));
                        asked.set(asked.get().with(&answer));
                    }
                }
            }
        };
        join_all(self.connections.iter().cloned().map(work)).await;
        Asked { took: start.elapsed(), ..asked.get() }
    }

    fn shown(&self, pair: (usize, usize)) -> String {
        format!("{} {} {:?}", self.names.subjects[pair.0], self.names.privileges[pair.1], self.about)
    }

    async fn answers(
        &self,
        clients: &Clients,
        batch: &[(usize, usize)],
        requirement: Option<Requirement>,
    ) -> Vec<Answer> {
        let request = BatchCheckPermissionsRequest {
            application: self.names.application.clone(),
            checks: batch.iter().map(|pair| self.question(*pair)).collect(),
            consistency: Some(Consistency { requirement, max_staleness: None }),
            ..Default::default()
        };
        let mut request = tonic::Request::new(request);
        request.set_timeout(Duration::from_secs(30));
        let response = clients.permission.clone().batch_check_permissions(request).await.unwrap().into_inner();
        assert_eq!(response.results.len(), batch.len());
        let answer = |outcome| match outcome {
            Some(Outcome::Result(answer)) => Answer {
                allowed: Decision::try_from(answer.decision).unwrap() == Decision::Allowed,
                custom: answer.custom_boundaries,
            },
            other => panic!("{other:?}"),
        };
        response.results.into_iter().map(|result| answer(result.outcome)).collect()
    }

    fn question(&self, (subject, privilege): (usize, usize)) -> Check {
        let target = match &self.about {
            About::Everything if (subject + privilege) % 2 == 0 => Some(Target::Resource("things/1".to_owned())),
            About::Everything | About::Nothing => None,
            About::Tenant(tenant) => Some(Target::Tenant(tenant.clone())),
            About::Resource(resource) => Some(Target::Resource(resource.clone())),
            About::Itself => Some(Target::Resource(self.names.subjects[subject].clone())),
        };
        Check {
            facts: None,
            application: String::new(),
            subject: self.names.subjects[subject].clone(),
            privilege: self.names.privileges[privilege].clone(),
            target,
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
