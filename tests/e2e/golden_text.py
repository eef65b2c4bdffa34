# SPDX-License-Identifier: Apache-2.0
"""Reduces a program's output to what is the same in every run.

Used by golden_runner.py, and by whoever else compares reports. Two runs that
found the same races give the same text here, whichever thread watched and
whichever came by, and whatever the addresses, threads, CPUs and line numbers
were:

  - numbers become <n>, addresses <address>, values <value>;
  - of a stack, the frames of the program itself are left, without offsets and
    line numbers;
  - the two sides of a report stand in alphabetical order, and so do reports;
    of equal reports one is left.

A report without a `value changed` line may stand for one with it: whether the
other thread's write has landed when the value is read again is a matter of
time. See same_report().
"""

import re

RULER = re.compile(r"^={40,}$")

# Frames below the user's thread function or main(), and those of the standard
# library between: which they are depends on compiler and optimisation.
FOREIGN_FRAME = re.compile(
    r"^(std::|__|_start\b|start_thread\b|clone|execute_native_thread_routine"
    r"|(a|t)san_|\S+\.so[.\d]*\+0x|\?\?)"
)
ACCESS = re.compile(
    r"^(race at unknown origin|read|write|read-write|assert no )")
VALUE_CHANGED = re.compile(r"^value changed: ")
FOOTER = re.compile(r"^Reported by ")


def mask_numbers(line):
    """For the program's own output."""
    line = re.sub(r"\b0x[0-9a-fA-F]+\b", "<address>", line)
    return re.sub(r"(?<![\w.])-?\d+(\.\d+)?(?=[^\w]|[num]?s\b|$)", "<n>", line)


def _mask_access(line):
    line = re.sub(r"0x[0-9a-f]+", "<address>", line)
    line = re.sub(r"\btask \d+", "task <n>", line)
    return re.sub(r"\bcpu -?\d+", "cpu <n>", line)


def _type_name(match):
    length, sign = match.groups()
    return "%s %s" % (sign, length) if sign else length


def _mask_frame(line):
    """The canonical line of a stack, or None for one to leave out."""
    text = line.strip()
    if FOREIGN_FRAME.match(text):
        return None
    text = re.sub(r"\+0x[0-9a-f]+/0x[0-9a-f]+", "", text)
    text = re.sub(r" \(\S+\+0x[0-9a-f]+\)", "", text)
    # The compiler may say ./dir/file.h for a header.
    text = re.sub(r"(?:\./)?(\S+\.(?:cc|cpp|c|h)):\d+", r"\1", text)
    # Whether it was inlined is the optimiser's decision.
    text = re.sub(r" \[inlined\]$", "", text)
    # GCC numbers a function's lambdas from 1, Clang all of a file's from 0.
    text = re.sub(r"\{lambda[^}]*\}|\$_\d+", "{lambda}", text)
    # GCC says "long unsigned int", Clang says "unsigned long".
    text = re.sub(r"\b(long|short) (?:(unsigned) )?int\b", _type_name, text)
    return line[:len(line) - len(line.lstrip())] + text


def _canonical_paragraph(lines):
    first = lines[0]
    if ACCESS.match(first):
        frames = [_mask_frame(line) for line in lines[1:]]
        return [_mask_access(first)] + [f for f in frames if f is not None]
    if VALUE_CHANGED.match(first):
        return [re.sub(r"0x[0-9a-f]+", "<value>", line) for line in lines]
    if FOOTER.match(first):
        # The machine's name and make follow.
        return [first]
    return [re.sub(r"\+0x[0-9a-f]+/0x[0-9a-f]+", "", line) for line in lines]


def canonical_report(lines):
    """The lines between two rulers, as paragraphs of canonical lines."""
    paragraphs = []
    current = []
    for line in lines + [""]:
        if line.strip():
            current.append(line.rstrip())
        elif current:
            paragraphs.append(_canonical_paragraph(current))
            current = []
    # The title line and the first access are apart by one blank line.
    sides = sorted(p for p in paragraphs if ACCESS.match(p[0]))
    return [sides.pop(0) if ACCESS.match(p[0]) else p for p in paragraphs]


def split_stderr(text):
    """Returns (reports, other lines); each report a list of its lines."""
    reports = []
    others = []
    current = None
    for line in text.splitlines():
        if RULER.match(line):
            if current is None:
                current = []
            else:
                reports.append(current)
                current = None
        elif current is None:
            others.append(line)
        else:
            current.append(line)
    if current is not None:
        others += ["(a report without an end)"] + current
    return reports, others


def _without_value(report):
    return [p for p in report if not VALUE_CHANGED.match(p[0])]


def same_report(left, right):
    """Equal, but for a `value changed` that only one of them has."""
    return left == right or (
        _without_value(left) == _without_value(right)
        and (left == _without_value(left) or right == _without_value(right)))


def is_one_side_of(report, whole):
    """Is `report` of unknown origin, and its side one of those of `whole`?

    A thread may be put off the CPU after it was looked at and before it writes.
    Who watches then sees the value change and nobody at it: the same race, of
    which one side was seen."""
    unknown = "race at unknown origin, with "
    sides = [p for p in report if ACCESS.match(p[0])]
    if len(sides) != 1 or not sides[0][0].startswith(unknown):
        return False
    side = [sides[0][0][len(unknown):]] + sides[0][1:]
    return side in whole


def report_text(report):
    ruler = "=" * 66
    body = "\n\n".join("\n".join(p) for p in report)
    return "\n".join([ruler, body, ruler])


def parse_report_text(text):
    """The inverse of report_text(), for a text that is canonical already."""
    reports, _ = split_stderr(text)
    return [
        [p.splitlines() for p in "\n".join(r).strip("\n").split("\n\n")]
        for r in reports
    ]


def canonical_reports(text):
    """The canonical reports on a stderr, sorted, and its other lines."""
    raw, others = split_stderr(text)
    reports = []
    for lines in raw:
        report = canonical_report(lines)
        for i, known in enumerate(reports):
            if same_report(known, report):
                reports[i] = max(known, report, key=len)
                break
        else:
            reports.append(report)
    return sorted(reports), others
