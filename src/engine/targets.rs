//! One subject and privilege, and many targets: who and what is found once, and so are the ways to the privilege.

use std::ops::ControlFlow;

use super::ahead::Likely;
use super::decide::{Check, SIDE_BY_SIDE};
use super::snapshot::Snapshot;
use super::target::Target;
use crate::domain::decision::Decision;
use crate::domain::time::Time;

impl Snapshot {
    /// Decides a question about each of these targets, in their order, in the place of its own one, until an answer is
    /// enough: the same as one by one, and faster.
    pub fn check_targets(
        &self,
        check: &Check<'_>,
        targets: &[Target<'_>],
        now: Time,
        mut answer: impl FnMut(Decision) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let check = Check { target: Target::Nothing, ..*check };
        let question = match self.ask_who(&check, &self.read_ahead(&check), now) {
            Ok(question) => question,
            Err(reason) => return targets.iter().try_for_each(|_| answer(Decision::denied(reason))),
        };
        let mut paths = Vec::new();
        let _visited_all: ControlFlow<()> = self.each_path(question, |path| {
            paths.push(path);
            ControlFlow::Continue(())
        });
        let mut all = [Likely::default(); SIDE_BY_SIDE];
        for targets in targets.chunks(SIDE_BY_SIDE) {
            let all = all.get_mut(..targets.len()).unwrap_or_default();
            self.read_ahead_targets(question.application, targets, all);
            for (target, likely) in targets.iter().zip(all) {
                let decided = self.ask_what(question, *target, likely).map(|asked| self.decide_by(&paths, asked));
                answer(decided.unwrap_or_else(Decision::denied))?;
            }
        }
        ControlFlow::Continue(())
    }
}
