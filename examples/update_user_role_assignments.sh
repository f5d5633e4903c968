#!/usr/bin/env bash
# Update a user's role assignments: the roles given become the user's roles, and all others are taken.
#
# ReplaceSubjectRoles does it, whole or (allow_partial) in part. What other APIs answer with 204 is an answer without
# failures, what they answer with 200 and a list of failures is an answer with them, and 400 and 404 are
# INVALID_ARGUMENT and NOT_FOUND.
source "$(dirname "${BASH_SOURCE[0]}")/scenario.sh"

# The roles, by their ids.
roles() {
    local names=''
    for role in "$@"; do names+="${names:+,}\"applications/$APP/roles/$role\""; done
    printf '[%s]' "$names"
}

replace() { printf '{"application":"applications/%s","subject":"users/%s","roles":%s%s}' "$APP" "$1" "$2" "${3:-}"; }

holds() {
    local expected=()
    for role in "${@:2}"; do expected+=("\"role\":\"applications/$APP/roles/$role\""); done
    ok AssignmentService/BatchGetAssignedRoles "{\"parent\":\"applications/$APP\",\"subjects\":[\"users/$1\"]}" "${expected[@]}"
}

REPLACE=AssignmentService/ReplaceSubjectRoles
USER=user-$APP

step 'An application, a user, four roles, and one that the user may not hold: only people of a tenant may.'
application OPEN
ok DirectoryService/CreateUser "{\"user_id\":\"$USER\",\"user\":{\"username\":\"$USER\",\"application\":\"applications/$APP\"}}"
for role in a b c d e f; do
    ok RoleService/CreateRole "{\"parent\":\"applications/$APP\",\"role_id\":\"$role\",\"role\":{\"role_name\":\"$role\",\"privileges\":[\"thing:$role\"]}}"
done
ok ApplicationService/CreateTenant "{\"parent\":\"applications/$APP\",\"tenant_id\":\"acme\",\"tenant\":{\"display_name\":\"Acme\"}}"
ok RoleService/CreateRole "{\"parent\":\"applications/$APP\",\"role_id\":\"n\",\"role\":{\"role_name\":\"n\",\"tenant_visibility\":{\"mode\":\"MODE_TENANT_INCLUSION_LIST\",\"tenants\":[\"applications/$APP/tenants/acme\"]}}}"

step 'The user holds a and b. What it would do to who may do what can be asked before.'
ok $REPLACE "$(replace "$USER" "$(roles a b)" ',"validate_only":true')" '"accessDifference"' '"thing:a"'
ok $REPLACE "$(replace "$USER" "$(roles a b)")"
holds "$USER" a b
may yes "users/$USER" thing:a
may yes "users/$USER" thing:b

step '[b, c]: a is taken, b stays, c is given. All succeed: there is no list of failures (204).'
lacks $REPLACE "$(replace "$USER" "$(roles b c)")" '"failures"'
may no "users/$USER" thing:a
may yes "users/$USER" thing:c

step '[b, z], whole: z is unknown, and nothing changes (404).'
refused NotFound NOT_FOUND $REPLACE "$(replace "$USER" "$(roles b z)")"
holds "$USER" b c

step '[b, z] in part: b, and a failure (200 with failures).'
ok $REPLACE "$(replace "$USER" "$(roles b z)" ',"allow_partial":true')" '"failures":[{"index":1' '"code":5'
lacks AssignmentService/BatchGetAssignedRoles "{\"parent\":\"applications/$APP\",\"subjects\":[\"users/$USER\"]}" '/roles/c"'

step '[z, n] in part: none is valid, so nothing changes, and the first failure is the answer.'
refused NotFound NOT_FOUND $REPLACE "$(replace "$USER" "$(roles z n)" ',"allow_partial":true')"
refused FailedPrecondition ROLE_NOT_ASSIGNABLE $REPLACE "$(replace "$USER" "$(roles n)")"
holds "$USER" b

step 'Six distinct roles are too many (400); so are malformed ones, and a user that is not there is not found.'
refused InvalidArgument INVALID_REQUEST $REPLACE "$(replace "$USER" "$(roles a b c d e f)")"
refused InvalidArgument INVALID_REQUEST $REPLACE "$(replace "$USER" '["b"]')"
refused NotFound NOT_FOUND $REPLACE "$(replace "nobody-$APP" "$(roles b)")"

step 'Who replaces what somebody else has replaced since is told so.'
refused Aborted ETAG_MISMATCH $REPLACE "$(replace "$USER" "$(roles a)" ',"etag":"of-another-day"')"

step '[]: the user holds no role.'
ok $REPLACE "$(replace "$USER" '[]')" '"removedCount":1'
may no "users/$USER" thing:b

step 'The same for a client.'
ok DirectoryService/CreateClient "{\"client_id\":\"$APP\",\"client\":{\"owner\":\"applications/$APP\"}}"
ok $REPLACE "{\"application\":\"applications/$APP\",\"subject\":\"clients/$APP\",\"roles\":$(roles a)}"
may yes "clients/$APP" thing:a
