//! Decisions in this process, one after the other, beside the latency of the machine's memory in the same rounds.

use std::hint::black_box;
use std::time::{Duration, Instant};

use super::chase::Chase;
use super::question::ask;
use crate::engine::Snapshot;
use crate::workload::{Keys, Question, Workload};

/// Reads of the machine's own latency in a round.
const READS: usize = 1_000_000;

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
    alone: Vec<f64>,
    chained: Vec<f64>,
    ratios: Vec<f64>,
}

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
    /// A decision, of which the processor may begin one before the last is done.
    pub alone: f64,
    /// Of the chained decision to the machine's own latency in the same round.
    pub ratio: f64,
    /// The least and the largest of these ratios.
    pub ratios: (f64, f64),
}

/// Asks a state, by uniform keys and by Zipf's law in turn, and reads the memory between. The first figure is the
/// machine's own latency over so many bytes.
pub fn measure(workload: &Workload, state: &Snapshot, bytes: u64, plan: Plan) -> (f64, Vec<Timed>) {
    let draw = |keys| Asked {
        keys,
        questions: workload.questions(keys).take(plan.questions).collect(),
        alone: Vec::new(),
        chained: Vec::new(),
        ratios: Vec::new(),
    };
    let mut asked = [Keys::Uniform, Keys::Zipf].map(draw);
    let mut chase = Chase::new(usize::try_from(bytes).unwrap_or(usize::MAX).clamp(1 << 20, 4 << 30), 1);
    let mut latencies = Vec::new();
    for _ in 0..plan.rounds.max(1) {
        let latency = nanos(chase.time(READS), READS);
        latencies.push(latency);
        for one in &mut asked {
            let chained = nanos(chained(state, &one.questions), one.questions.len());
            one.chained.push(chained);
            one.ratios.push(chained / latency);
            one.alone.push(nanos(alone(state, &one.questions), one.questions.len()));
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
        let ratio = median(&mut self.ratios);
        let (least, most) = (self.ratios.first().copied(), self.ratios.last().copied());
        Timed {
            keys: self.keys,
            disagreements,
            allowed: as_float(allowed) / as_float(self.questions.len()),
            chained: median(&mut self.chained),
            alone: median(&mut self.alone),
            ratio,
            ratios: (least.unwrap_or_default(), most.unwrap_or_default()),
        }
    }
}

fn alone(state: &Snapshot, questions: &[Question]) -> Duration {
    let since = Instant::now();
    for question in questions {
        black_box(ask(state, black_box(question)));
    }
    since.elapsed()
}

/// Which question is next is known only when the last one is answered: a decision adds nothing to its number, and the
/// processor does not know that.
fn chained(state: &Snapshot, questions: &[Question]) -> Duration {
    let since = Instant::now();
    let mut at = 0;
    while let Some(question) = questions.get(at) {
        let reason = black_box(ask(state, question).reason as usize);
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

/// The middle one; they are ordered afterwards.
fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
