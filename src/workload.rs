//! Seeded workloads: states to measure with, questions about them whose answers are known, and changes.
//!
//! Guarantees: the same name, parameters, scale and seed give the same rows, questions and changes, byte for byte; rows
//! are made one after the other as they are asked for, never held, and in an order in which each comes after what it
//! names; a question is a function of its number, so that many can ask at once. Pure: no I/O and no clock.
//!
//! Whatever a workload says of a thing (its tenant, its parents, its roles) is drawn anew from the seed and the thing's
//! number, so a question's answer is worked out without a state; tests hold these answers to the engine and to the
//! reference model. A workload is one application: a check never looks at a second one, so that all of it in one is the
//! hardest of the ways to divide it. Beside it there is nothing, but for the product itself.

mod amounts;
mod casbin;
mod deep;
mod draw;
mod negative;
mod organisation;
mod row;
mod share;
mod ten_million;
mod wide;

use std::collections::HashSet;

use fastrand::Rng;

pub use self::amounts::{Parameter, Settings};
pub use self::draw::Keys;

use self::amounts::Amounts;
use crate::domain::change::Change;
use crate::domain::id::{Id, PrivilegeKey};
use crate::domain::name::{ResourceKey, Subject};
use crate::domain::row::Row;
use crate::domain::time::Time;
use crate::domain::violation::Malformed;

/// An instant at which the answers are those that questions expect: what ends has ended years before it, or does so
/// decades after it. A server that goes by its own clock gives the same answers.
pub const NOW: Time = Time::clamped(1_767_225_600_000_000);

/// What a workload is.
pub struct Description {
    /// Its name.
    pub name: &'static str,
    /// What it holds and what is asked of it, at scale 1.
    pub text: &'static str,
    /// What can be set.
    pub parameters: &'static [Parameter],
    build: fn(&Amounts, u64) -> Box<dyn World>,
}

/// Every workload there is.
pub static ALL: [Description; 10] = [
    casbin::SMALL,
    casbin::MEDIUM,
    casbin::LARGE,
    organisation::DESCRIPTION,
    ten_million::DESCRIPTION,
    deep::DEEP,
    deep::FLAT,
    wide::DESCRIPTION,
    ten_million::CHURN,
    negative::DESCRIPTION,
];

/// A state and what is asked of it.
pub struct Workload {
    description: &'static Description,
    amounts: Amounts,
    seed: u64,
    world: Box<dyn World>,
}

/// May the subject exercise the privilege on the resource?
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The application's id.
    pub application: Id,
    /// Who would act.
    pub subject: Subject,
    /// The key of the privilege.
    pub privilege: PrivilegeKey,
    /// On what.
    pub resource: ResourceKey,
    /// The answer, about the state that the rows make.
    pub allowed: bool,
}

/// What each workload is made by.
trait World: Send + Sync {
    /// Every row, each after those that it names; elements of a thing right after it, if they stand on its line.
    fn rows(&self) -> Box<dyn Iterator<Item = Row> + Send + '_>;

    /// The question of a number; `rng` is drawn from that number.
    fn question(&self, number: u64, keys: Keys, rng: &mut Rng) -> Question;

    /// A change to the state of the rows that can be made and taken back whatever else has changed, with a number of
    /// its own.
    fn change(&self, rng: &mut Rng) -> (u64, Change);
}

impl Workload {
    /// The workload of a name.
    ///
    /// # Errors
    /// When there is none, or a parameter is not one of its own.
    pub fn new(name: &str, settings: &Settings) -> Result<Self, Malformed> {
        let description = ALL.iter().find(|description| description.name == name).ok_or_else(|| {
            let names: Vec<&str> = ALL.iter().map(|description| description.name).collect();
            Malformed::new(format!("there is no workload {name}; there are {}", names.join(", ")))
        })?;
        let amounts = Amounts::new(description.parameters, settings)?;
        let world = (description.build)(&amounts, settings.seed);
        Ok(Self { description, amounts, seed: settings.seed, world })
    }

    /// What it is.
    pub fn description(&self) -> &'static Description {
        self.description
    }

    /// Its parameters with their values, scaled.
    pub fn amounts(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.amounts.iter()
    }

    /// Every row of the state.
    pub fn rows(&self) -> impl Iterator<Item = Row> + Send {
        self.world.rows()
    }

    /// The question of a number.
    pub fn question(&self, number: u64, keys: Keys) -> Question {
        self.world.question(number, keys, &mut draw::of(self.seed, draw::Table::Question, number))
    }

    /// Questions without end.
    pub fn questions(&self, keys: Keys) -> impl Iterator<Item = Question> {
        (0..).map(move |number| self.question(number, keys))
    }

    /// Changes without end: things come and go, and each change fits the state after those before it. What questions
    /// expect is not what a changed state answers.
    pub fn changes(&self) -> impl Iterator<Item = Change> {
        let mut rng = draw::of(self.seed, draw::Table::Change, 0);
        let mut made = HashSet::new();
        std::iter::repeat_with(move || {
            let (number, change) = self.world.change(&mut rng);
            if made.insert(number) {
                return change;
            }
            made.remove(&number);
            change.inverse()
        })
    }
}
