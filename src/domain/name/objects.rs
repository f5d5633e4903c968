//! Names of what assignments reach: resources within their application, scopes, traversal specs, and of assignments.

use std::fmt;

use super::{ResourceId, parts};
use crate::domain::id::{ForeignId, Id, ResourceKind};
use crate::domain::violation::Malformed;

/// A resource within its application: `{kind}/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceKey {
    /// What it is.
    pub kind: ResourceKind,
    /// What the other service calls it, among those of its kind.
    pub id: ForeignId,
}

/// `applications/{application}/scopes/{scope}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScopeId {
    /// The application it belongs to.
    pub application: Id,
    /// Its id in the application.
    pub scope: Id,
}

/// `applications/{application}/traversalSpecs/{spec}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TraversalSpecId {
    /// The application it belongs to.
    pub application: Id,
    /// Its id in the application.
    pub spec: Id,
}

/// `applications/{application}/roleAssignments/{assignment}`: what an assignment is called, without what it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AssignmentName {
    /// The application whose role it is of.
    pub application: Id,
    /// The last part of its name.
    pub assignment: Id,
}

impl ResourceId {
    /// What it is called within its application.
    pub fn key(&self) -> ResourceKey {
        ResourceKey { kind: self.kind.clone(), id: self.id.clone() }
    }
}

impl ResourceKey {
    /// Reads `{kind}/{id}`; the id is all that follows the first slash.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let (kind, id) = text.split_once('/').ok_or_else(|| Malformed::new("must be {kind}/{id}"))?;
        Ok(Self { kind: ResourceKind::parse(kind)?, id: ForeignId::parse(id)? })
    }

    /// The resource with this key in an application.
    pub fn of(self, application: &Id) -> ResourceId {
        ResourceId { application: application.clone(), kind: self.kind, id: self.id }
    }
}

impl fmt::Display for ResourceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.id)
    }
}

/// The two ids in `applications/{application}/{collection}/{id}`.
fn parse_owned(collection: &str, name: &str) -> Result<(Id, Id), Malformed> {
    match parts(name).as_slice() {
        ["applications", application, found, id] if *found == collection => {
            Ok((Id::parse(application)?, Id::parse(id)?))
        }
        _ => Err(Malformed::new(format!("must be applications/{{application}}/{collection}/{{id}}"))),
    }
}

impl ScopeId {
    /// Reads a scope's resource name.
    pub fn parse(name: &str) -> Result<Self, Malformed> {
        parse_owned("scopes", name).map(|(application, scope)| Self { application, scope })
    }
}

impl fmt::Display for ScopeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "applications/{}/scopes/{}", self.application, self.scope)
    }
}

impl TraversalSpecId {
    /// Reads a traversal spec's resource name.
    pub fn parse(name: &str) -> Result<Self, Malformed> {
        parse_owned("traversalSpecs", name).map(|(application, spec)| Self { application, spec })
    }
}

impl fmt::Display for TraversalSpecId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "applications/{}/traversalSpecs/{}", self.application, self.spec)
    }
}

impl AssignmentName {
    /// Reads an assignment's resource name.
    pub fn parse(name: &str) -> Result<Self, Malformed> {
        parse_owned("roleAssignments", name).map(|(application, assignment)| Self { application, assignment })
    }
}

impl fmt::Display for AssignmentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "applications/{}/roleAssignments/{}", self.application, self.assignment)
    }
}
