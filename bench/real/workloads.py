# SPDX-License-Identifier: Apache-2.0
"""What the programs are given to do, and what is taken down of it."""

import atexit
import collections
import hashlib
import os
import random
import re
import shutil
import socket
import subprocess
import tempfile
import time

# seconds, and those of processors: for the work of one thread; memory: peak, in
# KiB; output: what must be the same in all builds.
Sample = collections.namedtuple("Sample", "seconds cpu memory output")

LIMIT_SECONDS = 600


class RunError(Exception):
    """A program that failed, hung, or said something else."""


def make_input(path, size):
    """A file as logs, records and prose are: compressible, not repetitive."""
    rng = random.Random(7)
    letters = "etaoinshrdlucmfwypvbgkqjxz"
    words = ["".join(rng.choices(letters, weights=range(26, 0, -1),
                                 k=rng.randint(2, 10))) for _ in range(20000)]
    weights = [1.0 / (rank + 3) for rank in range(len(words))]
    written = 0
    with open(path + ".part", "w", encoding="ascii") as out:
        while written < size:
            picked = iter(rng.choices(words, weights, k=24000))
            lines = []
            for number, head in enumerate(picked):
                tail = " ".join(word for word, _ in zip(picked, range(11)))
                kind = number % 3
                if kind == 0:
                    lines.append(f"{head.capitalize()} {tail}.\n")
                elif kind == 1:
                    lines.append(f'{{"id":{rng.getrandbits(40)},"user":"{head}'
                                 f'","text":"{tail}"}}\n')
                else:
                    lines.append(f"2024-05-{number % 28 + 1:02} "
                                 f"{rng.random() * 86400:.6f} {head}: {tail}\n")
            text = "".join(lines)
            written += len(text)
            out.write(text)
    os.rename(path + ".part", path)


def digest(path):
    sha = hashlib.sha256()
    with open(path, "rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            sha.update(block)
    return sha.hexdigest()


class Context:
    """Where things are: the inputs, a scratch folder, our own tools."""

    def __init__(self, work, tools):
        self.inputs = os.path.join(work, "inputs")
        os.makedirs(self.inputs, exist_ok=True)
        self.scratch = tempfile.mkdtemp(prefix="scratch.", dir=work)
        atexit.register(shutil.rmtree, self.scratch, ignore_errors=True)
        self.tools = tools

    def input(self, megabytes):
        path = os.path.join(self.inputs, f"text{megabytes}")
        if not os.path.exists(path):
            make_input(path, megabytes << 20)
        return path

    def path(self, name):
        return os.path.join(self.scratch, name)

    def launch(self, command, env, stdout):
        return subprocess.Popen(
            [os.path.join(self.tools, "launch"), self.path("result")] + command,
            env=env, stdout=stdout, stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE)

    def finish(self, process, command):
        try:
            _, errors = process.communicate(timeout=LIMIT_SECONDS)
        except subprocess.TimeoutExpired as error:
            process.terminate()
            raise RunError(f"no end after {LIMIT_SECONDS} s: {command}"
                           ) from error
        with open(self.path("result"), encoding="ascii") as file:
            wall, cpu, memory, status = file.read().split()
        if status != "0":
            text = errors.decode(errors="replace")[-2000:]
            raise RunError(f"status {status}: {' '.join(command)}\n{text}")
        return float(wall), float(cpu), int(memory)

    def measure(self, command, env, output):
        with open(output, "wb") as out:
            return self.finish(self.launch(command, env, out), command)


class Filter:
    """A program that turns a file into another."""

    def __init__(self, megabytes, arguments, packed=None):
        self._megabytes, self._arguments = megabytes, arguments
        self._packed = packed

    def run(self, context, program, threads, env):
        source = context.input(self._megabytes)
        if self._packed is not None:
            packed = f"{source}.{os.path.basename(program)}"
            if not os.path.exists(packed):
                with open(packed + ".part", "wb") as out:
                    subprocess.check_call([program] + self._packed + [source],
                                          stdout=out)
                os.rename(packed + ".part", packed)
            source = packed
        output = context.path("output")
        command = [program] + [a.format(threads=threads)
                               for a in self._arguments] + [source]
        wall, cpu, memory = context.measure(command, env, output)
        return Sample(wall, cpu, memory, digest(output))


class Loop:
    """One of micro's."""

    def __init__(self, name):
        self._name = name

    def run(self, context, program, threads, env):
        del threads
        output = context.path("output")
        wall, cpu, memory = context.measure([program, self._name], env, output)
        return Sample(wall, cpu, memory, digest(output))


class Database:
    """db_bench, on an empty database or on a copy of a filled one."""

    def __init__(self, benchmarks, keys, filled=None):
        self._benchmarks, self._keys = benchmarks, keys
        self._filled = filled

    def _command(self, program, place, *more):
        return [program, "--db=" + place, f"--num={self._keys}"] + list(more)

    def run(self, context, program, threads, env):
        place = context.path("db")
        shutil.rmtree(place, ignore_errors=True)
        existing = []
        if self._filled is not None:
            filled = os.path.join(context.inputs, f"db{self._keys}")
            if not os.path.exists(filled):
                subprocess.check_call(
                    self._command(program, filled + ".part",
                                  "--benchmarks=" + self._filled),
                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                os.rename(filled + ".part", filled)
            shutil.copytree(filled, place)
            existing = ["--use_existing_db=1"]
        output = context.path("output")
        wall, cpu, memory = context.measure(
            self._command(program, place, f"--threads={threads}",
                          "--benchmarks=" + self._benchmarks, *existing),
            env, output)
        with open(output, encoding="ascii", errors="replace") as file:
            found = re.findall(r"\(\d+ of \d+ found\)", file.read())
        # Every thread does the whole work.
        return Sample(wall / threads, cpu / threads, memory, " ".join(found))


class Server:
    """memcached, under so many clients as it has threads."""

    def __init__(self, batches):
        self._batches = batches

    def run(self, context, program, threads, env):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [program, "-l", "127.0.0.1", "-p", str(port), "-U", "0", "-t",
                   str(threads), "-m", "256"]
        if os.geteuid() == 0:
            command += ["-u", "root"]
        with open(context.path("server"), "wb") as out:
            server = context.launch(command, env, out)
        try:
            self._wait_for(port, server)
            load = subprocess.run(
                [os.path.join(context.tools, "load"), str(port), str(threads),
                 str(self._batches)],
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                timeout=LIMIT_SECONDS, universal_newlines=True)
        except subprocess.TimeoutExpired as error:
            raise RunError(f"no end of the load on {program}") from error
        finally:
            server.terminate()
        _, cpu, memory = context.finish(server, command)
        if load.returncode != 0:
            raise RunError(f"load on {program}: {load.stdout}")
        words = load.stdout.split()
        return Sample(float(words[1]) / threads, cpu / threads, memory,
                      "errors " + words[3])

    @staticmethod
    def _wait_for(port, server):
        for _ in range(500):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            if server.poll() is not None:
                break
            time.sleep(0.02)
        raise RunError("memcached does not listen")


# Name: program, what it does, threads for the table, and those for throughput,
# if it is one that should gain by a second.
WORKLOADS = {
    "zstd -T2": ("zstd", Filter(48, ["-T{threads}", "-5", "-q", "-c"]), 2,
                 True),
    "zstd -d": ("zstd", Filter(48, ["-d", "-T{threads}", "-q", "-c"],
                               packed=["-5", "-q", "-c"]), 2, False),
    "leveldb fill": ("leveldb", Database("fillseq,fillrandom", 120000), 2, True),
    "leveldb read": ("leveldb",
                     Database("readseq,readrandom", 150000,
                              filled="fillseq,fillrandom"), 2, True),
    "memcached": ("memcached", Server(4000), 4, True),
    "pbzip2": ("pbzip2", Filter(12, ["-p{threads}", "-q", "-k", "-c"]), 2, True),
    "pbzip2 -d": ("pbzip2", Filter(12, ["-d", "-p{threads}", "-q", "-k", "-c"],
                                   packed=["-q", "-k", "-c"]), 2, True),
    "hash map": ("micro", Loop("hash_map"), 1, False),
    "sort": ("micro", Loop("sort"), 1, False),
    "map of strings": ("micro", Loop("map"), 1, False),
    "vector loop": ("micro", Loop("vector"), 1, False),
    "SPSC ring": ("micro", Loop("ring"), 2, False),
}
