//! Decisions in this process, one after the other, beside the latency of the machine's memory in the same rounds.

use std::hint::black_box;
use std::time::{Duration, Instant};

use super::chase::Chase;
use super::question::{ask, check};
use crate::domain::decision::Decision;
use crate::engine::{LookedUp, Snapshot};
use crate::workload::{Keys, NOW, Question, Workload};

/// Reads of the machine's own latency in a round.
const READS: usize = 1_000_000;
/// Questions of a batch.
const BATCH: usize = 1_000;

/// How a workload's questions are asked of a state.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Different questions, for each way to draw keys.
    pub questions: usize,
    /// Rounds, of which the median counts.
    pub rounds: usize,
}

/// Questions by one way to draw keys.
pub struct Asked {
    /// Which way.
    pub keys: Keys,
    questions: Vec<Question>,
    batched: Vec<f64>,
    chained: Vec<f64>,
    from_names: Vec<f64>,
    from_ids: Vec<f64>,
}

/// The median, the least and the largest of a ratio.
#[derive(Clone, Copy, Debug)]
pub struct Ratio(pub f64, pub f64, pub f64);

/// What was measured by one way to draw keys; times in nanoseconds, medians of the rounds.
#[derive(Clone, Copy, Debug)]
pub struct Timed {
    /// Which way.
    pub keys: Keys,
    /// Answers that are not the expected ones.
    pub disagreements: usize,
    /// Share of the questions that are allowed.
    pub allowed: f64,
    /// A decision, each of which waits for the one before.
    pub chained: f64,
    /// A decision in batches of a thousand.
    pub batched: f64,
    /// Of the chained decision to the machine's own latency in the same round.
    pub from_names: Ratio,
    /// The same of decisions whose names were looked up before.
    pub from_ids: Ratio,
}

/// Asks a state, by uniform keys and by Zipf's law in turn, and reads the memory between. The first figure is the
/// machine's own latency over so many bytes.
pub fn measure(workload: &Workload, state: &Snapshot, bytes: u64, plan: Plan) -> (f64, Vec<Timed>) {
    let draw = |keys| Asked {
        keys,
        questions: workload.questions(keys).take(plan.questions).collect(),
        batched: Vec::new(),
        chained: Vec::new(),
        from_names: Vec::new(),
        from_ids: Vec::new(),
    };
    let mut asked = [Keys::Uniform, Keys::Zipf].map(draw);
    let mut chase = Chase::new(usize::try_from(bytes).unwrap_or(usize::MAX).clamp(1 << 20, 4 << 30), 1);
    let mut latencies = Vec::new();
    for _ in 0..plan.rounds.max(1) {
        let latency = nanos(chase.time(READS), READS);
        latencies.push(latency);
        for one in &mut asked {
            let from_names = nanos(chained(&one.questions, |question| ask(state, question)), one.questions.len());
            let looked_up: Vec<LookedUp> = one.questions.iter().map(|it| state.look_up(&check(it), NOW)).collect();
            let from_ids = nanos(chained(&looked_up, |question| state.check_looked_up(question)), looked_up.len());
            one.chained.push(from_names);
            one.from_names.push(from_names / latency);
            one.from_ids.push(from_ids / latency);
            one.batched.push(nanos(batched(state, &one.questions), one.questions.len()));
        }
    }
    let timed = asked.into_iter().map(|asked| asked.timed(state)).collect();
    (median(&mut latencies), timed)
}

impl Asked {
    fn timed(mut self, state: &Snapshot) -> Timed {
        let answers = self.questions.iter().map(|question| (ask(state, question).allowed(), question.allowed));
        let (mut disagreements, mut allowed) = (0, 0);
        for (answer, expected) in answers {
            disagreements += usize::from(answer != expected);
            allowed += usize::from(answer);
        }
        Timed {
            keys: self.keys,
            disagreements,
            allowed: as_float(allowed) / as_float(self.questions.len()),
            chained: median(&mut self.chained),
            batched: median(&mut self.batched),
            from_names: Ratio::of(&mut self.from_names),
            from_ids: Ratio::of(&mut self.from_ids),
        }
    }
}

fn batched(state: &Snapshot, questions: &[Question]) -> Duration {
    let since = Instant::now();
    let mut checks = Vec::with_capacity(BATCH);
    for batch in questions.chunks(BATCH) {
        checks.clear();
        checks.extend(batch.iter().map(check));
        state.check_all(&checks, NOW, |decision| {
            black_box(decision);
        });
    }
    since.elapsed()
}

/// Which question is next is known only when the last one is answered: a decision adds nothing to its number, and the
/// processor does not know that.
fn chained<T>(questions: &[T], answer: impl Fn(&T) -> Decision) -> Duration {
    let since = Instant::now();
    let mut at = 0;
    while let Some(question) = questions.get(at) {
        let reason = black_box(answer(question).reason as usize);
        at += 1 + usize::from(reason == usize::MAX);
    }
    since.elapsed()
}

fn nanos(time: Duration, count: usize) -> f64 {
    as_float(usize::try_from(time.as_nanos()).unwrap_or(usize::MAX)) / as_float(count.max(1))
}

#[expect(clippy::cast_precision_loss, reason = "what is told of a count above 2^53 may be off by its last digit")]
fn as_float(count: usize) -> f64 {
    count as f64
}

impl Ratio {
    fn of(values: &mut [f64]) -> Self {
        let median = median(values);
        let (least, most) = (values.first().copied(), values.last().copied());
        Self(median, least.unwrap_or_default(), most.unwrap_or_default())
    }
}

/// The middle one; they are ordered afterwards.
fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
