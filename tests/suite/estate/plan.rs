//! The estate, from a seed: organisations with folders up to ten deep, projects, machines of which some are in two
//! projects; users in nested groups; scopes of every sort; roles given over them. Nothing but numbers, so that a
//! million resources are no more to write than a thousand.

/// A generator that needs no state but a number: `SplitMix64` (Steele, Lea, Flood 2014).
#[derive(Clone)]
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end.max(1) as u64).unwrap()
    }

    /// True so often of a hundred times.
    pub(crate) fn percent(&mut self, often: usize) -> bool {
        self.below(100) < often
    }
}

pub(crate) const ORGANISATION: usize = 1_000;
const FOLDERS: usize = 60;
const PROJECTS: usize = 90;
const GROUPS: usize = 20;
const SCOPES: usize = 20;
const USERS: usize = 200;
const FOLDER_DEPTH: usize = 10;
/// What machines, projects and folders can be asked for; a role gives some of them.
pub(crate) const VERBS: [&str; 8] = ["read", "list", "start", "stop", "resize", "delete", "tag", "audit"];
const ROLES: usize = 12;

/// What is below what in one organisation; numbers are of that organisation.
pub(crate) struct Organisation {
    pub(crate) number: usize,
    dice: Dice,
}

/// A resource's kind and id.
pub(crate) fn name(kind: &str, organisation: usize, number: usize) -> String {
    format!("CLOUD::{kind}/{}-{organisation:05}-{number:04}", kind.to_lowercase())
}

impl Organisation {
    pub(crate) fn new(number: usize, seed: u64) -> Self {
        Self { number, dice: Dice(seed ^ (number as u64).wrapping_mul(0xD6E8_FEB8_6659_FD93)) }
    }

    fn of(&self, kind: &str, number: usize) -> String {
        name(kind, self.number, number)
    }

    /// Every resource with its parents, the upper ones first.
    pub(crate) fn resources(&mut self) -> Vec<(String, Vec<String>)> {
        let root = self.of("Organisation", 0);
        let mut depths: Vec<usize> = Vec::new();
        let mut resources = vec![(root.clone(), Vec::new())];
        for folder in 0..FOLDERS {
            let above = (0..folder).filter(|above| depths[*above] < FOLDER_DEPTH).collect::<Vec<_>>();
            // The newest are taken most often, so that some chains grow as long as they may.
            let pick = above.len().saturating_sub(1 + self.dice.below(4));
            let above = if self.dice.percent(15) { None } else { above.get(pick).copied() };
            depths.push(above.map_or(1, |above| depths[above] + 1));
            let parent = above.map_or_else(|| root.clone(), |above| self.of("Folder", above));
            resources.push((self.of("Folder", folder), vec![parent]));
        }
        for project in 0..PROJECTS {
            let folder = self.dice.below(FOLDERS);
            resources.push((self.of("Project", project), vec![self.of("Folder", folder)]));
        }
        for machine in 0..ORGANISATION - 1 - FOLDERS - PROJECTS {
            let mut parents = vec![self.dice.below(PROJECTS)];
            if self.dice.percent(5) {
                parents.push(self.dice.below(PROJECTS));
            }
            parents.dedup();
            let parents = parents.into_iter().map(|project| self.of("Project", project)).collect();
            resources.push((self.of("Machine", machine), parents));
        }
        resources
    }

    fn some(&mut self, kind: &str) -> String {
        let number = match kind {
            "Folder" => self.dice.below(FOLDERS),
            "Project" => self.dice.below(PROJECTS),
            "Machine" => self.dice.below(ORGANISATION - 1 - FOLDERS - PROJECTS),
            _ => 0,
        };
        self.of(kind, number)
    }

    fn several(&mut self, kind: &str, most: usize) -> Vec<String> {
        let count = 1 + self.dice.below(most);
        let mut names: Vec<String> = (0..count).map(|_| self.some(kind)).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The scopes, each with its instances.
    pub(crate) fn scopes(&mut self) -> Vec<(String, Vec<Instance>)> {
        let scope = |number| format!("scope-{:05}-{number:02}", self.number);
        let names: Vec<String> = (0..SCOPES).map(scope).collect();
        names.into_iter().map(|name| (name, self.instances())).collect()
    }

    fn instances(&mut self) -> Vec<Instance> {
        let mut instances = vec![self.instance()];
        if self.dice.percent(20) {
            instances.push(self.instance());
        }
        instances
    }

    fn instance(&mut self) -> Instance {
        match self.dice.below(20) {
            0..8 => Instance { propagate: self.several("Folder", 2), ..Instance::default() },
            8..11 => Instance { propagate: self.several("Project", 3), ..Instance::default() },
            11..13 => Instance {
                propagate: vec![self.of("Organisation", 0)],
                unpropagate: self.several("Folder", 4),
                ..Instance::default()
            },
            13..15 => Instance { spec: Some("tree"), propagate: self.several("Folder", 2), ..Instance::default() },
            15..16 => Instance { spec: Some("machines"), propagate: self.several("Project", 4), ..Instance::default() },
            16..17 => Instance { spec: Some("upwards"), propagate: self.several("Machine", 3), ..Instance::default() },
            17..18 => Instance {
                spec: Some("tree"),
                propagate: self.several("Folder", 2),
                unpropagate: self.several("Project", 5),
                ..Instance::default()
            },
            _ => Instance { specific: self.several("Machine", 20), ..Instance::default() },
        }
    }

    pub(crate) fn group(&self, number: usize) -> String {
        format!("team-{:05}-{number:02}", self.number)
    }

    pub(crate) fn user(&self, number: usize) -> String {
        format!("person-{:05}-{number:03}", self.number)
    }

    /// The groups, each with the group that it is in, if it is in one.
    pub(crate) fn groups(&mut self) -> Vec<(String, Option<String>)> {
        let nested = |number: usize| (!number.is_multiple_of(5)).then(|| self.group(number - 1));
        (0..GROUPS).map(|number| (self.group(number), nested(number))).collect()
    }

    /// The users, each with the groups that it is in.
    pub(crate) fn users(&mut self) -> Vec<(String, Vec<String>)> {
        let mut users = Vec::with_capacity(USERS);
        for number in 0..USERS {
            let mut groups: Vec<usize> = (0..=self.dice.below(3)).map(|_| self.dice.below(GROUPS)).collect();
            groups.sort_unstable();
            groups.dedup();
            users.push((self.user(number), groups.into_iter().map(|group| self.group(group)).collect()));
        }
        users
    }

    /// Who holds which role over what.
    pub(crate) fn assignments(&mut self) -> Vec<Given> {
        let mut given = Vec::new();
        let mut holders: Vec<String> = (0..GROUPS).map(|number| format!("groups/{}", self.group(number))).collect();
        holders.extend((0..USERS).step_by(9).map(|number| format!("users/{}", self.user(number))));
        for holder in holders {
            for _ in 0..=self.dice.below(2) {
                let role = self.dice.below(ROLES);
                if given.iter().any(|other: &Given| other.holder == holder && other.role == role) {
                    continue;
                }
                let over = match self.dice.below(20) {
                    0 if self.dice.percent(5) => Over::Everything,
                    0..4 => Over::Named(self.several("Machine", 8)),
                    4..6 => Over::Instance(self.instance()),
                    _ => Over::Scope(format!("scope-{:05}-{:02}", self.number, self.dice.below(SCOPES))),
                };
                given.push(Given { holder: holder.clone(), role, over });
            }
        }
        given
    }
}

/// What one role gives.
pub(crate) fn verbs_of(role: usize) -> impl Iterator<Item = &'static str> {
    VERBS.iter().enumerate().filter(move |(at, _)| (at * 7 + role * 5) % 12 < 5).map(|(_, verb)| *verb)
}

pub(crate) fn roles() -> impl Iterator<Item = usize> {
    0..ROLES
}

/// A role that is given.
pub(crate) struct Given {
    pub(crate) holder: String,
    pub(crate) role: usize,
    pub(crate) over: Over,
}

/// Over what.
pub(crate) enum Over {
    Everything,
    Scope(String),
    Instance(Instance),
    Named(Vec<String>),
}

/// What an instance selects.
#[derive(Default)]
pub(crate) struct Instance {
    pub(crate) spec: Option<&'static str>,
    pub(crate) propagate: Vec<String>,
    pub(crate) unpropagate: Vec<String>,
    pub(crate) specific: Vec<String>,
}
