//! The paths of the contract: every method has one, and a request by it reaches that method and no other.
//!
//! All of it comes from the descriptor set, so a new method is tested as soon as the contract has it.

use std::collections::BTreeSet;

use prost_reflect::{DynamicMessage, MethodDescriptor, Value};
use serde_json::json;

use super::envoy::{Envoy, SHIPPED};
use crate::callers::actor::{CONTRACT, path};
use crate::harness::Server;

const VERBS: [&str; 5] = ["get", "put", "post", "delete", "patch"];

/// One way to call a method over HTTP.
struct Way {
    method: MethodDescriptor,
    verb: &'static str,
    /// As in the contract, `/v1/{name=users/*}`.
    template: String,
    body: String,
}

fn methods() -> impl Iterator<Item = MethodDescriptor> {
    let services = CONTRACT.services().filter(|service| service.package_name() == "bailiwick.v1");
    services.flat_map(|service| service.methods().collect::<Vec<_>>())
}

/// All ways to call a method.
fn ways(method: &MethodDescriptor) -> Vec<Way> {
    let http = CONTRACT.get_extension_by_name("google.api.http").unwrap();
    let options = method.options();
    if !options.has_extension(&http) {
        return Vec::new();
    }
    let rule = options.get_extension(&http).into_owned();
    let rule = rule.as_message().unwrap();
    let more = rule.get_field_by_name("additional_bindings").unwrap();
    let more = more.as_list().unwrap().iter().filter_map(Value::as_message);
    std::iter::once(rule).chain(more).map(|rule| way(method, rule)).collect()
}

fn way(method: &MethodDescriptor, rule: &DynamicMessage) -> Way {
    let text = |field: &str| rule.get_field_by_name(field).unwrap().as_str().unwrap().to_owned();
    let verb = VERBS.into_iter().find(|verb| rule.has_field_by_name(verb)).unwrap();
    Way { method: method.clone(), verb, template: text(verb), body: text("body") }
}

/// A path by a template, with `x` for each of its ids.
fn filled(template: &str) -> String {
    let pieces = template.split(['{', '}']).enumerate();
    let pattern = pieces.map(|(at, piece)| match piece.split_once('=') {
        Some((_, pattern)) if at % 2 == 1 => pattern,
        None if at % 2 == 1 => "*",
        _ => piece,
    });
    pattern.collect::<String>().replace("**", "x/y").replace('*', "x")
}

#[test]
fn every_method_that_takes_one_request_has_a_path() {
    for method in methods() {
        assert_eq!(ways(&method).is_empty(), method.is_client_streaming(), "{}", method.full_name());
    }
}

#[test]
fn every_path_reaches_its_method() {
    let server = Server::start();
    let envoy = Envoy::before(&server);
    let ways: Vec<Way> = methods().flat_map(|method| ways(&method)).collect();
    assert!(ways.len() >= 40, "{}", ways.len());
    let wrong: Vec<String> = ways.iter().filter_map(|way| goes_wrong(&envoy, way)).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// What is wrong with a way, if something is.
fn goes_wrong(envoy: &Envoy, way: &Way) -> Option<String> {
    let (verb, called) = (way.verb.to_uppercase(), filled(&way.template));
    let mut options = vec!["--request", &verb];
    if way.method.is_server_streaming() {
        // A stream may have no end; who was reached stands at its beginning.
        options.extend(["--max-time", "2"]);
    }
    let body = (!way.body.is_empty()).then(|| json!({}).to_string());
    let answer = envoy.call_with(&options, &called, body.as_deref());
    // What Envoy refuses by itself is a text; the server answers in JSON.
    let is_answered = way.method.is_server_streaming() || answer.body.is_object();
    let is_right = is_answered && answer.reached == path(&way.method) && !matches!(answer.status, 501..=503);
    (!is_right).then(|| format!("{verb} {called} is not {}: {answer:?}", path(&way.method)))
}

#[test]
fn the_shipped_configuration_names_every_service() {
    let named: Vec<&str> = SHIPPED.lines().filter_map(|line| line.trim().strip_prefix("- bailiwick.v1.")).collect();
    let there: BTreeSet<String> = methods().map(|method| method.parent_service().name().to_owned()).collect();
    assert_eq!(named, there.into_iter().collect::<Vec<_>>(), "deploy/envoy.yaml lists the services in their order");
}
