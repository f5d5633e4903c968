//! Resources that go, with all that would give something to whoever bears their names next. What takes away is kept: a
//! cut goes on to cut, and selects nothing any more.

use std::collections::BTreeSet;

use async_trait::async_trait;

use super::relations::relation;
use crate::app::applications::{Deletion, missing, refuse_counted, what};
use crate::app::authority::Thing;
use crate::app::draft::Draft;
use crate::app::error::{Error, Result};
use crate::app::methods;
use crate::app::port::{Receipt, Select};
use crate::app::service::{App, require_etag};
use crate::app::writer::{Operation, WriteCall, Written};
use crate::domain::id::Id;
use crate::domain::name::ResourceId;
use crate::domain::row::{Key, NameSpace, Row};
use crate::domain::scope::{Selection, SelectionType, Selector};

/// Resources whose uses are looked up one by one, at most; for more, those of the whole application are read once.
const ONE_BY_ONE_MAX: usize = 64;

/// A resource to be deleted.
#[derive(Clone, Debug)]
pub struct DeleteResource {
    /// Its identity.
    pub id: ResourceId,
    /// How.
    pub deletion: Deletion,
}

#[async_trait]
impl Operation for DeleteResource {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let thing = Thing::resource(&self.id);
        if let Err(error) = draft.authority().require(&methods::DELETE_RESOURCE, &thing) {
            return missing(&self.deletion, error);
        }
        let row = draft.get(&Key::Resource(self.id.clone())).await?.ok_or(Error::Internal)?;
        require_etag(&self.deletion.etag, &thing.name, row.stamp().ok_or(Error::Internal)?)?;
        if !self.deletion.force {
            refuse_use(draft, &self.id).await?;
        }
        delete_resources(draft, vec![row]).await?;
        Ok(Receipt::default())
    }
}

/// Refuses, naming the counts, when something is below a resource or names it. A cut that is left from an earlier one of
/// its name does not.
async fn refuse_use(draft: &mut Draft<'_>, id: &ResourceId) -> Result<()> {
    let selections = draft.select(&Select::SelectionsOfResource(id.clone())).await?;
    let selections = selections.iter().filter(|row| matches!(row, Row::Selection(row) if !row.former)).count();
    let mut counts = vec![(selections as u64, what(&Select::SelectionsOfResource(id.clone())))];
    for select in [Select::ChildrenOfResource(id.clone()), Select::AssignmentsOfResource(id.clone())] {
        counts.push((draft.count(&select).await?, what(&select)));
    }
    refuse_counted(&id.to_string(), &counts, "take them away first, or use force")
}

/// Deletes resources of one application with their relations, and takes them out of what selects them.
pub(in crate::app) async fn delete_resources(draft: &mut Draft<'_>, rows: Vec<Row>) -> Result<()> {
    let ids = rows.iter().filter_map(|row| if let Row::Resource(row) = row { Some(row.id.clone()) } else { None });
    let ids: BTreeSet<ResourceId> = ids.collect();
    let Some(application) = ids.first().map(|id| id.application.clone()) else { return Ok(()) };
    drop_relations(draft, &ids).await?;
    let (singly, all) = (Select::SelectionsOfResource, Select::SelectionsOfApplication(application.clone()));
    let selections = naming(draft, &ids, singly, &all).await?;
    drop_selections(draft, selections).await?;
    let (singly, all) = (Select::AssignmentsOfResource, Select::AssignedResourcesOfApplication(application));
    let assigned = naming(draft, &ids, singly, &all).await?;
    draft.delete_rows(assigned);
    draft.delete_rows(rows);
    Ok(())
}

/// Relations both ways. A child that stays is another than before: it has lost a parent.
async fn drop_relations(draft: &mut Draft<'_>, ids: &BTreeSet<ResourceId>) -> Result<()> {
    let (mut relations, mut staying) = (Vec::new(), BTreeSet::new());
    for id in ids {
        relations.extend(draft.before().parents_of(id).iter().map(|parent| relation(id, parent)));
        for child in draft.before().children_of(id) {
            let child = child.of(&id.application);
            relations.push(relation(&child, &id.key()));
            if !ids.contains(&child) {
                staying.insert(Key::Resource(child));
            }
        }
    }
    draft.delete_rows(relations);
    draft.prefetch(staying.iter().cloned()).await?;
    for child in &staying {
        draft.touch(child).await?;
    }
    Ok(())
}

/// The rows that name one of the resources.
async fn naming(
    draft: &mut Draft<'_>,
    ids: &BTreeSet<ResourceId>,
    singly: fn(ResourceId) -> Select,
    all: &Select,
) -> Result<Vec<Row>> {
    if ids.len() > ONE_BY_ONE_MAX {
        let mut rows = draft.select(all).await?;
        rows.retain(|row| named(row).is_some_and(|id| ids.contains(&id)));
        return Ok(rows);
    }
    let mut rows = Vec::new();
    for id in ids {
        rows.extend(draft.select(&singly(id.clone())).await?);
    }
    Ok(rows)
}

fn named(row: &Row) -> Option<ResourceId> {
    match row {
        Row::Selection(row) => Some(row.resource.clone().of(row.instance.selector.application())),
        Row::AssignedResource(row) => Some(row.resource.clone().of(&row.assignment.application)),
        _ => None,
    }
}

/// Takes away what selects, and leaves what cuts.
async fn drop_selections(draft: &mut Draft<'_>, rows: Vec<Row>) -> Result<()> {
    let mut changed = BTreeSet::new();
    let (mut gone, mut cuts) = (Vec::new(), Vec::new());
    for row in rows {
        let Row::Selection(row) = row else { continue };
        if row.selection == SelectionType::Unpropagate {
            cuts.push(Selection { former: true, ..row });
        } else {
            changed.insert(row.instance.selector.clone());
            gone.push(Row::Selection(row));
        }
    }
    draft.delete_rows(gone);
    let cuts: Vec<Row> = cuts.into_iter().map(Row::Selection).collect();
    draft.prefetch(cuts.iter().map(Row::key)).await?;
    for cut in cuts {
        if draft.contains(&cut.key()) {
            draft.put(cut).await?;
        }
    }
    for selector in changed {
        let key = match selector {
            Selector::Scope(scope) => Some(Key::Scope(scope)),
            Selector::Assignment(name) => assignment(draft, &name.application, &name.assignment).await?,
        };
        if let Some(key) = key {
            draft.touch(&key).await?;
        }
    }
    Ok(())
}

async fn assignment(draft: &mut Draft<'_>, application: &Id, name: &Id) -> Result<Option<Key>> {
    draft.find_name(&NameSpace::AssignmentIds(application.clone()), name.as_str()).await
}

impl App {
    /// Deletes a resource.
    pub async fn delete_resource(&self, call: WriteCall, delete: DeleteResource) -> Result<Written> {
        self.write(call, delete).await
    }
}
