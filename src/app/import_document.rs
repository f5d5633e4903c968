//! Rows that come one after the other, as lines of an import: for states that are made and not exported.
//!
//! What stands on the line of a thing (a role's patterns, a user's tenants, an instance's selections) must come right
//! after the thing. Everything is taken to be there: no tenant is a former one.

use super::error::Result;
use super::export_line;
use super::policy_line::{HeaderLine, Line, VERSION};
use crate::domain::directory::User;
use crate::domain::name::TenantId;
use crate::domain::role::{Role, RoleElement};
use crate::domain::row::Row;
use crate::domain::scope::{Instance, Selection};

/// Writes the lines of a document.
#[derive(Debug, Default)]
pub struct ImportDocument {
    begun: bool,
    pending: Option<Pending>,
}

/// A thing whose line is not complete before the next one comes.
#[derive(Debug)]
enum Pending {
    /// With the elements on its line, and the rows of those that have their own.
    Role(Role, Vec<RoleElement>, Vec<Row>),
    User(User, Vec<TenantId>),
    Instance(Instance, Vec<Selection>),
}

impl ImportDocument {
    /// Adds a row; what is complete by then is written.
    pub fn add(&mut self, row: Row, out: &mut Vec<u8>) -> Result<()> {
        match (&mut self.pending, row) {
            (Some(Pending::Role(role, _, own)), Row::RoleElement(row))
                if row.role == role.id && is_own(&row.element) =>
            {
                own.push(Row::RoleElement(row));
            }
            (Some(Pending::Role(role, elements, _)), Row::RoleElement(row)) if row.role == role.id => {
                elements.push(row.element);
            }
            (Some(Pending::User(user, tenants)), Row::UserTenant(row)) if row.user == user.id => {
                tenants.push(row.tenant);
            }
            (Some(Pending::Instance(instance, selections)), Row::Selection(row)) if row.instance == instance.id => {
                selections.push(row);
            }
            (_, row) => {
                self.finish(out)?;
                self.begin(row, out)?;
            }
        }
        Ok(())
    }

    /// Writes what is not yet written.
    pub fn finish(&mut self, out: &mut Vec<u8>) -> Result<()> {
        if !std::mem::replace(&mut self.begun, true) {
            Line::BailiwickPolicy(HeaderLine { version: VERSION }).write(out)?;
        }
        match self.pending.take() {
            None => Ok(()),
            Some(Pending::Role(role, elements, own)) => {
                write(export_line::role(&role, &elements, &[]), out)?;
                own.iter().try_for_each(|row| write(export_line::line(row), out))
            }
            Some(Pending::User(user, tenants)) => {
                write(Some(export_line::user(&user, &tenants.iter().collect::<Vec<_>>(), &[])), out)
            }
            Some(Pending::Instance(instance, selections)) => {
                write(Some(export_line::instance(&instance, &selections)), out)
            }
        }
    }

    fn begin(&mut self, row: Row, out: &mut Vec<u8>) -> Result<()> {
        self.pending = Some(match row {
            Row::Role(role) => Pending::Role(role, Vec::new(), Vec::new()),
            Row::User(user) => Pending::User(user, Vec::new()),
            Row::Instance(instance) => Pending::Instance(instance, Vec::new()),
            row => return write(export_line::line(&row), out),
        });
        Ok(())
    }
}

/// Whether an element of a role has a line of its own.
fn is_own(element: &RoleElement) -> bool {
    matches!(element, RoleElement::Privilege(_) | RoleElement::Parent { .. } | RoleElement::PrivilegeGroup { .. })
}

fn write(line: Option<Line>, out: &mut Vec<u8>) -> Result<()> {
    line.map_or(Ok(()), |line| line.write(out))
}
