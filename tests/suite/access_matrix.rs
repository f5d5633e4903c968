//! Three real access matrices: whichever roles a matrix is cut into, the answers are the matrix.
//!
//! Each matrix comes with two decompositions into roles. The first is imported, then changed into the second by
//! writes, grants before removals; no answer may ever differ. Needs the folder of real access data.

mod bounded;
mod cut;
mod decomposition;
pub(crate) mod exam;
mod matrix;
mod town;

use std::cell::Cell;
use std::path::Path;

use bailiwick::proto::v1::{AssignRolesRequest, CreateRoleRequest, DeleteRoleRequest, Role, UnassignRolesRequest};

use self::decomposition::Decomposition;
use self::exam::Exam;
use self::matrix::Matrix;
use crate::harness::{Clients, Server, block_on, on_every_store, real_data};
use crate::import_export::transfer;

const APPLICATION: &str = "applications/m";

#[test]
fn every_answer_is_that_of_the_domino_matrix_under_either_decomposition() {
    try_matrix("domino");
}

#[test]
fn every_answer_is_that_of_the_healthcare_matrix_under_either_decomposition() {
    try_matrix("hc");
}

#[test]
fn every_answer_is_that_of_the_firewall_matrix_under_either_decomposition() {
    try_matrix("fire2");
}

fn try_matrix(name: &str) {
    let Some(data) = real_data() else { return };
    let folder = data.join("hp-access");
    let first = folder.join(format!("decompositions/{name}_optimal_cover.txt"));
    let second = folder.join(format!("decompositions/{name}_org_row.txt"));
    let matrix = Matrix::read(&folder.join(format!("matrices/{name}.txt")));
    let change = Change { matrix, first: Decomposition::read(&first), second: Decomposition::read(&second) };
    on_every_store(|mut server| {
        block_on(change.load(&server, &first));
        block_on(change.make(&server));
        server.restart();
        block_on(change.check_all(&server, "after a restart"));
    });
}

/// From one decomposition of a matrix to the other.
struct Change {
    matrix: Matrix,
    first: Decomposition,
    second: Decomposition,
}

impl Change {
    async fn load(&self, server: &Server, file: &Path) {
        let clients = server.clients().await;
        let done = transfer::import(&clients, decomposition::converted(file, "m")).await;
        assert_eq!(done.updated, 0, "{done:?}");
        self.check_all(server, "as imported").await;
    }

    async fn make(&self, server: &Server) {
        let clients = server.clients().await;
        let exam = self.matrix.exam(server, APPLICATION, 2).await;
        let ended = Cell::new(false);
        let writes = async {
            self.give(&clients, &exam).await;
            self.check_all(server, "with the roles of both").await;
            self.take(&clients, &exam).await;
            ended.set(true);
        };
        tokio::join!(writes, self.watch(server, &ended));
        self.check_all(server, "with the roles of the second").await;
    }

    async fn check_all(&self, server: &Server, when: &str) {
        let exam = self.matrix.exam(server, APPLICATION, 4).await;
        let asked = exam.ask(self.matrix.all(), |user, permission| self.matrix.has(user, permission)).await;
        asked.say(when);
        let some = (0..self.matrix.users()).step_by(7);
        let asked = exam.ask_compactly(some, |user, permission| self.matrix.has(user, permission)).await;
        asked.say("in the compact form");
    }

    /// Asks about anything all the while, on a connection of its own, without a token: whatever revision is
    /// answered from, the answer is that of the matrix.
    async fn watch(&self, server: &Server, ended: &Cell<bool>) {
        let exam = self.matrix.exam(server, APPLICATION, 1).await;
        let mut seed = 1;
        while !ended.get() {
            exam.ask(self.matrix.random(50, seed), |user, permission| self.matrix.has(user, permission)).await;
            seed += 1;
        }
    }

    /// Asks about some pairs, half of them of one user, in a state that is at least that of a write.
    async fn sample(&self, exam: &Exam, user: Option<u32>, token: String) {
        let mut pairs = self.matrix.random(60, u64::from(user.unwrap_or_default()) + 7);
        if let Some(user) = user.and_then(|user| self.matrix.user(user)) {
            pairs.extend(self.matrix.random(60, 11).into_iter().map(|(_, permission)| (user, permission)));
        }
        exam.ask_since(token, pairs, |user, permission| self.matrix.has(user, permission)).await;
    }

    /// Makes the roles of the second decomposition and gives them to their users.
    async fn give(&self, clients: &Clients, exam: &Exam) {
        for role in &self.second.roles {
            let create = CreateRoleRequest {
                parent: APPLICATION.to_owned(),
                role_id: format!("second-{}", role.number),
                role: Some(Role {
                    role_name: format!("second {}", role.number),
                    privileges: role.permissions.iter().map(|permission| format!("p{permission}")).collect(),
                    ..Role::default()
                }),
                ..Default::default()
            };
            let made = clients.role.clone().create_role(create).await.unwrap().into_inner();
            self.sample(exam, None, made.consistency_token).await;
        }
        for (user, roles) in self.second.roles_by_user() {
            let assign = AssignRolesRequest {
                application: APPLICATION.to_owned(),
                subject: format!("users/u{user}"),
                roles: roles.iter().map(|role| format!("{APPLICATION}/roles/second-{role}")).collect(),
                ..Default::default()
            };
            let given = clients.assignment.clone().assign_roles(assign).await.unwrap().into_inner();
            assert_eq!(given.assignments.len(), roles.len());
            self.sample(exam, Some(user), given.consistency_token).await;
        }
    }

    /// Takes the roles of the first decomposition from their users and deletes them.
    async fn take(&self, clients: &Clients, exam: &Exam) {
        for (user, roles) in self.first.roles_by_user() {
            let unassign = UnassignRolesRequest {
                application: APPLICATION.to_owned(),
                subject: format!("users/u{user}"),
                roles: roles.iter().map(|role| format!("{APPLICATION}/roles/r{role}")).collect(),
                ..Default::default()
            };
            let taken = clients.assignment.clone().unassign_roles(unassign).await.unwrap().into_inner();
            assert_eq!(usize::try_from(taken.removed_count).unwrap(), roles.len());
            self.sample(exam, Some(user), taken.consistency_token).await;
        }
        for role in &self.first.roles {
            let name = format!("{APPLICATION}/roles/r{}", role.number);
            let delete = DeleteRoleRequest { name, ..Default::default() };
            let deleted = clients.role.clone().delete_role(delete).await.unwrap().into_inner();
            self.sample(exam, None, deleted.consistency_token).await;
        }
    }
}
