//! The variables that OpenTelemetry defines for every program, for platforms that set them everywhere.
//!
//! They stand in for keys that neither a flag, nor a variable of ours, nor the file sets; what of them would be refused
//! there is left out, and a warning says so. What they say of the resource
//! (`OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`) is read where the resource is made.

use clap::Args;

use super::otlp::{Headers, METRICS_INTERVALS, Ratio, is_endpoint};
use super::units;

/// The variables, as flags that nobody needs to see.
#[derive(Args, Debug, Clone, Default)]
#[expect(clippy::struct_field_names, reason = "they are the variables")]
pub(super) struct StandardFlags {
    #[arg(long, env = "OTEL_EXPORTER_OTLP_ENDPOINT", hide = true)]
    otel_exporter_otlp_endpoint: Option<String>,
    #[arg(long, env = "OTEL_EXPORTER_OTLP_PROTOCOL", hide = true)]
    otel_exporter_otlp_protocol: Option<String>,
    #[arg(long, env = "OTEL_EXPORTER_OTLP_HEADERS", hide = true, hide_env_values = true)]
    otel_exporter_otlp_headers: Option<String>,
    #[arg(long, env = "OTEL_TRACES_SAMPLER", hide = true)]
    otel_traces_sampler: Option<String>,
    #[arg(long, env = "OTEL_TRACES_SAMPLER_ARG", hide = true)]
    otel_traces_sampler_arg: Option<String>,
    #[arg(long, env = "OTEL_METRIC_EXPORT_INTERVAL", hide = true)]
    otel_metric_export_interval: Option<String>,
    #[arg(long, env = "OTEL_SDK_DISABLED", hide = true)]
    otel_sdk_disabled: Option<String>,
}

/// What the variables say, by our keys.
#[derive(Default)]
pub(super) struct Fallbacks {
    /// What stands in for keys that are set nowhere.
    pub(super) values: Vec<(&'static str, String)>,
    /// What else was said of these keys, in words that do not repeat it.
    pub(super) left_out: Vec<(&'static str, &'static str)>,
}

impl Fallbacks {
    /// Takes what a variable says, if our key would.
    fn take(&mut self, key: &'static str, value: Option<String>, (fits, otherwise): (fn(&str) -> bool, &'static str)) {
        match value {
            Some(value) if fits(&value) => self.values.push((key, value)),
            Some(_) => self.left_out.push((key, otherwise)),
            None => {}
        }
    }
}

impl StandardFlags {
    /// What they say. They are there for every program: what is not meant for us stops nobody.
    pub(super) fn fallbacks(&self) -> Fallbacks {
        let mut found = Fallbacks::default();
        if given(self.otel_sdk_disabled.as_ref()).is_some_and(|value| value.eq_ignore_ascii_case("true")) {
            return found;
        }
        let is_grpc = given(self.otel_exporter_otlp_protocol.as_ref()).is_none_or(|protocol| protocol == "grpc");
        let endpoint: (fn(&str) -> bool, _) = if is_grpc {
            (
                is_endpoint,
                "OTEL_EXPORTER_OTLP_ENDPOINT is left out: it is no http:// or https:// with a host and a port",
            )
        } else {
            (|_| false, "OTEL_EXPORTER_OTLP_ENDPOINT is left out: OTEL_EXPORTER_OTLP_PROTOCOL is not grpc")
        };
        found.take("otlp.endpoint", given(self.otel_exporter_otlp_endpoint.as_ref()), endpoint);
        let headers: (fn(&str) -> bool, _) =
            (|text| Headers::parse(text).is_some(), "OTEL_EXPORTER_OTLP_HEADERS is left out: it is no name=value,…");
        found.take("otlp.headers", given(self.otel_exporter_otlp_headers.as_ref()), headers);
        let ratio: (fn(&str) -> bool, _) =
            (|text| Ratio::parse(text).is_some(), "OTEL_TRACES_SAMPLER_ARG is left out: it is no number from 0 to 1");
        found.take("otlp.sampling_ratio", self.sampling_ratio(), ratio);
        let interval: (fn(&str) -> bool, _) = (
            |text| units::duration(text).is_some_and(|interval| METRICS_INTERVALS.contains(&interval)),
            "OTEL_METRIC_EXPORT_INTERVAL is left out: it is no number of milliseconds from 1000 to 3600000",
        );
        let millis = given(self.otel_metric_export_interval.as_ref()).map(|millis| format!("{millis}ms"));
        found.take("otlp.metrics_interval", millis, interval);
        found
    }

    /// A sampler that is not one of the standard's own is left to our default.
    fn sampling_ratio(&self) -> Option<String> {
        match self.otel_traces_sampler.as_deref()? {
            "always_on" | "parentbased_always_on" => Some("1".to_owned()),
            "always_off" | "parentbased_always_off" => Some("0".to_owned()),
            "traceidratio" | "parentbased_traceidratio" => {
                Some(given(self.otel_traces_sampler_arg.as_ref()).unwrap_or_else(|| "1".to_owned()))
            }
            _ => None,
        }
    }
}

/// An empty variable is one that is not set.
fn given(value: Option<&String>) -> Option<String> {
    value.filter(|value| !value.is_empty()).cloned()
}
