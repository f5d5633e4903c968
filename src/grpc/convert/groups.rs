//! Groups and their members.

use super::mask::Mask;
use super::time::timestamp;
use super::{at_most, complete, elements, id_or, one_to, requested, required, set_of, write};
use crate::app::applications::Deletion;
use crate::app::error::{Error, Result};
use crate::app::groups::{DeleteGroup, DeleteGroups, NewGroup, UpdateGroup};
use crate::app::members::{ChangeMembers, Membership, MembershipView, SetMembers};
use crate::app::token::etag;
use crate::domain::directory::Group;
use crate::domain::id::Id;
use crate::domain::limit::CALL_IDS_MAX;
use crate::domain::name::{self, Subject};
use crate::domain::row::{Row, Stamp};
use crate::domain::text;
use crate::domain::violation::{Malformed, Violations};
use crate::proto::v1;

/// The group to be made.
pub(in crate::grpc) fn new_group(
    request: v1::CreateGroupRequest,
    fresh: Id,
    mut violations: Violations,
) -> Result<NewGroup> {
    let id = id_or(&mut violations, "group_id", &request.group_id, fresh);
    let message = required(&mut violations, "group", request.group).unwrap_or_default();
    let group_name = violations.take("group.group_name", text::required_name(&message.group_name));
    let display_name = violations.take("group.display_name", text::display(&message.display_name));
    let description = violations.take("group.description", text::description(&message.description));
    let members = set_of(&mut violations, "members", &request.members, member);
    at_most(&mut violations, "members", members.len(), CALL_IDS_MAX);
    let assignments = requested::all("role_assignments", request.role_assignments, None, &mut violations);
    let group = (|| {
        let (group_name, display_name, description) = (group_name?, display_name?, description?);
        Some(Group { id: id?, group_name, display_name, description, stamp: Stamp::default() })
    })();
    let members = elements(members).collect();
    complete(violations, group.map(|group| NewGroup { group, members, assignments }))
}

/// The group to be changed.
pub(in crate::grpc) fn update_group(
    request: v1::UpdateGroupRequest,
    mut violations: Violations,
) -> Result<UpdateGroup> {
    let group = required(&mut violations, "group", request.group).unwrap_or_default();
    let id = violations.take("group.name", name::parse_top("groups", &group.name));
    let writable = [("display_name", !group.display_name.is_empty()), ("description", !group.description.is_empty())];
    let mask = Mask::read("group", request.update_mask.as_ref(), &writable, &mut violations);
    let display_name = mask.take(&mut violations, "display_name", || text::display(&group.display_name));
    let description = mask.take(&mut violations, "description", || text::description(&group.description));
    let group_name = Some(group.group_name).filter(|sent| !sent.is_empty());
    let etag = group.etag;
    complete(violations, id.map(|id| UpdateGroup { id, group_name, display_name, description, etag }))
}

/// The group to be deleted.
pub(in crate::grpc) fn delete_group(
    request: v1::DeleteGroupRequest,
    mut violations: Violations,
) -> Result<DeleteGroup> {
    let id = violations.take("name", name::parse_top("groups", &request.name));
    let deletion = write::deletion(request.etag, request.allow_missing, request.force);
    complete(violations, id.map(|id| DeleteGroup { id, deletion }))
}

/// The groups to be deleted.
pub(in crate::grpc) fn delete_groups(
    request: &v1::BatchDeleteGroupsRequest,
    mut violations: Violations,
) -> Result<DeleteGroups> {
    let ids = set_of(&mut violations, "names", &request.names, |name| name::parse_top("groups", name));
    one_to(&mut violations, "names", &request.names, ids.len(), CALL_IDS_MAX);
    let deletion = Deletion { etag: String::new(), allow_missing: request.allow_missing, force: request.force };
    complete(violations, Some(DeleteGroups { ids: elements(ids).collect(), deletion }))
}

/// The members to be added to a group, or removed from it.
pub(in crate::grpc) fn change_members(
    (name, sent): (&str, &[String]),
    add: bool,
    mut violations: Violations,
) -> Result<ChangeMembers> {
    let group = violations.take("name", name::parse_top("groups", name));
    let members = set_of(&mut violations, "members", sent, member);
    one_to(&mut violations, "members", sent, members.len(), CALL_IDS_MAX);
    let members = elements(members).collect();
    complete(violations, group.map(|group| ChangeMembers { group, members, add }))
}

/// All members that a group shall have.
pub(in crate::grpc) fn set_members(
    request: v1::SetGroupMembersRequest,
    mut violations: Violations,
) -> Result<SetMembers> {
    let group = violations.take("name", name::parse_top("groups", &request.name));
    let members = set_of(&mut violations, "members", &request.members, member);
    at_most(&mut violations, "members", members.len(), CALL_IDS_MAX);
    let (members, etag) = (elements(members).collect(), request.etag);
    complete(violations, group.map(|group| SetMembers { group, members, etag }))
}

fn member(text: &str) -> Result<Subject, Malformed> {
    match Subject::parse(text)? {
        Subject::Application(_) => Err(Malformed::new("must be users/{user}, clients/{client} or groups/{group}")),
        subject => Ok(subject),
    }
}

/// Which memberships are listed.
pub(in crate::grpc) fn membership_view(number: i32) -> Result<MembershipView, Malformed> {
    match v1::MembershipView::try_from(number) {
        Ok(v1::MembershipView::Unspecified | v1::MembershipView::Direct) => Ok(MembershipView::Direct),
        Ok(v1::MembershipView::Transitive) => Ok(MembershipView::Transitive),
        Err(_) => Err(Malformed::new("must be MEMBERSHIP_VIEW_DIRECT or MEMBERSHIP_VIEW_TRANSITIVE")),
    }
}

/// A membership, as the API shows it.
pub(in crate::grpc) fn membership(membership: &Membership) -> v1::GroupMembership {
    v1::GroupMembership {
        member: membership.member.to_string(),
        group: format!("groups/{}", membership.group),
        direct: membership.direct,
    }
}

/// A group, as the API shows it.
pub(in crate::grpc) fn group(row: &Row) -> Result<v1::Group> {
    let Row::Group(row) = row else { return Err(Error::Internal) };
    let name = format!("groups/{}", row.id);
    Ok(v1::Group {
        etag: etag(&name, row.stamp.revision),
        name,
        group_name: row.group_name.clone(),
        display_name: row.display_name.clone(),
        description: row.description.clone(),
        create_time: Some(timestamp(row.stamp.created_at)),
        created_by: row.stamp.created_by.clone(),
        update_time: Some(timestamp(row.stamp.updated_at)),
        updated_by: row.stamp.updated_by.clone(),
    })
}
