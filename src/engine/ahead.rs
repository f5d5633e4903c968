//! Reading ahead: what a decision will read is asked of memory before it waits for any of it.
//!
//! With ten million assignments nearly every row and list of a question is far away in memory, and one read after the
//! other would be waited for. So a question goes through stages. Each asks for all that the stage before has made known,
//! and what one stage asks for comes together; for several questions at once, where they go through the stages side by side.
//! What is found likely here is compared with the name before it counts: nothing of this has a say in the answer.

use std::ops::ControlFlow;

use super::decide::Check;
use super::snapshot::{Snapshot, subject_scope};
use super::target::{Place, Target, is_foreign};
use crate::domain::name::SubjectRef;

/// Where the names of a question are likely to lead.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Likely {
    pub(super) application: Option<u32>,
    pub(super) subject: Name,
    /// The kind of a foreign resource.
    pub(super) kind: Option<u32>,
    /// The foreign resource, if its kind is known.
    pub(super) resource: Name,
}

/// The hash of a name, if there is one, and the first id that has it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Name {
    hash: Option<u64>,
    id: Option<u32>,
}

/// Subjects and resources of a state that is near: it stands in the caches of a processor, and nothing is asked for ahead.
const NEAR_MAX: u32 = 20_000;
/// Groups whose assignments are read ahead: who is in very many waits for the others.
const GROUPS_MAX: usize = 32;

impl Snapshot {
    /// The stages of one question.
    pub(super) fn read_ahead(&self, check: &Check<'_>) -> Likely {
        let mut one = [Likely::default()];
        self.read_ahead_all(std::slice::from_ref(check), &mut one);
        let [likely] = one;
        likely
    }

    /// The stages of several questions, side by side.
    pub(super) fn read_ahead_all(&self, checks: &[Check<'_>], all: &mut [Likely]) {
        for (check, likely) in checks.iter().zip(&mut *all) {
            *likely = self.hash_names(check);
        }
        self.find_and_reach_all(all);
    }

    /// The stages of several targets of one question in an application.
    pub(super) fn read_ahead_targets(&self, application: u32, targets: &[Target<'_>], all: &mut [Likely]) {
        for (target, likely) in targets.iter().zip(&mut *all) {
            *likely = Likely { application: Some(application), ..Likely::default() };
            self.hash_target(*target, likely);
        }
        self.find_and_reach_all(all);
    }

    /// The stages after the hashes.
    fn find_and_reach_all(&self, all: &mut [Likely]) {
        if self.is_far() {
            for likely in &*all {
                self.reach_hashes(likely);
            }
        }
        for likely in &mut *all {
            likely.subject.id = likely.subject.hash.and_then(|hash| self.subjects.likely(hash));
            likely.resource.id = likely.resource.hash.and_then(|hash| self.resources.likely(hash));
        }
        self.reach_all(all);
    }

    fn is_far(&self) -> bool {
        self.subjects.len().saturating_add(self.resources.len()) > NEAR_MAX
    }

    /// The stages after the names.
    pub(super) fn reach_all(&self, all: &[Likely]) {
        if !self.is_far() {
            return;
        }
        for stage in [Self::reach_rows, Self::reach_groups, Self::reach_holders, Self::reach_assignments] {
            for likely in all {
                stage(self, likely);
            }
        }
    }

    /// The application and the kind are of few, and near: they are looked up; the others are hashed.
    fn hash_names(&self, check: &Check<'_>) -> Likely {
        let application = self.application_id(check.application);
        let hash = self.subjects.hash(subject_scope(check.subject), check.subject.id().as_str());
        let mut likely = Likely { application, subject: Name { hash: Some(hash), id: None }, ..Likely::default() };
        self.hash_target(check.target, &mut likely);
        likely
    }

    fn hash_target(&self, target: Target<'_>, likely: &mut Likely) {
        if let (Some(application), Target::Resource { kind, id }) = (likely.application, target)
            && is_foreign(kind)
            && let Some(kind) = self.resource_kinds.find(application, kind)
        {
            likely.kind = Some(kind);
            likely.resource.hash = Some(self.resources.hash(kind, id));
        }
    }

    fn reach_hashes(&self, likely: &Likely) {
        if let Some(hash) = likely.subject.hash {
            self.subjects.prefetch_hash(hash);
        }
        if let Some(hash) = likely.resource.hash {
            self.resources.prefetch_hash(hash);
        }
    }

    fn reach_rows(&self, likely: &Likely) {
        if let Some(subject) = likely.subject.id {
            self.subjects.prefetch(subject);
            self.subject_rows.prefetch(subject);
            self.direct_groups.prefetch(subject);
            self.memberships.prefetch(subject);
            self.grants.prefetch(subject);
        }
        if let Some(resource) = likely.resource.id {
            self.resources.prefetch(resource);
            self.resource_rows.prefetch(resource);
        }
    }

    fn reach_groups(&self, likely: &Likely) {
        let Some(subject) = likely.subject.id else { return };
        for group in self.direct_groups.get(subject) {
            self.closures.holding.prefetch(*group);
        }
        self.grants.prefetch_items(subject);
    }

    fn reach_holders(&self, likely: &Likely) {
        self.each_group(likely, |group| self.grants.prefetch(group));
    }

    fn reach_assignments(&self, likely: &Likely) {
        self.each_group(likely, |group| self.grants.prefetch_items(group));
    }

    fn each_group(&self, likely: &Likely, mut reach: impl FnMut(u32)) {
        let Some(subject) = likely.subject.id else { return };
        let mut left = GROUPS_MAX;
        let _enough: ControlFlow<()> = self.visit_groups(subject, |group| {
            reach(group);
            left -= 1;
            if left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
    }

    /// The subject with a name.
    pub(super) fn likely_subject(&self, subject: SubjectRef<'_>, name: Name) -> Option<u32> {
        self.subjects.find_likely(name.id, subject_scope(subject), subject.id().as_str())
    }

    /// Where a foreign resource lives.
    pub(super) fn likely_place(&self, kind: u32, name: Name, id: &str) -> Place<'static> {
        self.resource_place(self.resources.find_likely(name.id, kind, id))
    }
}
