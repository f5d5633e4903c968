//! All that is measured, gathered from the layers when somebody asks.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::app::service::App;
use crate::grpc;
use crate::measure::{Metric, Point, Points};
use crate::store::SqlStore;

/// What can be asked.
#[derive(Clone)]
pub(super) struct Figures {
    pub(super) app: App,
    pub(super) store: Arc<SqlStore>,
    pub(super) calls: Arc<grpc::Metrics>,
    /// The age of the state beyond which nothing is answered.
    pub(super) bound: Duration,
    /// When the process started, by both clocks.
    pub(super) started: (Instant, SystemTime),
}

impl Figures {
    /// Everything.
    pub(super) fn read(&self) -> Vec<Metric> {
        let parts = [self.process(), self.calls.read(), self.state(), self.app.read_writes(), self.store.read()];
        parts.into_iter().flatten().collect()
    }

    /// Why questions are not answered, if they are not.
    pub(super) fn problem(&self) -> Option<&'static str> {
        let state = self.app.state();
        if state.require_fresh(Instant::now(), self.bound).is_err() {
            Some("the state is too old or being loaded again")
        } else if !state.clock.is_steady() {
            Some("the clock differs from the database's")
        } else {
            None
        }
    }

    fn process(&self) -> Vec<Metric> {
        let labels = vec![("version", env!("CARGO_PKG_VERSION")), ("store", self.app.store.kind())];
        let build = Points::Gauge(vec![Point::new(labels, 1.0)]);
        let uptime = self.started.0.elapsed();
        let began = self.started.1.duration_since(UNIX_EPOCH).unwrap_or_default();
        let began_help = "When the process started, in seconds since 1970";
        vec![
            Metric::new("bailiwick.build_info", "What this is: always 1", build),
            Metric::gauge("bailiwick.uptime", "How long the process runs", uptime.as_secs_f64()).in_seconds(),
            Metric::gauge("process.start_time", began_help, began.as_secs_f64()).in_seconds(),
        ]
    }

    fn state(&self) -> Vec<Metric> {
        let state = self.app.state();
        let (current, now) = (state.current(), Instant::now());
        let age = state.age(now).as_secs_f64();
        let kinds = grpc::kinds(&current.snapshot.counts())
            .map(|(kind, count)| Point::new(vec![("kind", kind)], f64::from(u32::try_from(count).unwrap_or(u32::MAX))));
        let age_help = "How long ago the state was known to be the newest";
        let bound_help = "The age of the state beyond which nothing is answered";
        let beyond_help = "Stored relations, instances and specs that are beyond a limit, and give nothing";
        let beyond = current.snapshot.counts().rows_beyond_limits;
        let reloads_help = "Loads of the whole state because the store's history had changed";
        let answers_help = "Whether the state is fresh and the clock steady, so that questions are answered";
        vec![
            Metric::amount("bailiwick.state.revision", "The revision that is answered from", current.head.revision),
            Metric::gauge("bailiwick.state.age", age_help, age).in_seconds(),
            Metric::gauge("bailiwick.state.age_max", bound_help, self.bound.as_secs_f64()).in_seconds(),
            Metric::counter("bailiwick.state.reloads", reloads_help, state.reloads()),
            Metric::amount("bailiwick.state.rows_beyond_limits", beyond_help, beyond),
            Metric::amount("bailiwick.state.answers", answers_help, u64::from(self.problem().is_none())),
            Metric::new(
                "bailiwick.state.things",
                "How much of everything the state holds",
                Points::Gauge(kinds.into()),
            ),
        ]
    }
}
