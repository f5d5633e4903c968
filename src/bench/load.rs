//! Load on a server over gRPC, and how long it took to answer.
//!
//! Open loop: calls are due at a fixed rate, and a call's latency counts from when it was *due*, also if it could not be
//! sent yet because too many were under way; so a server that stalls is not asked less and does not look better for it.
//! What is due and not sent before the time is up is counted.
//! Closed loop: so many callers, each of whom asks again when it is answered; latency counts from there.
//!
//! All of it runs on the thread that calls it: one core of load on another core's server.

mod tally;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::task::{JoinSet, LocalSet, yield_now};
use tonic::codegen::InterceptedService;
use tonic::service::Interceptor;
use tonic::transport::Channel;
use tonic::{Request, Status};

pub use self::tally::Tally;

use super::question;
use crate::proto::v1::Decision;
use crate::proto::v1::batch_check_permissions_response::result::Outcome;
use crate::proto::v1::permission_service_client::PermissionServiceClient;
use crate::workload::Question;

/// A client on one of the connections.
pub type Client<I> = PermissionServiceClient<InterceptedService<Channel, I>>;

/// Before a call is due its caller sleeps until so long before, and then asks the clock again and again: the timer
/// is not finer than that.
const AWAKE: Duration = Duration::from_millis(2);
/// The deadline of a call.
const DEADLINE: Duration = Duration::from_secs(10);

/// Which calls are made, and how many at once.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Calls under way on one connection at most.
    pub streams: usize,
    /// Questions in a call; `None`: one, in a unary call.
    pub batch: Option<usize>,
    /// Calls in a second, in an open loop; `None`: a closed one.
    pub rate: Option<f64>,
    /// How long calls are begun.
    pub duration: Duration,
}

/// Where calls take their questions from.
struct Work {
    questions: Vec<Question>,
    plan: Plan,
    next: RefCell<usize>,
    tally: RefCell<Tally>,
}

/// Asks a server the questions, over and over, until the time is up and all calls have ended.
///
/// # Errors
/// When there is nothing to ask, or nobody to ask it.
pub async fn run<I>(
    clients: &[Client<I>],
    questions: Vec<Question>,
    plan: Plan,
) -> Result<(Tally, Vec<Question>), String>
where
    I: Interceptor + Clone + Send + 'static,
{
    if questions.is_empty() || clients.is_empty() || plan.streams == 0 || plan.batch == Some(0) {
        return Err("there must be a question, a connection and a stream".to_owned());
    }
    let tally = RefCell::new(Tally::new().map_err(|error| error.to_string())?);
    let work = Rc::new(Work { questions, plan, next: RefCell::new(0), tally });
    let local = LocalSet::new();
    let since = Instant::now();
    local
        .run_until(async {
            match plan.rate {
                Some(rate) => open_loop(clients, &work, (since, rate)).await,
                None => closed_loop(clients, &work, since).await,
            }
        })
        .await;
    drop(local);
    let work = Rc::into_inner(work).ok_or("a call is still under way")?;
    let tally = Tally { time: since.elapsed(), ..work.tally.into_inner() };
    Ok((tally, work.questions))
}

async fn closed_loop<I: Interceptor + Clone + Send + 'static>(clients: &[Client<I>], work: &Rc<Work>, since: Instant) {
    let mut callers = JoinSet::new();
    for client in clients.iter().flat_map(|client| vec![client; work.plan.streams]) {
        let (mut client, work) = (client.clone(), Rc::clone(work));
        callers.spawn_local(async move {
            while since.elapsed() < work.plan.duration {
                work.call(&mut client, Instant::now()).await;
            }
        });
    }
    callers.join_all().await;
}

async fn open_loop<I: Interceptor + Clone + Send + 'static>(
    clients: &[Client<I>],
    work: &Rc<Work>,
    (since, rate): (Instant, f64),
) {
    let most = clients.len() * work.plan.streams;
    let mut calls = JoinSet::new();
    let mut clients = clients.iter().cycle();
    let count = (work.plan.duration.as_secs_f64() * rate).ceil().min(f64::from(u32::MAX));
    for number in 0..u32::MAX {
        let due = Duration::from_secs_f64(f64::from(number) / rate);
        if f64::from(number) >= count || since.elapsed() >= work.plan.duration {
            work.tally.borrow_mut().unsent = count - f64::from(number);
            break;
        }
        wait(since + due).await;
        while calls.try_join_next().is_some() {}
        if calls.len() >= most {
            calls.join_next().await;
        }
        let (Some(client), work) = (clients.next(), Rc::clone(work)) else { break };
        let mut client = client.clone();
        calls.spawn_local(async move { work.call(&mut client, since + due).await });
    }
    calls.join_all().await;
}

async fn wait(due: Instant) {
    while let Some(rest) = due.checked_duration_since(Instant::now()).filter(|rest| !rest.is_zero()) {
        match rest.checked_sub(AWAKE) {
            Some(asleep) => tokio::time::sleep(asleep).await,
            None => yield_now().await,
        }
    }
}

impl Work {
    /// One call, and what came of it.
    async fn call<I: Interceptor>(&self, client: &mut Client<I>, due: Instant) {
        let size = self.plan.batch.unwrap_or(1);
        let first = self.next.replace_with(|next| (*next + size) % self.questions.len());
        let (all, rest) = (&self.questions, self.questions.get(first..).unwrap_or_default());
        let questions = || rest.iter().chain(all.iter().cycle()).take(size);
        let answers = match self.plan.batch {
            None => ask_one(client, questions().next()).await,
            Some(_) => ask_many(client, questions()).await,
        };
        let mut tally = self.tally.borrow_mut();
        match answers {
            Ok(answers) => tally.add(due.elapsed(), questions().map(|question| question.allowed).zip(answers)),
            Err(status) => tally.fail(&status),
        }
    }
}

async fn ask_one<I: Interceptor>(
    client: &mut Client<I>,
    question: Option<&Question>,
) -> Result<Vec<Option<bool>>, Status> {
    let Some(question) = question else { return Ok(Vec::new()) };
    let answer = client.check_permission(call(question::unary(question))).await?.into_inner();
    Ok(vec![Some(answer.decision() == Decision::Allowed)])
}

/// Answers in the order of the questions; none for a question that was refused.
async fn ask_many<'a, I: Interceptor>(
    client: &mut Client<I>,
    questions: impl Iterator<Item = &'a Question>,
) -> Result<Vec<Option<bool>>, Status> {
    let answer = client.batch_check_permissions(call(question::batch(questions))).await?.into_inner();
    let answers = answer.results.into_iter().map(|result| match result.outcome {
        Some(Outcome::Result(result)) => Some(result.decision() == Decision::Allowed),
        _ => None,
    });
    Ok(answers.collect())
}

fn call<T>(message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(DEADLINE);
    request
}

/// Errors by their code.
pub type Errors = BTreeMap<String, u64>;
