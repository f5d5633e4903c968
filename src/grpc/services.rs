//! The services of each listener, put together within the one layer.

use std::convert::Infallible;
use std::sync::Arc;

use futures_util::future::{BoxFuture, Either};
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::service::Service;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tonic::body::Body;
use tonic::server::NamedService;
use tonic::service::Routes;
use tonic_health::pb::health_server::{Health, HealthServer};
use tower::Service as _;

use super::application::Applications;
use super::assignment::Assignments;
use super::authn::Authenticator;
use super::boundary::Boundaries;
use super::control::OnControl;
use super::directory::Directory;
use super::layer::{Layer, Limits, Plane};
use super::metrics::Metrics;
use super::permission::Permissions;
use super::policy_data::PolicyData;
use super::privilege::Privileges;
use super::resource::Resources;
use super::role::Roles;
use super::scope::Scopes;
use super::server_info::ServerInfo;
use crate::app::service::App;
use crate::proto;
use crate::proto::v1::application_service_server::ApplicationServiceServer;
use crate::proto::v1::assignment_service_server::AssignmentServiceServer;
use crate::proto::v1::boundary_service_server::BoundaryServiceServer;
use crate::proto::v1::directory_service_server::DirectoryServiceServer;
use crate::proto::v1::permission_service_server::PermissionServiceServer;
use crate::proto::v1::policy_data_service_server::PolicyDataServiceServer;
use crate::proto::v1::privilege_service_server::PrivilegeServiceServer;
use crate::proto::v1::resource_service_server::ResourceServiceServer;
use crate::proto::v1::role_service_server::RoleServiceServer;
use crate::proto::v1::scope_service_server::ScopeServiceServer;
use crate::proto::v1::server_service_server::ServerServiceServer;

/// What the services of all listeners are made of.
#[derive(Clone, Debug)]
pub struct Parts {
    /// The verbs.
    pub app: App,
    /// Who calls.
    pub authenticator: Arc<Authenticator>,
    /// What the layer enforces.
    pub limits: Limits,
    /// Where calls and decisions are counted, whichever listener they come through.
    pub metrics: Arc<Metrics>,
    /// Where administrative services run.
    pub control: Handle,
    /// Streams of checks end when this becomes true.
    pub stop: watch::Receiver<bool>,
}

impl Parts {
    /// Every service, for the listener that has them all.
    pub fn everything<H: Health>(self, health: HealthServer<H>) -> Calls {
        let bytes = self.limits.message_bytes_max;
        let others = standard(administrative(self.app.clone(), bytes, &self.control), bytes, health);
        self.within_layer(Plane::All, others)
    }

    /// Checks and health, for the listeners of the data plane.
    pub fn data_plane<H: Health>(self, health: HealthServer<H>) -> Calls {
        let others = Routes::new(health.max_decoding_message_size(self.limits.message_bytes_max));
        self.within_layer(Plane::Data, others)
    }

    /// Checks and the other services of a listener, within the layer.
    fn within_layer(self, plane: Plane, others: Routes) -> Calls {
        let Self { app, authenticator, limits, metrics, control, stop } = self;
        let checks = Permissions { app, metrics: metrics.clone(), control, stop };
        let permission = PermissionServiceServer::new(checks).max_decoding_message_size(limits.message_bytes_max);
        Calls(Arc::new(Layer::new(Services { permission, others }, plane, authenticator, limits, metrics)))
    }
}

/// The calls of a listener: what serves its connections. Clones are of one and the same.
#[derive(Clone, Debug)]
pub struct Calls(Arc<Layer<Services>>);

impl Service<Request<Incoming>> for Calls {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        self.0.call(request)
    }
}

/// The services that may await the database.
fn administrative(app: App, bytes: usize, control: &Handle) -> Routes {
    let mut routes = Routes::default();
    macro_rules! add {
        ($($server:ident($service:expr)),* $(,)?) => {
            $(routes = routes.add_service(OnControl::new(
                $server::new($service).max_decoding_message_size(bytes),
                control.clone(),
            ));)*
        };
    }
    let started = app.state().clock.now();
    add!(
        ApplicationServiceServer(Applications { app: app.clone() }),
        AssignmentServiceServer(Assignments { app: app.clone() }),
        BoundaryServiceServer(Boundaries { app: app.clone() }),
        DirectoryServiceServer(Directory { app: app.clone() }),
        PolicyDataServiceServer(PolicyData { app: app.clone() }),
        PrivilegeServiceServer(Privileges { app: app.clone() }),
        ResourceServiceServer(Resources { app: app.clone() }),
        RoleServiceServer(Roles { app: app.clone() }),
        ScopeServiceServer(Scopes { app: app.clone() }),
        ServerServiceServer(ServerInfo { app, started }),
    );
    routes
}

/// Health and reflection. The descriptors are part of the program, so reflection is there unless there is a bug; the
/// other services do not depend on it.
fn standard<H: Health>(routes: Routes, bytes: usize, health: HealthServer<H>) -> Routes {
    let reflection = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(proto::FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    let routes = routes.add_service(health.max_decoding_message_size(bytes));
    match (reflection().build_v1(), reflection().build_v1alpha()) {
        (Ok(v1), Ok(v1alpha)) => routes
            .add_service(v1.max_decoding_message_size(bytes))
            .add_service(v1alpha.max_decoding_message_size(bytes)),
        (Err(error), _) | (_, Err(error)) => {
            tracing::error!(%error, "there is no reflection");
            routes
        }
    }
}

/// All services; a check is not looked up among the others.
#[derive(Debug)]
struct Services {
    permission: PermissionServiceServer<Permissions>,
    others: Routes,
}

impl Service<Request<Incoming>> for Services {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Either<
        <PermissionServiceServer<Permissions> as tower::Service<Request<Incoming>>>::Future,
        <Routes as tower::Service<Request<Incoming>>>::Future,
    >;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let path = request.uri().path().strip_prefix('/').unwrap_or_default();
        let name = <PermissionServiceServer<Permissions> as NamedService>::NAME;
        if path.strip_prefix(name).is_some_and(|method| method.starts_with('/')) {
            Either::Left(self.permission.clone().call(request))
        } else {
            Either::Right(self.others.clone().call(request))
        }
    }
}
