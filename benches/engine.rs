//! The engine alone, on the workloads: decisions from strings, loading, and changes, with their spread.
//!
//! `cargo bench --features criterion --bench engine` asks each state in turn, by uniform keys and by Zipf's law; no
//! question is asked before all answers are those that the workload expects. States are smaller than
//! `bailiwick bench engine` makes them, which measures one workload at full size, its memory, and the machine's own
//! latency beside it.

#![allow(clippy::unwrap_used, missing_docs, reason = "a measurement that fails may say so by a panic")]

use std::hint::black_box;

use bailiwick::bench::question::ask;
use bailiwick::domain::row::Row;
use bailiwick::engine::{Loader, Snapshot};
use bailiwick::workload::{Keys, Question, Settings, Workload};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Workloads, each with its scale.
const MEASURED: [(&str, f64); 9] = [
    ("casbin-small", 1.0),
    ("casbin-medium", 1.0),
    ("casbin-large", 1.0),
    ("organisation", 0.05),
    ("ten-million", 0.01),
    ("deep", 0.1),
    ("flat", 0.1),
    ("wide", 0.1),
    ("negative", 0.1),
];
const QUESTIONS: usize = 100_000;

fn workload(name: &str, scale: f64) -> Workload {
    Workload::new(name, &Settings { scale, ..Settings::default() }).unwrap()
}

fn loaded(rows: impl IntoIterator<Item = Row>) -> Snapshot {
    let mut loader = Loader::new(7);
    loader.add(rows);
    loader.finish()
}

fn check(state: &Snapshot, question: &Question) -> bool {
    ask(state, question).allowed()
}

fn checks(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("check");
    group.throughput(Throughput::Elements(1));
    for (name, scale) in MEASURED {
        let workload = workload(name, scale);
        let state = loaded(workload.rows());
        for keys in [Keys::Uniform, Keys::Zipf] {
            let questions: Vec<Question> = workload.questions(keys).take(QUESTIONS).collect();
            let wrong = questions.iter().filter(|question| check(&state, question) != question.allowed).count();
            assert_eq!(wrong, 0, "{name}: answers that are not as expected");
            let mut next = questions.iter().cycle();
            group.bench_function(format!("{name} x {scale}, {keys:?}"), |bencher| {
                bencher.iter(|| black_box(check(&state, black_box(next.next().unwrap()))));
            });
        }
    }
    group.finish();
}

fn loads(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("load");
    group.sample_size(10);
    for (name, scale) in [("casbin-large", 1.0), ("organisation", 0.05), ("ten-million", 0.01)] {
        let rows: Vec<Row> = workload(name, scale).rows().collect();
        group.throughput(Throughput::Elements(rows.len() as u64));
        group.bench_function(format!("{name} x {scale}"), |bencher| {
            bencher.iter_batched(|| rows.clone(), loaded, BatchSize::PerIteration);
        });
    }
    group.finish();
}

fn changes(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("change");
    for (name, scale) in [("organisation", 0.05), ("churn", 0.1)] {
        let workload = workload(name, scale);
        let mut state = loaded(workload.rows());
        let mut changes = workload.changes();
        group.bench_function(format!("{name} x {scale}"), |bencher| {
            let change = || changes.next().unwrap();
            bencher.iter_batched(change, |change| state = black_box(state.apply([&change])), BatchSize::PerIteration);
        });
    }
    group.finish();
}

criterion_group!(benches, checks, loads, changes);
criterion_main!(benches);
