//! What the health service of each listener says: whether what is served there is served.

use std::collections::BTreeSet;

use tonic_health::ServingStatus::{NotServing, Serving};
use tonic_health::pb::health_server::HealthServer;
use tonic_health::server::{HealthReporter, HealthService};

use crate::app::methods::{self, Method};

/// What is told, by what a listener serves.
#[derive(Debug)]
pub(super) struct Health {
    all: HealthReporter,
    data: HealthReporter,
}

impl Health {
    /// Nothing is told yet.
    pub(super) fn new() -> Self {
        Self { all: HealthReporter::new(), data: HealthReporter::new() }
    }

    /// The service of the listener that serves everything.
    pub(super) fn of_all(&self) -> HealthServer<HealthService> {
        HealthServer::new(HealthService::from_health_reporter(self.all.clone()))
    }

    /// The service of the listeners of the data plane, which knows nothing of other services.
    pub(super) fn of_data(&self) -> HealthServer<HealthService> {
        HealthServer::new(HealthService::from_health_reporter(self.data.clone()))
    }

    /// Tells about every service of ours, and about the server as a whole.
    pub(super) async fn report(&self, serving: bool) {
        report(&self.all, |_| true, serving).await;
        report(&self.data, Method::is_data_plane, serving).await;
    }
}

async fn report(reporter: &HealthReporter, knows: impl Fn(&Method) -> bool, serving: bool) {
    let status = if serving { Serving } else { NotServing };
    let told = methods::OWN.iter().filter(|method| knows(method));
    let services = told.filter_map(|method| method.path.split('/').next());
    let services: BTreeSet<&str> = services.chain([""]).collect();
    for service in services {
        reporter.set_service_status(service, status).await;
    }
}
