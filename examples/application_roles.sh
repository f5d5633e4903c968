#!/usr/bin/env bash
# Roles of an application, for users, groups and applications: create, read, update, delete, assign and revoke.
#
# 201, 202 and 204 of other APIs are plain answers here, 404 is NOT_FOUND and 409 ALREADY_EXISTS.
source "$(dirname "${BASH_SOURCE[0]}")/scenario.sh"

ROLE=applications/$APP/roles/editor
USER=user-$APP
ASSIGN=AssignmentService/AssignRoleToSubjects
REVOKE=AssignmentService/RevokeRoleFromSubject

assign() { printf '{"role":"%s","subjects":[%s]}' "$1" "$2"; }

step 'An application whose permissions are free strings.'
application OPEN

step 'Create role (201). Its name is taken from then on, whatever its case (409).'
editor='"role_name":"editor","display_name":"Editor","description":"Writes articles","privileges":["article:read","article:write"]'
ok RoleService/CreateRole "{\"parent\":\"applications/$APP\",\"role_id\":\"editor\",\"role\":{$editor}}" '"roleName":"editor"'
refused AlreadyExists ALREADY_EXISTS RoleService/CreateRole "{\"parent\":\"applications/$APP\",\"role\":{\"role_name\":\"EDITOR\"}}"

step 'Get roles (200), and one of them by its id (200, 404).'
ok RoleService/ListRoles "{\"parent\":\"applications/$APP\"}" "\"$ROLE\""
ok RoleService/GetRole "{\"name\":\"$ROLE\"}" '"article:write"' '"description":"Writesarticles"'
refused NotFound NOT_FOUND RoleService/GetRole "{\"name\":\"applications/$APP/roles/none\"}"

step 'Assign role to users (204): all of them or none, and those that are missing are named (404).'
for name in "$USER" "other-$APP"; do
    ok DirectoryService/CreateUser "{\"user_id\":\"$name\",\"user\":{\"username\":\"$name\"}}"
done
refused NotFound NOT_FOUND $ASSIGN "$(assign "$ROLE" "\"users/$USER\",\"users/none-$APP\"")"
may no "users/$USER" article:read
ok $ASSIGN "$(assign "$ROLE" "\"users/$USER\",\"users/other-$APP\"")"
may yes "users/$USER" article:read

step 'Again is no error; subjects of two types in one call are one (400), and so is a role that is not there (404).'
ok $ASSIGN "$(assign "$ROLE" "\"users/$USER\"")"
refused InvalidArgument INVALID_REQUEST $ASSIGN "$(assign "$ROLE" "\"users/$USER\",\"groups/x\"")"
refused NotFound NOT_FOUND $ASSIGN "$(assign "applications/$APP/roles/none" "\"users/$USER\"")"

step 'Assign it to a group: its members hold it. And to the application: its own clients do.'
ok DirectoryService/CreateGroup "{\"group_id\":\"group-$APP\",\"group\":{\"group_name\":\"Staff of $APP\"}}"
ok DirectoryService/CreateUser "{\"user_id\":\"member-$APP\",\"user\":{\"username\":\"member-$APP\"}}"
ok DirectoryService/AddGroupMembers "{\"name\":\"groups/group-$APP\",\"members\":[\"users/member-$APP\"]}"
ok $ASSIGN "$(assign "$ROLE" "\"groups/group-$APP\"")"
may yes "users/member-$APP" article:write
ok DirectoryService/CreateClient "{\"client_id\":\"$APP\",\"client\":{\"owner\":\"applications/$APP\"}}"
ok $ASSIGN "$(assign "$ROLE" "\"applications/$APP\"")"
may yes "clients/$APP" article:read

step 'Revoke role (204), by name or by a bare id; there is nothing to revoke the second time (404).'
ok $REVOKE "{\"role\":\"$ROLE\",\"subject\":\"users/$USER\"}" '"removedCount":1'
may no "users/$USER" article:read
refused NotFound NOT_FOUND $REVOKE "{\"role\":\"$ROLE\",\"subject\":\"users/$USER\"}"
ok $REVOKE "{\"role\":\"$ROLE\",\"subject\":\"group-$APP\"}"
may no "users/member-$APP" article:write

step 'Update role (202): the fields that are sent change, at once and for everybody; its name is for good (400).'
ok RoleService/UpdateRole "{\"role\":{\"name\":\"$ROLE\",\"privileges\":[\"article:read\"]}}" '"displayName":"Editor"'
may no "clients/$APP" article:write
may yes "clients/$APP" article:read
refused InvalidArgument INVALID_REQUEST RoleService/UpdateRole "{\"role\":{\"name\":\"$ROLE\",\"role_name\":\"author\"}}"

step 'Delete role (202): not while it is held, unless it is forced; then nobody holds it.'
refused FailedPrecondition IN_USE RoleService/DeleteRole "{\"name\":\"$ROLE\"}"
ok RoleService/DeleteRole "{\"name\":\"$ROLE\",\"force\":true}"
may no "clients/$APP" article:read
refused NotFound NOT_FOUND RoleService/DeleteRole "{\"name\":\"$ROLE\"}"
