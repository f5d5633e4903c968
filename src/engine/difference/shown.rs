//! Rectangles told to people: in names, and with groups instead of their members where that is shorter.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::area::Area;
use super::changed::Changed;
use super::objects::Content;
use super::{Difference, Found, Objects, Rectangle, Rectangles, Targets};
use crate::domain::limit::ACCESS_DIFFERENCE_NAMES_MAX;
use crate::domain::name::Subject;
use crate::engine::snapshot::NONE;
use crate::engine::spread::Held;

/// Subjects, some of whom stand for others.
struct People {
    subjects: Vec<u32>,
    except: Vec<u32>,
}

impl Changed<'_> {
    /// The difference in names; `groups` says whether a group may stand for its members.
    pub(super) fn shown(&self, found: Found, groups: bool) -> Difference {
        let members = self.members(&found, groups);
        let mut room = ACCESS_DIFFERENCE_NAMES_MAX;
        let mut truncated = false;
        let mut show = |rectangles| {
            let mut shown = Vec::new();
            for ((subjects, area, except), keys) in with_more_keys(rectangles) {
                for people in gathered(&members, &subjects) {
                    if truncated {
                        continue;
                    }
                    let mut rectangle = self.rectangle(&people, &keys, (&area, &except));
                    match room.checked_sub(rectangle.names()) {
                        Some(left) => room = left,
                        None => truncated = true,
                    }
                    if !truncated || rectangle.cut_to(room) {
                        shown.push(rectangle);
                    }
                }
            }
            shown
        };
        Difference { gained: show(found.gained), lost: show(found.lost), truncated }
    }

    /// Who is behind each group and application that is to stand for others, and behind each application that is told
    /// of: it never stands for itself alone.
    fn members(&self, found: &Found, groups: bool) -> BTreeMap<u32, Vec<u32>> {
        let stands = |holder: &u32| self.after.is_group(*holder) || self.after.is_application(*holder);
        let changed = self.holders.iter().filter(|holder| groups && stands(holder));
        let told = found.gained.values().chain(found.lost.values()).flatten();
        let told = told.filter(|subject| self.after.is_application(**subject));
        let mut members: BTreeMap<u32, Vec<u32>> = changed.chain(told).map(|holder| (*holder, Vec::new())).collect();
        if members.is_empty() {
            return members;
        }
        for subject in (0..self.after.subjects.len()).filter(|subject| !self.after.is_group(*subject)) {
            if self.after.subject_row(subject).live {
                for holder in self.after.holders_of(subject) {
                    // Who is in a group by two ways is in it once.
                    if let Some(members) = members.get_mut(&holder).filter(|members| members.last() != Some(&subject)) {
                        members.push(subject);
                    }
                }
            }
        }
        members
    }

    fn rectangle(&self, people: &People, keys: &[u32], (area, except): (&Area, &[Area])) -> Rectangle {
        let named = |ids: &[u32]| {
            let mut named: Vec<Subject> = ids.iter().filter_map(|id| self.after.subject_named(*id)).collect();
            named.sort_unstable();
            named
        };
        let mut privileges: Vec<String> = keys.iter().map(|key| self.after.privileges.text(*key).to_owned()).collect();
        privileges.sort_unstable();
        Rectangle {
            subjects: named(&people.subjects),
            except_subjects: named(&people.except),
            privileges,
            targets: self.targets(area),
            except_targets: except.iter().map(|area| self.targets(area)).collect(),
        }
    }

    fn objects(&self, objects: &Content) -> Objects {
        let held = Held { state: self.after, ids: objects.ids().to_vec() };
        let resources = held.page(None, ACCESS_DIFFERENCE_NAMES_MAX);
        Objects { truncated: resources.len() < held.len(), resources }
    }

    fn targets(&self, area: &Area) -> Targets {
        let names = |tenants: &[u32]| {
            let mut names: Vec<String> = tenants.iter().map(|tenant| self.after.tenant_name(*tenant)).collect();
            names.sort_unstable();
            names
        };
        let application = (area.application != NONE).then(|| self.after.applications.text(area.application).to_owned());
        let region = &area.region;
        Targets {
            application,
            boundary: region.boundary,
            tenants: names(&region.tenants),
            within: names(&region.within),
            objects: region.objects.as_ref().map(|objects| self.objects(objects)),
            scopes: region.aims.as_ref().map(|aims| self.shown_aims(aims)).unwrap_or_default(),
        }
    }
}

/// The same subjects on the same targets: keys that differ in other ways are told together.
fn with_more_keys(rectangles: Rectangles) -> BTreeMap<(Vec<u32>, Area, Vec<Area>), Vec<u32>> {
    let mut merged: BTreeMap<_, Vec<u32>> = BTreeMap::new();
    for ((keys, area, except), mut subjects) in rectangles {
        subjects.sort_unstable();
        subjects.dedup();
        merged.entry((subjects, area, except)).or_default().extend(keys);
    }
    merged
}

/// The subjects, with groups in the place of those who are in them where fewer must then be excepted than are meant.
fn gathered(members: &BTreeMap<u32, Vec<u32>>, subjects: &[u32]) -> Vec<People> {
    let mut rest: FxHashSet<u32> = subjects.iter().copied().collect();
    let mut whole = People { subjects: Vec::new(), except: Vec::new() };
    let mut parts = Vec::new();
    let mut by_size: Vec<(&u32, &Vec<u32>)> = members.iter().collect();
    by_size.sort_by_key(|(holder, members)| (std::cmp::Reverse(members.len()), **holder));
    for (holder, members) in by_size {
        let is_meant = |member: &&u32| subjects.binary_search(member).is_ok();
        let except: Vec<u32> = members.iter().filter(|member| !is_meant(member)).copied().collect();
        let new = members.iter().filter(|member| rest.contains(member)).count();
        // An application that is itself meant cannot be told without those whom it stands for.
        if new <= except.len() && !rest.contains(holder) {
            continue;
        }
        rest.retain(|subject| members.binary_search(subject).is_err());
        if except.is_empty() {
            whole.subjects.push(*holder);
        } else {
            parts.push(People { subjects: vec![*holder], except });
        }
    }
    whole.subjects.extend(rest);
    if !whole.subjects.is_empty() {
        parts.insert(0, whole);
    }
    parts
}

impl Targets {
    /// How many resources are told.
    fn resources(&self) -> usize {
        self.objects.as_ref().map_or(0, |objects| objects.resources.len())
    }
}

impl Rectangle {
    /// How many names it takes to tell it.
    fn names(&self) -> usize {
        let targets = self.except_targets.iter().chain([&self.targets]);
        let tenants: usize = targets
            .map(|targets| {
                1 + targets.tenants.len() + targets.within.len() + targets.scopes.len() + targets.resources()
            })
            .sum();
        self.subjects.len() + self.except_subjects.len() + self.privileges.len() + tenants
    }

    /// Leaves out so many resources that no more names are told than there is room for; says whether some are left.
    fn cut_to(&mut self, room: usize) -> bool {
        let others = self.names() - self.targets.resources();
        let (Some(objects), Some(left)) = (&mut self.targets.objects, room.checked_sub(others)) else { return false };
        objects.truncated |= left < objects.resources.len();
        objects.resources.truncate(left);
        left > 0
    }
}
