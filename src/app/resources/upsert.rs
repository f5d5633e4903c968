//! Many resources made what they shall be, all or none.
//!
//! What is there already is fetched together, and a right is asked once for each place: a call costs two reads whatever
//! it holds. Resources of one call may be each other's parents; one that the call registers lives where it shall live,
//! so the privilege there, which every item needs, is the privilege on it.

use std::collections::{BTreeSet, HashMap, HashSet};

use async_trait::async_trait;

use super::home;
use super::places::{at, placed};
use super::relations::{Standing, set_parents};
use crate::app::authority::Thing;
use crate::app::draft::{Draft, Put};
use crate::app::error::{Error, Result};
use crate::app::methods::Method;
use crate::app::port::Receipt;
use crate::app::service::App;
use crate::app::writer::{Operation, WriteCall, Written};
use crate::domain::id::Id;
use crate::domain::name::{ResourceId, ResourceKey, TenantId};
use crate::domain::resource::Resource;
use crate::domain::row::{Key, Row, Stamp};

/// A resource as it shall be.
#[derive(Clone, Debug)]
pub struct Upsert {
    /// Its place in the request, e.g. `resources[17]`.
    pub place: String,
    /// Its identity.
    pub id: ResourceId,
    /// Where it shall live.
    pub tenant: Option<Id>,
    /// What it shall be directly below, each with its place among the parents.
    pub parents: Vec<(usize, ResourceKey)>,
}

impl Upsert {
    fn tenant_id(&self) -> Option<TenantId> {
        let tenant = self.tenant.clone()?;
        Some(TenantId { application: self.id.application.clone(), tenant })
    }

    fn parent_set(&self) -> BTreeSet<ResourceKey> {
        self.parents.iter().map(|(_, parent)| parent.clone()).collect()
    }
}

/// Resources to be registered or changed, in chunks that follow one another; those of one chunk are distinct.
#[derive(Clone, Debug)]
pub struct UpsertResources {
    /// The method that does it.
    pub method: &'static Method,
    /// The chunks.
    pub chunks: Vec<Vec<Upsert>>,
}

#[async_trait]
impl Operation for UpsertResources {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let (mut rights, mut unchanged) = (Rights::new(self.method), 0);
        for chunk in &self.chunks {
            unchanged += upsert(draft, &mut rights, chunk).await?;
        }
        Ok(Receipt { unchanged, ..Receipt::default() })
    }

    /// A resource with other parents than before is changed: the relations themselves are not counted.
    fn counts(&self, row: &Row) -> bool {
        matches!(row, Row::Resource(_))
    }
}

/// What the caller may, as far as it was asked.
struct Rights {
    method: &'static Method,
    standing: Standing,
    homes: HashSet<Option<Id>>,
    /// What this call registers.
    made: HashSet<ResourceId>,
}

impl Rights {
    fn new(method: &'static Method) -> Self {
        Self { method, standing: Standing::new(method), homes: HashSet::new(), made: HashSet::new() }
    }

    /// Refuses unless the caller may change the resource, if it is there, and put it where it shall live.
    fn require_item(&mut self, draft: &Draft<'_>, item: &Upsert) -> Result<()> {
        if draft.before().has_resource(&item.id) {
            draft.authority().require(self.method, &Thing::resource(&item.id))?;
        }
        if !self.homes.contains(&item.tenant) {
            draft.authority().require(self.method, &home(&item.id, item.tenant_id().as_ref()))?;
            self.homes.insert(item.tenant.clone());
        }
        Ok(())
    }

    fn require_parents(&mut self, draft: &Draft<'_>, item: &Upsert, old: &BTreeSet<ResourceKey>) -> Result<()> {
        for (index, parent) in item.parents.iter().filter(|(_, parent)| !old.contains(parent)) {
            let parent = parent.clone().of(&item.id.application);
            if !self.made.contains(&parent) {
                let result = self.standing.require_gain(draft, &parent);
                at(|| format!("{}.parents[{index}]", item.place), result)?;
            }
        }
        let kept = item.parent_set();
        for parent in old.difference(&kept).map(|parent| parent.clone().of(&item.id.application)) {
            if !self.made.contains(&parent) {
                at(|| format!("{}.parents", item.place), self.standing.require(draft, &parent))?;
            }
        }
        Ok(())
    }
}

/// Makes the resources of one chunk what they shall be; says how many were so already.
async fn upsert(draft: &mut Draft<'_>, rights: &mut Rights, items: &[Upsert]) -> Result<u64> {
    let state = draft.snapshot();
    let old: Vec<BTreeSet<ResourceKey>> =
        items.iter().map(|item| state.parents_of(&item.id).into_iter().collect()).collect();
    for item in items {
        at(|| item.place.clone(), rights.require_item(draft, item))?;
    }
    let new = items.iter().filter(|item| !draft.before().has_resource(&item.id));
    rights.made.extend(new.map(|item| item.id.clone()));
    for (item, old) in items.iter().zip(&old) {
        rights.require_parents(draft, item, old)?;
    }
    draft.prefetch(items.iter().map(|item| Key::Resource(item.id.clone()))).await?;
    let mut unchanged = 0;
    for (item, old) in items.iter().zip(&old) {
        unchanged += u64::from(!put(draft, item, old).await?);
    }
    Ok(unchanged)
}

/// Makes one resource what it shall be; says whether that changed anything.
async fn put(draft: &mut Draft<'_>, item: &Upsert, old: &BTreeSet<ResourceKey>) -> Result<bool> {
    let had_tenant = match draft.get(&Key::Resource(item.id.clone())).await? {
        Some(Row::Resource(row)) => row.tenant_level || row.tenant.is_some(),
        Some(_) => return Err(Error::Internal),
        None => false,
    };
    let tenant_level = had_tenant || item.tenant.is_some();
    let row = Resource { id: item.id.clone(), tenant: item.tenant.clone(), tenant_level, stamp: Stamp::default() };
    let moved = draft.put(Row::Resource(row)).await? != Put::Unchanged;
    Ok(set_parents(draft, &item.id, old, &item.parent_set()).await? || moved)
}

impl App {
    /// Registers resources, or changes them.
    pub async fn upsert_resources(&self, call: WriteCall, upsert: UpsertResources) -> Result<Written> {
        let items = upsert.chunks.iter().flatten();
        let places: HashMap<String, String> = items.map(|item| (item.id.to_string(), item.place.clone())).collect();
        self.write(call, upsert).await.map_err(|error| placed(error, |name| places.get(name).cloned()))
    }
}
