#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Installs kcsan for builds that are not Bazel's.

  ./bazelw run //:install -- --prefix=DIR [--destdir=DIR]

Puts into the prefix: the headers, the runtime (static and shared), kcsan-cc and
kcsan-c++, a pkg-config file and a CMake package. All of it finds the rest from
where it stands, so the prefix may be moved. Run again, it writes the same again.
"""

import argparse
import os
import re
import shutil
import sys

VERSION = "0.1.0"

# What users include; with what these include, all of it is installed and nothing
# else.
PUBLIC_HEADERS = ["kcsan/kcsan.h", "kcsan/annotations/virtio_ring_layout.h"]

FILES = {
    "compiler/kcsan-cc": "bin/kcsan-cc",
    "install/lib/libkcsan.a": "lib/libkcsan.a",
    "install/lib/libkcsan_interpose.a": "lib/libkcsan_interpose.a",
    "install/lib/libkcsan.so": "lib/libkcsan.so.0",
    "install/lib/kcsan.wrap": "lib/kcsan.wrap",
    "install/lib/kcsan.syms": "lib/kcsan.syms",
    "compiler/kcsan.specs": "lib/kcsan.specs",
    "install/kcsan-config.cmake": "lib/cmake/kcsan/kcsan-config.cmake",
    "LICENSE": "share/doc/kcsan/LICENSE",
}

LINKS = {
    "bin/kcsan-c++": "kcsan-cc",
    "lib/libkcsan.so": "libkcsan.so.0",
}


def source_of(header):
    """Users see two rooms below kcsan/ that stand beside it here."""
    return re.sub(r"^kcsan/(annotations|assert)/", r"\1/", header)


def public_headers():
    found, new = set(), list(PUBLIC_HEADERS)
    while new:
        header = new.pop()
        if header in found:
            continue
        found.add(header)
        with open(source_of(header), encoding="utf-8") as file:
            new += re.findall(r'^\s*#\s*include "(kcsan/[^"]+)"', file.read(),
                              re.MULTILINE)
    return sorted(found)


class Installer:

    def __init__(self, root):
        self._root = root

    def _place(self, path):
        place = os.path.join(self._root, path)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        if os.path.lexists(place):
            os.remove(place)
        return place

    def copy(self, source, path):
        place = self._place(path)
        shutil.copyfile(source, place)
        os.chmod(place, 0o755 if os.access(source, os.X_OK) and
                 path.startswith("bin/") else 0o644)

    def link(self, path, target):
        os.symlink(target, self._place(path))

    def write(self, path, text):
        with open(self._place(path), "w", encoding="utf-8") as file:
            file.write(text)

    def all(self):
        for header in public_headers():
            self.copy(source_of(header), "include/" + header)
        for source, path in FILES.items():
            self.copy(source, path)
        for path, target in LINKS.items():
            self.link(path, target)
        with open("install/kcsan.pc", encoding="utf-8") as file:
            text = file.read().replace("@VERSION@", VERSION)
        self.write("lib/pkgconfig/kcsan.pc", text)
        self.write("lib/cmake/kcsan/kcsan-config-version.cmake",
                   'set(PACKAGE_VERSION "%s")\n'
                   "if(NOT PACKAGE_FIND_VERSION VERSION_GREATER "
                   "PACKAGE_VERSION)\n"
                   "  set(PACKAGE_VERSION_COMPATIBLE TRUE)\nendif()\n" % VERSION)


def main():
    parser = argparse.ArgumentParser(
        prog="./bazelw run //:install --",
        description=__doc__.splitlines()[0])
    parser.add_argument("--prefix", required=True,
                        help="where it will be used from")
    parser.add_argument("--destdir",
                        help="written below this directory instead, for "
                        "packages")
    arguments = parser.parse_args()
    for option in ("prefix", "destdir"):
        path = getattr(arguments, option)
        # Bazel does not run us where the command was typed.
        if path is not None and not os.path.isabs(os.path.expanduser(path)):
            parser.error("--%s=%s is not an absolute path" % (option, path))
    root = os.path.abspath(os.path.expanduser(arguments.prefix))
    if arguments.destdir is not None:
        root = os.path.abspath(os.path.expanduser(arguments.destdir)) + root
    try:
        Installer(root).all()
    except OSError as error:
        print("install: %s: %s" % (error.filename, error.strerror),
              file=sys.stderr)
        return 1
    print("installed in %s" % root)
    return 0


if __name__ == "__main__":
    sys.exit(main())
