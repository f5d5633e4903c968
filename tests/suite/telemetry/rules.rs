//! The alert rules and the dashboard in `deploy/watch`: judged by promtool, fired by what they are for, and about
//! nothing but metrics that a server has.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use super::prometheus::{promtool, scraped};
use crate::callers::stage::server_for;

const RULES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/deploy/watch/alerts.yaml");
const DASHBOARD: &str = include_str!("../../../deploy/watch/dashboard.json");

/// What promtool is told of a server that falls ill, and which alerts it must find.
const ILLNESS: &str = r#"
rule_files: [RULES]
evaluation_interval: 10s
tests:
  - interval: 10s
    input_series:
      - {series: 'bailiwick_build_info{instance="a"}', values: '1x60'}
      - {series: 'bailiwick_state_answers{instance="a"}', values: '1x12 0x48'}
      - {series: 'bailiwick_state_age_seconds{instance="a"}', values: '0x6 10+10x54'}
      - {series: 'bailiwick_state_age_max_seconds{instance="a"}', values: '30x60'}
      - {series: 'bailiwick_state_reloads_total{instance="a"}', values: '0x30 1x30'}
      - {series: 'bailiwick_state_drifted_loads_total{instance="a"}', values: '0x60'}
      - {series: 'bailiwick_state_skipped_rows_total{instance="a"}', values: '0x60'}
      - {series: 'bailiwick_state_drifted_loads_total{instance="drifted"}', values: '_x6 1x54'}
      - {series: 'bailiwick_state_skipped_rows_total{instance="drifted"}', values: '_x6 0x54'}
      - {series: 'bailiwick_state_drifted_loads_total{instance="skipped"}', values: '_x6 0x54'}
      - {series: 'bailiwick_state_skipped_rows_total{instance="skipped"}', values: '_x6 3x54'}
    alert_rule_test:
      - {eval_time: 1m, alertname: BailiwickDoesNotAnswer, exp_alerts: []}
      - {eval_time: 1m, alertname: BailiwickStateGetsOld, exp_alerts: []}
      - {eval_time: 1m, alertname: BailiwickHistoryChanged, exp_alerts: []}
      - {eval_time: 1m, alertname: BailiwickGone, exp_alerts: []}
    promql_expr_test:
      - expr: count by (alertname) (ALERTS{alertstate="firing"})
        eval_time: 6m
        exp_samples:
          - {labels: '{alertname="BailiwickDoesNotAnswer"}', value: 1}
          - {labels: '{alertname="BailiwickStateGetsOld"}', value: 1}
          - {labels: '{alertname="BailiwickHistoryChanged"}', value: 1}
          - {labels: '{alertname="BailiwickRowsWereEdited"}', value: 2}
"#;

#[test]
fn promtool_takes_the_rules_and_finds_the_alerts_of_a_server_that_falls_ill() {
    let (fine, said) = promtool(&["check", "rules", "--lint=all", "--lint-fatal", RULES], "");
    assert!(fine, "{said}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("illness.yaml");
    fs::write(&file, ILLNESS.replace("RULES", RULES)).unwrap();
    let (fine, said) = promtool(&["test", "rules", file.to_str().unwrap()], "");
    assert!(fine, "{said}");
}

/// Names of metrics in a query: words that begin as ours do.
fn metrics_in(query: &str) -> BTreeSet<String> {
    let words = query.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let ours =
        words.filter(|word| ["bailiwick_", "grpc_server_", "process_"].iter().any(|part| word.starts_with(part)));
    ours.map(str::to_owned).collect()
}

/// Every text under the key `expr` or `query` of a dashboard.
fn queries(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                found.extend(value.as_str().filter(|_| ["expr", "query"].contains(&key.as_str())).map(str::to_owned));
                queries(value, found);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| queries(value, found)),
        _ => {}
    }
}

#[test]
fn the_rules_and_the_dashboard_name_metrics_that_a_server_has() {
    let server = server_for(&[]);
    let text = scraped(&server);
    let known: BTreeSet<String> = text
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '))
        .flat_map(|(name, kind)| match kind {
            "histogram" => ["_bucket", "_sum", "_count"].map(|part| format!("{name}{part}")).to_vec(),
            _ => vec![name.to_owned()],
        })
        .collect();
    let mut shown = Vec::new();
    queries(&serde_json::from_str(DASHBOARD).unwrap(), &mut shown);
    let rules = fs::read_to_string(RULES).unwrap();
    for (what, queries, least) in [("the rules", vec![rules], 10), ("the dashboard", shown, 15)] {
        let named: BTreeSet<String> = queries.iter().flat_map(|query| metrics_in(query)).collect();
        assert!(named.len() >= least, "{what}: {named:?}");
        let unknown: Vec<_> = named.difference(&known).collect();
        assert!(unknown.is_empty(), "{what}: {unknown:?} are not among {known:?}");
    }
}

/// The queries of the dashboard, with its variables filled in, are ones that Prometheus understands.
#[test]
fn promtool_understands_every_query_of_the_dashboard() {
    let mut shown = Vec::new();
    queries(&serde_json::from_str(DASHBOARD).unwrap(), &mut shown);
    let filled =
        |query: &String| query.replace("$__rate_interval", "5m").replace("$job", ".*").replace("$instance", ".*");
    let is_query = |query: &&String| !query.starts_with("label_values") && *query != "prometheus";
    let rules: Vec<String> = shown
        .iter()
        .filter(is_query)
        .enumerate()
        .map(|(at, query)| {
            format!("      - record: dashboard:query:{at}\n        expr: {}\n", Value::from(filled(query)))
        })
        .collect();
    assert!(rules.len() > 15, "{shown:?}");
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), format!("groups:\n  - name: dashboard\n    rules:\n{}", rules.concat())).unwrap();
    let (fine, said) = promtool(&["check", "rules", file.path().to_str().unwrap()], "");
    assert!(fine, "{said}");
}
