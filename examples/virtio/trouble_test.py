# SPDX-License-Identifier: Apache-2.0
"""What virtio_ring does when something is wrong: a bad command line, no device
program, a device or a driver that dies in the middle. It never hangs.

  trouble_test.py PATH_OF_VIRTIO_RING
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM = ""
TIMEOUT_S = 60
# Far more than pass before a signal is sent.
ENDLESS = "--buffers=4000000000"


def run(*arguments, program=None):
    return subprocess.run(
        [program or PROGRAM, *arguments], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, timeout=TIMEOUT_S, check=False)


def start(*arguments):
    return subprocess.Popen(
        [PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True)


def device_of(driver):
    """The pid of the driver's child, once it is there."""
    deadline = time.monotonic() + TIMEOUT_S
    path = f"/proc/{driver.pid}/task/{driver.pid}/children"
    while time.monotonic() < deadline:
        with open(path, encoding="ascii") as file:
            children = file.read().split()
        if children:
            return int(children[0])
    raise AssertionError("no device process")


class BadCommandLine(unittest.TestCase):
    def refuses(self, arguments, message):
        process = run(*arguments)
        self.assertEqual(process.returncode, 2)
        self.assertEqual(process.stdout, "")
        self.assertIn(message, process.stderr)

    def test_unknown_values_are_named(self):
        self.refuses(["--ring=round"], "'round'")
        self.refuses(["--ring=round"], "must be one of: split packed")
        self.refuses(["--mark=volatile"], "'volatile'")
        self.refuses(["--device=pci"], "'pci'")
        self.refuses(["--buffers=many"], "'many'")
        self.refuses(["--seed=-1"], "'-1'")

    def test_unknown_arguments_are_named(self):
        self.refuses(["--rings=split"], "unknown argument: --rings=split")
        self.refuses(["split"], "unknown argument: split")
        self.refuses(["--ring"], "--ring: the value is missing")

    def test_queue_size_must_suit_the_ring(self):
        self.refuses(["--queue-size=7"], "7 is not a power of two")
        self.refuses(["--queue-size=65536"], "65536")
        self.refuses(["--queue-size=3", "--ring=packed"], "3")
        self.assertEqual(run("--queue-size=7", "--ring=packed", "--buffers=99",
                             "--mark=read_once").returncode, 0)

    def test_help(self):
        process = run("--help")
        self.assertEqual(process.returncode, 0)
        self.assertIn("--queue-size", process.stdout)


class PeerIsGone(unittest.TestCase):
    def test_no_device_program(self):
        with tempfile.TemporaryDirectory() as directory:
            lonely = shutil.copy(os.path.realpath(PROGRAM), directory)
            process = run("--device=process", program=lonely)
        self.assertEqual(process.returncode, 1)
        self.assertIn("cannot start", process.stderr)
        self.assertIn("/virtio_device: No such file", process.stderr)

    def test_device_program_that_is_none(self):
        with tempfile.TemporaryDirectory() as directory:
            program = shutil.copy(os.path.realpath(PROGRAM), directory)
            shutil.copy("/bin/true", os.path.join(directory, "virtio_device"))
            process = run("--device=process", program=program)
        self.assertEqual(process.returncode, 1)
        self.assertIn("/virtio_device did not start", process.stderr)

    def test_device_dies(self):
        for ring in ("split", "packed"):
            with self.subTest(ring=ring):
                driver = start(f"--ring={ring}", "--device=process",
                               "--mark=read_once", ENDLESS)
                os.kill(device_of(driver), signal.SIGKILL)
                _, stderr = driver.communicate(timeout=TIMEOUT_S)
                self.assertEqual(driver.returncode, 1)
                # Depends on whether it had said hello.
                self.assertRegex(stderr, "device is gone|did not start")
                self.assertIn("killed by signal 9", stderr)

    def test_driver_dies(self):
        driver = start("--device=process", ENDLESS)
        device_of(driver)
        driver.kill()
        # Ends only when the device, which inherited them, has let go of stdout
        # and stderr, too.
        driver.communicate(timeout=TIMEOUT_S)
        self.assertEqual(driver.returncode, -signal.SIGKILL)


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
