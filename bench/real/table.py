# SPDX-License-Identifier: Apache-2.0
"""The tables, as Markdown, and the bounds they are held against."""

MAX_IDLE = 1.25
MAX_SHARE = 1 / 3
MAX_MEMORY_MIB = 8
MAX_SCALING = 0.10

RUNS = ["empty", "idle", "kcsan", "tsan"]


def _mark(text, good):
    return text if good else f"**{text}**"


def _best(samples, field):
    values = [sample[field] for sample in samples if field in sample]
    return min(values) if values else None


def _row(cells):
    return "| " + " | ".join(cells) + " |"


def _fast_path(runs, clock):
    """The cost of hooks that do nothing but look, to that of empty ones."""
    idle, empty = _best(runs["idle"], clock), _best(runs["empty"], clock)
    return _mark(f"{idle / empty:.2f}x", idle / empty <= MAX_IDLE)


def speed(results):
    lines = [
        _row(["workload", "plain", "empty hooks", "nothing armed", "default",
              "TSan", "nothing armed / empty", "the same, processor time",
              "default's added time / TSan's"]),
        _row(["---"] + ["---:"] * 8)]
    for name, runs in results.items():
        best = {run: _best(runs.get(run, []), "seconds")
                for run in ["plain"] + RUNS}
        if any(value is None for value in best.values()):
            lines.append(_row([name] + ["failed" if best[run] is None else
                                        f"{best[run]:.3f} s"
                                        for run in ["plain"] + RUNS] +
                              ["", "", ""]))
            continue
        plain = best["plain"]
        share = ((best["kcsan"] - plain) / (best["tsan"] - plain)
                 if best["tsan"] > plain else float("inf"))
        lines.append(_row(
            [name, f"{plain:.3f} s"] +
            [f"{best[run] / plain:.2f}x" for run in RUNS] +
            [_fast_path(runs, "seconds"), _fast_path(runs, "cpu"),
             _mark(f"{share:.2f}", share <= MAX_SHARE)]))
    return lines


def memory(results):
    lines = [_row(["workload", "plain", "empty hooks", "default", "TSan",
                   "default - empty"]), _row(["---"] + ["---:"] * 5)]
    for name, runs in results.items():
        used = {run: _best(runs.get(run, []), "memory")
                for run in ("plain", "empty", "kcsan", "tsan")}
        if None in used.values():
            continue
        more = (used["kcsan"] - used["empty"]) / 1024
        lines.append(_row([name] + [f"{value / 1024:.1f} MiB"
                                    for value in used.values()] +
                          [_mark(f"{more:+.1f} MiB", more <= MAX_MEMORY_MIB)]))
    return lines


def scaling(results):
    """What a second thread gains, in each build, and relative to plain."""
    runs = ["plain", "idle", "kcsan", "tsan"]
    lines = [_row(["workload", "plain", "nothing armed", "default", "TSan",
                   "nothing armed / plain", "default / plain"]),
             _row(["---"] + ["---:"] * 6)]
    for name, threads in results.items():
        gain = {}
        for run in runs:
            one = _best(threads["1"].get(run, []), "seconds")
            two = _best(threads["2"].get(run, []), "seconds")
            gain[run] = one / two if one and two else None
        if None in gain.values():
            continue
        relative = [gain[run] / gain["plain"] for run in ("idle", "kcsan")]
        lines.append(_row(
            [name] + [f"{gain[run]:.2f}x" for run in runs] +
            [_mark(f"{r:.2f}", abs(r - 1) <= MAX_SCALING) for r in relative]))
    return lines


def races(collection, judged):
    lines = [_row(["program", "functions", "kcsan", "TSan", "judged"]),
             _row(["---", "---", "---:", "---:", "---"])]
    for (program, functions), found in sorted(collection.races.items()):
        lines.append(_row(
            [program, functions] +
            [str(len(found[tool])) if tool in found else "-"
             for tool in ("kcsan", "tsan")] +
            ["below" if f"`{functions}`" in judged else "**not yet**"]))
    return lines


def page(state, collection, text):
    """What stands between the markers of docs/real_programs.md."""
    lines = [state["machine"], "", "### Time", ""]
    lines += speed(state["results"]) + ["", "### Peak memory", ""]
    lines += memory(state["results"])
    lines += ["", "### Throughput of two threads to that of one", ""]
    lines += scaling(state["scaling"]) + ["", "### Races found", ""]
    if collection.races:
        lines += races(collection, text)
    else:
        lines.append("None.")
    return "\n".join(lines)
