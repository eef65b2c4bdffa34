# SPDX-License-Identifier: Apache-2.0
"""Runs the commands that the docs show, and compares what they print.

Usage: doc_commands.py FILE...

A fenced block of kind `console` has commands after `$ `. `./bazelw test` is CI's
own business and is not run again. For `./bazelw run`, also with NAME=VALUE before
it, the next fenced block is what is printed: if it shows a report, there must be
one in the same functions, and the exit status must be 66; otherwise it must be 0.
Two tries: on a busy machine two threads may miss each other.
"""

import re
import subprocess
import sys

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.M | re.S)
RUN = re.compile(r"\$ (\w+=\S+ )*\./bazelw run ")
TITLE = re.compile(r"^BUG: KCSAN: (.*)$", re.M)


def title_of(text):
    """The title without offsets, or None."""
    match = TITLE.search(text)
    return re.sub(r"\+0x\w+/0x\w+", "", match.group(1)) if match else None


def holds(command, expected):
    done = subprocess.run(command, shell=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True)
    title = title_of(done.stdout)
    good = title == expected and done.returncode == (66 if expected else 0)
    if not good:
        print(done.stdout)
        print("exit status %d, title %r, expected %r" %
              (done.returncode, title, expected))
    return good


def main():
    passed = failed = 0
    for name in sys.argv[1:]:
        with open(name) as file:
            blocks = BLOCK.findall(file.read())
        for (kind, text), following in zip(blocks, blocks[1:] + [("", "")]):
            if kind != "console":
                continue
            expected = title_of(following[1]) if following[0] == "text" else None
            for line in text.splitlines():
                if not RUN.match(line):
                    continue
                command = line[2:]
                print("%s: %s" % (name, command), flush=True)
                if holds(command, expected) or holds(command, expected):
                    passed += 1
                else:
                    failed += 1
    print("doc_commands: %d as shown, %d not" % (passed, failed))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
