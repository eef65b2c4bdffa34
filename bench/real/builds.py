# SPDX-License-Identifier: Apache-2.0
"""The ways a program is built, and the ways its builds are run."""

import os
import shlex
import stat
import subprocess

HERE = os.path.dirname(os.path.realpath(__file__))

# One tree each; the tree of kcsan holds the program with empty hooks as well.
TREES = ["plain", "kcsan", "tsan"]

# A column of the table: its name, the tree, and what is added to the name of the
# program there.
RUNS = {
    "plain": ("plain", ""),
    "empty": ("kcsan", ".empty"),
    "idle": ("kcsan", ""),
    "kcsan": ("kcsan", ""),
    "tsan": ("tsan", ""),
}

# Not timed: stalls as much as it may, to find what the timed runs miss.
HUNT = "hunt"
_KCSAN_OPTIONS = {"idle": "overhead=0:", "kcsan": "", HUNT: "overhead=60:"}


class BuildError(Exception):
    """A step of a build failed."""


def run_logged(command, log, cwd=None, env=None):
    """Runs a step of a build, and says which one failed and where to look."""
    with open(log, "a", encoding="utf-8") as out:
        out.write("$ " + " ".join(map(shlex.quote, command)) + "\n")
        out.flush()
        status = subprocess.call(command, stdout=out, stderr=out, cwd=cwd,
                                 env=env, stdin=subprocess.DEVNULL)
    if status != 0:
        raise BuildError(f"{command[0]} ended with {status}; see {log}")


def _script(path, command):
    with open(path, "w", encoding="utf-8") as out:
        out.write("#!/bin/sh\nexec " + " ".join(map(shlex.quote, command)) +
                  ' "$@"\n')
    os.chmod(path, os.stat(path).st_mode | stat.S_IXUSR)


class Toolchain:
    """Two scripts for every tree, `cc` and `c++`: what build systems call."""

    def __init__(self, work, compiler, prefix):
        self.name = compiler
        self.prefix = prefix
        self.cc, self.cxx = {"gcc": ("gcc", "g++"),
                             "clang": ("clang", "clang++")}[compiler]
        self.dir = os.path.join(work, compiler)
        os.makedirs(self.dir, exist_ok=True)
        empty = os.path.join(self.dir, "empty_hooks.o")
        run_logged([self.cc, "-O2", "-fPIC", "-w", "-c",
                    os.path.join(HERE, "empty_hooks.c"), "-o", empty],
                   os.path.join(self.dir, "log"))
        for tree in TREES:
            tools = os.path.join(self.dir, "tools", tree)
            os.makedirs(tools, exist_ok=True)
            for name, real in (("cc", self.cc), ("c++", self.cxx)):
                _script(os.path.join(tools, name),
                        self._command(tree, name, real, empty))

    def _command(self, tree, name, real, empty):
        if tree == "plain":
            return [real]
        if tree == "tsan":
            return [real, "-fsanitize=thread"]
        return ["env", "KCSAN_CC=" + self.cc, "KCSAN_CXX=" + self.cxx,
                os.path.join(HERE, "link_twice.py"),
                os.path.join(self.prefix, "bin", "kcsan-" + name), real, empty]

    def compilers(self, tree):
        tools = os.path.join(self.dir, "tools", tree)
        return tools + "/cc", tools + "/c++"

    def version(self):
        return subprocess.run([self.cxx, "--version"], stdout=subprocess.PIPE,
                              check=True,
                              universal_newlines=True).stdout.splitlines()[0]

    def environment(self, tree):
        """For configure and make: its probes are run, and must not be slow."""
        return dict(os.environ, LC_ALL="C", KCSAN_OPTIONS="enabled=0",
                    TSAN_OPTIONS="report_bugs=0",
                    CC=self.compilers(tree)[0], CXX=self.compilers(tree)[1])


def run_environment(run, reports, name):
    """The environment of a measured run: reports go to files in `reports`."""
    env = dict(os.environ, LC_ALL="C")
    log = os.path.join(reports, f"{name}.{run}.log")
    if run == "tsan":
        env["TSAN_OPTIONS"] = f"log_path={log}:exitcode=0"
    elif run in _KCSAN_OPTIONS:
        env["KCSAN_OPTIONS"] = (
            f"{_KCSAN_OPTIONS[run]}exit_code=0:log_path={log}")
    return env
