//! The variables that OpenTelemetry defines for every program, for platforms that set them everywhere.
//!
//! They stand in for keys that neither a flag, nor a variable of ours, nor the file sets. What they say of the resource
//! (`OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`) is read where the resource is made.

use clap::Args;

/// The variables, as flags that nobody needs to see.
#[derive(Args, Debug, Clone, Default)]
#[expect(clippy::struct_field_names, reason = "they are the variables")]
pub(super) struct StandardFlags {
    #[arg(long, env = "OTEL_EXPORTER_OTLP_ENDPOINT", hide = true)]
    otel_exporter_otlp_endpoint: Option<String>,
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

impl StandardFlags {
    /// What they say, by our keys.
    pub(super) fn fallbacks(&self) -> Vec<(&'static str, String)> {
        let given = |value: &Option<String>| value.clone().filter(|value| !value.is_empty());
        if given(&self.otel_sdk_disabled).is_some_and(|value| value.eq_ignore_ascii_case("true")) {
            return Vec::new();
        }
        let millis = given(&self.otel_metric_export_interval).map(|millis| format!("{millis}ms"));
        let found = [
            ("otlp.endpoint", given(&self.otel_exporter_otlp_endpoint)),
            ("otlp.headers", given(&self.otel_exporter_otlp_headers)),
            ("otlp.sampling_ratio", self.sampling_ratio()),
            ("otlp.metrics_interval", millis),
        ];
        found.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
    }

    /// A sampler that is not one of the standard's own is left to our default.
    fn sampling_ratio(&self) -> Option<String> {
        match self.otel_traces_sampler.as_deref()? {
            "always_on" | "parentbased_always_on" => Some("1".to_owned()),
            "always_off" | "parentbased_always_off" => Some("0".to_owned()),
            "traceidratio" | "parentbased_traceidratio" => {
                Some(self.otel_traces_sampler_arg.clone().unwrap_or_else(|| "1".to_owned()))
            }
            _ => None,
        }
    }
}
