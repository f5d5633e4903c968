//! Applications and tenants.

use super::mask::Mask;
use super::time::timestamp;
use super::{complete, id_or, required, write};
use crate::app::applications::{DeleteApplication, NewApplication, UpdateApplication};
use crate::app::error::{Error, Result};
use crate::app::tenants::{DeleteTenant, NewTenant, UpdateTenant};
use crate::app::token::etag;
use crate::domain::id::Id;
use crate::domain::name::{self, TenantId};
use crate::domain::row::Row;
use crate::domain::tenancy::{Catalogue, TenantType};
use crate::domain::text;
use crate::domain::violation::{Malformed, Violations};
use crate::proto::v1;

/// The application to be made.
pub(in crate::grpc) fn new_application(
    request: v1::CreateApplicationRequest,
    fresh: Id,
    mut violations: Violations,
) -> Result<NewApplication> {
    let id = id_or(&mut violations, "application_id", &request.application_id, fresh);
    let message = required(&mut violations, "application", request.application).unwrap_or_default();
    let display_name = violations.take("application.display_name", text::display(&message.display_name));
    let catalogue = violations.take("application.catalogue", catalogue(message.catalogue));
    let new = (|| Some(NewApplication { id: id?, display_name: display_name?, catalogue: catalogue? }))();
    complete(violations, new)
}

fn catalogue(number: i32) -> Result<Catalogue, Malformed> {
    use v1::application::Catalogue as Named;
    match Named::try_from(number) {
        Ok(Named::Unspecified | Named::Strict) => Ok(Catalogue::Strict),
        Ok(Named::Open) => Ok(Catalogue::Open),
        Err(_) => Err(Malformed::new("must be CATALOGUE_STRICT or CATALOGUE_OPEN")),
    }
}

/// The change of an application.
pub(in crate::grpc) fn update_application(
    request: v1::UpdateApplicationRequest,
    mut violations: Violations,
) -> Result<UpdateApplication> {
    let message = required(&mut violations, "application", request.application).unwrap_or_default();
    let id = violations.take("application.name", name::parse_application(&message.name));
    let fields = [("display_name", !message.display_name.is_empty()), ("catalogue", message.catalogue != 0)];
    let mask = Mask::read("application", request.update_mask.as_ref(), &fields, &mut violations);
    let display_name = mask.take(&mut violations, "display_name", || text::display(&message.display_name));
    let catalogue = mask.take(&mut violations, "catalogue", || catalogue(message.catalogue));
    let update = id.map(|id| UpdateApplication { id, display_name, catalogue, etag: message.etag });
    complete(violations, update)
}

/// The application to be deleted.
pub(in crate::grpc) fn delete_application(
    request: v1::DeleteApplicationRequest,
    mut violations: Violations,
) -> Result<DeleteApplication> {
    let id = violations.take("name", name::parse_application(&request.name));
    let deletion = write::deletion(request.etag, request.allow_missing, request.force);
    complete(violations, id.map(|id| DeleteApplication { id, deletion }))
}

/// The tenant to be made.
pub(in crate::grpc) fn new_tenant(
    request: v1::CreateTenantRequest,
    fresh: Id,
    mut violations: Violations,
) -> Result<NewTenant> {
    let application = violations.take("parent", name::parse_application(&request.parent));
    let tenant = id_or(&mut violations, "tenant_id", &request.tenant_id, fresh);
    let message = required(&mut violations, "tenant", request.tenant).unwrap_or_default();
    let display_name = violations.take("tenant.display_name", text::display(&message.display_name));
    let tenant_type = violations.take("tenant.type", tenant_type(message.r#type));
    let new = (|| {
        let id = TenantId { application: application?, tenant: tenant? };
        Some(NewTenant { id, display_name: display_name?, tenant_type: tenant_type? })
    })();
    complete(violations, new)
}

fn tenant_type(number: i32) -> Result<TenantType, Malformed> {
    use v1::tenant::Type as Named;
    match Named::try_from(number) {
        Ok(Named::Unspecified | Named::Standard) => Ok(TenantType::Standard),
        Ok(Named::Global) => Ok(TenantType::Global),
        Ok(Named::Standalone) => Ok(TenantType::Standalone),
        Err(_) => Err(Malformed::new("must be TYPE_STANDARD, TYPE_GLOBAL or TYPE_STANDALONE")),
    }
}

/// The change of a tenant.
pub(in crate::grpc) fn update_tenant(
    request: v1::UpdateTenantRequest,
    mut violations: Violations,
) -> Result<UpdateTenant> {
    let message = required(&mut violations, "tenant", request.tenant).unwrap_or_default();
    let id = violations.take("tenant.name", TenantId::parse(&message.name));
    let fields = [("display_name", !message.display_name.is_empty())];
    let mask = Mask::read("tenant", request.update_mask.as_ref(), &fields, &mut violations);
    let display_name = mask.take(&mut violations, "display_name", || text::display(&message.display_name));
    let sent = (message.r#type != 0).then(|| tenant_type(message.r#type));
    let tenant_type = sent.and_then(|sent| violations.take("tenant.type", sent));
    complete(violations, id.map(|id| UpdateTenant { id, display_name, tenant_type, etag: message.etag }))
}

/// The tenant to be deleted.
pub(in crate::grpc) fn delete_tenant(
    request: v1::DeleteTenantRequest,
    mut violations: Violations,
) -> Result<DeleteTenant> {
    let id = violations.take("name", TenantId::parse(&request.name));
    let deletion = write::deletion(request.etag, request.allow_missing, request.force);
    complete(violations, id.map(|id| DeleteTenant { id, deletion }))
}

/// An application, as the API shows it.
pub(in crate::grpc) fn application(row: &Row) -> Result<v1::Application> {
    use v1::application::Catalogue as Named;
    let Row::Application(row) = row else { return Err(Error::Internal) };
    let name = name::application(&row.id);
    let catalogue = match row.catalogue {
        Catalogue::Strict => Named::Strict,
        Catalogue::Open => Named::Open,
    };
    Ok(v1::Application {
        etag: etag(&name, row.stamp.revision),
        name,
        display_name: row.display_name.clone(),
        catalogue: catalogue.into(),
        create_time: Some(timestamp(row.stamp.created_at)),
        created_by: row.stamp.created_by.clone(),
        update_time: Some(timestamp(row.stamp.updated_at)),
        updated_by: row.stamp.updated_by.clone(),
    })
}

/// A tenant, as the API shows it.
pub(in crate::grpc) fn tenant(row: &Row) -> Result<v1::Tenant> {
    use v1::tenant::Type as Named;
    let Row::Tenant(row) = row else { return Err(Error::Internal) };
    let name = row.id.to_string();
    let tenant_type = match row.tenant_type {
        TenantType::Standard => Named::Standard,
        TenantType::Global => Named::Global,
        TenantType::Standalone => Named::Standalone,
    };
    Ok(v1::Tenant {
        etag: etag(&name, row.stamp.revision),
        name,
        display_name: row.display_name.clone(),
        r#type: tenant_type.into(),
        create_time: Some(timestamp(row.stamp.created_at)),
        created_by: row.stamp.created_by.clone(),
        update_time: Some(timestamp(row.stamp.updated_at)),
        updated_by: row.stamp.updated_by.clone(),
    })
}
