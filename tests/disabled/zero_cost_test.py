#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""With the detector off, nothing of us is left in the object code.

annotated.cc uses every public macro. Its objects name no symbol of ours, and its
functions are, instruction for instruction, those of plain.cc, which was written
by hand without our headers.
"""

import os
import re
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "annotations"))
import compilers  # noqa: E402

ANNOTATED = "tests/disabled/annotated.cc"
PLAIN = "tests/disabled/plain.cc"
OPTIMISED = ["-O2", "-O3"]


def without_order(lines):
    """Two registers compared for equality: either may stand first."""
    for this, following in zip(lines, lines[1:] + [""]):
        match = re.match(r"(cmp\w*\s+)(%\w+),(%\w+)$", this)
        if match and re.match(r"(j|set)n?e\b", following):
            this = match.group(1) + ",".join(sorted(match.groups()[1:]))
        yield this


def functions(path):
    """The instructions of each function, with what they refer to."""
    found = {}
    lines = None
    # Each function is in a section of its own and starts at 0.
    for line in compilers.run("objdump", "-dr", "--no-show-raw-insn",
                              path).splitlines():
        match = re.match(r"[0-9a-f]+ <(\S+)>:", line)
        if match:
            lines = found[match.group(1)] = []
        elif lines is not None and "\t" in line:
            # Without what objdump says of an address in passing.
            lines.append(line.split("#")[0].strip())
    for name, body in found.items():
        # The distance to the next function is nobody's code.
        while body and re.search(r"\b(nop\w*|xchg\s+%ax,%ax)\b", body[-1]):
            body.pop()
        addresses = [line.split(":", 1)[0] for line in body]
        texts = [" ".join(line.split(":", 1)[1].split()) for line in body]
        found[name] = list(zip(addresses, without_order(texts)))
    return found


class ZeroCostTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.headers = compilers.Headers()
        cls.installed = compilers.installed()
        cls.directory = tempfile.TemporaryDirectory()

    def build(self, compiler, source, *flags):
        with open(source, encoding="utf-8") as text:
            output = os.path.join(self.directory.name, "out.o")
            good, said = self.headers.compile(
                compiler, text.read(),
                [*compilers.WARNINGS, "-Wno-old-style-cast", "-I.",
                 "-ffunction-sections", *flags], output)
        self.assertTrue(good, said)
        return output

    def test_same_code(self):
        for compiler in self.installed:
            for level in OPTIMISED:
                plain = functions(self.build(compiler, PLAIN, level))
                ours = functions(self.build(compiler, ANNOTATED, level))
                self.assertEqual(sorted(ours), sorted(plain))
                self.assertGreater(len(plain), 80)
                for name, body in plain.items():
                    with self.subTest(compiler=compiler, level=level,
                                      function=name):
                        self.assertEqual(ours[name], body)

    def test_same_code_can_fail(self):
        # With the detector on, next to no function is what it was.
        for compiler in self.installed:
            plain = functions(self.build(compiler, PLAIN, "-O2"))
            ours = functions(self.build(compiler, ANNOTATED, "-O2",
                                        "-DKCSAN_ENABLED=1"))
            same = [name for name in plain if ours.get(name) == plain[name]]
            self.assertLess(len(same), len(plain) // 4, same)

    def test_no_symbols(self):
        for compiler in self.installed:
            for level in ["-O0", "-O0 -g", "-O1", "-O2", "-Os", "-O2 -fPIC"]:
                with self.subTest(compiler=compiler, level=level):
                    path = self.build(compiler, ANNOTATED, *level.split())
                    names = compilers.run("nm", path).split()
                    # Functions of annotated.cc that take types of ours are
                    # extern "C": their names say nothing of that.
                    self.assertEqual([n for n in names if "kcsan" in n], [])
                    # And no text of an annotation.
                    with open(path, "rb") as content:
                        self.assertNotIn(b"packed->u16\0", content.read())

    def test_no_symbols_can_fail(self):
        for compiler in self.installed:
            path = self.build(compiler, ANNOTATED, "-O2", "-DKCSAN_ENABLED=1")
            self.assertIn("kcsan_rt_check", compilers.run("nm", path))
            with open(path, "rb") as content:
                self.assertIn(b"packed->u16\0", content.read())

    def test_every_macro_is_there(self):
        with open(ANNOTATED, encoding="utf-8") as text:
            used = text.read()
        # VIRTIO##bits##_READ stands for three, and le##bits too.
        used += "".join(used.replace("##bits##", bits).replace("##bits", bits)
                        for bits in ("16", "32", "64"))
        names = re.findall(r"#define (\w+)", self.headers.read(
            "kcsan/annotations/short_names.inc"))
        names += re.findall(r"^#define (kcsan_[a-z_]+)", self.headers.read(
            "kcsan/checks.h"), re.M)
        names += ["AtomicNext", "AtomicRegion", "FlatAtomicRegion",
                  "ScopedAccessMask", "SeqCount", "checked", "data_racy",
                  "le16", "virtio16"]
        public = {n for n in names if not n.startswith("KCSAN_INTERNAL")}
        self.assertGreater(len(public), 50, public)
        for name in sorted(public):
            with self.subTest(name=name):
                self.assertRegex(used, r"\b%s\b" % name)


if __name__ == "__main__":
    unittest.main()
