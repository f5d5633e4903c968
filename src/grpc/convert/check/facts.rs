//! What a trusted caller says of a resource that nobody registered.

use std::collections::BTreeSet;

use super::tenant;
use crate::app::check_permission::{FactTenant, Facts, Target};
use crate::domain::id::{COLLECTIONS, ForeignId, IdRef, ResourceKind};
use crate::domain::limit::SENT_PARENTS_MAX;
use crate::domain::violation::{Malformed, Violations};
use crate::grpc::convert::at_most;
use crate::proto::v1;
use crate::proto::v1::resource_facts::Residence;

/// What is said of the target, as far as it is well-formed.
pub(super) fn told<'a>(
    sent: &'a v1::ResourceFacts,
    (application, target): (Option<IdRef<'_>>, Option<Target<'a>>),
    violations: &mut Violations,
) -> Facts<'a> {
    match target {
        Some(Target::Resource { kind, .. }) if COLLECTIONS.contains(&kind) => {
            violations.add("facts", "must be empty for one of Bailiwick's own things");
        }
        Some(Target::Nothing | Target::Tenant(_)) => violations.add("facts", "must be empty without resource"),
        Some(Target::Resource { .. }) | None => {}
    }
    let tenant = match &sent.residence {
        None => FactTenant::Unknown,
        Some(Residence::NoTenant(true)) => FactTenant::None,
        Some(Residence::NoTenant(false)) => {
            violations.add("facts.no_tenant", "must be true when it is set");
            FactTenant::Unknown
        }
        Some(Residence::Tenant(text)) => match violations.take("facts.tenant", tenant(text, application)) {
            Some(Target::Tenant(id)) => FactTenant::Tenant(id),
            _ => FactTenant::Unknown,
        },
    };
    let mut parents = BTreeSet::new();
    for (index, text) in sent.parents.iter().enumerate() {
        parents.extend(violations.take(format!("facts.parents[{index}]"), parent(text)));
    }
    at_most(violations, "facts.parents", parents.len(), SENT_PARENTS_MAX);
    Facts { tenant, parents: parents.into_iter().collect() }
}

fn parent(text: &str) -> Result<(&str, &str), Malformed> {
    let (kind, id) = text.split_once('/').ok_or_else(|| Malformed::new("must be kind/id"))?;
    ResourceKind::check_form(kind)?;
    ForeignId::check_form(id)?;
    Ok((kind, id))
}
