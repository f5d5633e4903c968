#!/usr/bin/env python3
"""Turn Kubernetes RBAC objects into a Bailiwick import file.

The input is what `kubectl get clusterroles,clusterrolebindings,roles,rolebindings -A -o json` (or
-o yaml) prints: ClusterRoles, Roles and their bindings, in any number of files. The output is one
application:

  a request         the privilege  resource:GROUP:RESOURCE[/SUBRESOURCE]:VERB  or  url:PATH:VERB
  a rule            privileges of a role; with a * in it, a privilege pattern
  an aggregated     a role whose parents are the roles that its selectors match
  role
  a namespace       a tenant; a RoleBinding is an assignment that is cut to it
  resourceNames     a role of its own, ROLE/1, ROLE/2, …, for the rules with the same names; its assignments
                    reach a scope that holds the named objects, and nothing else
  an object         the resource  objects/NAMESPACE/NAME , or  objects/NAME  in no namespace; what it is an
                    object of stands in the privilege
  User, Group,      user, group, client; every one of them is in system:authenticated, and a client
  ServiceAccount    in system:serviceaccounts and in that group of its namespace

A * in a pattern stands for any run of characters, so no name may hold what separates names: in
every name % : * are written %25 %3A %2A. Then a key of a class has as many colons as a pattern of
that class, each colon of the pattern must stand on one of the key, and what a * stands for lies
within one name.

An application knows the privileges that are registered, and denies any other. Registered are those
that rules name without a *, and the requests given with --ask, one JSON object a line:
{"group": "apps", "resource": "deployments/scale", "verb": "get"} or {"url": "/healthz", "verb":
"get"}; a "namespace" in one makes a tenant.

Named objects are registered in every namespace in which a binding gives them: those of a
ClusterRoleBinding in every namespace there is, so that a namespace that comes later needs another
run. A binding to a role that does not exist is left out, and listed on standard error.
"""

import argparse
import contextlib
import hashlib
import itertools
import json
import re
import signal
import sys

EXAMPLE = """example:
  kubectl get clusterroles,clusterrolebindings -o json > roles.json
  %(prog)s roles.json -o kubernetes.jsonl
  bailiwick import kubernetes.jsonl
  bailiwick check --application applications/kubernetes --subject users/system:kube-scheduler \\
      --privilege resource::pods/binding:create
"""

ID_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-")
ID_LENGTH_MAX = 64
RESERVED_IDS = frozenset({"me", "-", ".", ".."})
KEY_LENGTH_MAX = 200
SELECTED_MAX = 1000  # ids in one instance of a scope
AUTHENTICATED, UNAUTHENTICATED = "system:authenticated", "system:unauthenticated"
SERVICE_ACCOUNT = re.compile(r"system:serviceaccount:([^:]+):([^:]+)")


def main():
    arguments = parse_arguments()
    cluster = Cluster(itertools.chain.from_iterable(read_objects(path) for path in arguments.objects))
    questions = list(read_questions(arguments.ask)) if arguments.ask else []
    with open_output(arguments.output) as output:
        for thing in policy(cluster, questions, arguments):
            output.write(json.dumps(thing, ensure_ascii=False, separators=(",", ":")) + "\n")
    for line in cluster.left_out:
        print(f"left out: {line}", file=sys.stderr)


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLE, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("objects", nargs="+", help="Kubernetes objects as JSON or YAML; - is standard input")
    parser.add_argument("-o", "--output", default="-", metavar="FILE", help="where to write (default: standard output)")
    parser.add_argument("--application", default="kubernetes", metavar="ID",
                        help="id of the application (default: kubernetes)")
    parser.add_argument("--ask", metavar="FILE", help="requests to register, beside those that rules name")
    parser.add_argument("--probes", action="store_true",
                        help="add a user holder-of:ROLE for each cluster role and holder-of:ROLE@NAMESPACE for each "
                             "other one, who holds it and is in no group, and a user member-of:GROUP in each group, so "
                             "that any answer can be compared")
    return parser.parse_args()


class Cluster:
    """The roles, bindings and subjects of a cluster, and what of them is left out."""

    def __init__(self, objects):
        self.roles, self.aggregations, self.labels, self.bindings, self.left_out = {}, {}, {}, [], []
        self.named = {}
        for thing in objects:
            kind, metadata = thing.get("kind"), thing.get("metadata") or {}
            if kind in ("ClusterRole", "Role"):
                self.add_role(thing, metadata)
            elif kind in ("ClusterRoleBinding", "RoleBinding"):
                self.bindings.append(thing)
        self.grants = sorted(set(self.read_bindings()))

    def add_role(self, role, metadata):
        """A role is known by its namespace, which is empty for a cluster role, and its name."""
        place = (metadata.get("namespace") or "" if role["kind"] == "Role" else "", metadata["name"])
        aggregation = role.get("aggregationRule") if role["kind"] == "ClusterRole" else None
        if aggregation is not None:
            # Kubernetes overwrites the rules of such a role.
            self.aggregations[place] = aggregation.get("clusterRoleSelectors") or []
        rules = [] if aggregation is not None else role.get("rules") or []
        self.roles[place] = [rule for rule in rules if not about_objects(rule)]
        self.named[place] = {}
        for rule in rules:
            if about_objects(rule):
                names = tuple(sorted(set(rule["resourceNames"])))
                self.named[place].setdefault(names, []).append(rule)
        if role["kind"] == "ClusterRole":
            self.labels[place] = metadata.get("labels") or {}

    def parts(self, role):
        """Yield (part, names, rules) for what a role itself gives to named objects alone."""
        for number, (names, rules) in enumerate(sorted(self.named[role].items()), start=1):
            yield (role[0], f"{role[1]}/{number}"), names, rules

    def united(self, role, seen=()):
        """A role, and all of which it is the union."""
        found = {role}
        for parent in self.parents(role):
            if parent not in seen:
                found |= self.united(parent, (*seen, role))
        return found

    def named_grants(self, grants):
        """(subject, part of a role, names, namespace) for whatever gives a subject something to named objects alone."""
        return sorted({(subject, part, names, namespace) for subject, role, namespace in grants
                       for one in self.united(role) for part, names, _ in self.parts(one)})

    def parents(self, role):
        """The roles that an aggregated role is the union of."""
        selectors = self.aggregations.get(role, [])
        return [other for other in sorted(self.labels)
                if other != role and any(selects(selector, self.labels[other]) for selector in selectors)]

    def read_bindings(self):
        """Yield (subject, role, namespace) for every subject of every binding."""
        for binding in self.bindings:
            metadata, reference = binding["metadata"], binding["roleRef"]
            namespace = metadata.get("namespace") or "" if binding["kind"] == "RoleBinding" else ""
            role = (namespace if reference["kind"] == "Role" else "", reference["name"])
            if role not in self.roles:
                self.left_out.append(f"{binding['kind']} {metadata['name']}: there is no role {shown(role)}")
                continue
            for subject in binding.get("subjects") or []:
                yield subject_of(subject, namespace), role, namespace

    def namespaces(self):
        return ({namespace for namespace, _ in self.roles} | {namespace for _, _, namespace in self.grants}) - {""}


def about_objects(rule):
    """Whether a rule is about named objects alone; paths have no names."""
    return bool(rule.get("resourceNames")) and not rule.get("nonResourceURLs")


def subject_of(subject, namespace):
    """(kind, name); a service account is known by its user name, by which a User may name it, too."""
    kind, name = subject["kind"], subject["name"]
    if kind == "ServiceAccount":
        return "client", f"system:serviceaccount:{subject.get('namespace') or namespace}:{name}"
    if kind == "Group":
        return "group", name
    return ("client" if SERVICE_ACCOUNT.fullmatch(name) else "user"), name


def selects(selector, labels):
    """Whether a label selector matches; an empty one matches everything."""
    exact = (selector.get("matchLabels") or {}).items()
    return all(labels.get(key) == value for key, value in exact) and all(
        holds(expression, labels) for expression in selector.get("matchExpressions") or [])


def holds(expression, labels):
    key, values = expression["key"], expression.get("values") or []
    match expression["operator"]:
        case "In":
            return key in labels and labels[key] in values
        case "NotIn":
            return key not in labels or labels[key] not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
        case other:
            sys.exit(f"a label selector has the operator {other!r}")


def policy(cluster, questions, arguments):
    """Yield the lines of the import file: what is referred to stands before what refers to it."""
    application = arguments.application
    yield {"bailiwick_policy": {"version": 1}}
    yield {"application": {"id": application, "display_name": "Kubernetes", "catalogue": "STRICT"}}
    asked = {question["namespace"] for question in questions if question.get("namespace")}
    for namespace in sorted(cluster.namespaces() | asked):
        yield {"tenant": {"application": application, "id": id_of(namespace), "display_name": namespace}}
    given = {role: keys_and_patterns(rules) for role, rules in cluster.roles.items()}
    given |= {part: keys_and_patterns(rules) for role in cluster.roles for part, _, rules in cluster.parts(role)}
    named = {key for keys, _ in given.values() for key in keys} | {key_of(question) for question in questions}
    for key in sorted(named):
        yield {"privilege": {"application": application, "key": key}}
    for role, (_, patterns) in sorted(given.items()):
        yield {"role": {"application": application, "id": role_id(role), "role_name": shown(role),
                        "privilege_patterns": sorted(patterns)}}
    for role, (keys, _) in sorted(given.items()):
        for key in sorted(keys):
            yield {"role_privilege": {"application": application, "role": role_id(role), "privilege": key}}
        for parent in cluster.parents(role):
            yield {"role_parent": {"application": application, "role": role_id(role), "parent": role_id(parent)}}
    yield from subjects(cluster, cluster.namespaces() | asked, arguments)


def subjects(cluster, namespaces, arguments):
    """Yield who there is, the groups they are in, and what they hold."""
    application = arguments.application
    bound = {subject for subject, _, _ in cluster.grants}
    groups = {name for kind, name in bound if kind == "group"} | {AUTHENTICATED}
    people = {subject: groups_of(subject) for subject in bound if subject[0] != "group"}
    grants = list(cluster.grants)
    if arguments.probes:
        people |= {("user", f"member-of:{group}"): {group} if group == UNAUTHENTICATED else {group, AUTHENTICATED}
                   for group in groups}
        holders = [(("user", f"holder-of:{shown(role)}"), role) for role in cluster.roles]
        people |= {holder: set() for holder, _ in holders}
        grants += [(holder, role, role[0]) for holder, role in holders]
    for group in sorted(groups.union(*people.values())):
        yield {"group": {"id": id_of(group), "group_name": group}}
    for (kind, name), member_of in sorted(people.items()):
        if kind == "user":
            yield {"user": {"id": id_of(name), "username": name, "application": application}}
        else:
            yield {"client": {"id": id_of(name), "display_name": name, "application": application}}
        for group in sorted(member_of):
            yield {"group_member": {"group": id_of(group), "member": f"{kind}s/{id_of(name)}"}}
    for (kind, name), role, namespace in grants:
        tenant = {"tenant": id_of(namespace)} if namespace else {}
        yield {"role_assignment": {"holder": f"{kind}s/{id_of(name)}", "application": application,
                                   "role": role_id(role)} | tenant}
    yield from named_objects(cluster.named_grants(grants), namespaces, application)


def named_objects(grants, namespaces, application):
    """Yield the objects that rules name, the scopes that hold them, and who may do something to these alone."""
    in_scope = {(names, of): [(place, name) for place in ([of] if of else ["", *sorted(namespaces)]) for name in names]
                for _, _, names, of in grants}
    for namespace, name in sorted({thing for things in in_scope.values() for thing in things}):
        tenant = {"tenant": id_of(namespace)} if namespace else {}
        yield {"resource": {"application": application, "kind": "objects", "id": object_id(namespace, name)} | tenant}
    for (names, of), things in sorted(in_scope.items()):
        scope = scope_id(names, of)
        yield {"scope": {"application": application, "id": scope, "scope_name": scope,
                         "description": f"{', '.join(names)} in {of or 'the cluster'}"[:1000]}}
        ids = ["objects/" + object_id(*thing) for thing in things]
        for number in range(0, len(ids), SELECTED_MAX):
            yield {"instance": {"application": application, "scope": scope, "number": number // SELECTED_MAX,
                                "specific": ids[number:number + SELECTED_MAX]}}
    for (kind, name), part, names, of in grants:
        tenant = {"tenant": id_of(of)} if of else {}
        yield {"role_assignment": {"holder": f"{kind}s/{id_of(name)}", "application": application,
                                   "role": role_id(part), "allow_all_objects": False,
                                   "scope": scope_id(names, of)} | tenant}


def object_id(namespace, name):
    return f"{namespace}/{name}" if namespace else name


def scope_id(names, namespace):
    return fitting("~.".join(map(escaped_id, names)) + ("@" + escaped_id(namespace) if namespace else ""))


def groups_of(subject):
    """The groups that Kubernetes itself puts a subject in."""
    kind, name = subject
    if kind == "user":
        return {AUTHENTICATED}
    namespace = SERVICE_ACCOUNT.fullmatch(name)[1]
    return {AUTHENTICATED, "system:serviceaccounts", f"system:serviceaccounts:{namespace}"}


def keys_and_patterns(rules):
    """The keys that rules give literally, and the patterns of those with a wildcard."""
    keys, patterns = set(), set()
    for rule in rules:
        verbs = [written(verb) for verb in rule.get("verbs") or []]
        resources = itertools.product(
            ["resource"], map(written, rule.get("apiGroups") or []), map(of_resource, rule.get("resources") or []), verbs)
        urls = itertools.product(["url"], map(of_url, rule.get("nonResourceURLs") or []), verbs)
        for names in itertools.chain(resources, urls):
            text = checked(":".join(names))
            (patterns if "*" in text else keys).add(text)
    return keys, patterns


def key_of(question):
    """The privilege of a request. In a request a * is a name like any other."""
    verb = escaped_key(question["verb"])
    if "url" in question:
        return checked(f"url:{escaped_key(question['url'])}:{verb}")
    return checked(f"resource:{escaped_key(question['group'])}:{escaped_key(question['resource'])}:{verb}")


def written(name):
    """A verb or an API group of a rule: * is any, anything else is itself."""
    return "*" if name == "*" else escaped_key(name)


def of_resource(name):
    """A resource of a rule: * is any, with or without subresource; */x is x of any resource."""
    if name.startswith("*/") and name != "*/":
        return "*/" + escaped_key(name[2:])
    return written(name)


def of_url(path):
    """A path of a rule: stars at its end stand for anything."""
    return escaped_key(path.rstrip("*")) + "*" if path.endswith("*") else escaped_key(path)


def escaped_key(name):
    return name.replace("%", "%25").replace(":", "%3A").replace("*", "%2A")


def checked(key):
    if len(key) > KEY_LENGTH_MAX:
        sys.exit(f"{key} is longer than a privilege key may be: {KEY_LENGTH_MAX} characters")
    return key


def shown(role):
    namespace, name = role
    return f"{name}@{namespace}" if namespace else name


def role_id(role):
    namespace, name = role
    return fitting(escaped_id(name) + ("@" + escaped_id(namespace) if namespace else ""))


def id_of(name):
    return fitting(escaped_id(name))


def escaped_id(name):
    """Map a name to an id, no two names to the same: any character that it may not hold, and ~ and @, is written as
    ~ and the hexadecimal digits of its UTF-8 bytes."""
    return "".join(c if c in ID_CHARACTERS else "".join(f"~{byte:02X}" for byte in c.encode()) for c in name)


def fitting(id):
    """An id that is too long is cut; the digest of the whole stands for what is missing."""
    if id in RESERVED_IDS:
        return id + "~"
    digest = hashlib.sha256(id.encode()).hexdigest()[:16]
    return id if len(id) <= ID_LENGTH_MAX else f"{id[:ID_LENGTH_MAX - 18]}~~{digest}"


def read_objects(path):
    """Yield the objects of a file, also those in lists and in several documents."""
    with open_input(path) as file:
        text = file.read()
    try:
        documents = [json.loads(text)]
    except ValueError:
        documents = load_yaml(text, path)
    yield from flattened(documents)


def flattened(things):
    for thing in things:
        if isinstance(thing, list):
            yield from flattened(thing)
        elif isinstance(thing, dict) and "items" in thing:
            yield from flattened(thing["items"] or [])
        elif isinstance(thing, dict):
            yield thing


def load_yaml(text, path):
    try:
        import yaml
    except ImportError:
        sys.exit(f"{path} is not JSON; to read YAML, install PyYAML (pip install pyyaml)")
    try:
        return list(yaml.safe_load_all(text))
    except yaml.YAMLError as error:
        sys.exit(f"{path}: {error}")


def read_questions(path):
    with open_input(path) as lines:
        for number, line in enumerate(lines, start=1):
            try:
                question = json.loads(line)
                key_of(question)
                yield question
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                sys.exit(f"{path}: line {number}: {error!r}")


def open_input(path):
    return contextlib.nullcontext(sys.stdin) if path == "-" else open(path, encoding="utf-8")


def open_output(path):
    if path == "-":
        sys.stdout.reconfigure(encoding="utf-8")
        return contextlib.nullcontext(sys.stdout)
    return open(path, "w", encoding="utf-8")


if __name__ == "__main__":
    # A reader that has seen enough, such as head, ends us quietly.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    main()
