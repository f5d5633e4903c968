//! A change is in every answer that is asked for with its token, and only where it belongs.

use bailiwick::proto::v1::{
    AddRolePrivilegesRequest, AssignRolesRequest, RemoveRolePrivilegesRequest, UnassignRolesRequest,
};

use super::catalogue::Catalogue;
use super::{ADMINISTRATOR, APPLICATION};
use crate::access_matrix::exam::Exam;
use crate::harness::{Clients, Server};

/// The user gets this role as well, which then gets and loses a privilege.
const USER: &str = "browser";
const ROLE: &str = "storage.objectViewer";

struct Change<'a> {
    catalogue: &'a Catalogue,
    clients: Clients,
    exam: Exam,
    user: usize,
    role: usize,
    /// A privilege that neither gives.
    key: usize,
}

pub(super) async fn are_seen_at_once(server: &Server, catalogue: &Catalogue) {
    let (user, role) = (catalogue.role(USER), catalogue.role(ROLE));
    let free = |key: &usize| !catalogue.gives(user, *key) && !catalogue.gives(role, *key);
    let change = Change {
        catalogue,
        clients: server.clients_as(ADMINISTRATOR).await,
        exam: super::exam(server, &catalogue.roles, catalogue).await,
        user,
        role,
        key: (0..catalogue.keys.len()).find(free).unwrap(),
    };
    let token = change.assign().await;
    change.check(token, true, false).await;
    let token = change.add().await;
    change.check(token, true, true).await;
    let token = change.remove().await;
    change.check(token, true, false).await;
    change.add().await;
    let token = change.unassign().await;
    change.check(token, false, true).await;
    let token = change.remove().await;
    change.check(token, false, false).await;
}

fn role_name() -> String {
    format!("{APPLICATION}/roles/{ROLE}")
}

impl Change<'_> {
    async fn assign(&self) -> String {
        let request = AssignRolesRequest {
            application: APPLICATION.to_owned(),
            subject: format!("users/{USER}"),
            roles: vec![role_name()],
            ..Default::default()
        };
        self.clients.assignment.clone().assign_roles(request).await.unwrap().into_inner().consistency_token
    }

    async fn unassign(&self) -> String {
        let request = UnassignRolesRequest {
            application: APPLICATION.to_owned(),
            subject: format!("users/{USER}"),
            roles: vec![role_name()],
            ..Default::default()
        };
        let taken = self.clients.assignment.clone().unassign_roles(request).await.unwrap().into_inner();
        assert_eq!(taken.removed_count, 1);
        taken.consistency_token
    }

    async fn add(&self) -> String {
        let privileges = vec![self.catalogue.keys[self.key].clone()];
        let request = AddRolePrivilegesRequest { name: role_name(), privileges, ..Default::default() };
        let added = self.clients.role.clone().add_role_privileges(request).await.unwrap().into_inner();
        assert_eq!(added.privileges, self.keys_of_role(true));
        added.consistency_token
    }

    async fn remove(&self) -> String {
        let privileges = vec![self.catalogue.keys[self.key].clone()];
        let request = RemoveRolePrivilegesRequest { name: role_name(), privileges, ..Default::default() };
        let removed = self.clients.role.clone().remove_role_privileges(request).await.unwrap().into_inner();
        assert_eq!(removed.privileges, self.keys_of_role(false));
        removed.consistency_token
    }

    /// What the role gives by the file, perhaps with the additional privilege.
    fn keys_of_role(&self, extended: bool) -> Vec<String> {
        let given = |key: &usize| self.catalogue.gives(self.role, *key) || (extended && *key == self.key);
        (0..self.catalogue.keys.len()).filter(given).map(|key| self.catalogue.keys[key].clone()).collect()
    }

    /// All that the user may, all that who holds the role may, and everybody who may exercise the privilege.
    async fn check(&self, token: String, held: bool, extended: bool) {
        let keys = self.catalogue.keys.len();
        let rows = [self.user, self.role].into_iter().flat_map(|user| (0..keys).map(move |key| (user, key)));
        let column = (0..self.catalogue.roles.len()).map(|user| (user, self.key));
        let by_role = |key: usize| self.catalogue.gives(self.role, key) || (extended && key == self.key);
        let expected = |user: usize, key: usize| {
            let holds = user == self.role || (held && user == self.user);
            self.catalogue.gives(user, key) || (holds && by_role(key))
        };
        self.exam.ask_since(token, rows.chain(column), expected).await;
    }
}
