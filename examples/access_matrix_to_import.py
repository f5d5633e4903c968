#!/usr/bin/env python3
"""Turn a role decomposition of an access matrix into a Bailiwick import file.

The input is a sequence of blocks, separated by empty lines, as role-mining tools write them:

  role: 1
  permissions: 2, 5
  users: 1, 3, 7

The output is one application with a privilege p2, p5, … per permission, a role r1, … per block,
and a user u1, … per user who holds the roles of the blocks that name them. User 3 may exercise
privilege 5 exactly if the matrix holds the pair (3, 5), whichever decomposition of it was loaded.
"""

import argparse
import contextlib
import json
import signal
import sys

EXAMPLE = """example:
  %(prog)s hc_org_row.txt --application hc -o hc.jsonl
  bailiwick import hc.jsonl
  bailiwick check --application applications/hc --subject users/u6 --privilege p28
"""

FIELDS = ("role", "permissions", "users")


def main():
    arguments = parse_arguments()
    blocks = read_blocks(arguments.decomposition)
    with open_output(arguments.output) as output:
        for thing in policy(blocks, arguments.application):
            output.write(json.dumps(thing, separators=(",", ":")) + "\n")


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLE, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("decomposition", help="the file with the blocks; - is standard input")
    parser.add_argument("-o", "--output", default="-", metavar="FILE", help="where to write (default: standard output)")
    parser.add_argument("--application", default="matrix", metavar="ID", help="id of the application (default: matrix)")
    return parser.parse_args()


def read_blocks(path):
    """Return the blocks, each a dictionary of its three fields, all lists of numbers."""
    blocks, block = [], {}
    with open_input(path) as lines:
        for number, line in enumerate([*lines, "\n"], start=1):
            name, colon, values = line.strip().partition(":")
            try:
                if colon and name in FIELDS and name not in block:
                    block[name] = [int(value) for value in values.split(",") if value.strip()]
                elif name or colon:
                    raise ValueError(f"expected one of {', '.join(FIELDS)}, each once in a block")
                elif block:
                    blocks.append(complete(block))
                    block = {}
            except ValueError as error:
                sys.exit(f"{path}: line {number}: {error}")
    return blocks


def complete(block):
    missing = [field for field in FIELDS if field not in block]
    if missing or len(block["role"]) != 1:
        raise ValueError(f"the block that ends here lacks {', '.join(missing) or 'a single role'}")
    return block


def policy(blocks, application):
    """Yield the lines of the import file: what is referred to stands before what refers to it."""
    yield {"bailiwick_policy": {"version": 1}}
    yield {"application": {"id": application, "catalogue": "STRICT"}}
    for permission in sorted({number for block in blocks for number in block["permissions"]}):
        yield {"privilege": {"application": application, "key": f"p{permission}"}}
    for block in blocks:
        role = f"r{block['role'][0]}"
        yield {"role": {"application": application, "id": role, "role_name": role}}
        for permission in sorted(set(block["permissions"])):
            yield {"role_privilege": {"application": application, "role": role, "privilege": f"p{permission}"}}
    for user in sorted({number for block in blocks for number in block["users"]}):
        yield {"user": {"id": f"u{user}", "username": f"u{user}"}}
    for block in blocks:
        for user in sorted(set(block["users"])):
            yield {"role_assignment": {"holder": f"users/u{user}", "application": application,
                                       "role": f"r{block['role'][0]}"}}


def open_input(path):
    return contextlib.nullcontext(sys.stdin) if path == "-" else open(path, encoding="utf-8")


def open_output(path):
    return contextlib.nullcontext(sys.stdout) if path == "-" else open(path, "w", encoding="utf-8")


if __name__ == "__main__":
    # A reader that has seen enough, such as head, ends us quietly.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    main()
