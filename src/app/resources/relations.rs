//! What is below what: who may say so, and many relations changed at once.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use async_trait::async_trait;

use super::places::{at, placed};
use crate::app::authority::{OwnTarget, Thing};
use crate::app::draft::Draft;
use crate::app::error::{Error, Result};
use crate::app::methods::{self, Method};
use crate::app::port::Receipt;
use crate::app::selections::require_resource;
use crate::app::service::App;
use crate::app::writer::{Operation, WriteCall, Written};
use crate::domain::id::Id;
use crate::domain::name::{ResourceId, ResourceKey};
use crate::domain::resource::ResourceParent;
use crate::domain::row::{Key, Row};

/// On which resources the caller has the method's privilege; each is asked about once.
pub(super) struct Standing {
    method: &'static Method,
    held: HashSet<ResourceId>,
    readable: HashSet<ResourceId>,
}

impl Standing {
    pub(super) fn new(method: &'static Method) -> Self {
        Self { method, held: HashSet::new(), readable: HashSet::new() }
    }

    /// Refuses unless the caller has the privilege on a resource that something goes away from.
    pub(super) fn require(&mut self, draft: &Draft<'_>, resource: &ResourceId) -> Result<()> {
        if self.held.contains(resource) {
            return Ok(());
        }
        let privilege = self.method.privilege().ok_or(Error::Internal)?;
        if !draft.authority().may(privilege, &resource.application, OwnTarget::Resource(resource)) {
            return Err(Error::denied(privilege));
        }
        self.held.insert(resource.clone());
        Ok(())
    }

    /// The same of one that something comes to: it must be there, and the caller may read it.
    pub(super) fn require_gain(&mut self, draft: &Draft<'_>, resource: &ResourceId) -> Result<()> {
        if !self.readable.contains(resource) {
            require_resource(draft, resource)?;
            self.readable.insert(resource.clone());
        }
        self.require(draft, resource)
    }
}

/// Puts a resource below these and no others; says whether that changes anything.
pub(super) async fn set_parents(
    draft: &mut Draft<'_>,
    child: &ResourceId,
    old: &BTreeSet<ResourceKey>,
    new: &BTreeSet<ResourceKey>,
) -> Result<bool> {
    let row = |parent: &ResourceKey| relation(child, parent);
    draft.delete_rows(old.difference(new).map(row).collect());
    for parent in new.difference(old) {
        draft.put(row(parent)).await?;
    }
    let changed = old != new;
    if changed {
        draft.touch(&Key::Resource(child.clone())).await?;
    }
    Ok(changed)
}

/// The row is its key and nothing else, so none is read to delete it.
pub(super) fn relation(child: &ResourceId, parent: &ResourceKey) -> Row {
    Row::ResourceParent(ResourceParent { child: child.clone(), parent: parent.clone() })
}

/// That a resource is directly below another one of its application.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Relation {
    /// What is below.
    pub child: ResourceKey,
    /// What is above.
    pub parent: ResourceKey,
}

/// Relations to be added and removed, all or none; each list is without repeats, and no relation is in both.
#[derive(Clone, Debug)]
pub struct UpdateRelations {
    /// The application of all resources.
    pub application: Id,
    /// Those that shall be there.
    pub add: Vec<Relation>,
    /// Those that shall not.
    pub remove: Vec<Relation>,
}

#[async_trait]
impl Operation for UpdateRelations {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        if !draft.before().has_application(self.application.as_str()) {
            draft.authority().require(&methods::BATCH_UPDATE_RELATIONS, &Thing::application(&self.application))?;
        }
        let mut standing = Standing::new(&methods::BATCH_UPDATE_RELATIONS);
        for (index, relation) in self.remove.iter().enumerate() {
            for (end, key) in [("child", &relation.child), ("parent", &relation.parent)] {
                let result = standing.require(draft, &key.clone().of(&self.application));
                at(|| format!("remove[{index}].{end}"), result)?;
            }
        }
        for (index, relation) in self.add.iter().enumerate() {
            let child = relation.child.clone().of(&self.application);
            let right = draft.authority().require(&methods::BATCH_UPDATE_RELATIONS, &Thing::resource(&child));
            let right = right.and_then(|()| standing.require_gain(draft, &child));
            at(|| format!("add[{index}].child"), right)?;
            let result = standing.require_gain(draft, &relation.parent.clone().of(&self.application));
            at(|| format!("add[{index}].parent"), result)?;
        }
        let children = self.add.iter().chain(&self.remove).map(|relation| relation.child.clone().of(&self.application));
        let children: BTreeSet<Key> = children.map(Key::Resource).collect();
        draft.prefetch(children).await?;
        let mut unchanged = 0;
        for (relations, shall_be) in [(&self.remove, false), (&self.add, true)] {
            for one in relations {
                unchanged += u64::from(!self.make(draft, one, shall_be).await?);
            }
        }
        Ok(Receipt { unchanged, ..Receipt::default() })
    }

    fn counts(&self, row: &Row) -> bool {
        matches!(row, Row::ResourceParent(_))
    }
}

impl UpdateRelations {
    /// Makes a relation be there or not; says whether that changed anything.
    async fn make(&self, draft: &mut Draft<'_>, one: &Relation, shall_be: bool) -> Result<bool> {
        let child = one.child.clone().of(&self.application);
        if draft.contains(&Key::ResourceParent(child.clone(), one.parent.clone())) == shall_be {
            return Ok(false);
        }
        let row = relation(&child, &one.parent);
        if shall_be {
            draft.put(row).await?;
        } else {
            draft.delete_rows(vec![row]);
        }
        draft.touch(&Key::Resource(child)).await?;
        Ok(true)
    }

    /// Where the request names the resources whose relations it adds.
    fn places(&self) -> BTreeMap<String, String> {
        let places = self.add.iter().enumerate().rev();
        let place = |(index, relation): (usize, &Relation)| {
            (relation.child.clone().of(&self.application).to_string(), format!("add[{index}]"))
        };
        places.map(place).collect()
    }
}

impl App {
    /// Adds and removes relations.
    pub async fn update_relations(&self, call: WriteCall, update: UpdateRelations) -> Result<Written> {
        let places = update.places();
        self.write(call, update).await.map_err(|error| placed(error, |name| places.get(name).cloned()))
    }
}
