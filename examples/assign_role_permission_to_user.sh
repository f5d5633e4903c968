#!/usr/bin/env bash
# A role over resources, put to a user or a user group: everything, a scope, or selections along traversal specs.
#
# The whole permission is replaced each time: what is not repeated is gone. Fields of the API that this stands in for,
# on the left, and of PutRoleAssignment, on the right:
#
#   userId                       subject (users/… or groups/…)
#   roleName                     role_name
#   allowAllObjects              allow_all_objects
#   scopeId                      scope
#   traversal-spec-instances     traversal_spec_instances
#     adapterKind, resourceKind    adapter_kind, resource_kind
#     name                         name
#     includedAdapterKinds         included_adapter_kinds
#     resourceSelection            resource_selection
#       resourceId, type             resource_id, type (PROPAGATE is TYPE_PROPAGATE)
#     selectAllResources           select_all_resources
#   links                        belongs to the transport; there is none here
#   permissions (of the answer)  assignments
source "$(dirname "${BASH_SOURCE[0]}")/scenario.sh"

PARENT=applications/$APP
USER=user-$APP
GROUP=group-$APP
PUT=AssignmentService/PutRoleAssignment

put() { printf '{"application":"%s","subject":"%s","role_name":"Operator"%s}' "$PARENT" "$1" "${2:+,$2}"; }

resource() {
    ok ResourceService/CreateResource \
        "{\"parent\":\"$PARENT\",\"resource\":{\"kind\":\"$1\",\"id\":\"$2\"${3:+,\"parents\":[\"$3\"]}}}"
}

reaches() {
    local answer=$1
    shift
    for resource in "$@"; do may "$answer" "users/$USER" vm:restart "\"resource\":\"$resource\""; done
}

selection() {
    printf '"traversal_spec_instances":[{"adapter_kind":"VMWARE","resource_kind":"Cluster","name":"Hosts","included_adapter_kinds":["VMWARE"],"resource_selection":[%s],"select_all_resources":%s}]' "$1" "$2"
}

ids() { printf '{"type":"TYPE_%s","resource_id":[%s]}' "$1" "$2"; }

step 'An application, a role, a user in a group, and two clusters of hosts with their machines.'
application STRICT
ok PrivilegeService/BatchRegisterPrivileges "{\"parent\":\"$PARENT\",\"privileges\":[{\"key\":\"vm:restart\"}]}"
ok RoleService/CreateRole \
    "{\"parent\":\"$PARENT\",\"role_id\":\"operator\",\"role\":{\"role_name\":\"Operator\",\"privileges\":[\"vm:restart\"]}}"
ok DirectoryService/CreateUser "{\"user_id\":\"$USER\",\"user\":{\"username\":\"$USER\"}}"
ok DirectoryService/CreateGroup \
    "{\"group_id\":\"$GROUP\",\"group\":{\"group_name\":\"Operators of $APP\"},\"members\":[\"users/$USER\"]}"
for cluster in a b; do
    resource VMWARE::Cluster "cluster-$cluster"
    for host in 1 2; do
        resource VMWARE::Host "host-$cluster$host" "VMWARE::Cluster/cluster-$cluster"
        resource VMWARE::VM "vm-$cluster$host" "VMWARE::Host/host-$cluster$host"
    done
done

step 'A traversal spec: from a cluster to its hosts, and on to their machines.'
hosts='{"kind":"VMWARE::Host","direction":"DIRECTION_CHILD"},{"kind":"VMWARE::VM","direction":"DIRECTION_CHILD"}'
ok ScopeService/CreateTraversalSpec \
    "{\"parent\":\"$PARENT\",\"traversal_spec_id\":\"hosts\",\"traversal_spec\":{\"root_adapter_kind\":\"VMWARE\",\"root_resource_kind\":\"Cluster\",\"spec_name\":\"Hosts\",\"paths\":[{\"steps\":[$hosts]}]}}"
ok ScopeService/ListTraversalSpecs \
    "{\"parent\":\"$PARENT\",\"filter\":\"root_adapter_kind = VMWARE AND root_resource_kind = Cluster\"}" '"specName":"Hosts"'

step 'Without an object named, and without one held, the role gives nothing; with allowAllObjects everything.'
ok $PUT "$(put "users/$USER")" '"roleName":"Operator"'
reaches no VMWARE::VM/vm-a1
ok $PUT "$(put "users/$USER" '"allow_all_objects":true')" '"allowAllObjects":true'
reaches yes VMWARE::VM/vm-a1 VMWARE::Cluster/cluster-b VMWARE::VM/not-registered

step 'Selections replace that: a cluster and what is below it, but not below one of its hosts; a bare id is enough.'
ok $PUT "$(put "users/$USER" "$(selection "$(ids PROPAGATE '"cluster-a"'),$(ids UNPROPAGATE '"host-a2"')" false)")" \
    '"type":"TYPE_UNPROPAGATE"' '"VMWARE::Host/host-a2"'
reaches yes VMWARE::Cluster/cluster-a VMWARE::VM/vm-a1 VMWARE::Host/host-a2
reaches no VMWARE::VM/vm-a2 VMWARE::VM/vm-b1 VMWARE::VM/not-registered

step 'A machine that is made later is covered as soon as it is there.'
resource VMWARE::VM vm-later VMWARE::Host/host-a1
reaches yes VMWARE::VM/vm-later

step 'SPECIFIC is the object alone; selectAllResources the whole tree. What was put before is gone.'
ok $PUT "$(put "users/$USER" "$(selection "$(ids SPECIFIC '"VMWARE::Host/host-b1"')" false)")"
reaches yes VMWARE::Host/host-b1
reaches no VMWARE::VM/vm-b1 VMWARE::VM/vm-a1
ok $PUT "$(put "users/$USER" "$(selection '' true)")" '"selectAllResources":true'
reaches yes VMWARE::VM/vm-b1 VMWARE::Cluster/cluster-a

step 'A scope (scopeId) is shared by all who refer to it, and changes for all of them at once.'
ok ScopeService/CreateScope \
    "{\"parent\":\"$PARENT\",\"scope_id\":\"first\",\"scope\":{\"scope_name\":\"First cluster\",\"instances\":[{\"traversal_spec\":\"$PARENT/traversalSpecs/hosts\",\"resource_selection\":[$(ids PROPAGATE '"cluster-a"')]}]}}"
ok $PUT "$(put "users/$USER" '"scope":"first"')" "\"$PARENT/scopes/first\""
reaches yes VMWARE::VM/vm-a2
reaches no VMWARE::VM/vm-b2
ok ScopeService/UpdateScope \
    "{\"scope\":{\"name\":\"$PARENT/scopes/first\",\"instances\":[{\"traversal_spec\":\"$PARENT/traversalSpecs/hosts\",\"resource_selection\":[$(ids PROPAGATE '"cluster-b"')]}]}}"
reaches no VMWARE::VM/vm-a2
reaches yes VMWARE::VM/vm-b2
ok ScopeService/ListScopeResources "{\"name\":\"$PARENT/scopes/first\"}" '"totalSize":"5"' '"VMWARE::VM/vm-b1"'

step 'To a user group: its members hold it. And one resource is shared with somebody without reading the rest.'
ok $PUT "$(put "groups/$GROUP" "$(selection "$(ids PROPAGATE '"cluster-a"')" false)")"
reaches yes VMWARE::VM/vm-a2 VMWARE::VM/vm-b2
ok AssignmentService/AddRoleAssignmentResources \
    "{\"application\":\"$PARENT\",\"subject\":\"groups/$GROUP\",\"role_name\":\"operator\",\"resources\":[\"VMWARE::Cluster/cluster-b\"]}" '"addedCount":1'
reaches yes VMWARE::Cluster/cluster-b
ok AssignmentService/ListRoleAssignments \
    "{\"parent\":\"$PARENT\",\"filter\":\"subject = users/$USER\",\"view\":\"ROLE_ASSIGNMENT_VIEW_EFFECTIVE\"}" "\"groups/$GROUP\"" "\"$PARENT/scopes/first\""

step 'What is malformed is refused whole, and changes nothing.'
refused NotFound NOT_FOUND $PUT "$(put "users/$USER" '"scope":"absent"')"
refused NotFound NOT_FOUND $PUT "$(put "users/$USER" "$(selection "$(ids PROPAGATE '"cluster-z"')" false)")"
refused InvalidArgument INVALID_REQUEST $PUT "$(put "users/$USER" "\"scope\":\"first\",$(selection '' true)")"
refused InvalidArgument INVALID_REQUEST $PUT "$(put "users/$USER" "$(selection "$(ids UNSPECIFIED '"cluster-a"')" false)")"
reaches yes VMWARE::VM/vm-b2

step 'Unassigned, by the name of the role; a scope that is in use stays, unless it is forced, and then gives nothing.'
refused FailedPrecondition IN_USE ScopeService/BatchDeleteScopes "{\"parent\":\"$PARENT\",\"names\":[\"$PARENT/scopes/first\"]}"
ok ScopeService/BatchDeleteScopes "{\"parent\":\"$PARENT\",\"names\":[\"$PARENT/scopes/first\"],\"force\":true}" '"deletedCount":1'
reaches no VMWARE::VM/vm-b2
for subject in "users/$USER" "groups/$GROUP"; do
    ok AssignmentService/DeleteRoleAssignment "{\"application\":\"$PARENT\",\"subject\":\"$subject\",\"role_name\":\"Operator\"}"
done
reaches no VMWARE::VM/vm-a1 VMWARE::Cluster/cluster-b
