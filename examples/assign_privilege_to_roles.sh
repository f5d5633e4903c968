#!/usr/bin/env bash
# Assign a privilege to one or more roles: everybody who holds one of them has it from then on, in one call.
#
# AssignPrivilegeToRoles does it; roles are named by their resource names, whose last part is the id. What another API
# answers with "success": true is an answer without an error here, 400 (BadRequestError) is INVALID_ARGUMENT and 401
# (UnauthorizedError) UNAUTHENTICATED.
source "$(dirname "${BASH_SOURCE[0]}")/scenario.sh"

PARENT=applications/$APP
PRIVILEGE=$PARENT/privileges/helpdesk
ASSIGN=PrivilegeService/AssignPrivilegeToRoles
REMOVE=PrivilegeService/RemovePrivilegeFromRole

# The roles, by their ids, as the request has them.
roles() {
    local names=''
    for role in "$@"; do names+="${names:+,}\"$PARENT/roles/$role\""; done
    printf '{"name":"%s","roles":[%s]}' "$PRIVILEGE" "$names"
}

# helps YES-OR-NO ID…: whether the users of the roles may unlock bob, may see the users of the helped role alone, and
# may not delete anybody.
helps() {
    local answer=$1
    shift
    for role in "$@"; do
        may "$answer" "users/agent-$role-$APP" users:unlock "\"resource\":\"users/bob-$APP\""
        may "$answer" "users/agent-$role-$APP" users:list
        may no "users/agent-$role-$APP" users:unlock "\"resource\":\"users/agent-$role-$APP\""
        may no "users/agent-$role-$APP" users:delete "\"resource\":\"users/bob-$APP\""
    done
}

step 'An application with its actions, the roles 123, 456 and 789 with a user each, and a role of those who are helped.'
application STRICT
ok PrivilegeService/BatchRegisterPrivileges \
    "{\"parent\":\"$PARENT\",\"privileges\":[{\"key\":\"users:list\"},{\"key\":\"users:unlock\"},{\"key\":\"users:delete\"},{\"key\":\"apps:list\"}]}"
for role in 123 456 789 helped; do
    ok RoleService/CreateRole "{\"parent\":\"$PARENT\",\"role_id\":\"$role\",\"role\":{\"role_name\":\"Role $role\"}}"
done
for role in 123 456 789; do
    agent=agent-$role-$APP
    ok DirectoryService/CreateUser "{\"user_id\":\"$agent\",\"user\":{\"username\":\"$agent\",\"application\":\"$PARENT\"}}"
    ok AssignmentService/AssignRoles "{\"application\":\"$PARENT\",\"subject\":\"users/$agent\",\"roles\":[\"$PARENT/roles/$role\"]}"
done
ok DirectoryService/CreateUser "{\"user_id\":\"bob-$APP\",\"user\":{\"username\":\"bob-$APP\",\"application\":\"$PARENT\"}}"
ok AssignmentService/AssignRoles "{\"application\":\"$PARENT\",\"subject\":\"users/bob-$APP\",\"roles\":[\"$PARENT/roles/helped\"]}"

step 'Create the privilege: list users, and unlock those who hold the role of the helped.'
list='{"effect":"EFFECT_ALLOW","actions":["users:list"],"scopes":["*"]}'
unlock='{"effect":"EFFECT_ALLOW","actions":["users:unlock"],"scopes":["roles/helped"]}'
ok PrivilegeService/CreatePrivilege \
    "{\"parent\":\"$PARENT\",\"privilege\":{\"key\":\"helpdesk\",\"display_name\":\"Helpdesk\",\"document\":{\"version\":\"2018-05-18\",\"statements\":[$list,$unlock]}}}" \
    '"statements"' '"roles/helped"'
helps no 123 456 789

step 'A document that is not right is refused by its field: two classes of actions, everything on less, a denial (400).'
for statement in '{"effect":"EFFECT_ALLOW","actions":["users:list","apps:list"],"scopes":["*"]}' \
    '{"effect":"EFFECT_ALLOW","actions":["*"],"scopes":["roles/helped"]}' \
    '{"effect":"EFFECT_DENY","actions":["users:list"],"scopes":["*"]}'; do
    refused InvalidArgument INVALID_REQUEST PrivilegeService/CreatePrivilege \
        "{\"parent\":\"$PARENT\",\"privilege\":{\"key\":\"bad\",\"document\":{\"statements\":[$statement]}}}"
done

step 'Assign it to the roles 123, 456 and 789 (success). What it would give can be asked before; again is no error.'
ok $ASSIGN "$(roles 123 456 789 | sed 's/}$/,"validate_only":true}/')" '"accessDifference"' '"users:unlock"' '"roles/helped"'
helps no 123
ok $ASSIGN "$(roles 123 456 789)" "\"$PARENT/roles/123\",\"$PARENT/roles/456\",\"$PARENT/roles/789\""
ok $ASSIGN "$(roles 456)"
helps yes 123 456 789

step 'Roles of the application may also be named by their names. Who has it, and how many they are.'
ok $ASSIGN "{\"name\":\"$PRIVILEGE\",\"role_names\":[\"ROLE 123\"]}" "\"$PARENT/roles/123\""
ok PrivilegeService/ListPrivilegeRoles "{\"name\":\"$PRIVILEGE\",\"page_size\":2}" '"nextPageToken"' '"totalSize":"3"'
ok RoleService/ListRolePrivileges "{\"name\":\"$PARENT/roles/456\"}" '"helpdesk","users:list","users:unlock"'

step 'Whoever is helped from now on is in reach at once, and whoever is not any more is out of it.'
hold="{\"role\":\"$PARENT/roles/helped\",\"subjects\":[\"users/agent-456-$APP\"]}"
ok AssignmentService/AssignRoleToSubjects "$hold"
may yes "users/agent-123-$APP" users:unlock "\"resource\":\"users/agent-456-$APP\""
ok AssignmentService/RevokeRoleFromSubject "{\"role\":\"$PARENT/roles/helped\",\"subject\":\"users/agent-456-$APP\"}"
may no "users/agent-123-$APP" users:unlock "\"resource\":\"users/agent-456-$APP\""

step 'Malformed bodies (400): no roles, a role that is none, one of another application; and roles that are not there.'
refused InvalidArgument INVALID_REQUEST $ASSIGN "{\"name\":\"$PRIVILEGE\"}"
refused InvalidArgument INVALID_REQUEST $ASSIGN "{\"name\":\"$PRIVILEGE\",\"roles\":[\"123\"]}"
refused InvalidArgument INVALID_REQUEST $ASSIGN "{\"name\":\"$PRIVILEGE\",\"roles\":[\"applications/other/roles/123\"]}"
refused InvalidArgument INVALID_REQUEST $ASSIGN "{\"name\":\"$PARENT/roles/123\",\"roles\":[\"$PARENT/roles/123\"]}"
refused NotFound NOT_FOUND $ASSIGN "$(roles 456 none)"
refused NotFound NOT_FOUND $ASSIGN "{\"name\":\"$PARENT/privileges/none\",\"roles\":[\"$PARENT/roles/123\"]}"

if [ -n "${BAILIWICK_TOKEN:-}" ]; then
    step 'Bad credentials (401): a token that nobody was given, and none at all.'
    HEADERS=(-H "authorization: Bearer ${BAILIWICK_TOKEN}x")
    refused Unauthenticated UNAUTHENTICATED $ASSIGN "$(roles 123)"
    HEADERS=()
    refused Unauthenticated UNAUTHENTICATED $ASSIGN "$(roles 123)"
    HEADERS=(-H "authorization: Bearer $BAILIWICK_TOKEN")
else
    step 'Without BAILIWICK_TOKEN the server asks nobody for credentials: bad ones (401) are not shown.'
fi

step 'Users may have it themselves, too.'
ok PrivilegeService/AssignPrivilegeToUsers "{\"name\":\"$PRIVILEGE\",\"users\":[\"users/bob-$APP\"]}"
may yes "users/bob-$APP" users:list
ok PrivilegeService/ListPrivilegeUsers "{\"name\":\"$PRIVILEGE\"}" "\"users/bob-$APP\"" '"totalSize":"1"'
ok PrivilegeService/RemovePrivilegeFromUser "{\"name\":\"$PRIVILEGE\",\"user\":\"users/bob-$APP\"}"
may no "users/bob-$APP" users:list

step 'Remove it from the roles: the access is gone, at once and for everybody; a second time there is nothing to remove.'
for role in 123 456 789; do ok $REMOVE "{\"name\":\"$PRIVILEGE\",\"role\":\"$PARENT/roles/$role\"}"; done
helps no 123 456 789
refused NotFound NOT_FOUND $REMOVE "{\"name\":\"$PRIVILEGE\",\"role\":\"$PARENT/roles/123\"}"
lacks PrivilegeService/ListPrivilegeRoles "{\"name\":\"$PRIVILEGE\"}" '"roles"'
ok PrivilegeService/DeletePrivilege "{\"name\":\"$PRIVILEGE\"}"
