//! What the gRPC layer counts: calls by method and code, how long they took, and decisions by reason.
//!
//! Guarantees: the number of series is bounded by the table of methods, the codes and the reasons; no name that a
//! caller sent is a label. Counting takes no lock, and of a call it takes two additions to memory.

mod kind;

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rustc_hash::FxHashMap;
use tonic::Code;

use crate::app::methods::{self, Method};
use crate::app::service::Counts;
use crate::domain::decision::{Decision, Reason};
use crate::measure::{
    Audience, Counter, DURATIONS, Distribution, Gauge, Histogram, Labels, Metric, Point, Points, Unit,
};
use crate::proto::code_name;

/// The codes of gRPC are 0 to 16.
const CODES: usize = 17;
/// Stands for every method that does not exist.
const UNKNOWN: &str = "unknown";
/// The same in the words of OpenTelemetry.
const OTHER: &str = "_OTHER";

/// Everything that is counted. Shared by all threads.
pub struct Metrics {
    methods: FxHashMap<&'static str, Arc<MethodMetrics>>,
    unknown: MethodMetrics,
    in_flight: Gauge,
    decisions: [Counter; REASONS],
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Metrics of {} methods", self.methods.len())
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let kinds = kind::kinds();
        let all = methods::OWN.iter().copied().chain(methods::STANDARD);
        let methods = all.map(|method| {
            let kind = kinds.get(method.path).copied().unwrap_or(kind::UNARY);
            (method.path, Arc::new(MethodMetrics::new(Some(method), kind)))
        });
        Self {
            methods: methods.collect(),
            unknown: MethodMetrics::new(None, kind::UNARY),
            in_flight: Gauge::default(),
            decisions: Default::default(),
        }
    }
}

/// What is counted of one method. A series is made when there is something to count.
pub(super) struct MethodMetrics {
    /// The method; `None` for all that do not exist.
    pub(super) method: Option<&'static Method>,
    kind: &'static str,
    by_code: [OnceLock<Box<Histogram>>; CODES],
}

impl MethodMetrics {
    fn new(method: Option<&'static Method>, kind: &'static str) -> Self {
        Self { method, kind, by_code: Default::default() }
    }

    /// Counts a call that has ended.
    pub(super) fn record(&self, code: Code, took: Duration) {
        if let Some(cell) = usize::try_from(i32::from(code)).ok().and_then(|code| self.by_code.get(code)) {
            cell.get_or_init(|| Box::new(Histogram::new(&DURATIONS))).observe_time(took);
        }
    }

    /// What was counted, by code.
    fn read(&self) -> impl Iterator<Item = (Code, Distribution)> {
        let cells = (0..).map(Code::from_i32).zip(&self.by_code);
        cells.filter_map(|(code, cell)| Some((code, cell.get()?.read())))
    }

    /// The labels that go-grpc-prometheus has made a habit.
    fn labels(&self) -> Labels {
        let path = self.method.map_or((UNKNOWN, UNKNOWN), |method| method.path.split_once('/').unwrap_or_default());
        vec![("grpc_type", self.kind), ("grpc_service", path.0), ("grpc_method", path.1)]
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
        if let Some(counter) = self.decisions.get(place(decision.reason)) {
            counter.inc();
        }
    }

    /// All that was counted.
    pub fn read(&self) -> Vec<Metric> {
        let mut methods: Vec<_> = self.methods.values().map(AsRef::as_ref).chain([&self.unknown]).collect();
        methods.sort_by_key(|counted| counted.method.map(|method| method.path));
        let in_flight = u64::try_from(self.in_flight.get()).unwrap_or(0);
        vec![
            handled(&methods),
            handling(&methods),
            duration(&methods),
            Metric::amount("bailiwick.grpc.calls_in_flight", "Calls that are being answered", in_flight),
            self.decisions(),
        ]
    }

    fn decisions(&self) -> Metric {
        let decided = ALL_REASONS.iter().zip(&self.decisions).filter(|(_, counter)| counter.get() > 0);
        let points = decided.map(|((_, outcome, reason), counter)| {
            Point::new(vec![("outcome", outcome), ("reason", reason)], counter.get())
        });
        Metric::new("bailiwick.decisions", "Decisions, by outcome and reason", Points::Counter(points.collect()))
    }
}

fn handled(methods: &[&MethodMetrics]) -> Metric {
    let points = methods.iter().flat_map(|counted| {
        counted.read().map(|(code, times)| {
            let mut labels = counted.labels();
            labels.push(("grpc_code", pascal(code)));
            Point::new(labels, times.count())
        })
    });
    let help = "Calls that have ended, by method and code";
    Metric::new("grpc.server.handled", help, Points::Counter(points.collect())).only_for(Audience::Scraper)
}

fn handling(methods: &[&MethodMetrics]) -> Metric {
    let points = methods.iter().filter_map(|counted| {
        let all = counted.read().map(|(_, times)| times).reduce(|mut all, times| {
            all.add(&times);
            all
        });
        all.map(|all| Point::new(counted.labels(), all))
    });
    let help = "How long calls took, by method; of streams, until their end";
    Metric::new("grpc.server.handling", help, Points::Histogram(points.collect()))
        .in_seconds()
        .only_for(Audience::Scraper)
}

/// Both of the above, as the semantic conventions of OpenTelemetry have it.
fn duration(methods: &[&MethodMetrics]) -> Metric {
    let points = methods.iter().flat_map(|counted| {
        counted.read().map(|(code, times)| {
            let mut labels = vec![
                ("rpc.system.name", "grpc"),
                ("rpc.method", counted.method.map_or(OTHER, |method| method.path)),
                ("rpc.response.status_code", code_name(code)),
            ];
            if super::status::is_failure(code) {
                labels.push(("error.type", code_name(code)));
            }
            Point::new(labels, times)
        })
    });
    Metric {
        name: "rpc.server.call.duration",
        unit: Unit::Seconds,
        help: "How long calls took, by method and code; of streams, until their end",
        audience: Audience::Collector,
        points: Points::Histogram(points.collect()),
    }
}

/// A code as Go writes it, which is what dashboards look for.
fn pascal(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "Canceled",
        Code::Unknown => "Unknown",
        Code::InvalidArgument => "InvalidArgument",
        Code::DeadlineExceeded => "DeadlineExceeded",
        Code::NotFound => "NotFound",
        Code::AlreadyExists => "AlreadyExists",
        Code::PermissionDenied => "PermissionDenied",
        Code::ResourceExhausted => "ResourceExhausted",
        Code::FailedPrecondition => "FailedPrecondition",
        Code::Aborted => "Aborted",
        Code::OutOfRange => "OutOfRange",
        Code::Unimplemented => "Unimplemented",
        Code::Internal => "Internal",
        Code::Unavailable => "Unavailable",
        Code::DataLoss => "DataLoss",
        Code::Unauthenticated => "Unauthenticated",
    }
}

/// How much there is of each kind, ordered by kind.
pub fn kinds(counts: &Counts) -> [(&'static str, i64); 23] {
    [
        ("applications", counts.applications),
        ("assigned_privileges", counts.assigned_privileges),
        ("assigned_resources", counts.assigned_resources),
        ("boundary_tenants", counts.boundary_tenants),
        ("clients", counts.clients),
        ("external_identities", counts.external_identities),
        ("group_members", counts.group_members),
        ("grouped_privileges", counts.grouped_privileges),
        ("groups", counts.groups),
        ("instances", counts.instances),
        ("permission_boundaries", counts.permission_boundaries),
        ("privilege_groups", counts.privilege_groups),
        ("privileges", counts.privileges),
        ("resource_parents", counts.resource_parents),
        ("resources", counts.resources),
        ("role_assignments", counts.role_assignments),
        ("role_elements", counts.role_elements),
        ("roles", counts.roles),
        ("scopes", counts.scopes),
        ("selections", counts.selections),
        ("tenants", counts.tenants),
        ("traversal_specs", counts.traversal_specs),
        ("users", counts.users),
    ]
    .map(|(kind, count)| (kind, i64::try_from(count).unwrap_or(i64::MAX)))
}

/// How many reasons there are.
const REASONS: usize = ALL_REASONS.len();

/// All reasons, each with the outcome that it is given for and its name, at the place where it is counted.
const ALL_REASONS: [(Reason, &str, &str); 12] = [
    (Reason::RoleAssignment, "ALLOWED", "ROLE_ASSIGNMENT"),
    (Reason::SubjectUnknown, "DENIED", "SUBJECT_UNKNOWN"),
    (Reason::SubjectDisabled, "DENIED", "SUBJECT_DISABLED"),
    (Reason::ApplicationUnknown, "DENIED", "APPLICATION_UNKNOWN"),
    (Reason::PrivilegeUnknown, "DENIED", "PRIVILEGE_UNKNOWN"),
    (Reason::TargetUnknown, "DENIED", "TARGET_UNKNOWN"),
    (Reason::ResourceRequired, "DENIED", "RESOURCE_REQUIRED"),
    (Reason::NotGranted, "DENIED", "NOT_GRANTED"),
    (Reason::NotValidNow, "DENIED", "NOT_VALID_NOW"),
    (Reason::NotAssignable, "DENIED", "NOT_ASSIGNABLE"),
    (Reason::OutOfReach, "DENIED", "OUT_OF_REACH"),
    (Reason::WalkTooLong, "UNDECIDED", "WALK_TOO_LONG"),
];

/// The place of a reason among all.
fn place(reason: Reason) -> usize {
    match reason {
        Reason::RoleAssignment => 0,
        Reason::SubjectUnknown => 1,
        Reason::SubjectDisabled => 2,
        Reason::ApplicationUnknown => 3,
        Reason::PrivilegeUnknown => 4,
        Reason::TargetUnknown => 5,
        Reason::ResourceRequired => 6,
        Reason::NotGranted => 7,
        Reason::NotValidNow => 8,
        Reason::NotAssignable => 9,
        Reason::OutOfReach => 10,
        Reason::WalkTooLong => 11,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metric(metrics: &Metrics, name: &str) -> Option<Metric> {
        metrics.read().into_iter().find(|metric| metric.name == name)
    }

    /// How many points there are, of all metrics.
    fn series(metrics: &Metrics) -> usize {
        let points = metrics.read().into_iter().map(|metric| match metric.points {
            Points::Counter(points) => points.len(),
            Points::Gauge(points) => points.len(),
            Points::Histogram(points) => points.len(),
        });
        points.sum()
    }

    #[test]
    fn calls_are_told_under_the_names_of_both_worlds() {
        let metrics = Metrics::default();
        let check = metrics.method("bailiwick.v1.PermissionService/CheckPermission");
        for code in [Code::Ok, Code::Ok, Code::Unavailable] {
            check.inspect(|check| check.record(code, Duration::from_micros(70)));
        }
        let service = "bailiwick.v1.PermissionService";
        let labels = |code| {
            let method = [("grpc_service", service), ("grpc_method", "CheckPermission"), ("grpc_code", code)];
            [("grpc_type", "unary")].into_iter().chain(method).collect()
        };
        let points = vec![Point::new(labels("OK"), 2), Point::new(labels("Unavailable"), 1)];
        assert_eq!(metric(&metrics, "grpc.server.handled").map(|m| m.points), Some(Points::Counter(points)));
        let Some(Points::Histogram(times)) = metric(&metrics, "grpc.server.handling").map(|m| m.points) else {
            unreachable!("durations are a histogram");
        };
        assert_eq!(times.iter().map(|point| point.value.count()).collect::<Vec<_>>(), [3]);
        let Some(Points::Histogram(times)) = metric(&metrics, "rpc.server.call.duration").map(|m| m.points) else {
            unreachable!("durations are a histogram");
        };
        let failed = times.iter().find(|point| point.labels.contains(&("error.type", "UNAVAILABLE")));
        assert_eq!(failed.map(|point| point.value.count()), Some(1));
        assert_eq!(times.len(), 2);
    }

    #[test]
    fn every_reason_is_counted_at_its_own_place() {
        let metrics = Metrics::default();
        for (at, (reason, outcome, name)) in ALL_REASONS.into_iter().enumerate() {
            assert_eq!(place(reason), at);
            let decision = Decision::denied(reason);
            assert_eq!(decision.allowed(), outcome == "ALLOWED");
            metrics.decided(&decision);
            let Some(Points::Counter(told)) = metric(&metrics, "bailiwick.decisions").map(|m| m.points) else {
                unreachable!("decisions are counted");
            };
            assert!(told.contains(&Point::new(vec![("outcome", outcome), ("reason", name)], 1)), "{told:?}");
        }
    }

    #[test]
    fn ten_thousand_names_that_are_no_methods_are_one_series() {
        let metrics = Metrics::default();
        metrics.unknown().record(Code::Unimplemented, Duration::ZERO);
        let before = series(&metrics);
        for number in 0..10_000 {
            assert!(metrics.method(&format!("bailiwick.v1.PermissionService/Check{number}")).is_none());
            metrics.unknown().record(Code::Unimplemented, Duration::from_secs(number));
            metrics.decided(&Decision::denied(Reason::NotGranted));
        }
        assert_eq!(series(&metrics), before + 1);
    }
}
