//! A decomposition of a matrix into roles, read here anew, and as the converter of the examples writes it.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::matrix::Held;

/// A block of the file.
pub(super) struct Block {
    pub(super) number: u32,
    pub(super) permissions: Vec<u32>,
    pub(super) users: Vec<u32>,
}

/// The blocks of a file.
pub(super) struct Decomposition {
    pub(super) roles: Vec<Block>,
}

impl Decomposition {
    pub(super) fn read(file: &Path) -> Self {
        let text = fs::read_to_string(file).unwrap();
        let field = |block: &str, name: &str| -> Vec<u32> {
            let line = block.lines().find_map(|line| line.trim().strip_prefix(name)).unwrap();
            let numbers = line.split(',').map(str::trim).filter(|number| !number.is_empty());
            let mut numbers: Vec<u32> = numbers.map(|number| number.parse().unwrap()).collect();
            numbers.sort_unstable();
            numbers.dedup();
            numbers
        };
        let block = |block: &str| Block {
            number: field(block, "role:")[0],
            permissions: field(block, "permissions:"),
            users: field(block, "users:"),
        };
        let normal = text.replace("\r\n", "\n");
        Self { roles: normal.split("\n\n").filter(|text| !text.trim().is_empty()).map(block).collect() }
    }

    /// The numbers of the roles of each user.
    pub(super) fn roles_by_user(&self) -> Held {
        let mut held = Held::new();
        for role in &self.roles {
            for user in &role.users {
                held.entry(*user).or_default().push(role.number);
            }
        }
        held
    }
}

/// The import file that the converter of the examples makes of a decomposition.
pub(super) fn converted(file: &Path, application: &str) -> Vec<u8> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/access_matrix_to_import.py");
    let output = Command::new("python3").args([script, "--application", application]).arg(file).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}
