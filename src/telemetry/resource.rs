//! What the process says of itself in everything that it sends.

use opentelemetry::{Key, KeyValue};
use opentelemetry_sdk::Resource;

const NAME: &str = "service.name";
const VERSION: &str = "service.version";
const INSTANCE: &str = "service.instance.id";

/// The name, version and instance; `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` add to them and come first.
pub(super) fn resource() -> Resource {
    let given = Resource::builder().build();
    let says = |key| given.get(&Key::new(key)).map(|value| value.to_string());
    // What the kit calls a service that nobody has named.
    let is_named = says(NAME).is_some_and(|name| !name.starts_with("unknown_service"));
    let mut resource = Resource::builder();
    if says(VERSION).is_none() {
        resource = resource.with_attribute(KeyValue::new(VERSION, env!("CARGO_PKG_VERSION")));
    }
    if !is_named {
        resource = resource.with_attribute(KeyValue::new(NAME, env!("CARGO_PKG_NAME")));
    }
    if says(INSTANCE).is_none() {
        resource = resource.with_attribute(KeyValue::new(INSTANCE, instance()));
    }
    resource.build()
}

/// A random id, new with every start.
fn instance() -> String {
    let mut random = [0; 16];
    match getrandom::fill(&mut random) {
        Ok(()) => data_encoding::HEXLOWER.encode(&random),
        Err(_) => std::process::id().to_string(),
    }
}
