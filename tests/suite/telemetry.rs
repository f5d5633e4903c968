//! What the process tells of itself, read by the programs that people use for it: a collector of OpenTelemetry
//! (`rotel`) and Prometheus' own `promtool`; and what happens when the collector is away, stuck or behind TLS.

mod lost;
mod prometheus;
mod received;
mod rotel;
mod rules;
mod traces;
