//! `PrivilegeService`: decode, call, encode.

use tonic::{Request, Response, async_trait};

use super::convert::consistency::{get, list};
use super::convert::{privilege as convert, write};
use super::{Answer, open};
use crate::app::methods;
use crate::app::service::App;
use crate::domain::name::{PrivilegeId, parse_application};
use crate::domain::violation::Violations;
use crate::proto::v1;
use crate::proto::v1::privilege_service_server::PrivilegeService;

/// The service.
#[derive(Debug)]
pub(super) struct Privileges {
    /// The verbs.
    pub(super) app: App,
}

#[async_trait]
impl PrivilegeService for Privileges {
    async fn batch_register_privileges(
        &self,
        request: Request<v1::BatchRegisterPrivilegesRequest>,
    ) -> Answer<v1::BatchRegisterPrivilegesResponse> {
        let (caller, mut request) = open(request)?;
        let mut violations = Violations::default();
        let call = write::call(&mut request, caller, &methods::BATCH_REGISTER_PRIVILEGES, &mut violations);
        let register = convert::register(&request, violations)?;
        let application = register.application.clone();
        let written = self.app.register_privileges(call, register).await?;
        let token = self.app.token_of(&written);
        Ok(Response::new(convert::registered(&application, &written, token)?))
    }

    async fn get_privilege(&self, request: Request<v1::GetPrivilegeRequest>) -> Answer<v1::GetPrivilegeResponse> {
        let (caller, request) = open(request)?;
        let tokens = &self.app.state().tokens;
        let (id, wish) = get(PrivilegeId::parse(&request.name), request.consistency.as_ref(), tokens)?;
        let (entry, view) = self.app.get_privilege(&caller, &id, &wish).await?;
        Ok(Response::new(v1::GetPrivilegeResponse {
            privilege: Some(convert::entry(&entry)),
            consistency_token: view.token().to_owned(),
        }))
    }

    async fn list_privileges(&self, request: Request<v1::ListPrivilegesRequest>) -> Answer<v1::ListPrivilegesResponse> {
        let (caller, request) = open(request)?;
        let parent = ("parent", parse_application(&request.parent));
        let (application, page) = list(parent, &request, &self.app.state().tokens, Violations::default())?;
        let (entries, next_page_token, view) = self.app.list_privileges(&caller, &application, &page).await?;
        Ok(Response::new(v1::ListPrivilegesResponse {
            privileges: entries.iter().map(convert::entry).collect(),
            next_page_token,
            consistency_token: view.token().to_owned(),
        }))
    }
}
