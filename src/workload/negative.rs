//! Only denials: what is unknown, disabled, somewhere else or not given, in turn.

use fastrand::Rng;

use super::amounts::Parameter;
use super::draw::Keys;
use super::ten_million::{self, TenMillion};
use super::{Description, Question, World, row};
use crate::domain::assignment::{AssignmentId, ObjectAccess};
use crate::domain::change::Change;
use crate::domain::id::{ForeignId, Id, PrivilegeKey};
use crate::domain::name::{RoleId, Subject};
use crate::domain::role::RoleElement;
use crate::domain::row::Row;

pub(super) const DESCRIPTION: Description = Description {
    name: "negative",
    text: "ten-million at a tenth, with disabled users; no question is allowed: in turn of an unknown user, of a \
           disabled one, for an unknown privilege, on an unknown resource, on another tenant's, in an unknown \
           application, and for a privilege that is not given",
    parameters: PARAMETERS,
    build: |amounts, seed| {
        let disabled = amounts.get("disabled");
        Box::new(Negative { base: TenMillion::new("negative", amounts, seed), disabled })
    },
};

const PARAMETERS: &[Parameter] = &ten_million::with(Parameter::scaled("disabled", 10_000, 10, "disabled users"));

struct Negative {
    base: TenMillion,
    disabled: u64,
}

impl Negative {
    fn user(number: u64) -> Id {
        row::id(format!("former-employee-{number:08}"))
    }

    /// Who holds all there is, over everything, and is disabled.
    fn disabled_rows(&self, number: u64) -> impl Iterator<Item = Row> + use<> {
        let application = self.base.application();
        let holder = Subject::User(Self::user(number));
        let user = row::user(holder.id().clone(), application, (false, false));
        let id = AssignmentId { holder, role: self.role(), tenant: None };
        [user, row::assignment(id, ObjectAccess::ALL, None)].into_iter()
    }

    fn role(&self) -> RoleId {
        row::role_id(self.base.application(), row::id("everything"))
    }
}

impl World for Negative {
    fn rows(&self) -> Box<dyn Iterator<Item = Row> + Send + '_> {
        let all = RoleElement::Pattern(crate::domain::id::PrivilegePattern::derived("*".to_owned()));
        let disabled = (0..self.disabled).flat_map(|number| self.disabled_rows(number));
        Box::new(self.base.rows().chain(row::role(&self.role(), vec![all])).chain(disabled))
    }

    fn question(&self, number: u64, keys: Keys, rng: &mut Rng) -> Question {
        let given = |rng: &mut Rng| self.base.question_with(keys, rng, (true, false));
        let mut question = match number % 7 {
            4 => self.base.question_with(keys, rng, (false, true)),
            5 => self.base.question_with(keys, rng, (false, false)),
            _ => given(rng),
        };
        match number % 7 {
            0 => question.subject = Subject::User(row::id(format!("nobody-{:012x}", rng.u64(..1 << 48)))),
            1 => question.subject = Subject::User(Self::user(keys.pick(rng, self.disabled))),
            2 => question.privilege = PrivilegeKey::derived(format!("nothing:{:012x}", rng.u64(..1 << 48))),
            3 => {
                // Not registered, it lives nobody knows where, and a user of a tenant reaches only its own.
                question.resource.id = ForeignId::derived(format!("nothing-{:012x}", rng.u64(..1 << 48)));
            }
            6 => question.application = row::id(format!("elsewhere-{:03}", rng.u64(..1_000))),
            _ => {}
        }
        Question { allowed: false, ..question }
    }

    fn change(&self, rng: &mut Rng) -> (u64, Change) {
        self.base.change(rng)
    }
}
