//! A real access matrix under permission boundaries: whatever bounds the roles, every answer is the matrix cut by it.
//!
//! The roles have each another boundary as imported, then all the same one, by a write to each role, kind after kind;
//! and all this again after a tenant is deleted, and after it is created again.
//! `BAILIWICK_TEST_ROUNDS` says how many decompositions of matrices; one by default, the largest are the last ones.

use std::path::Path;

use bailiwick::proto::v1::{DeleteTenantRequest, Role, UpdateRoleRequest};

use super::APPLICATION;
use super::cut::{Home, Kind, Place, holds};
use super::decomposition::Decomposition;
use super::exam::{Answer, Asked, Exam};
use super::matrix::Matrix;
use super::town::{self, BOUNDARIES, CUSTOM_VALUE, Moment};
use crate::harness::{Clients, Server, block_on, real_data, rounds_or, shared_databases};
use crate::import_export::transfer;

#[test]
fn under_every_boundary_every_answer_is_the_matrix_cut_by_it() {
    let Some(data) = real_data() else { return };
    let matrices = ["hc", "domino", "fire2"].into_iter();
    let all = matrices.flat_map(|matrix| ["optimal_cover", "org_row"].map(|decomposition| (matrix, decomposition)));
    for (matrix, decomposition) in all.take(rounds_or(1)) {
        let town = Town::read(&data.join("hp-access"), matrix, decomposition);
        let all: Vec<Rule> = BOUNDARIES.iter().map(|boundary| Rule::Same(*boundary)).chain([Rule::Own]).collect();
        town.try_it(Server::start(), &all);
        // Each role has another boundary anyway: there it is enough to change them once.
        for database in shared_databases() {
            town.try_it(Server::configured(&database, |_| {}), &[Rule::Same(BOUNDARIES[0]), Rule::Own]);
        }
    }
}

/// Which boundary each role has: its own, or the same as all.
#[derive(Clone, Copy, Debug)]
enum Rule {
    Own,
    Same((&'static str, Kind)),
}

impl Rule {
    fn of_role(self, role: u32) -> (&'static str, Kind) {
        match self {
            Self::Own => town::own_boundary(role),
            Self::Same(boundary) => boundary,
        }
    }

    fn allows_something(self, moment: Moment) -> bool {
        match self {
            Self::Same((_, Kind::Custom | Kind::Including([]))) => false,
            Self::Same((_, Kind::Including(["gone"]))) => moment == Moment::Before,
            _ => true,
        }
    }

    fn tells_values(self) -> bool {
        matches!(self, Self::Own | Self::Same((_, Kind::Custom)))
    }
}

/// A matrix, and the roles that it is cut into.
struct Town {
    matrix: Matrix,
    decomposition: Decomposition,
}

impl Town {
    fn read(folder: &Path, matrix: &str, decomposition: &str) -> Self {
        Self {
            matrix: Matrix::read(&folder.join(format!("matrices/{matrix}.txt"))),
            decomposition: Decomposition::read(&folder.join(format!("decompositions/{matrix}_{decomposition}.txt"))),
        }
    }

    fn try_it(&self, mut server: Server, rules: &[Rule]) {
        block_on(async {
            let clients = server.clients().await;
            let document = town::document(&self.matrix, &self.decomposition);
            let done = transfer::import(&clients, document).await;
            assert_eq!((done.updated, done.unchanged), (0, 0), "{done:?}");
            self.ask_all(&server, (Moment::Before, Rule::Own), None).await;
            for moment in [Moment::Before, Moment::Deleted, Moment::CreatedAgain] {
                happen(&clients, moment).await;
                for rule in rules {
                    let token = self.bound(&clients, *rule).await;
                    self.ask_all(&server, (moment, *rule), Some(token)).await;
                }
            }
        });
        server.restart();
        block_on(self.ask_all(&server, (Moment::CreatedAgain, Rule::Own), None));
    }

    /// Gives every role its boundary, and names the state after the last one.
    async fn bound(&self, clients: &Clients, rule: Rule) -> String {
        let mut token = String::new();
        for role in &self.decomposition.roles {
            let request = UpdateRoleRequest {
                role: Some(Role {
                    name: format!("{APPLICATION}/roles/r{}", role.number),
                    permission_boundary: town::boundary_name(rule.of_role(role.number).0),
                    ..Role::default()
                }),
                update_mask: Some(prost_types::FieldMask { paths: vec!["permission_boundary".to_owned()] }),
                ..Default::default()
            };
            token = clients.role.clone().update_role(request).await.unwrap().into_inner().consistency_token;
        }
        token
    }

    /// Asks for every user and permission about everything.
    async fn ask_all(&self, server: &Server, (moment, rule): (Moment, Rule), token: Option<String>) {
        let mut exam = self.matrix.exam(server, APPLICATION, 4).await;
        let (mut all, targets) = (Asked::default(), moment.targets(&self.matrix));
        for (about, place) in &targets {
            exam = exam.about(about.clone());
            all += self.ask(&exam, (moment, rule), place.as_ref(), token.clone()).await;
        }
        all.say(&format!("{moment:?} {rule:?}"));
        let questions = targets.len() * self.matrix.all().count();
        assert_eq!(all.allowed + all.denied, questions);
        assert_eq!(all.allowed > 0, rule.allows_something(moment), "{rule:?} {all:?}");
        assert_eq!(all.custom > 0, rule.tells_values(), "{rule:?} {all:?}");
    }

    /// Asks about one place, or, where there is none, for every user about himself.
    async fn ask(
        &self,
        exam: &Exam,
        (moment, rule): (Moment, Rule),
        place: Option<&Place>,
        token: Option<String>,
    ) -> Asked {
        let homes: Vec<Home> = (0..self.matrix.users()).map(|user| moment.home_of_user(user)).collect();
        let live = moment.live();
        let expected = |user: usize, permission: usize| {
            let itself = Place::At(homes[user].clone());
            let place = place.unwrap_or(&itself);
            let held = |kind| holds(kind, &homes[user], place, town::is_object_scoped(permission), &live);
            let kinds = self.kinds(rule, user, permission);
            let allowed = kinds.iter().any(|kind| held(*kind));
            // Who asks may decide where the custom boundary alone is in the way.
            let custom = !allowed && kinds.contains(&Kind::Custom) && held(Kind::Application);
            Answer { allowed, custom: custom.then(|| CUSTOM_VALUE.to_owned()).into_iter().collect() }
        };
        match token {
            Some(token) => exam.ask_since(token, self.matrix.all(), expected).await,
            None => exam.ask(self.matrix.all(), expected).await,
        }
    }

    /// The boundaries under which a user has a permission: by the matrix, where all are the same.
    fn kinds(&self, rule: Rule, user: usize, permission: usize) -> Vec<Kind> {
        if !self.matrix.has(user, permission) {
            return Vec::new();
        }
        match rule {
            Rule::Same((_, kind)) => vec![kind],
            Rule::Own => {
                let (user, permission) =
                    (self.matrix.number_of_user(user), self.matrix.number_of_permission(permission));
                let roles = self.decomposition.roles.iter();
                let giving = roles.filter(|role| role.users.contains(&user) && role.permissions.contains(&permission));
                giving.map(|role| town::own_boundary(role.number).1).collect()
            }
        }
    }
}

/// What a moment begins with.
async fn happen(clients: &Clients, moment: Moment) {
    match moment {
        Moment::Before => {}
        Moment::Deleted => {
            let name = format!("{APPLICATION}/tenants/gone");
            let request = DeleteTenantRequest { name, force: true, ..Default::default() };
            clients.application.clone().delete_tenant(request).await.unwrap();
        }
        Moment::CreatedAgain => {
            let lines = town::lines_of_tenant("gone").into_iter().map(|line| line.to_string());
            let done = transfer::import(clients, transfer::document(lines)).await;
            assert_eq!(done.updated, 1, "the tenant's id is known: {done:?}");
        }
    }
}
