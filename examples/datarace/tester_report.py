# SPDX-License-Identifier: Apache-2.0
"""What the tester's counts say: bounds, and the table.

No files and no processes here, so that a test can check the arithmetic.
"""

import math

Z95 = 1.959964  # of the normal distribution, two-sided 95 %


class Cell:
    """One setting, run many times: which runs had a report."""

    def __init__(self, setting, loops, control=False):
        self.setting = setting  # what the reader is told
        self.loops = loops
        self.control = control  # must stay silent
        self.runs = 0
        self.hits = 0
        self.first = None  # number of the first run with a report, from 1

    def add(self, reported):
        self.runs += 1
        if reported:
            self.hits += 1
            self.first = self.first or self.runs

    def chance(self):
        return self.hits / self.runs


def wilson(hits, runs):
    """Lower and upper 95 % bound of a chance, by Wilson's score interval.

    It holds for few runs too, and for none or all of them reporting, where the
    usual plus-minus gives an interval of no width."""
    share = hits / runs
    scale = 1 + Z95 ** 2 / runs
    middle = share + Z95 ** 2 / (2 * runs)
    half = Z95 * math.sqrt(share * (1 - share) / runs
                           + Z95 ** 2 / (4 * runs ** 2))
    # At the ends the two halves cancel out, but for rounding.
    low = 0.0 if hits == 0 else (middle - half) / scale
    high = 1.0 if hits == runs else (middle + half) / scale
    return low, high


def runs_needed(chance):
    """Runs until at least one of them reports, with 95 %. None: never."""
    if chance <= 0:
        return None
    if chance >= 0.95:
        return 1
    return math.ceil(math.log(0.05) / math.log1p(-chance))


def percent(share):
    return "%.1f" % (100 * share)


def row(cell):
    low, high = wilson(cell.hits, cell.runs)
    best, worst = runs_needed(high), runs_needed(low)
    if cell.control:
        needed = ""
    elif worst is None:
        needed = "at least %d" % best
    elif best == worst:
        needed = "%d" % best
    else:
        needed = "%d to %d" % (best, worst)
    return [
        cell.setting,
        "{:,}".format(cell.loops),
        "%d of %d" % (cell.hits, cell.runs),
        "run %d" % cell.first if cell.first else "never",
        "%s %%" % percent(cell.chance()),
        "%s to %s %%" % (percent(low), percent(high)),
        needed,
    ]


HEAD = ["setting", "loops", "runs with a report", "first report", "chance",
        "its 95 % bounds", "runs needed"]


def table(cells):
    """The counts as a Markdown table, which reads well as it is, too."""
    rows = [HEAD] + [row(cell) for cell in cells]
    widths = [max(map(len, column)) for column in zip(*rows)]

    def line(texts):
        # Names on the left, numbers on the right.
        padded = [texts[0].ljust(widths[0])]
        padded += [t.rjust(w) for t, w in zip(texts[1:], widths[1:])]
        return "| %s |\n" % " | ".join(padded)

    ruler = ["-" * widths[0]] + ["-" * (w - 1) + ":" for w in widths[1:]]
    return "".join(map(line, [rows[0], ruler] + rows[1:]))


def page(cells, command, machine, picture):
    """The page for docs/."""
    return """# How many runs until the first report

<!-- Written by the command below. Do not edit. -->

```console
$ %s
```

On %s.

A race is found when one thread meets another in a watched window. That takes
luck, and this page says how much:
[examples/datarace](../examples/datarace/datarace.cc) was run again and again,
with different numbers of loops. The settings took turns, so that a busy moment
of the machine met them all.

![Chance of a report in one run, by loops](%s)

%s
- **setting**: `KCSAN_OPTIONS`, or the program's flag. The two last rows are
  controls: they must stay silent.
- **first report**: the number of the run that had it.
- **chance**: that one run reports the race. Its bounds are Wilson's, for 95 %%.
- **runs needed**: so many runs report the race at least once, with 95 %%. From
  the upper bound to the lower one.

More loops are more chances: what counts is for how long both workers run.
[The tutorial](tutorial.md) says what to make of this.
""" % (command, machine, picture, table(cells))
