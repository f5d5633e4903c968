//! An access matrix as its file gives it: lines `user permission`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::exam::{Exam, Names, Random};
use crate::harness::Server;

/// Who may do what; users and permissions by their place.
pub(super) struct Matrix {
    users: Vec<u32>,
    permissions: Vec<u32>,
    pairs: BTreeSet<(u32, u32)>,
}

impl Matrix {
    pub(super) fn read(file: &Path) -> Self {
        let text = fs::read_to_string(file).unwrap();
        let pairs: BTreeSet<(u32, u32)> = text.lines().map(pair).collect();
        let users: BTreeSet<u32> = pairs.iter().map(|(user, _)| *user).collect();
        let permissions: BTreeSet<u32> = pairs.iter().map(|(_, permission)| *permission).collect();
        Self { users: users.into_iter().collect(), permissions: permissions.into_iter().collect(), pairs }
    }

    /// Whether the pair is in the file.
    pub(super) fn has(&self, user: usize, permission: usize) -> bool {
        self.pairs.contains(&(self.users[user], self.permissions[permission]))
    }

    /// How many users there are.
    pub(super) fn users(&self) -> usize {
        self.users.len()
    }

    /// The number of the user at a place.
    pub(super) fn number_of_user(&self, user: usize) -> u32 {
        self.users[user]
    }

    /// The number of the permission at a place.
    pub(super) fn number_of_permission(&self, permission: usize) -> u32 {
        self.permissions[permission]
    }

    /// Our name of the user at a place.
    pub(super) fn name_of_user(&self, user: usize) -> String {
        format!("users/u{}", self.users[user])
    }

    /// Our names of the permissions, by place.
    pub(super) fn privileges(&self) -> impl Iterator<Item = String> {
        self.permissions.iter().map(|permission| format!("p{permission}"))
    }

    /// The place of a user.
    pub(super) fn user(&self, number: u32) -> Option<usize> {
        self.users.binary_search(&number).ok()
    }

    /// Every pair there can be.
    pub(super) fn all(&self) -> impl Iterator<Item = (usize, usize)> {
        (0..self.users.len()).flat_map(|user| (0..self.permissions.len()).map(move |permission| (user, permission)))
    }

    /// So many pairs, chosen by a number.
    pub(super) fn random(&self, count: usize, seed: u64) -> Vec<(usize, usize)> {
        let mut random = Random(seed);
        (0..count).map(|_| (random.below(self.users.len()), random.below(self.permissions.len()))).collect()
    }

    pub(super) async fn exam(&self, server: &Server, application: &str, connections: usize) -> Exam {
        let names = Names {
            application: application.to_owned(),
            subjects: (0..self.users.len()).map(|user| self.name_of_user(user)).collect(),
            privileges: self.privileges().collect(),
        };
        Exam::begin(server, None, connections, names).await
    }
}

fn pair(line: &str) -> (u32, u32) {
    let (user, permission) = line.trim().split_once(char::is_whitespace).unwrap();
    (user.parse().unwrap(), permission.trim().parse().unwrap())
}

/// The numbers of the roles that each user holds.
pub(super) type Held = BTreeMap<u32, Vec<u32>>;
