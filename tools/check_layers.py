#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the laws of kcsan/README.md on a source tree.

Which room may include which, which system headers a room may use, and a few
rules for every file: a licence line, a bounded length, a unit test for each
header of the core, no name of a machine or of a package registry.

  tools/check_layers.py [ROOT]

Prints one line for each violation. Exit status 1 if there was any.
"""

import os
import re
import sys

# Rooms, bottom-up: (name, pattern of its files, the rooms it may include). A
# room may always include itself. A file that no pattern matches is outside
# (tests, benchmarks, tools) and may include all but the umbrella's makers may
# not: see OUTSIDE.
ROOMS = [
    ("config", r"kcsan/config\.h", ""),
    ("checks", r"kcsan/checks\.h", "config"),
    ("annotations", r"annotations/.*", "config checks"),
    ("assert", r"assert/.*", "config checks annotations"),
    ("core", r"kcsan/core/.*", "config checks"),
    ("platform", r"kcsan/platform/.*", "config checks core"),
    ("abi", r"kcsan/abi/.*", "config checks core platform"),
    ("report", r"kcsan/report/.*", "config checks core platform"),
    ("runtime", r"kcsan/runtime\.(h|cc)",
     "config checks core platform abi report"),
    ("umbrella", r"kcsan/kcsan\.h",
     "config checks annotations assert runtime"),
    # What users see is enough for the examples, or it is not enough.
    ("examples", r"examples/.*",
     "config checks annotations assert runtime umbrella"),
]

# System headers that a room may include, as a pattern of the whole name. A room
# that is not listed may include any.
C_ONLY = r"std(def|int)\.h"
NO_LINKAGE = C_ONLY + r"|string\.h|linux/virtio_\w+\.h|type_traits|utility"
SYSTEM_HEADERS = {
    "config": r"(?!)",
    "checks": C_ONLY,
    "core": C_ONLY,
    "annotations": NO_LINKAGE,
    "assert": NO_LINKAGE,
    # C and the kernel's. A C++ header's inline functions are shared with the
    # program, whose copies may be instrumented.
    "platform": r".*\.h",
    "abi": r".*\.h",
}

# Libraries, and who may use them. Annotated programs need not have Abseil; the
# files outside the rooms may use any.
LIBRARIES = r"(absl|benchmark|doctest|gmock|gtest)/"
LIBRARY_USERS = [
    (r"absl/", r"kcsan/report/.*|kcsan/runtime\.cc"),
    (r"", r"examples/.*"),
]

# Core headers that need no unit test, and why.
UNTESTED_CORE_HEADERS = {
    "check.h": "plain data",
    "definitions.h": "attributes and constants",
    "race_report.h": "plain data",
}

MAX_LINES = 300
# The test of one header stays one file, so it may be somewhat longer.
MAX_TEST_LINES = 350
# Longer files, with their own limit, and why.
LONG_FILES = {
    "kcsan/checks.h": (400, "each public macro carries its manual"),
}

# Hosts that a text may link to. A registry or a mirror is somebody's machine.
PUBLIC_HOSTS = {
    "abseil.io", "bazel.build", "clang.llvm.org", "creativecommons.org",
    "docs.bazel.build",
    "docs.kernel.org", "docs.oasis-open.org", "en.cppreference.com",
    "example.com", "gcc.gnu.org", "git.kernel.org", "github.com",
    "google.github.io", "keepachangelog.com", "llvm.org", "lore.kernel.org",
    "lwn.net", "perfetto.dev", "purl.org", "semver.org", "sourceware.org",
    "spdx.org", "www.apache.org", "www.kernel.org", "www.open-std.org",
    "www.usenix.org", "www.w3.org",
}

# The brackets keep this file from finding itself.
FORBIDDEN_TEXT = [
    (r"(?<![\w.$})-])/w[o]rk/", "a path of one machine"),
    (r"/tmp/o[b]_", "a path of one machine"),
    (r"(?<![\w.$})-])/(r[o]ot|h[o]me)/\w", "a path of one machine"),
    (r"\b(registry|proxy|goproxy|artifactory|nexus|mirrors?)\.[\w-]+\.[a-z]+\b",
     "a package registry"),
]

SKIPPED_DIRS = {".git", ".cache", ".vscode", ".idea", "__pycache__"}
CXX = (".h", ".cc", ".c", ".inc")
CODE = CXX + (".py", ".sh", ".bzl")
BUILD_FILES = ("BUILD", "BUILD.bazel", "WORKSPACE")


def room_of(path):
    for name, pattern, _ in ROOMS:
        if re.fullmatch(pattern, path):
            return name
    return None


def may_include(room):
    for name, _, rooms in ROOMS:
        if name == room:
            return set(rooms.split()) | {name}
    return None


def canonical(include):
    """The file behind an include; two rooms are seen below kcsan/ by users."""
    return re.sub(r"^kcsan/(annotations|assert)/", r"\1/", include)


def list_files(root):
    found = []
    for directory, subdirs, names in os.walk(root):
        # Links: kcsan/annotations and bazel-* are other names of other files.
        subdirs[:] = sorted(
            d for d in subdirs if d not in SKIPPED_DIRS and
            not os.path.islink(os.path.join(directory, d)))
        for name in sorted(names):
            path = os.path.join(directory, name)
            if os.path.isfile(path) and not os.path.islink(path):
                found.append(os.path.relpath(path, root))
    return found


def read_text(root, path):
    with open(os.path.join(root, path), "rb") as file:
        data = file.read()
    if b"\0" in data:
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def includes_of(text):
    """Pairs of line number and name as written, with its quotes."""
    for number, line in enumerate(text.splitlines(), 1):
        match = re.match(r'\s*#\s*include\s*(<[^>]+>|"[^"]+")', line)
        if match:
            yield number, match.group(1)


def check_quoted(root, path, include):
    # Programs of others, as far as we are concerned.
    if path.startswith("tests/install/"):
        return None
    if re.match(r"(annotations|assert)/", include):
        return 'generic name; write "kcsan/%s"' % include
    if not os.path.exists(os.path.join(root, canonical(include))):
        return 'not a path from the root: "%s"' % include
    room, target = room_of(path), room_of(canonical(include))
    if room is None or target in may_include(room):
        return None
    return "%s may not include %s (%s)" % (room, target or "this", include)


def check_system(path, include):
    room = room_of(path)
    allowed = SYSTEM_HEADERS.get(room)
    if allowed is not None and not re.fullmatch(allowed, include):
        return "%s may not include <%s>" % (room, include)
    return None


def check_library(path, include):
    if room_of(path) is None:
        return None
    for library, users in LIBRARY_USERS:
        if re.match(library, include) and re.fullmatch(users, path):
            return None
    return "%s may not include %s" % (room_of(path), include)


def check_includes(root, path, text):
    for number, written in includes_of(text):
        include = written[1:-1]
        if re.match(LIBRARIES, include):
            problem = check_library(path, include)
        elif written[0] == '"':
            problem = check_quoted(root, path, include)
        else:
            problem = check_system(path, include)
        if problem:
            yield number, problem


def check_cycles(root, paths):
    """Within a room, too, headers must have an order."""
    graph = {}
    for path in paths:
        if path.endswith(".h") and room_of(path):
            text = read_text(root, path) or ""
            graph[path] = [canonical(w[1:-1]) for _, w in includes_of(text)]
    done, active = set(), []

    def visit(path):
        if path in active:
            cycle = active[active.index(path):] + [path]
            yield path, 1, "includes itself: " + " > ".join(cycle)
        elif path in graph and path not in done:
            active.append(path)
            for include in graph[path]:
                yield from visit(include)
            active.pop()
            done.add(path)

    for path in sorted(graph):
        yield from visit(path)


def is_source(path, text):
    name = os.path.basename(path)
    return (name.endswith(CODE) or name.endswith(BUILD_FILES) or
            text.startswith("#!"))


def check_source(path, text):
    lines = text.splitlines()
    if "SPDX-License-Identifier: Apache-2.0" not in "\n".join(lines[:2]):
        yield 1, "no SPDX line at the top"
    usual = MAX_TEST_LINES if path.endswith("_test.cc") else MAX_LINES
    limit = LONG_FILES.get(path, (usual,))[0]
    if len(lines) > limit:
        yield limit + 1, "%d lines, %d at most" % (len(lines), limit)


def check_text(text):
    for number, line in enumerate(text.splitlines(), 1):
        for pattern, what in FORBIDDEN_TEXT:
            match = re.search(pattern, line)
            if match:
                yield number, "%s: %s" % (what, match.group(0))
        for host in re.findall(r"\bhttps?://([^/\s\"'<>)\]}:]+)", line):
            # Not a host: a pattern, or a name to be filled in.
            if re.fullmatch(r"[\w.-]+", host) and host not in PUBLIC_HOSTS:
                yield number, "not on the list of public hosts: " + host


def check_unit_tests(paths):
    for path in paths:
        match = re.fullmatch(r"kcsan/core/(\w+)\.h", path)
        if not match or match.group(1) + ".h" in UNTESTED_CORE_HEADERS:
            continue
        test = "tests/unit/core/%s_test.cc" % match.group(1)
        if test not in paths:
            yield path, 1, "has no unit test " + test


def check_tree(root):
    """Yields (path, line, problem) for every violation below `root`."""
    paths = list_files(root)
    for path in paths:
        text = read_text(root, path)
        if text is None:
            continue
        problems = list(check_text(text)) if path != "LICENSE" else []
        if is_source(path, text):
            problems += check_source(path, text)
        if path.endswith(CXX):
            problems += check_includes(root, path, text)
        for number, problem in sorted(problems):
            yield path, number, problem
    yield from check_unit_tests(set(paths))
    yield from check_cycles(root, paths)


def main(argv):
    here = os.path.dirname(os.path.dirname(os.path.realpath(argv[0])))
    root = argv[1] if len(argv) > 1 else here
    count = 0
    for path, number, problem in check_tree(root):
        print("%s:%d: %s" % (path, number, problem))
        count += 1
    print("%d violations in %d files" % (count, len(list_files(root))))
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
