//! What scopes and assignments select: instances of traversal specs with the resources that they begin with.
//!
//! A request names resources by kind and id, or, under a spec, by an id alone; what it names must be registered and
//! readable by the caller. Only a cut may outlive its resource: it goes on to cut, and gives nothing to whatever bears
//! the id next.

use std::collections::{BTreeMap, BTreeSet};

use super::authority::Thing;
use super::draft::Draft;
use super::error::{Error, Result};
use super::port::Select;
use super::service::App;
use crate::domain::id::{Id, ResourceKind};
use crate::domain::name::{ResourceId, ResourceKey, TraversalSpecId};
use crate::domain::predefined;
use crate::domain::row::{Key, NameSpace, Row};
use crate::domain::scope::{Instance, InstanceId, Selection, SelectionType, Selector};
use crate::domain::traversal::{TraversalSpec, full_name};
use crate::engine::{SelectorRows, Snapshot};

/// An instance, as a request asks for it.
#[derive(Clone, Debug)]
pub struct NewInstance {
    /// The path of its field in the request, e.g. `scope.instances[2]`.
    pub field: String,
    /// Its spec.
    pub spec: SpecRef,
    /// Adapters.
    pub included_adapter_kinds: BTreeSet<String>,
    /// The ids, with the places of their selection and of them in it.
    pub ids: Vec<((usize, usize), SelectionType, String)>,
    /// Everything in the tree.
    pub select_all_resources: bool,
}

/// How a request names the spec of an instance.
#[derive(Clone, Debug, Default)]
pub struct SpecRef {
    /// By its resource name.
    pub id: Option<TraversalSpecId>,
    /// By the adapter and kind of its root, and by its own name.
    pub name: Option<(String, String, String)>,
}

/// An instance, as it is shown.
#[derive(Clone, Debug)]
pub struct ShownInstance {
    /// What its rows say.
    pub rows: SelectorRows,
    /// Its spec, if it has one that is there.
    pub spec: Option<TraversalSpec>,
}

/// What is known of the spec of an instance.
struct Spec {
    id: Option<Id>,
    /// Of one that walks: the kinds whose ids count.
    kinds: Option<Vec<ResourceKind>>,
}

/// What a selector names before the call: that may stay, whether or not the caller may read it.
#[derive(Default)]
struct Named {
    resources: BTreeSet<ResourceKey>,
    specs: BTreeSet<Id>,
    /// Cuts at what has been deleted.
    former: BTreeSet<ResourceKey>,
}

impl Named {
    fn by(rows: Vec<SelectorRows>) -> Self {
        let mut named = Self::default();
        for rows in rows {
            named.specs.extend(rows.spec);
            named.former.extend(rows.former);
            named.resources.extend([rows.propagate, rows.unpropagate, rows.specific].concat());
        }
        named
    }

    fn require(&self, draft: &Draft<'_>, application: &Id, key: &ResourceKey) -> Result<()> {
        let id = key.clone().of(application);
        if self.resources.contains(key) && draft.contains(&Key::Resource(id.clone())) {
            return Ok(());
        }
        require_resource(draft, &id)
    }

    /// Of a spec of the selector's application.
    fn require_spec(&self, draft: &Draft<'_>, id: &TraversalSpecId) -> Result<()> {
        if self.specs.contains(&id.spec) {
            return Ok(());
        }
        draft.authority().require_readable(&predefined::TRAVERSAL_SPEC_READ, &Thing::traversal_spec(id))
    }
}

/// Refuses a resource that is not registered, or that the caller may not read.
pub(super) fn require_resource(draft: &Draft<'_>, id: &ResourceId) -> Result<()> {
    draft.authority().require_readable(&predefined::RESOURCE_READ, &Thing::resource(id))?;
    if draft.contains(&Key::Resource(id.clone())) { Ok(()) } else { Err(Error::not_found("resource", id)) }
}

/// Makes these the instances of a selector; says whether that changed anything.
pub(super) async fn put_instances(
    draft: &mut Draft<'_>,
    selector: &Selector,
    instances: &[NewInstance],
) -> Result<bool> {
    let named = Named::by(draft.before().selected(selector));
    let mut wanted = BTreeMap::new();
    for (number, instance) in (0..).zip(instances) {
        let id = InstanceId { selector: selector.clone(), number };
        for row in rows_of(draft, id, instance, &named).await? {
            wanted.insert(row.key(), row);
        }
    }
    let mut others = draft.select(&Select::InstancesOf(selector.clone())).await?;
    others.extend(draft.select(&Select::SelectionsOf(selector.clone())).await?);
    others.retain(|row| !wanted.contains_key(&row.key()));
    let mut changed = !others.is_empty();
    draft.delete_rows(others);
    draft.prefetch(wanted.keys().cloned().collect::<Vec<_>>()).await?;
    for row in wanted.into_values() {
        changed |= draft.put(row).await? != super::draft::Put::Unchanged;
    }
    Ok(changed)
}

/// Takes away all that a selector selects by instances.
pub(super) async fn drop_instances(draft: &mut Draft<'_>, selector: &Selector) -> Result<()> {
    for select in [Select::SelectionsOf(selector.clone()), Select::InstancesOf(selector.clone())] {
        let rows = draft.select(&select).await?;
        draft.delete_rows(rows);
    }
    Ok(())
}

/// The rows of an instance.
async fn rows_of(draft: &mut Draft<'_>, id: InstanceId, instance: &NewInstance, named: &Named) -> Result<Vec<Row>> {
    let application = id.selector.application().clone();
    let spec = spec_of(draft, &application, instance, named).await?;
    let mut rows = Vec::with_capacity(instance.ids.len() + 1);
    for ((outer, inner), selection, text) in &instance.ids {
        let field = || format!("{}.resource_selection[{outer}].resource_id[{inner}]", instance.field);
        let cut = *selection == SelectionType::Unpropagate;
        let known_cut = ResourceKey::parse(text).ok().filter(|key| cut && named.former.contains(key));
        let (resource, former) = match known_cut {
            Some(key) => (key, true),
            None => (resolve(draft, (&application, &spec, named), text, &field)?, false),
        };
        rows.push(Row::Selection(Selection { instance: id.clone(), selection: *selection, resource, former }));
    }
    rows.push(Row::Instance(Instance {
        id,
        spec: spec.id,
        included_adapter_kinds: instance.included_adapter_kinds.iter().cloned().collect(),
        select_all_resources: instance.select_all_resources,
    }));
    Ok(rows)
}

/// The spec that an instance names; both of its names must mean the same one.
async fn spec_of(draft: &mut Draft<'_>, application: &Id, instance: &NewInstance, named: &Named) -> Result<Spec> {
    let by_name = match &instance.spec.name {
        Some((adapter, kind, name)) => {
            let full = full_name(adapter, kind, name);
            let found = draft.find_name(&NameSpace::SpecNames(application.clone()), &full).await?;
            let readable = |key| match key {
                Key::TraversalSpec(id) => Some(id).filter(|id| named.require_spec(draft, id).is_ok()),
                _ => None,
            };
            Some(found.and_then(readable).ok_or_else(|| Error::not_found("traversal spec", &full))?)
        }
        None => None,
    };
    let (Some(id), other) = (instance.spec.id.clone().or_else(|| by_name.clone()), by_name) else {
        return Ok(Spec { id: None, kinds: None });
    };
    if id.application != *application {
        return Err(Error::not_found("traversal spec", &id));
    }
    named.require_spec(draft, &id)?;
    if other.is_some_and(|other| other != id) {
        let description = "must be the traversal spec that `adapter_kind`, `resource_kind` and `name` mean";
        return Err(Error::invalid(format!("{}.traversal_spec", instance.field), description));
    }
    let state = draft.snapshot();
    let by_adapter = state.is_by_adapter(&id).ok_or_else(|| Error::not_found("traversal spec", &id))?;
    let kinds = state.kinds_of_spec(&id);
    if by_adapter && instance.included_adapter_kinds.is_empty() {
        let description = "must not be empty for a traversal spec by adapter association";
        return Err(Error::invalid(format!("{}.included_adapter_kinds", instance.field), description));
    }
    Ok(Spec { id: Some(id.spec), kinds })
}

/// The registered resource that a text means.
fn resolve(
    draft: &Draft<'_>,
    (application, spec, before): (&Id, &Spec, &Named),
    text: &str,
    field: &impl Fn() -> String,
) -> Result<ResourceKey> {
    let parsed = ResourceKey::parse(text);
    let Some(kinds) = &spec.kinds else {
        let key = parsed.map_err(|malformed| Error::invalid(field(), malformed.to_string()))?;
        before.require(draft, application, &key)?;
        return Ok(key);
    };
    if let Ok(key) = &parsed
        && kinds.contains(&key.kind)
    {
        before.require(draft, application, key)?;
        return Ok(key.clone());
    }
    let bearers = draft.before().resources_named(application, kinds, (text, BEARERS_MAX));
    let readable = bearers.into_iter().filter(|key| before.require(draft, application, key).is_ok());
    let readable: Vec<ResourceKey> = readable.collect();
    match (readable.as_slice(), parsed) {
        ([key], _) => Ok(key.clone()),
        ([], Ok(key)) => {
            before.require(draft, application, &key)?;
            let description = format!("{key}: the traversal spec leads to no resource of kind {}", key.kind);
            Err(Error::invalid(field(), description))
        }
        ([], Err(_)) => Err(Error::not_found("resource", &text)),
        (several, _) => {
            let bearers: Vec<String> = several.iter().map(ToString::to_string).collect();
            let description = format!("is the id of several resources, name one of them: {}", bearers.join(", "));
            Err(Error::invalid(field(), description))
        }
    }
}

/// Resources with one id that are told apart in an error, at most.
const BEARERS_MAX: usize = 8;

impl App {
    /// The instances of selectors as a state has them, with their specs.
    pub async fn shown_instances(&self, state: &Snapshot, selectors: &[Selector]) -> Result<Vec<Vec<ShownInstance>>> {
        let selected: Vec<Vec<SelectorRows>> = selectors.iter().map(|selector| state.selected(selector)).collect();
        let spec_id = |selector: &Selector, rows: &SelectorRows| {
            let spec = rows.spec.clone()?;
            Some(TraversalSpecId { application: selector.application().clone(), spec })
        };
        let pairs = selectors.iter().zip(&selected);
        let ids = pairs.flat_map(|(selector, rows)| rows.iter().filter_map(move |rows| spec_id(selector, rows)));
        let keys: BTreeSet<Key> = ids.map(Key::TraversalSpec).collect();
        let found = self.store.get(&keys.into_iter().collect::<Vec<_>>()).await?;
        let specs: BTreeMap<TraversalSpecId, TraversalSpec> = found
            .into_iter()
            .filter_map(|row| if let Row::TraversalSpec(spec) = row { Some((spec.id.clone(), spec)) } else { None })
            .collect();
        let shown = selectors.iter().zip(selected).map(|(selector, instances)| {
            let shown = instances.into_iter().map(|rows| {
                let spec = spec_id(selector, &rows).and_then(|id| specs.get(&id).cloned());
                ShownInstance { rows, spec }
            });
            shown.collect()
        });
        Ok(shown.collect())
    }
}
