#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The tree obeys kcsan/README.md, and tools/check_layers.py would notice if not.

Each planted violation is put into a small tree that is otherwise clean.
"""

import importlib.util
import os
import sys
import tempfile
import unittest

# The real tree, behind Bazel's links.
ROOT = os.path.dirname(os.path.realpath("LICENSE"))

SPDX = "// SPDX-License-Identifier: Apache-2.0\n"

# A clean tree: one file in each room.
CLEAN = {
    "kcsan/config.h": SPDX,
    "kcsan/checks.h": SPDX + '#include <stddef.h>\n#include "kcsan/config.h"\n',
    "kcsan/core/a.h": SPDX + '#include <stdint.h>\n#include "kcsan/checks.h"\n',
    "kcsan/core/a.cc": SPDX + '#include "kcsan/core/a.h"\n',
    "kcsan/platform/p.cc":
        SPDX + '#include <sys/syscall.h>\n#include "kcsan/core/a.h"\n',
    "kcsan/report/r.h": SPDX + '#include "kcsan/platform/p.h"\n',
    "kcsan/report/r.cc": SPDX + '#include "absl/strings/str_format.h"\n',
    "kcsan/platform/p.h": SPDX,
    "kcsan/runtime.h": SPDX + '#include <string>\n#include "kcsan/core/a.h"\n',
    "kcsan/kcsan.h": SPDX + '#include "kcsan/annotations/once.h"\n',
    "annotations/once.h": SPDX + '#include "kcsan/checks.h"\n',
    "assert/exclusive.h": SPDX + '#include "kcsan/checks.h"\n',
    "examples/e.cc": SPDX + '#include <vector>\n#include "kcsan/kcsan.h"\n',
    "tests/unit/core/a_test.cc":
        SPDX + '#include <string>\n#include "doctest/doctest.h"\n',
    "tools/t.py": "#!/usr/bin/env python3\n# SPDX-License-Identifier: "
                  "Apache-2.0\n",
    "docs/d.md": "See https://github.com/ for more, and http://$HOST/ too.\n",
}

# What is planted: (file, its new text or None to remove it, part of the
# complaint).
PLANTED = [
    ("kcsan/config.h", SPDX + '#include <stddef.h>\n',
     "config may not include <stddef.h>"),
    ("kcsan/checks.h", SPDX + '#include "kcsan/core/a.h"\n',
     "checks may not include core"),
    ("kcsan/core/a.cc", SPDX + '#include "kcsan/platform/p.h"\n',
     "core may not include platform"),
    ("kcsan/core/a.cc", SPDX + '#include "kcsan/runtime.h"\n',
     "core may not include runtime"),
    ("kcsan/core/a.cc", SPDX + "#include <atomic>\n",
     "core may not include <atomic>"),
    ("kcsan/core/a.cc", SPDX + "#  include  <string>\n",
     "core may not include <string>"),
    ("kcsan/core/a.cc", SPDX + '#include "absl/base/macros.h"\n',
     "core may not include absl"),
    ("kcsan/platform/p.cc", SPDX + '#include "kcsan/report/r.h"\n',
     "platform may not include report"),
    ("kcsan/platform/p.cc", SPDX + "#include <thread>\n",
     "platform may not include <thread>"),
    ("kcsan/report/r.cc", SPDX + '#include "kcsan/runtime.h"\n',
     "report may not include runtime"),
    ("kcsan/runtime.h", SPDX + '#include "kcsan/kcsan.h"\n',
     "runtime may not include umbrella"),
    ("kcsan/runtime.h", SPDX + '#include "absl/strings/str_cat.h"\n',
     "runtime may not include absl"),
    ("annotations/once.h", SPDX + '#include "kcsan/core/a.h"\n',
     "annotations may not include core"),
    ("annotations/once.h", SPDX + '#include "kcsan/assert/exclusive.h"\n',
     "annotations may not include assert"),
    ("annotations/once.h", SPDX + "#include <atomic>\n",
     "annotations may not include <atomic>"),
    ("annotations/once.h", SPDX + '#include "annotations/once.h"\n',
     "generic name"),
    ("annotations/once.h", SPDX + '#include "kcsan/annotations/once.h"\n',
     "includes itself"),
    ("assert/exclusive.h", SPDX + '#include "kcsan/runtime.h"\n',
     "assert may not include runtime"),
    ("examples/e.cc", SPDX + '#include "kcsan/report/r.h"\n',
     "examples may not include report"),
    ("tests/unit/core/a_test.cc", SPDX + '#include "assert/exclusive.h"\n',
     "generic name"),
    ("tests/unit/core/a_test.cc", SPDX + '#include "a.h"\n',
     "not a path from the root"),
    ("tests/unit/core/a_test.cc", None, "has no unit test"),
    ("kcsan/core/a.h", "#pragma once\n", "no SPDX line"),
    ("tools/t.py", "#!/usr/bin/env python3\n", "no SPDX line"),
    ("kcsan/core/a.cc", SPDX + "\n" * 300, "301 lines"),
    ("tests/unit/core/a_test.cc", SPDX + "\n" * 350, "351 lines"),
    ("docs/d.md", "cd /" + "work/here\n", "path of one machine"),
    ("docs/d.md", "see /tmp/" + "ob_x\n", "path of one machine"),
    ("docs/d.md", "see /home" + "/me/notes\n", "path of one machine"),
    ("docs/d.md", "from registry" + ".example.org\n", "package registry"),
    ("docs/d.md", "from https:/" + "/packages.example.org/x\n",
     "not on the list of public hosts"),
]


def load_tool():
    path = os.path.join(ROOT, "tools/check_layers.py")
    spec = importlib.util.spec_from_file_location("check_layers", path)
    module = importlib.util.module_from_spec(spec)
    sys.dont_write_bytecode = True
    spec.loader.exec_module(module)
    return module


def write_tree(root, files):
    for path, text in files.items():
        full = os.path.join(root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w") as file:
            file.write(text)


class LayersTest(unittest.TestCase):

    def problems(self, files):
        with tempfile.TemporaryDirectory() as root:
            write_tree(root, files)
            return ["%s:%d: %s" % p for p in load_tool().check_tree(root)]

    def test_clean_tree_has_no_violation(self):
        self.assertEqual(self.problems(CLEAN), [])

    def test_planted_violation_is_found(self):
        for path, text, complaint in PLANTED:
            with self.subTest(path=path, complaint=complaint):
                files = dict(CLEAN)
                if text is None:
                    del files[path]
                else:
                    files[path] = text
                problems = self.problems(files)
                self.assertTrue(any(complaint in p for p in problems), problems)

    def test_repository_obeys(self):
        problems = ["%s:%d: %s" % p for p in load_tool().check_tree(ROOT)]
        self.assertFalse(problems, "\n" + "\n".join(problems))

    def test_repository_was_seen(self):
        # A wrong root would pass the test above with nothing to look at.
        files = load_tool().list_files(ROOT)
        for path in ["kcsan/checks.h", "kcsan/core/slow_path.cc",
                     "tests/meta/layers_test.py"]:
            self.assertIn(path, files)


if __name__ == "__main__":
    unittest.main()
