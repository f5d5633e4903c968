//! The list beside the check: which privileges a subject has, on a target or at all.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use super::decide::{Check, Question};
use super::objects::WalkTooLong;
use super::snapshot::Snapshot;
use super::target::{Place, Target};
use crate::domain::decision::Reason;
use crate::domain::name::Subject;
use crate::domain::time::Time;

/// A privilege that a subject has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectPrivilege {
    /// Its key.
    pub key: String,
    /// Whether it is allowed without target.
    pub without_target: bool,
}

impl Snapshot {
    /// The privileges that a check on the target allows, ordered by key; without a target, those that a path gives which
    /// could hold one. With `wanted`, only these.
    ///
    /// # Errors
    ///
    /// When a walk met its bound, so that there is no answer.
    pub fn subject_privileges(
        &self,
        (application, subject): (&str, &Subject),
        target: Target<'_>,
        wanted: Option<&BTreeSet<&str>>,
        now: Time,
    ) -> Result<Vec<SubjectPrivilege>, WalkTooLong> {
        let keys = match wanted {
            Some(wanted) => wanted.clone(),
            None => self.keys_behind(subject, now),
        };
        let mut privileges = Vec::new();
        for privilege in keys {
            let check = Check { application, subject: subject.into(), privilege, target };
            let Ok((question, place)) = self.ask(&check, now) else { continue };
            let has = match place {
                Place::Nothing => self.has_somewhere(question),
                place => self.allows(question, place)?,
            };
            if has {
                let without_target = self.allows(question, Place::Nothing)?;
                privileges.push(SubjectPrivilege { key: privilege.to_owned(), without_target });
            }
        }
        Ok(privileges)
    }

    fn allows(&self, question: Question, place: Place<'_>) -> Result<bool, WalkTooLong> {
        match self.decide(question, place) {
            decision if decision.reason == Reason::WalkTooLong => Err(WalkTooLong),
            decision => Ok(decision.allowed()),
        }
    }

    fn has_somewhere(&self, question: Question) -> bool {
        let found = self.each_path(question, |path| match path {
            Ok(path) if path.grant.valid(question.now) && self.could_hold(&path) => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        });
        found.is_break()
    }

    /// All keys that the subject's assignments give, in whatever application.
    fn keys_behind(&self, subject: &Subject, now: Time) -> BTreeSet<&str> {
        let holders = self.subject_id(subject).into_iter().flat_map(|id| self.holders_of(id));
        let grants = holders.flat_map(|holder| self.grants.of(holder)).filter(|grant| grant.valid(now));
        let roles: BTreeSet<u32> = grants.map(|grant| grant.role).collect();
        let given = roles.into_iter().filter_map(|role| self.given.get(role)).flat_map(|given| given.iter());
        given.filter(|id| self.is_action(*id)).map(|id| self.privileges.text(id)).collect()
    }
}
