#!/usr/bin/env python3
"""Turn the catalogue of predefined Google Cloud roles into a Bailiwick import file.

The input is one JSON object a line, plain or gzipped, with the fields of the public roles API:
name ("roles/storage.admin"), title, description, includedPermissions. The output is one
application with every permission registered as a privilege, one role per role, and one user per
role who holds it and nothing else, so that any answer can be compared with the input.
"""

import argparse
import contextlib
import gzip
import json
import random
import signal
import sys

EXAMPLE = """example:
  %(prog)s roles.jsonl.gz -o gcp.jsonl
  bailiwick import gcp.jsonl
  bailiwick check --application applications/gcp --subject users/storage.admin \\
      --privilege storage.buckets.create
"""

ID_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:@-")
ID_LENGTH_MAX = 64
RESERVED_IDS = frozenset({"me", "-", ".", ".."})
ROLES_PER_RANDOM_USER = (2, 50)


def main():
    arguments = parse_arguments()
    roles = sorted(read_roles(arguments.roles), key=lambda role: role["id"])
    with open_output(arguments.output) as output:
        for thing in policy(roles, arguments):
            output.write(json.dumps(thing, ensure_ascii=False, separators=(",", ":")) + "\n")


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLE, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("roles", help="roles, one JSON object a line; .gz is unpacked; - is standard input")
    parser.add_argument("-o", "--output", default="-", metavar="FILE", help="where to write (default: standard output)")
    parser.add_argument("--application", default="gcp", metavar="ID", help="id of the application (default: gcp)")
    parser.add_argument("--random-users", type=int, default=0, metavar="N",
                        help="add N users random-1 … random-N with 2 to 50 random roles each")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="choose the random roles by this number (default: 0)")
    return parser.parse_args()


def read_roles(path):
    """Yield each role with its id, its privileges in order and without repeats."""
    with open_input(path) as lines:
        for number, line in enumerate(lines, start=1):
            try:
                role = json.loads(line)
                yield {
                    "id": role_id(role["name"]),
                    "title": one_line(role.get("title")),
                    "description": one_line(role.get("description")),
                    "privileges": sorted(set(role.get("includedPermissions") or [])),
                }
            except (ValueError, KeyError, TypeError) as error:
                sys.exit(f"{path}: line {number}: {error!r}")


def policy(roles, arguments):
    """Yield the lines of the import file: what is referred to stands before what refers to it."""
    application = arguments.application
    yield {"bailiwick_policy": {"version": 1}}
    yield {"application": {"id": application, "display_name": "Google Cloud", "catalogue": "STRICT"}}
    for key in sorted({key for role in roles for key in role["privileges"]}):
        yield {"privilege": {"application": application, "key": key}}
    for role in roles:
        # Titles repeat, ids do not: the id is the name, the title is what people read.
        yield {"role": {"application": application, "id": role["id"], "role_name": role["id"],
                        "display_name": role["title"], "description": role["description"]}}
        for key in role["privileges"]:
            yield {"role_privilege": {"application": application, "role": role["id"], "privilege": key}}
    ids = [role["id"] for role in roles]
    for user, held in [(id, [id]) for id in ids] + random_users(ids, arguments):
        yield {"user": {"id": user, "username": user, "application": application}}
        for role in held:
            yield {"role_assignment": {"holder": f"users/{user}", "application": application, "role": role}}


def random_users(ids, arguments):
    """Return users with random roles; the same seed returns the same users."""
    choose = random.Random(arguments.seed)
    least, most = (min(bound, len(ids)) for bound in ROLES_PER_RANDOM_USER)
    names = [f"random-{number}" for number in range(1, arguments.random_users + 1)]
    if taken := set(names) & set(ids):
        sys.exit(f"the name of a random user is that of a role: {min(taken)}")
    return [(name, sorted(choose.sample(ids, choose.randint(least, most)))) for name in names]


def role_id(name):
    """Map a role's name to an id, no two names to the same: drop "roles/", write any character
    that an id may not hold as ~ and the hexadecimal digits of its UTF-8 bytes."""
    prefix, slash, rest = name.partition("/")
    if (prefix, slash) != ("roles", "/") or not rest:
        raise ValueError(f"{name!r} is not a predefined role: its name must begin with roles/")
    written = "".join(c if c in ID_CHARACTERS else escaped(c) for c in rest)
    if written in RESERVED_IDS:
        written = escaped(written[0]) + written[1:]
    if len(written) > ID_LENGTH_MAX:
        raise ValueError(f"{name!r} is longer than {ID_LENGTH_MAX} characters")
    return written


def escaped(character):
    return "".join(f"~{byte:02X}" for byte in character.encode())


def one_line(text):
    return " ".join((text or "").split())


def open_input(path):
    if path == "-":
        return contextlib.nullcontext(sys.stdin)
    return gzip.open(path, "rt", encoding="utf-8") if path.endswith(".gz") else open(path, encoding="utf-8")


def open_output(path):
    if path == "-":
        sys.stdout.reconfigure(encoding="utf-8")
        return contextlib.nullcontext(sys.stdout)
    return open(path, "w", encoding="utf-8")


if __name__ == "__main__":
    # A reader that has seen enough, such as head, ends us quietly.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    main()
