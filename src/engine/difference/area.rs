//! Areas: the targets that a path reaches, as what a boundary and cuts leave of an application.

use super::aims::Aims;
use super::objects::Content;
use crate::domain::boundary::BoundaryKind;
use crate::domain::role::Visibility;
use crate::engine::reach::Path;
use crate::engine::snapshot::{NONE, Snapshot};

/// What a path reaches for the subject that it is of, wherever its role is of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Region {
    /// Never CUSTOM.
    pub(super) boundary: BoundaryKind,
    /// The boundary's list, or the own tenants in which a role of an inclusion list is visible; ordered.
    pub(super) tenants: Vec<u32>,
    /// In every one of these; ordered.
    pub(super) within: Vec<u32>,
    /// The resources that the assignment reaches, and nothing else; `None` = all, and whatever else there is.
    pub(super) objects: Option<Content>,
    /// The targets of the statements that give it; `None` = no statement narrows it.
    pub(super) aims: Option<Aims>,
}

/// A region of one application, or of every one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Area {
    /// `NONE` = every one.
    pub(super) application: u32,
    pub(super) region: Region,
}

impl Snapshot {
    /// The region of a path; `None` when it can hold nothing. Two that hold the same are mostly the same.
    pub(super) fn region(&self, path: &Path, objects: Option<Content>) -> Option<Region> {
        let mut within: Vec<u32> = path.cuts().collect();
        within.sort_unstable();
        within.dedup();
        if !within.iter().all(|cut| self.tenant_lives(*cut)) {
            return None;
        }
        let of = |boundary, mut tenants: Vec<u32>, within| {
            tenants.sort_unstable();
            Some(Region { boundary, tenants, within, objects, aims: None })
        };
        match path.boundary {
            BoundaryKind::Application => of(BoundaryKind::Application, Vec::new(), within),
            BoundaryKind::Tenant => {
                self.tenants_of(path).next()?;
                if !within.is_empty() {
                    // Of the own tenants only the cut is left, and every target is in it.
                    return of(BoundaryKind::Application, Vec::new(), within);
                }
                let members = self.visible_tenants.get(path.grant.role).iter().filter(|member| self.is_live(**member));
                let listed = members.map(|member| member.tenant).collect();
                let listed = if path.role.visibility == Visibility::InclusionList { listed } else { Vec::new() };
                of(BoundaryKind::Tenant, listed, within)
            }
            BoundaryKind::TenantInclusionList => {
                let listed: Vec<u32> = self.listed_tenants(path.list()).collect();
                match listed.iter().any(|tenant| within.contains(tenant)) {
                    _ if listed.is_empty() => None,
                    true => of(BoundaryKind::Application, Vec::new(), within),
                    false => of(path.boundary, listed, within),
                }
            }
            BoundaryKind::TenantExclusionList => {
                let listed = self.boundary_tenants.get(path.list()).iter().map(|member| member.tenant);
                let listed: Vec<u32> = listed.collect();
                let nothing = within.iter().any(|cut| listed.contains(cut));
                if nothing { None } else { of(path.boundary, listed, within) }
            }
            BoundaryKind::SelfOnly => {
                let there = within.iter().all(|cut| self.has_tenant(path.subject, *cut));
                if there { of(path.boundary, Vec::new(), Vec::new()) } else { None }
            }
            BoundaryKind::Custom => None,
        }
    }
}

impl Area {
    /// Whether all that is in the other is in this one, for whatever subject. May say no where it is so.
    fn includes(&self, other: &Self) -> bool {
        self.includes_objects(other) && self.includes_aims(other) && self.surrounds(other)
    }

    fn includes_objects(&self, other: &Self) -> bool {
        match (&self.region.objects, &other.region.objects) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(own), Some(its)) => own.includes(its),
        }
    }

    fn includes_aims(&self, other: &Self) -> bool {
        match (&self.region.aims, &other.region.aims) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(own), Some(its)) => own.includes(its),
        }
    }

    /// As `includes`, whatever the resources and the statements.
    fn surrounds(&self, other: &Self) -> bool {
        let (own, its) = (&self.region, &other.region);
        let here = self.application == NONE || self.application == other.application;
        let cuts = own.within.iter().all(|cut| its.within.contains(cut));
        let all_of = |part: &[u32], whole: &[u32]| part.iter().all(|tenant| whole.contains(tenant));
        (here && cuts)
            && match (own.boundary, its.boundary) {
                (BoundaryKind::Application, _) => true,
                (BoundaryKind::Tenant, BoundaryKind::Tenant) => {
                    own.tenants.is_empty() || (!its.tenants.is_empty() && all_of(&its.tenants, &own.tenants))
                }
                (BoundaryKind::TenantInclusionList, BoundaryKind::TenantInclusionList) => {
                    all_of(&its.tenants, &own.tenants)
                }
                (BoundaryKind::TenantInclusionList, _) => its.within.iter().any(|cut| own.tenants.contains(cut)),
                (BoundaryKind::TenantExclusionList, BoundaryKind::TenantExclusionList) => {
                    all_of(&own.tenants, &its.tenants)
                }
                (own, its) => own == its,
            }
    }

    /// Whether nothing is in both. Of one application it may be hard to say: no target at all is in every area, if the
    /// privilege needs none.
    fn is_apart_from(&self, other: &Self) -> bool {
        let elsewhere = self.application != NONE && other.application != NONE && self.application != other.application;
        let others = match (&self.region.objects, &other.region.objects) {
            (Some(own), Some(its)) => !own.meets(its),
            _ => false,
        };
        let aimed_elsewhere = match (&self.region.aims, &other.region.aims) {
            (Some(own), Some(its)) => own.is_apart_from(its),
            _ => false,
        };
        elsewhere || others || aimed_elsewhere
    }
}

/// What is in some of the areas and in none of the others: each with those of the others that may hold part of it.
pub(super) fn beyond(areas: &[Area], others: &[Area]) -> Vec<(Area, Vec<Area>)> {
    let (areas, others) = (widest(areas), widest(others));
    let new = areas.into_iter().filter_map(|area| left_by(area, &others));
    new.map(|area| {
        let except = others.iter().filter(|other| !other.is_apart_from(&area)).cloned().collect();
        (area, except)
    })
    .collect()
}

/// What is left of an area without the resources, and the targets of statements, that others hold wherever it does;
/// `None` = nothing.
fn left_by(mut area: Area, others: &[Area]) -> Option<Area> {
    if others.iter().any(|other| other.includes(&area)) {
        return None;
    }
    if let Some(objects) = &area.region.objects {
        let around = others.iter().filter(|other| other.surrounds(&area) && other.includes_aims(&area));
        let left = objects.without(around.filter_map(|other| other.region.objects.as_ref()));
        if left.ids().is_empty() {
            return None;
        }
        area.region.objects = Some(left);
    }
    if let Some(aims) = &area.region.aims {
        let around = others.iter().filter(|other| other.surrounds(&area) && other.includes_objects(&area));
        area.region.aims = Some(aims.without(around.filter_map(|other| other.region.aims.as_ref()))?);
    }
    Some(area)
}

/// The areas that are in no other of them, each once.
fn widest(areas: &[Area]) -> Vec<Area> {
    let mut kept: Vec<Area> = Vec::new();
    for area in areas {
        if !kept.iter().any(|other| other.includes(area)) {
            kept.retain(|other| !area.includes(other));
            kept.push(area.clone());
        }
    }
    kept.sort_unstable();
    kept
}
