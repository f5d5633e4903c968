//! Casbin's role benchmarks in this engine, in Casbin and in Cedar: the same data and the same questions, half of them
//! allowed, each different from the others as long as there are any.
//!
//! `cargo bench --features peers --bench peers [-- SECONDS]` asks the three in turn, round after round. The others need
//! milliseconds for a question about the large state, so each is asked as many of the questions, the same for both, as
//! it can answer in about so many seconds (10); the table says how many. An answer that is not the expected one ends
//! the measurement: nothing is timed that was not answered rightly.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    missing_docs,
    reason = "a measurement that fails may say so by a panic"
)]

use std::time::{Duration, Instant};

use bailiwick::bench::question;
use bailiwick::engine::{Loader, Snapshot};
use bailiwick::workload::{Keys, Question, Settings, Workload};
use casbin::{CoreApi, DefaultModel, Enforcer, MemoryAdapter, MgmtApi};
use cedar_policy::{Authorizer, Context, Decision, Entities, Entity, EntityUid, PolicySet, Request};
use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

const QUESTIONS: usize = 100_000;
const ROUNDS: usize = 15;
const MODEL: &str = "[request_definition]\nr = sub, obj, act\n[policy_definition]\np = sub, obj, act\n\
                     [role_definition]\ng = _, _\n[policy_effect]\ne = some(where (p.eft == allow))\n\
                     [matchers]\nm = g(r.sub, p.sub) && r.obj == p.obj && r.act == p.act\n";

/// One of the contenders, with its state.
trait Contender {
    fn name(&self) -> &'static str;
    /// Nanoseconds for all of the questions; panics at an answer that is not the expected one.
    fn ask(&self, questions: &[Question]) -> f64;
}

struct Ours(Snapshot);
struct Casbin(Enforcer);
struct Cedar {
    policies: PolicySet,
    entities: Entities,
}

fn timed<T>(questions: &[T], mut ask: impl FnMut(&T) -> bool, expected: impl Fn(&T) -> bool) -> f64 {
    let mut wrong = 0;
    let since = Instant::now();
    for question in questions {
        wrong += usize::from(ask(question) != expected(question));
    }
    let taken = since.elapsed().as_nanos() as f64;
    assert_eq!(wrong, 0, "answers that are not as expected");
    taken
}

impl Contender for Ours {
    fn name(&self) -> &'static str {
        "bailiwick"
    }

    fn ask(&self, questions: &[Question]) -> f64 {
        let ask = |question: &Question| question::ask(&self.0, question).allowed();
        timed(questions, ask, |question| question.allowed)
    }
}

impl Contender for Casbin {
    fn name(&self) -> &'static str {
        "casbin"
    }

    fn ask(&self, questions: &[Question]) -> f64 {
        let ask = |question: &Question| {
            let (user, data) = (question.subject.id().as_str(), question.resource.id.as_str());
            self.0.enforce((user, data, "read")).unwrap()
        };
        timed(questions, ask, |question| question.allowed)
    }
}

impl Contender for Cedar {
    fn name(&self) -> &'static str {
        "cedar-policy"
    }

    /// Requests are put together before the time is taken: who embeds it has them so.
    fn ask(&self, questions: &[Question]) -> f64 {
        let request = |question: &Question| {
            let (user, data) = (uid("User", question.subject.id().as_str()), question.resource.id.as_str());
            let request = Request::new(user, uid("Action", "read"), uid("Data", data), Context::empty(), None).unwrap();
            (request, question.allowed)
        };
        let requests: Vec<(Request, bool)> = questions.iter().map(request).collect();
        let authorizer = Authorizer::new();
        let ask = |(request, _): &(Request, bool)| {
            authorizer.is_authorized(request, &self.policies, &self.entities).decision() == Decision::Allow
        };
        timed(&requests, ask, |(_, allowed)| *allowed)
    }
}

fn uid(kind: &str, id: &str) -> EntityUid {
    format!("{kind}::\"{id}\"").parse().unwrap()
}

fn ours(workload: &Workload) -> Ours {
    let mut loader = Loader::new(7);
    loader.add(workload.rows());
    Ours(loader.finish())
}

async fn casbin(users: u64) -> Casbin {
    let model = DefaultModel::from_str(MODEL).await.unwrap();
    let mut enforcer = Enforcer::new(model, MemoryAdapter::default()).await.unwrap();
    let policy = |role: u64| vec![format!("group{role}"), format!("data{}", role / 10), "read".to_owned()];
    let member = |user: u64| vec![format!("user{user}"), format!("group{}", user / 10)];
    enforcer.add_policies((0..users / 10).map(policy).collect()).await.unwrap();
    enforcer.add_grouping_policies((0..users).map(member).collect()).await.unwrap();
    Casbin(enforcer)
}

fn cedar(users: u64) -> Cedar {
    let policy = |role: u64| {
        let data = role / 10;
        format!(
            "permit(principal in Role::\"group{role}\", action == Action::\"read\", resource == Data::\"data{data}\");\n"
        )
    };
    let policies: PolicySet = (0..users / 10).map(policy).collect::<String>().parse().unwrap();
    let none = std::collections::HashSet::new;
    let entity = |kind: &str, id: String, parents| Entity::new_no_attrs(uid(kind, &id), parents);
    let roles = (0..users / 10).map(|role| entity("Role", format!("group{role}"), none()));
    let data = (0..users / 100).map(|data| entity("Data", format!("data{data}"), none()));
    let of_user = |user: u64| std::collections::HashSet::from([uid("Role", &format!("group{}", user / 10))]);
    let people = (0..users).map(|user| entity("User", format!("user{user}"), of_user(user)));
    let entities = Entities::from_entities(roles.chain(data).chain(people), None).unwrap();
    Cedar { policies, entities }
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// As many of the questions as take so long, in as many rounds.
fn affordable(contender: &dyn Contender, questions: &[Question], time: Duration) -> usize {
    let some = &questions[..questions.len().min(40)];
    let each = contender.ask(some) / some.len() as f64;
    let count = (time.as_nanos() as f64 / each).clamp(60.0, questions.len() as f64);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 60 and a hundred thousand")]
    let count = count as usize;
    count
}

fn main() {
    if std::env::args().any(|argument| argument == "--test") {
        return; // `cargo test --benches` asks whether it builds.
    }
    let seconds = std::env::args().find_map(|argument| argument.parse::<u64>().ok()).unwrap_or(10);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    println!("| state | engine | distinct questions | disagreements | ns a question | to bailiwick |");
    println!("|---|---|---|---|---|---|");
    for name in ["casbin-small", "casbin-medium", "casbin-large"] {
        let workload = Workload::new(name, &Settings::default()).unwrap();
        let users = workload.amounts().find(|(name, _)| *name == "users").unwrap().1;
        let distinct = QUESTIONS.min(usize::try_from(users * 2).unwrap());
        let questions: Vec<Question> = workload.questions(Keys::Uniform).take(distinct).collect();
        let contenders: [Box<dyn Contender>; 3] =
            [Box::new(ours(&workload)), Box::new(runtime.block_on(casbin(users))), Box::new(cedar(users))];
        let counts = contenders.each_ref().map(|one| affordable(&**one, &questions, Duration::from_secs(seconds)));
        let mut times = [const { Vec::new() }; 3];
        for round in 0..ROUNDS {
            for ((contender, count), times) in contenders.iter().zip(counts).zip(&mut times) {
                let slice = count * round / ROUNDS..count * (round + 1) / ROUNDS;
                times.push(contender.ask(&questions[slice.clone()]) / slice.len() as f64);
            }
        }
        let medians = times.each_mut().map(|times| median(times));
        for ((contender, count), each) in contenders.iter().zip(counts).zip(medians) {
            let ratio = each / medians[0];
            println!("| {name} | {} | {count} | 0 | {each:.0} | {ratio:.0} |", contender.name());
        }
    }
}
