//! What the gRPC layer and the state say in numbers, as `OpenMetrics` text.
//!
//! Guarantees: the number of series is bounded by the table of methods, the codes and the reasons; no name that a
//! caller sent is a label. Counting a call takes no lock that another method's calls take.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use rustc_hash::FxHashMap;
use tonic::Code;

use crate::app::methods::{self, Method};
use crate::app::service::Counts;
use crate::domain::decision::{Decision, Reason};
use crate::proto::code_name;

/// Upper bounds of the buckets of durations, in seconds.
const BUCKETS: [f64; 15] =
    [0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];
/// The codes of gRPC are 0 to 16.
const CODES: usize = 17;
/// Stands for every method that does not exist.
const UNKNOWN: &str = "unknown";

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CallLabels {
    method: &'static str,
    code: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct MethodLabels {
    method: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DecisionLabels {
    outcome: &'static str,
    reason: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct KindLabels {
    kind: &'static str,
}

type Calls = Family<CallLabels, Counter>;
type Seconds = Family<MethodLabels, Histogram, fn() -> Histogram>;

/// Everything that is counted. Shared by all threads.
pub struct Metrics {
    registry: Registry,
    methods: FxHashMap<&'static str, Arc<MethodMetrics>>,
    unknown: MethodMetrics,
    in_flight: Gauge,
    decisions: Family<DecisionLabels, Counter>,
    decided: [OnceLock<Counter>; REASONS],
    state: StateMetrics,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Metrics of {} methods", self.methods.len())
    }
}

/// What is counted of one method. A series is made when there is something to count.
pub(super) struct MethodMetrics {
    /// The method; `None` for all that do not exist.
    pub(super) method: Option<&'static Method>,
    name: &'static str,
    calls: Calls,
    seconds: Seconds,
    by_code: [OnceLock<Counter>; CODES],
    histogram: OnceLock<Histogram>,
}

impl MethodMetrics {
    fn new(method: Option<&'static Method>, calls: &Calls, seconds: &Seconds) -> Self {
        Self {
            method,
            name: method.map_or(UNKNOWN, |method| method.path),
            calls: calls.clone(),
            seconds: seconds.clone(),
            by_code: Default::default(),
            histogram: OnceLock::new(),
        }
    }

    /// Counts a call that has ended.
    pub(super) fn record(&self, code: Code, took: Duration) {
        if let Some(cell) = usize::try_from(i32::from(code)).ok().and_then(|code| self.by_code.get(code)) {
            let labels = || CallLabels { method: self.name, code: code_name(code) };
            cell.get_or_init(|| self.calls.get_or_create_owned(&labels())).inc();
        }
        let labels = MethodLabels { method: self.name };
        self.histogram.get_or_init(|| self.seconds.get_or_create_owned(&labels)).observe(took.as_secs_f64());
    }
}

/// The state of the process when the metrics are read.
#[derive(Clone, Debug, Default)]
pub struct StateFigures {
    /// The revision that is answered from.
    pub revision: u64,
    /// How long ago it was known to be the newest.
    pub age: Duration,
    /// How often the state was loaded anew because the store's history had changed.
    pub reloads: u64,
    /// Rows that were left out because they break a rule.
    pub skipped_rows: u64,
    /// Full loads that found rows edited behind the log's back.
    pub drifted_loads: u64,
    /// How much of everything there is.
    pub counts: Counts,
}

#[derive(Default)]
struct StateMetrics {
    revision: Gauge,
    age: Gauge<f64, AtomicU64>,
    reloads: Counter,
    skipped_rows: Counter,
    drifted_loads: Counter,
    things: Family<KindLabels, Gauge>,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("bailiwick");
        let calls = Calls::default();
        let seconds = Seconds::new_with_constructor(|| Histogram::new(BUCKETS));
        let (in_flight, decisions) = (Gauge::default(), Family::default());
        registry.register("grpc_calls", "Calls that have ended, by method and code", calls.clone());
        let took = "How long calls took, by method; of streams, until their end";
        registry.register_with_unit("grpc_call_duration", took, Unit::Seconds, seconds.clone());
        registry.register("grpc_calls_in_flight", "Calls that are being answered", in_flight.clone());
        registry.register("decisions", "Decisions, by outcome and reason", decisions.clone());
        let state = StateMetrics::default();
        state.register(&mut registry);
        let all = methods::OWN.iter().copied().chain(methods::STANDARD);
        let methods = all.map(|method| (method.path, Arc::new(MethodMetrics::new(Some(method), &calls, &seconds))));
        let (methods, unknown) = (methods.collect(), MethodMetrics::new(None, &calls, &seconds));
        Self { registry, methods, unknown, in_flight, decisions, decided: Default::default(), state }
    }
}

impl Metrics {
    /// The method with this path and what is counted of it.
    pub(super) fn method(&self, path: &str) -> Option<&Arc<MethodMetrics>> {
        self.methods.get(path)
    }

    /// What is counted of all methods that do not exist.
    pub(super) fn unknown(&self) -> &MethodMetrics {
        &self.unknown
    }

    /// Calls that are being answered.
    pub(super) fn in_flight(&self) -> &Gauge {
        &self.in_flight
    }

    /// Counts a decision.
    pub(super) fn decided(&self, decision: &Decision) {
        let (index, reason) = reason(decision.reason);
        let outcome = if decision.allowed() { "ALLOWED" } else { "DENIED" };
        if let Some(cell) = self.decided.get(index) {
            cell.get_or_init(|| self.decisions.get_or_create_owned(&DecisionLabels { outcome, reason })).inc();
        }
    }

    /// Everything as text.
    pub fn text(&self, figures: &StateFigures) -> String {
        self.state.set(figures);
        let mut text = String::new();
        match encode(&mut text, &self.registry) {
            Ok(()) => text,
            Err(error) => {
                tracing::error!(%error, "the metrics could not be written");
                String::new()
            }
        }
    }
}

impl StateMetrics {
    fn register(&self, registry: &mut Registry) {
        registry.register("state_revision", "The revision that is answered from", self.revision.clone());
        let age = "How long ago the state was known to be the newest";
        registry.register_with_unit("state_age", age, Unit::Seconds, self.age.clone());
        let reloads = "Loads of the whole state because the store's history had changed";
        registry.register("state_reloads", reloads, self.reloads.clone());
        let skipped = "Stored rows that were left out because they break a rule";
        registry.register("state_skipped_rows", skipped, self.skipped_rows.clone());
        let drifted = "Loads of the whole state that found rows which were edited behind the log";
        registry.register("state_drifted_loads", drifted, self.drifted_loads.clone());
        registry.register("state_things", "How much of everything the state holds", self.things.clone());
    }

    fn set(&self, figures: &StateFigures) {
        self.revision.set(i64::try_from(figures.revision).unwrap_or(i64::MAX));
        self.age.set(figures.age.as_secs_f64());
        self.reloads.inner().store(figures.reloads, Ordering::Relaxed);
        self.skipped_rows.inner().store(figures.skipped_rows, Ordering::Relaxed);
        self.drifted_loads.inner().store(figures.drifted_loads, Ordering::Relaxed);
        for (kind, count) in kinds(&figures.counts) {
            self.things.get_or_create(&KindLabels { kind }).set(count);
        }
    }
}

/// How much there is of each kind, ordered by kind.
pub(super) fn kinds(counts: &Counts) -> [(&'static str, i64); 10] {
    [
        ("applications", counts.applications),
        ("clients", counts.clients),
        ("group_members", counts.group_members),
        ("groups", counts.groups),
        ("privileges", counts.privileges),
        ("role_assignments", counts.role_assignments),
        ("role_elements", counts.role_elements),
        ("roles", counts.roles),
        ("tenants", counts.tenants),
        ("users", counts.users),
    ]
    .map(|(kind, count)| (kind, i64::try_from(count).unwrap_or(i64::MAX)))
}

/// How many reasons there are.
const REASONS: usize = 11;

/// The place of a reason among all, and its name.
fn reason(reason: Reason) -> (usize, &'static str) {
    match reason {
        Reason::RoleAssignment => (0, "ROLE_ASSIGNMENT"),
        Reason::SubjectUnknown => (1, "SUBJECT_UNKNOWN"),
        Reason::SubjectDisabled => (2, "SUBJECT_DISABLED"),
        Reason::ApplicationUnknown => (3, "APPLICATION_UNKNOWN"),
        Reason::PrivilegeUnknown => (4, "PRIVILEGE_UNKNOWN"),
        Reason::TargetUnknown => (5, "TARGET_UNKNOWN"),
        Reason::ResourceRequired => (6, "RESOURCE_REQUIRED"),
        Reason::NotGranted => (7, "NOT_GRANTED"),
        Reason::NotValidNow => (8, "NOT_VALID_NOW"),
        Reason::NotAssignable => (9, "NOT_ASSIGNABLE"),
        Reason::OutOfReach => (10, "OUT_OF_REACH"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(text: &str, line: &str) -> bool {
        text.lines().any(|found| found == line)
    }

    #[test]
    fn calls_and_decisions_are_counted_under_the_names_of_the_contract() {
        let metrics = Metrics::default();
        let check = metrics.method("bailiwick.v1.PermissionService/CheckPermission");
        for code in [Code::Ok, Code::PermissionDenied] {
            check.inspect(|check| check.record(code, Duration::from_micros(70)));
        }
        metrics.unknown().record(Code::Unimplemented, Duration::ZERO);
        metrics.decided(&Decision::denied(Reason::NotGranted));
        let text = metrics.text(&StateFigures { revision: 42, reloads: 3, ..StateFigures::default() });
        for line in [
            "bailiwick_grpc_calls_total{method=\"bailiwick.v1.PermissionService/CheckPermission\",code=\"OK\"} 1",
            "bailiwick_grpc_calls_total{method=\"unknown\",code=\"UNIMPLEMENTED\"} 1",
            "bailiwick_grpc_call_duration_seconds_count{method=\"bailiwick.v1.PermissionService/CheckPermission\"} 2",
            "bailiwick_decisions_total{outcome=\"DENIED\",reason=\"NOT_GRANTED\"} 1",
            "bailiwick_state_revision 42",
            "bailiwick_state_reloads_total 3",
            "bailiwick_state_things{kind=\"users\"} 0",
        ] {
            assert!(has(&text, line), "{line} is not in\n{text}");
        }
        assert!(text.ends_with("# EOF\n"));
    }

    #[test]
    fn a_method_that_is_in_no_table_has_no_series_of_its_own() {
        assert!(Metrics::default().method("bailiwick.v1.PermissionService/Nothing").is_none());
    }
}
