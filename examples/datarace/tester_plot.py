# SPDX-License-Identifier: Apache-2.0
"""The tester's picture. The only file here that needs more than Python."""

import importlib.util


def available():
    return importlib.util.find_spec("matplotlib") is not None


def write(path, cells, bounds):
    """Writes an SVG: chance of a report by loops, a line for each setting.

    `bounds` is a function from hits and runs to the lower and upper bound."""
    # Here, because it takes its time, and most runs write no picture.
    import matplotlib
    from matplotlib.backends import backend_svg
    from matplotlib.figure import Figure

    # Text stays text, and the same numbers give the same file.
    with matplotlib.rc_context({"svg.fonttype": "none",
                                "svg.hashsalt": "datarace_tester"}):
        figure = Figure(figsize=(7, 4), layout="constrained")
        backend_svg.FigureCanvasSVG(figure)
        axes = figure.add_subplot()
        settings = list(dict.fromkeys(
            cell.setting for cell in cells if not cell.control))
        for setting, marker in zip(settings, "os^vDP*X" * len(settings)):
            line = [c for c in cells if c.setting == setting]
            chances = [100 * c.chance() for c in line]
            limits = [[100 * b for b in bounds(c.hits, c.runs)] for c in line]
            below = [chance - low for chance, (low, _) in zip(chances, limits)]
            above = [high - chance for chance, (_, high)
                     in zip(chances, limits)]
            axes.errorbar([c.loops for c in line], chances, [below, above],
                          marker=marker, capsize=3,
                          label=setting.strip("`"))
        axes.set_xscale("log")
        axes.set_ylim(-3, 103)
        axes.set_xlabel("loops of each worker")
        axes.set_ylabel("runs with a report, % (bars: 95 % bounds)")
        axes.grid(True, alpha=0.3)
        axes.legend()
        figure.savefig(path, format="svg",
                       metadata={"Date": None, "Creator": None})
