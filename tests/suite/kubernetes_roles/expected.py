#!/usr/bin/env python3
"""What Kubernetes would answer: its rule matching over RBAC objects, written down anew.

Shares no code with the converter of the examples, and knows nothing of Bailiwick. It follows the
authorizer of Kubernetes function by function (VerbMatches, APIGroupMatches, ResourceMatches,
NonResourceURLMatches, ResourceNameMatches, appliesTo, VisitRulesFor, and the controller that aggregates cluster roles),
and prints one JSON object:

  {"questions": [{"namespace"?, "group", "resource", "verb", "name"?} or {"url", "verb"}, …],
   "subjects": [{"user", "answers": "0120…", one digit a question}, …],
   "rules": how many, "named_rules": how many of them have resourceNames}

A question is answered 0, denied; 1, allowed in the whole cluster; or 2, allowed by what is bound in
the question's namespace alone.

The questions are every (group, resource, verb) that the rules of cluster roles name, with some that
no rule names; in every namespace, and without one, what any rule names and whatever can be made of
the names in namespaced roles; and paths. Of what rules with resourceNames name, every request is
asked in every namespace and without one about every such name, and another; with some requests that
other rules name. The subjects are every user and service account of a binding, with the
groups that Kubernetes puts them in; a member of every group; a holder of every cluster role, and of
every role in its namespace, who are in no group; and nobody.
"""

import itertools
import json
import sys

ODD_VERBS = ["frobnicate", "GET", "*", "get:list", "get*", "%2A", ""]
ODD_GROUPS = ["no.such.group", "*", "core", "app"]
ODD_RESOURCES = ["widgets", "widgets/scale", "pod", "podss", "pods/", "pods/*", "*", "*/scale", "pods:log", "scale"]
OTHERS_STEP = 11  # of the requests that other rules name, so many-th are asked about named objects
ODD_URLS = ["/", "", "/nothing", "*", "/*", "/api*", "/healthz:get", "/x:get", "/ab", "/apis:x/y", "/versionx", "healthz", "/version/x"]


def main():
    objects = [thing for path in sys.argv[1:] for thing in objects_of(path)]
    of_kind = lambda kind: [{"rules": None} | thing for thing in objects if thing["kind"] == kind]
    roles = of_kind("ClusterRole")
    aggregate(roles)
    authorizer = Authorizer(roles, of_kind("Role"), of_kind("ClusterRoleBinding"), of_kind("RoleBinding"))
    questions = authorizer.questions()
    subjects = [
        {"user": user, "answers": "".join(authorizer.answer(user, groups, held, question) for question in questions)}
        for user, groups, held in authorizer.subjects()
    ]
    rules = [rule for role in roles + of_kind("Role") if "aggregationRule" not in role
             for rule in role["rules"] or []]
    named = sum(bool(rule.get("resourceNames")) for rule in rules)
    json.dump({"questions": questions, "subjects": subjects, "rules": len(rules), "named_rules": named}, sys.stdout)


class Authorizer:
    def __init__(self, cluster_roles, roles, cluster_bindings, bindings):
        self.cluster_roles = {role["metadata"]["name"]: role["rules"] or [] for role in cluster_roles}
        self.roles = {(role["metadata"]["namespace"], role["metadata"]["name"]): role["rules"] or [] for role in roles}
        self.cluster_bindings, self.bindings = cluster_bindings, bindings

    def answer(self, user, groups, held, question):
        """VisitRulesFor, and RuleAllows on each; `held` is a role, by namespace and name, that is bound to the user
        alone."""
        namespace = question.get("namespace", "")
        rules = list(self.cluster_roles[held[1]]) if held and not held[0] else []
        for binding in self.cluster_bindings:
            if applies(binding, user, groups, ""):
                rules += self.cluster_roles.get(binding["roleRef"]["name"], [])
        if any(rule_allows(question, rule) for rule in rules):
            return "1"
        rules = list(self.roles[held]) if held and namespace and held[0] == namespace else []
        for binding in self.bindings:
            if binding["metadata"]["namespace"] == namespace and applies(binding, user, groups, namespace):
                rules += self.referred(binding["roleRef"], namespace)
        return "2" if any(rule_allows(question, rule) for rule in rules) else "0"

    def referred(self, reference, namespace):
        if reference["kind"] == "ClusterRole":
            return self.cluster_roles.get(reference["name"], [])
        return self.roles.get((namespace, reference["name"]), [])

    def questions(self):
        of_cluster = [rule for rules in self.cluster_roles.values() for rule in rules]
        of_roles = [rule for rules in self.roles.values() for rule in rules]
        every_verb = named(of_cluster + of_roles, "verbs") + ODD_VERBS
        asked = {
            ("", *question) for question in itertools.product(
                named(of_cluster, "apiGroups") + ODD_GROUPS, named(of_cluster, "resources") + ODD_RESOURCES,
                named(of_cluster, "verbs") + ODD_VERBS)
        }
        places = {binding["metadata"]["namespace"] for binding in self.bindings} | {"", "of-no-binding"}
        places |= {namespace for namespace, _ in self.roles}
        everywhere = {
            request for rule in of_cluster + of_roles for request in itertools.product(
                rule.get("apiGroups") or [], rule.get("resources") or [], rule.get("verbs") or [])
        } | set(itertools.product(
            named(of_roles, "apiGroups") + ["apps", "no.such.group"],
            named(of_roles, "resources") + ["pods", "pods/log", "widgets"], every_verb))
        asked |= {(place, *request) for place in places for request in everywhere}
        requests = [{"group": group, "resource": resource, "verb": verb} | ({"namespace": of} if of else {})
                    for of, group, resource, verb in sorted(asked)]
        requests += self.about_objects(of_cluster + of_roles, places, everywhere)
        paths = {path for rule in of_cluster for url in rule.get("nonResourceURLs") or []
                 for path in (url, url.rstrip("*"), url.rstrip("*/"), url.rstrip("*") + "x", url.rstrip("*") + "x/y:z")}
        urls = sorted(itertools.product(paths.union(ODD_URLS), set(every_verb)))
        return requests + [{"url": url, "verb": verb} for url, verb in urls]

    def about_objects(self, rules, places, everywhere):
        with_names = [rule for rule in rules if rule.get("resourceNames")]
        every_name = named(with_names, "resourceNames") + ["of-no-rule"]
        asked = {request for rule in with_names for request in itertools.product(
            rule.get("apiGroups") or [], rule.get("resources") or [], rule.get("verbs") or [])}
        asked |= set(sorted(everywhere)[::OTHERS_STEP])
        return [{"group": group, "resource": resource, "verb": verb, "name": name} | ({"namespace": of} if of else {})
                for of in sorted(places) for name in every_name for group, resource, verb in sorted(asked)]

    def subjects(self):
        """Yield (user, groups, namespace and name of a role that is bound to nobody else)."""
        bound = [(subject, binding["metadata"].get("namespace", ""))
                 for binding in self.cluster_bindings + self.bindings for subject in binding.get("subjects") or []]
        users = {subject["name"] for subject, _ in bound if subject["kind"] == "User"}
        users |= {account_name(subject, namespace) for subject, namespace in bound if subject["kind"] == "ServiceAccount"}
        for user in sorted(users):
            yield user, implied_groups(user), None
        for group in sorted({subject["name"] for subject, _ in bound if subject["kind"] == "Group"}):
            everybody = set() if group == "system:unauthenticated" else {"system:authenticated"}
            yield f"member-of:{group}", {group} | everybody, None
        for role in sorted(self.cluster_roles):
            yield f"holder-of:{role}", set(), ("", role)
        for namespace, role in sorted(self.roles):
            yield f"holder-of:{role}@{namespace}", set(), (namespace, role)
        yield "nobody", set(), None


def named(rules, field):
    """What rules name, also the wildcards, which are odd names for a request."""
    return sorted({name for rule in rules for name in rule.get(field) or []})


def implied_groups(user):
    prefix, _, account = user.partition("system:serviceaccount:")
    if prefix or not account:
        return {"system:authenticated"}
    namespace = account.split(":")[0]
    return {"system:authenticated", "system:serviceaccounts", "system:serviceaccounts:" + namespace}


def account_name(subject, namespace):
    return "system:serviceaccount:" + (subject.get("namespace") or namespace) + ":" + subject["name"]


def applies(binding, user, groups, namespace):
    for subject in binding.get("subjects") or []:
        match subject["kind"]:
            case "User":
                found = user == subject["name"]
            case "Group":
                found = subject["name"] in groups
            case "ServiceAccount":
                found = user == account_name(subject, namespace)
        if found:
            return True
    return False


def rule_allows(question, rule):
    if not verb_matches(rule, question["verb"]):
        return False
    if "url" in question:
        return url_matches(rule, question["url"])
    return (group_matches(rule, question["group"]) and resource_matches(rule, question["resource"])
            and name_matches(rule, question.get("name", "")))


def verb_matches(rule, verb):
    return any(name in ("*", verb) for name in rule.get("verbs") or [])


def name_matches(rule, name):
    return not rule.get("resourceNames") or name in rule["resourceNames"]


def group_matches(rule, group):
    return any(name in ("*", group) for name in rule.get("apiGroups") or [])


def resource_matches(rule, combined):
    _, slash, subresource = combined.partition("/")
    for name in rule.get("resources") or []:
        if name == "*" or name == combined:
            return True
        # Without a subresource there is no more to match.
        if not slash or not subresource:
            continue
        if len(name) == len(subresource) + 2 and name.startswith("*/") and name.endswith(subresource):
            return True
    return False


def url_matches(rule, path):
    for url in rule.get("nonResourceURLs") or []:
        if url == "*" or url == path:
            return True
        if url.endswith("*") and path.startswith(url.rstrip("*")):
            return True
    return False


def aggregate(roles):
    """Repeat, as the controller does, until no role with an aggregation rule changes."""
    changed = True
    while changed:
        changed = False
        for role in roles:
            if role.get("aggregationRule") is None:
                continue
            rules = []
            for other in roles:
                if other is not role and any(is_selected(other, s) for s in role["aggregationRule"]["clusterRoleSelectors"]):
                    rules += [rule for rule in other["rules"] or [] if rule not in rules]
            by_text = lambda rule: json.dumps(rule, sort_keys=True)
            if sorted(rules, key=by_text) != sorted(role["rules"] or [], key=by_text):
                role["rules"], changed = rules, True


def is_selected(role, selector):
    labels = role["metadata"].get("labels") or {}
    for key, value in (selector.get("matchLabels") or {}).items():
        if labels.get(key) != value:
            return False
    for expression in selector.get("matchExpressions") or []:
        value = labels.get(expression["key"])
        fits = {
            "In": value is not None and value in (expression.get("values") or []),
            "NotIn": value not in (expression.get("values") or []),
            "Exists": value is not None,
            "DoesNotExist": value is None,
        }
        if not fits[expression["operator"]]:
            return False
    return True


def objects_of(path):
    """The objects of a file, which holds lists and lists of lists."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if path.endswith(".json"):
        waiting = [json.loads(text)]
    else:
        import yaml

        waiting = list(yaml.safe_load_all(text))
    found = []
    while waiting:
        thing = waiting.pop(0)
        waiting += thing.get("items") or []
        if "items" not in thing:
            found.append(thing)
    return found


if __name__ == "__main__":
    main()
