#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reports as the tools print them, and the race that each is of."""

import os
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True  # This is the source tree.

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))

import link_twice  # noqa: E402
import races  # noqa: E402

KCSAN = """\
==================================================================
BUG: KCSAN: data-race in Deposit / __wrap_memcpy

read-write to 0x000055d0c8f0a010 of 8 bytes by task 4711 on cpu 0:
 std::atomic<int>::load+0x2/0x8 /usr/include/c++/12/atomic:23 [inlined]
 bank::Account<int>::Deposit+0x28/0x50 examples/first_race.cc:23
 main+0x1c/0x1f first_race.cc:210
  by thread "first_race"

read to 0x000055d0c8f0a010 of 8 bytes by task 4710 on cpu 1:
 __wrap_memcpy+0x28/0x50 wrap_memory.cc:19
 Copy+0x28/0x50 examples/first_race.cc:19

value changed: 0x0000000000000012 -> 0x0000000000000011

Reported by Kernel Concurrency Sanitizer on:
CPU: 1 PID: 4709 Comm: first_race Kernel: Linux 6.1.0 x86_64
==================================================================
BUG: KCSAN: data-race in more_used+0x6e/0x260

race at unknown origin, with read to 0x00007f0012345678 of 2 bytes by task 488 on cpu 6:
 more_used+0x6e/0x260 examples/virtio/more_used.cc:30

value changed: 0x0160 -> 0x0161
==================================================================
"""

TSAN = """\
==================
WARNING: ThreadSanitizer: data race (pid=4711)
  Write of size 8 at 0x7b0400000010 by thread T2 (mutexes: write M1):
    #0 memcpy ../../../../src/libsanitizer/tsan/tsan_interceptors.inc:899 (libtsan.so.2+0x61bb1)
    #1 bank::Account<int>::Deposit(std::vector<int>&) /src/bank.cc:12 (bank+0x1234)

  Previous atomic read of size 4 at 0x7b0400000010 by main thread:
    #0 Copy.constprop.0 /src/bank.c:7 (bank+0x4321)
    #1 main /src/bank.c:9 (bank+0x4322)

SUMMARY: ThreadSanitizer: data race /src/bank.cc:12 in Deposit
==================
==================
WARNING: ThreadSanitizer: thread leak (pid=4711)
  Thread T1 'logger' (tid=4712, finished) created by main thread at:
    #0 pthread_create x.cpp:1
==================
"""


class RacesTest(unittest.TestCase):

    def test_kcsan(self):
        self.assertEqual([race.functions for race in races.read_kcsan(KCSAN)],
                         ["Copy / bank::Account::Deposit",
                          "more_used / unknown origin"])

    def test_tsan(self):
        self.assertEqual([race.functions for race in races.read_tsan(TSAN)],
                         ["Copy / bank::Account::Deposit", "thread leak: "])

    def test_collection(self):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in (("bank.kcsan.log.1", KCSAN),
                               ("bank.tsan.log.2", TSAN),
                               ("bank.tsan.log.3", TSAN)):
                with open(f"{folder}/{name}", "w", encoding="utf-8") as out:
                    out.write(text)
            collection = races.Collection(folder)
            self.assertEqual(collection.count("bank", "kcsan"), 2)
            both = collection.races["bank", "Copy / bank::Account::Deposit"]
            self.assertEqual(len(both["kcsan"]), 1)
            self.assertEqual(len(both["tsan"]), 2)


class LinkTwiceTest(unittest.TestCase):

    def test_only_links_are_repeated(self):
        for arguments in (["-c", "a.c", "-o", "a.o"], ["--version"],
                          ["a.c", "-o", "a"], ["-shared", "a.o", "-o", "a.so"]):
            self.assertIsNone(link_twice.second_link(arguments), arguments)

    def test_the_second_has_its_own_name(self):
        self.assertEqual(
            link_twice.second_link(["a.o", "-o", "dir/a", "-pthread"]),
            ["a.o", "-o", "dir/a.empty", "-pthread"])


if __name__ == "__main__":
    unittest.main()
