//! Traversal specs: create, get, list, update, delete. Where a spec leads is part of what the scopes and assignments that
//! use it select, so to let one lead elsewhere is a grant to everybody who reaches by it.

use async_trait::async_trait;

use super::applications::{Deletion, missing, refuse_counted};
use super::authority::Thing;
use super::caller::Caller;
use super::consistency::Consistency;
use super::draft::Draft;
use super::error::{Error, Result};
use super::filter;
use super::listing::{Page, PageRequest};
use super::methods;
use super::port::{Collection, Field, Receipt};
use super::service::{App, authority, require_etag};
use super::state::View;
use super::writer::{Operation, WriteCall, Written};
use crate::domain::id::Id;
use crate::domain::limit::PAGE_SIZE_MAX;
use crate::domain::name::TraversalSpecId;
use crate::domain::row::{Key, Row};
use crate::domain::traversal::{FilterType, TraversalSpec, TraversalStep};
use crate::domain::violation::Violations;

/// The type of a traversal spec, for people.
const KIND: &str = "traversal spec";

/// A traversal spec to be made.
#[derive(Clone, Debug)]
pub struct NewTraversalSpec {
    /// The spec; its stamp is set here.
    pub spec: TraversalSpec,
}

#[async_trait]
impl Operation for NewTraversalSpec {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let id = &self.spec.id;
        draft.authority().require(&methods::CREATE_TRAVERSAL_SPEC, &Thing::application(&id.application))?;
        let key = Key::TraversalSpec(id.clone());
        if draft.contains(&key) {
            return Err(Error::AlreadyExists { kind: KIND, name: id.to_string() });
        }
        draft.put(Row::TraversalSpec(self.spec.clone())).await?;
        // Nothing uses it, unless somebody edited the database: then it must not give what he could not.
        draft.require_covered(|after, gift, before| after.shortfall_of_spec(gift, id, before))?;
        Ok(Receipt { keys: vec![key], ..Receipt::default() })
    }
}

/// A traversal spec to be changed; `None` leaves a field as it is.
#[derive(Clone, Debug)]
pub struct UpdateTraversalSpec {
    /// Its identity.
    pub id: TraversalSpecId,
    /// Immutable: it must be what it is.
    pub root_adapter_kind: Option<String>,
    /// Immutable: it must be what it is.
    pub root_resource_kind: Option<String>,
    /// Immutable: it must be what it is.
    pub spec_name: Option<String>,
    /// For people.
    pub description: Option<String>,
    /// How it selects.
    pub filter_type: Option<FilterType>,
    /// Ways from the root, all of them.
    pub paths: Option<Vec<Vec<TraversalStep>>>,
    /// Empty, or the etag that it must have.
    pub etag: String,
}

#[async_trait]
impl Operation for UpdateTraversalSpec {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let thing = Thing::traversal_spec(&self.id);
        draft.authority().require(&methods::UPDATE_TRAVERSAL_SPEC, &thing)?;
        let key = Key::TraversalSpec(self.id.clone());
        let Some(Row::TraversalSpec(mut row)) = draft.get(&key).await? else { return Err(Error::Internal) };
        require_etag(&self.etag, &thing.name, &row.stamp)?;
        self.require_fitting(draft, &row)?;
        row.description = self.description.take().unwrap_or(row.description);
        row.filter_type = self.filter_type.unwrap_or(row.filter_type);
        row.paths = self.paths.take().unwrap_or(row.paths);
        draft.put(Row::TraversalSpec(row)).await?;
        draft.require_covered(|after, gift, before| after.shortfall_of_spec(gift, &self.id, before))?;
        Ok(Receipt { keys: vec![key], ..Receipt::default() })
    }
}

impl UpdateTraversalSpec {
    /// Refuses what the spec cannot become.
    fn require_fitting(&self, draft: &Draft<'_>, row: &TraversalSpec) -> Result<()> {
        let differs = |sent: &Option<String>, kept: &String| sent.as_ref().is_some_and(|sent| sent != kept);
        let becomes_adapters = row.filter_type != FilterType::AdapterAssociation
            && self.filter_type == Some(FilterType::AdapterAssociation);
        let rules = [
            ("root_adapter_kind", "is immutable", differs(&self.root_adapter_kind, &row.root_adapter_kind)),
            ("root_resource_kind", "is immutable", differs(&self.root_resource_kind, &row.root_resource_kind)),
            ("spec_name", "is immutable", differs(&self.spec_name, &row.spec_name)),
            (
                "filter_type",
                "an instance that uses the spec includes no adapter kind",
                becomes_adapters && draft.before().is_used_without_adapters(&self.id),
            ),
        ];
        let mut violations = Violations::default();
        for (field, words, _) in rules.into_iter().filter(|(_, _, is_broken)| *is_broken) {
            violations.add(format!("traversal_spec.{field}"), words);
        }
        Error::check(violations)
    }
}

/// A traversal spec to be deleted.
#[derive(Clone, Debug)]
pub struct DeleteTraversalSpec {
    /// Its identity.
    pub id: TraversalSpecId,
    /// How; there is no force.
    pub deletion: Deletion,
}

#[async_trait]
impl Operation for DeleteTraversalSpec {
    async fn run(&mut self, draft: &mut Draft<'_>) -> Result<Receipt> {
        let thing = Thing::traversal_spec(&self.id);
        if let Err(error) = draft.authority().require(&methods::DELETE_TRAVERSAL_SPEC, &thing) {
            return missing(&self.deletion, error);
        }
        let key = Key::TraversalSpec(self.id.clone());
        let row = draft.get(&key).await?.ok_or(Error::Internal)?;
        require_etag(&self.deletion.etag, &thing.name, row.stamp().ok_or(Error::Internal)?)?;
        let (scopes, assignments) = draft.before().users_of_spec(&self.id);
        let uses = [(scopes, "scopes"), (assignments, "role assignments")];
        refuse_counted(&thing.name, &uses, "let them use another one first")?;
        draft.delete(&key).await?;
        Ok(Receipt::default())
    }
}

const FIELDS: &filter::Fields = &[
    ("root_adapter_kind", Field::RootAdapterKind),
    ("root_resource_kind", Field::RootResourceKind),
    ("spec_name", Field::SpecName),
];

impl App {
    /// Makes a traversal spec.
    pub async fn create_traversal_spec(&self, call: WriteCall, new: NewTraversalSpec) -> Result<Written> {
        self.write(call, new).await
    }

    /// Changes a traversal spec.
    pub async fn update_traversal_spec(&self, call: WriteCall, update: UpdateTraversalSpec) -> Result<Written> {
        self.write(call, update).await
    }

    /// Deletes a traversal spec.
    pub async fn delete_traversal_spec(&self, call: WriteCall, delete: DeleteTraversalSpec) -> Result<Written> {
        self.write(call, delete).await
    }

    /// A traversal spec.
    pub async fn get_traversal_spec(
        &self,
        caller: &Caller,
        id: &TraversalSpecId,
        wish: &Consistency,
    ) -> Result<(Row, View)> {
        let view = self.view(wish).await?;
        let thing = Thing::traversal_spec(id);
        authority(&view, caller).require(&methods::GET_TRAVERSAL_SPEC, &thing)?;
        self.read_one(view, &Key::TraversalSpec(id.clone()), thing.kind, &thing.name).await
    }

    /// A page of an application's traversal specs.
    pub async fn list_traversal_specs(&self, caller: &Caller, application: &Id, page: &PageRequest) -> Result<Page> {
        let question = page.question(caller, methods::LIST_TRAVERSAL_SPECS.path, application.as_str());
        let conditions = filter::parse(&page.filter, FIELDS)?;
        let view = self.page_view(page, &question).await?;
        authority(&view, caller).require(&methods::LIST_TRAVERSAL_SPECS, &Thing::application(application))?;
        let what = (Collection::TraversalSpecs(application.clone()), conditions, page.size(PAGE_SIZE_MAX)?);
        self.page(page, &question, view, what).await
    }
}
