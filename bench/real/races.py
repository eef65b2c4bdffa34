# SPDX-License-Identifier: Apache-2.0
"""Reads the reports of both tools, and puts those of one race together.

A race is a pair of functions: where a report's two accesses were made, the
standard library aside. That is coarser than a pair of lines, and the same for
both tools. TSan forgets stacks; a function it does not know is a question mark.
"""

import collections
import glob
import os
import re

Race = collections.namedtuple("Race", "functions report")

_KCSAN_TITLE = re.compile(r"^BUG: KCSAN: (?:data-race|assert: race) in (.*)$",
                          re.M)
_KCSAN_ACCESS = re.compile(
    r"(?:^|with )(?:read|write|read-write|assert no \w+)\b.* of \d+ bytes by .*"
    r":\n((?: \S.*\n)+)", re.M)
_TSAN_TITLE = re.compile(r"^WARNING: ThreadSanitizer: (.*) \(pid=\d+\)$", re.M)
_TSAN_ACCESS = re.compile(
    r"^  (?:Previous )?(?:[Aa]tomic )?(?:[Rr]ead|[Ww]rite) of size .*:\n"
    r"((?:    #\d+ .*\n)+)", re.M)


def plain_name(name):
    """Without parameters, template arguments and suffixes of the compiler."""
    name = re.sub(r"\.(?:constprop|isra|part|cold|lto_priv)[.\d]*", "", name)
    while True:
        shorter = re.sub(r"<[^<>]*>|\([^()]*\)", "", name)
        if shorter == name:
            name = name.strip()
            return name.split(" ")[-1] if "operator" not in name else name
        name = shorter


def _innermost(names):
    """The first that is the program's own."""
    for name in names:
        if name and not name.startswith(("__wrap_", "std::", "__gnu_cxx::")):
            return name
    return "?"


def _kcsan_function(stack):
    return _innermost(plain_name(re.sub(r"\+0x.*| \S+ \[inlined\]", "", line))
                      for line in stack.splitlines())


def _tsan_function(stack):
    names = []
    for line in stack.splitlines():
        match = re.match(r"\s+#\d+ (.*?) (?:\S+:\d+|<null>|/\S+) ", line + " ")
        if match and "libsanitizer" not in line:
            names.append(plain_name(match.group(1)))
    return _innermost(names)


def _blocks(text, title):
    """The reports of a log, from one title to the next."""
    starts = [match.start() for match in title.finditer(text)]
    return [text[a:b] for a, b in zip(starts, starts[1:] + [len(text)])]


def read_kcsan(text):
    for block in _blocks(text, _KCSAN_TITLE):
        names = [_kcsan_function(s) for s in _KCSAN_ACCESS.findall(block)]
        if "race at unknown origin" in block:
            names.append("unknown origin")
        yield Race(" / ".join(sorted(names)), block)


def read_tsan(text):
    for block in _blocks(text, _TSAN_TITLE):
        kind = _TSAN_TITLE.match(block).group(1)
        names = [_tsan_function(s) for s in _TSAN_ACCESS.findall(block)[:2]]
        if "[failed to restore the stack]" in block:
            names.append("?")
        pair = " / ".join(sorted(names))
        yield Race(pair if kind == "data race" else f"{kind}: {pair}", block)


class Collection:
    """All reports of a folder, by program, race and tool."""

    def __init__(self, folder):
        # (program, functions) -> {tool: [reports]}
        self.races = collections.defaultdict(
            lambda: collections.defaultdict(list))
        for path in sorted(glob.glob(folder + "/*.log.*")):
            program, run = os.path.basename(path).split(".")[:2]
            tool = "tsan" if run == "tsan" else "kcsan"
            with open(path, encoding="utf-8", errors="replace") as file:
                text = file.read()
            read = read_tsan if tool == "tsan" else read_kcsan
            for race in read(text):
                self.races[program, race.functions][tool].append(race.report)

    def count(self, program, tool):
        return sum(1 for (name, _), found in self.races.items()
                   if name == program and tool in found)

    def write(self, folder):
        """One file a race, with a report of either tool."""
        os.makedirs(folder, exist_ok=True)
        for old in glob.glob(folder + "/*.txt"):
            os.remove(old)
        for (program, functions), found in self.races.items():
            name = re.sub(r"\W+", "_", f"{program} {functions}")[:120]
            with open(f"{folder}/{name}.txt", "w", encoding="utf-8") as out:
                out.write(f"{program}: {functions}\n")
                for tool, reports in sorted(found.items()):
                    out.write(f"\n{tool}: {len(reports)} reports; one of them:"
                              f"\n\n{reports[0]}")
