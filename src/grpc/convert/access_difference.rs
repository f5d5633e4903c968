//! Access differences.

use super::boundary::kind_of;
use super::time::timestamp;
use crate::app::access_difference::{Difference, Rectangle, Targets};
use crate::app::error::Result;
use crate::app::service::App;
use crate::app::writer::Written;
use crate::domain::name::Subject;
use crate::domain::time::Time;
use crate::proto::v1;

/// What a write that was only looked at would do to who may do what; of any other, nothing. What it gives begins at
/// `begin`, or at once.
pub(in crate::grpc) async fn of(
    app: &App,
    written: &Written,
    begin: Option<Time>,
) -> Result<Option<v1::AccessDifference>> {
    let difference = app.access_difference(written, begin).await?;
    Ok(difference.map(|(Difference { gained, lost, truncated }, at)| v1::AccessDifference {
        gained: gained.into_iter().map(rectangle).collect(),
        lost: lost.into_iter().map(rectangle).collect(),
        evaluate_time: Some(timestamp(at)),
        truncated,
    }))
}

fn rectangle(told: Rectangle) -> v1::AccessRectangle {
    let names = |subjects: Vec<Subject>| subjects.iter().map(ToString::to_string).collect();
    v1::AccessRectangle {
        subjects: names(told.subjects),
        except_subjects: names(told.except_subjects),
        privileges: told.privileges,
        targets: Some(targets(told.targets)),
        except_targets: told.except_targets.into_iter().map(targets).collect(),
    }
}

fn targets(told: Targets) -> v1::AccessTargets {
    v1::AccessTargets {
        application: format!("applications/{}", told.application.as_deref().unwrap_or("-")),
        boundary_kind: kind_of(told.boundary).into(),
        tenants: told.tenants,
        scopes: told.scopes,
        within_tenants: told.within,
        objects: told.objects.map(|objects| v1::AccessObjects {
            resources: objects.resources.iter().map(ToString::to_string).collect(),
            truncated: objects.truncated,
        }),
    }
}
