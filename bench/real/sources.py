# SPDX-License-Identifier: Apache-2.0
"""Fetches the sources of Debian's packages.

With `apt-get source`, and lists and a cache of our own: the machine's apt stays
as it is, also where it has no deb-src line.
"""

import glob
import os
import shutil
import subprocess


class SourceError(Exception):
    """The sources are not to be had, and why."""


def _archive():
    """(address, suite) of the Debian archive that this machine's apt uses."""
    found = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE)",
         "Created-By: Packages"], stdout=subprocess.PIPE, check=False,
        universal_newlines=True).stdout.split()
    # The release itself, and not its updates or its security archive.
    for address, suite in zip(found[::2], found[1::2]):
        if "-" not in suite:
            return address, suite
    raise SourceError("apt knows no archive of packages: run apt-get update")


def _run(command, log, **kwargs):
    with open(log, "a", encoding="utf-8") as out:
        return subprocess.run(command, stdout=out, stderr=out, check=False,
                              **kwargs).returncode


def _last_line(log):
    with open(log, encoding="utf-8", errors="replace") as file:
        lines = [line.strip() for line in file if line.strip()]
    return f"{lines[-1] if lines else 'nothing said'} ({log})"


class Apt:
    """`apt-get` beside the machine's own."""

    def __init__(self, work):
        self._dir = os.path.join(work, "apt")
        self._sources = os.path.join(work, "src")
        self._log = os.path.join(self._dir, "log")
        self._updated = False

    def _options(self):
        return [
            "-o", "Dir::Etc::SourceList=" + self._dir + "/sources.list",
            "-o", "Dir::Etc::SourceParts=/dev/null",
            "-o", "Dir::State::Lists=" + self._dir + "/lists",
            "-o", "Dir::Cache=" + self._dir + "/cache",
            "-o", "APT::Sandbox::User=root",
        ]

    def _update(self):
        if self._updated:
            return
        for tool, package in (("apt-get", "apt"), ("dpkg-source", "dpkg-dev")):
            if shutil.which(tool) is None:
                raise SourceError(f"{tool} is not here (Debian: {package})")
        for part in ("lists/partial", "cache/archives/partial"):
            os.makedirs(os.path.join(self._dir, part), exist_ok=True)
        address, suite = _archive()
        with open(self._dir + "/sources.list", "w", encoding="utf-8") as out:
            out.write(f"deb-src {address} {suite} main\n")
        if _run(["apt-get"] + self._options() + ["update", "--error-on=any"],
                self._log) != 0:
            raise SourceError(
                "apt-get update for sources failed: " + _last_line(self._log))
        self._updated = True

    def fetch(self, package):
        """The directory of the unpacked, patched sources of `package`."""
        place = os.path.join(self._sources, package)
        done = self._unpacked(place)
        if done is not None:
            return done
        self._update()
        shutil.rmtree(place, ignore_errors=True)
        os.makedirs(place)
        if _run(["apt-get"] + self._options() + ["source", package], self._log,
                cwd=place) != 0:
            shutil.rmtree(place)
            raise SourceError(
                f"apt-get source {package} failed; can its archive be "
                "reached? " + _last_line(self._log))
        done = self._unpacked(place)
        if done is None:
            raise SourceError(f"{package}: no directory in {place}")
        return done

    @staticmethod
    def _unpacked(place):
        found = [d for d in glob.glob(place + "/*") if os.path.isdir(d)]
        return found[0] if len(found) == 1 else None
