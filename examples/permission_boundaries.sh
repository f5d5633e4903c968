#!/usr/bin/env bash
# Permission boundaries: on whom a role may act, by the tenants of those who hold it and of those it acts on.
#
# Application A has tenants t1, t2 and t3 with a user each, and a client c0 in none; v is a user of another application.
# Every row of the table is one holder, with one role under one boundary.
source "$(dirname "${BASH_SOURCE[0]}")/scenario.sh"

OTHER=other-$APP
id() { printf '%s-%s' "$1" "$APP"; }

step 'Two applications, their tenants and who is in them.'
application OPEN
ok ApplicationService/CreateApplication "{\"application_id\":\"$OTHER\",\"application\":{\"catalogue\":\"CATALOGUE_OPEN\"}}"
for tenant in t1 t2 t3; do
    ok ApplicationService/CreateTenant "{\"parent\":\"applications/$APP\",\"tenant_id\":\"$tenant\",\"tenant\":{}}"
    user=$(id "u${tenant#t}")
    ok DirectoryService/CreateUser "{\"user_id\":\"$user\",\"user\":{\"username\":\"$user\",\"application\":\"applications/$APP\",\"tenants\":[\"applications/$APP/tenants/$tenant\"]}}"
done
ok DirectoryService/CreateUser "{\"user_id\":\"$(id v)\",\"user\":{\"username\":\"$(id v)\",\"application\":\"applications/$OTHER\"}}"
ok DirectoryService/CreateClient "{\"client_id\":\"$(id c0)\",\"client\":{\"owner\":\"applications/$APP\"}}"

# boundary ID KIND TENANT…
boundary() {
    local tenants=''
    for tenant in "${@:3}"; do tenants+="${tenants:+,}\"applications/$APP/tenants/$tenant\""; done
    ok BoundaryService/CreatePermissionBoundary "{\"parent\":\"applications/$APP\",\"permission_boundary_id\":\"$1\",\"permission_boundary\":{\"boundary_name\":\"$1\",\"kind\":\"KIND_TENANT_$2_LIST\",\"tenants\":[$tenants]}}"
}

step 'Boundaries: lists of tenants; application, tenant and self are there already.'
boundary in-t2-t3 INCLUSION t2 t3
boundary in-none INCLUSION
boundary in-t3 INCLUSION t3
boundary but-t2 EXCLUSION t2
boundary but-t1 EXCLUSION t1
boundary but-none EXCLUSION

# row HOLDER BOUNDARY ANSWERS [PARENT]: gives the holder a role under the boundary, asks about everybody, takes it back.
row() {
    local holder=$1 boundary=$2 expected=$3 parent=applications/$APP${4:+/tenants/$4} role more='' answers='' collection
    local name="r-$boundary-$RANDOM$RANDOM"
    if [ "$boundary" != none ]; then more=",\"permission_boundary\":\"applications/$APP/permissionBoundaries/$boundary\""; fi
    role=$parent/roles/$name
    call RoleService/CreateRole "{\"parent\":\"$parent\",\"role_id\":\"$name\",\"role\":{\"role_name\":\"$name\",\"privileges\":[\"bailiwick:permission:check\"]$more}}" >/dev/null
    call AssignmentService/AssignRoles "{\"application\":\"applications/$APP\",\"subject\":\"$holder\",\"roles\":[\"$role\"]}" >/dev/null
    for other in u1 u2 u3 v c0; do
        collection=users
        if [ "$other" = c0 ]; then collection=clients; fi
        answers+=$(call PermissionService/CheckPermission "{\"application\":\"applications/$APP\",\"subject\":\"$holder\",\"privilege\":\"bailiwick:permission:check\",\"resource\":\"$collection/$(id $other)\"}" | grep -q DECISION_ALLOWED && printf Y || printf N)
    done
    printf '  %-34s %s\n' "${holder%-"$APP"} ${boundary}${4:+ of $4}" "$answers"
    [ "$answers" = "$expected" ] || fail "$holder under $boundary: $answers, not $expected"
    if [ "${5:-}" != keep ]; then
        call AssignmentService/UnassignRoles "{\"application\":\"applications/$APP\",\"subject\":\"$holder\",\"roles\":[\"$role\"]}" >/dev/null
    fi
}

step 'Who may act on u1 u2 u3 v c0:'
u1=users/$(id u1) c0=clients/$(id c0)
row "$u1" application YYYNY
row "$u1" tenant YNNNN
row "$c0" tenant NNNNN
row "$u1" in-t2-t3 NYYNN
row "$u1" in-none NNNNN
row "$u1" but-t2 YNYNY
row "$u1" but-t1 NYYNY
row "$c0" but-none YYYNY
row "$u1" self YNNNN
row "$u1" none YNNNN
row "$c0" none YYYNY
row "$u1" application YNNNN t1
row "$u1" tenant YNNNN '' keep
row "$u1" in-t3 YNYNN

step 'A role of the application, through a shared group, is nothing to a user of another application.'
ok DirectoryService/CreateGroup "{\"group_id\":\"$(id g)\",\"group\":{\"group_name\":\"$(id g)\"}}"
ok DirectoryService/AddGroupMembers "{\"name\":\"groups/$(id g)\",\"members\":[\"users/$(id v)\"]}"
ok RoleService/CreateRole "{\"parent\":\"applications/$APP\",\"role_id\":\"shared\",\"role\":{\"role_name\":\"shared\",\"privileges\":[\"bailiwick:permission:check\"],\"permission_boundary\":\"applications/$APP/permissionBoundaries/application\"}}"
ok AssignmentService/AssignRoles "{\"application\":\"applications/$APP\",\"subject\":\"groups/$(id g)\",\"roles\":[\"applications/$APP/roles/shared\"]}"
may no "users/$(id v)" bailiwick:permission:check "\"resource\":\"users/$(id u1)\""

step 'A custom boundary denies, and tells its value to who asks.'
ok BoundaryService/CreatePermissionBoundary "{\"parent\":\"applications/$APP\",\"permission_boundary_id\":\"hours\",\"permission_boundary\":{\"boundary_name\":\"hours\",\"kind\":\"KIND_CUSTOM\",\"value\":\"office-hours\"}}"
ok RoleService/CreateRole "{\"parent\":\"applications/$APP\",\"role_id\":\"clerk\",\"role\":{\"role_name\":\"clerk\",\"privileges\":[\"file:read\"],\"permission_boundary\":\"applications/$APP/permissionBoundaries/hours\"}}"
ok AssignmentService/AssignRoles "{\"application\":\"applications/$APP\",\"subject\":\"$c0\",\"roles\":[\"applications/$APP/roles/clerk\"]}"
ok PermissionService/CheckPermission "{\"application\":\"applications/$APP\",\"subject\":\"$c0\",\"privilege\":\"file:read\",\"resource\":\"files/1\"}" DECISION_DENIED '"customBoundaries":["office-hours"]'

step 'A boundary that a role refers to stays.'
refused FailedPrecondition IN_USE BoundaryService/DeletePermissionBoundary "{\"name\":\"applications/$APP/permissionBoundaries/hours\"}"
