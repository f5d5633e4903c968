# What the scenarios share; they read it, it is not run itself.
#
# The server is at BAILIWICK_ADDRESS (127.0.0.1:50051 unless set); BAILIWICK_TOKEN is sent if it is set. Each scenario
# makes an application of its own, named after it and the time, so it can be run again and again. A step that is not
# answered as it should be ends it.
set -euo pipefail

ADDRESS=${BAILIWICK_ADDRESS:-127.0.0.1:50051}
SCENARIO=$(basename "$0" .sh)
APP=$(printf '%.40s' "${SCENARIO//_/-}")-$(date +%s)-$$
HEADERS=()
if [ -n "${BAILIWICK_TOKEN:-}" ]; then HEADERS=(-H "authorization: Bearer $BAILIWICK_TOKEN"); fi

if [ "${1:-}" = --help ]; then
    sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"
    echo "Example: BAILIWICK_ADDRESS=127.0.0.1:50051 $0"
    exit 0
fi

call() { grpcurl -plaintext "${HEADERS[@]}" -d "$2" "$ADDRESS" "bailiwick.v1.$1"; }

step() { printf '\n%s\n' "$*"; }

fail() {
    printf 'FAILED: %s\n' "$*" >&2
    exit 1
}

# ok METHOD REQUEST TEXT…: the call succeeds, and its answer holds each text, whatever its spaces.
ok() {
    local method=$1 request=$2 answer
    shift 2
    answer=$(call "$method" "$request") || fail "$method $request is refused: $answer"
    for text in "$@"; do
        grep -qF -- "${text// /}" <<<"$(tr -d ' \n' <<<"$answer")" || fail "$method: no $text in $answer"
    done
    printf '  OK    %-44s %s\n' "$method" "$*"
}

# lacks METHOD REQUEST TEXT: the call succeeds, and its answer does not hold the text.
lacks() {
    local answer
    answer=$(call "$1" "$2") || fail "$1 $2 is refused: $answer"
    if grep -qF -- "${3// /}" <<<"$(tr -d ' \n' <<<"$answer")"; then fail "$1: $3 in $answer"; fi
    printf '  OK    %-44s without %s\n' "$1" "$3"
}

# refused CODE REASON METHOD REQUEST: the call is refused with this status and this reason.
refused() {
    local code=$1 reason=$2 method=$3 request=$4 answer
    if answer=$(call "$method" "$request" 2>&1); then fail "$method $request is answered: $answer"; fi
    grep -q "Code: $code\$" <<<"$answer" && grep -q "\"$reason\"" <<<"$answer" ||
        fail "$method: not $code $reason but $answer"
    printf '  %-5s %-44s %s %s\n' 'NO' "$method" "$code" "$reason"
}

# may YES-OR-NO SUBJECT PRIVILEGE [TARGET]: what CheckPermission says, the target as "resource":"kind/id".
may() {
    local decision=DECISION_ALLOWED
    if [ "$1" = no ]; then decision=DECISION_DENIED; fi
    ok PermissionService/CheckPermission \
        "{\"application\":\"applications/$APP\",\"subject\":\"$2\",\"privilege\":\"$3\"${4:+,$4}}" "\"$decision\""
}

application() {
    ok ApplicationService/CreateApplication \
        "{\"application_id\":\"$APP\",\"application\":{\"display_name\":\"$SCENARIO\",\"catalogue\":\"CATALOGUE_$1\"}}"
}
