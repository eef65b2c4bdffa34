# SPDX-License-Identifier: Apache-2.0
"""The reports that the docs show are those that the examples print.

Usage: reports_test.py FILE...

Each ```text block with a report is compared with the examples' expected output,
which their own tests compare with what they print. A line ` ...` stands for
frames of libraries. The places that a report names must be in the source still.
"""

import glob
import os
import re
import sys
import unittest

sys.path.insert(0, os.path.join(os.getcwd(), "tests", "e2e"))
import golden_text  # noqa: E402

BLOCK = re.compile(r"^```text\n(.*?)^```", re.M | re.S)
PLACE = re.compile(r"^  at &?(.+) in (\S+):(\d+)$", re.M)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


class ReportsTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.expected = []
        for path in glob.glob("examples/expected/*.txt"):
            cls.expected += golden_text.parse_report_text(read(path))
        assert cls.expected

    def check(self, block):
        text = re.sub(r"^ \.\.\.\n", "", block, flags=re.M)
        reports, others = golden_text.canonical_reports(text)
        self.assertEqual((len(reports), others), (1, []))
        self.assertTrue(
            any(golden_text.same_report(reports[0], known)
                for known in self.expected),
            "no example prints:\n" + golden_text.report_text(reports[0]))
        for expression, path, number in PLACE.findall(text):
            line = read(path).splitlines()[int(number) - 1]
            self.assertRegex(line, r"\(&?" + re.escape(expression),
                             "%s:%s" % (path, number))

    def test_each_report(self):
        for path in FILES:
            blocks = [b for b in BLOCK.findall(read(path))
                      if "BUG: KCSAN: data-race" in b]
            self.assertTrue(blocks, path)
            for block in blocks:
                with self.subTest(path=path):
                    self.check(block)


if __name__ == "__main__":
    FILES = sys.argv[1:]
    unittest.main(argv=sys.argv[:1])
