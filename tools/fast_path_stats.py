#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Counts what the fast path is made of, from the compiler's own output.

Compiles bench/fast_path_probe.cc (what is inlined into the program) and some of
kcsan/abi (the hooks that an instrumented program calls), follows each function from its start to its
return along the way that is taken when nothing is armed (branches fall
through), and counts. The result stands in bench/golden, one file for a compiler
and an architecture.

  tools/fast_path_stats.py g++            prints the table
  tools/fast_path_stats.py g++ --update   writes it to bench/golden
  tools/fast_path_stats.py g++ --check    compares; exit status 1 if different
  tools/fast_path_stats.py g++ --show read_once   the instructions themselves
"""

import argparse
import os
import platform
import re
import subprocess
import sys
import tempfile

PROBE = "bench/fast_path_probe.cc"
# Of each kind of hook one.
HOOKS = {
    "kcsan/abi/plain.cc": ["__tsan_read8", "__tsan_write8",
                           "__tsan_read_write8", "__tsan_volatile_read8",
                           "__tsan_unaligned_read8", "__tsan_vptr_update"],
    "kcsan/abi/atomic.cc": ["__tsan_atomic64_load", "__tsan_atomic64_fetch_add",
                            "__tsan_atomic64_compare_exchange_val"],
    "kcsan/abi/function.cc": ["__tsan_func_entry", "__tsan_func_exit"],
}
FLAGS = ["-std=c++17", "-O2", "-fPIE", "-fcf-protection=none", "-I.",
         "-DKCSAN_ENABLED=1"]
# As kcsan/abi/BUILD has it.
HOOK_FLAGS = ["-Dkcsan_rt_thread=__kcsan_thread", "-fomit-frame-pointer"]

# In a table, in this order. What each counts:
#   insn    instructions
#   call    calls
#   locked  instructions that own a cache line while they run, and fences
#   branch  conditional jumps
#   load    reads of memory, but not of the thread's own
#   store   writes to memory, but not to the thread's own
#   tls     instructions that read or write thread-local memory
#   push    uses of the stack: pushes, and writes relative to %rsp
COLUMNS = ["insn", "call", "locked", "branch", "load", "store", "tls", "push"]

# Instructions whose last operand is only read.
READ_ONLY = re.compile(r"(cmp|test|bt|ucomis|comis)[bwlq]?$")
NO_ACCESS = re.compile(r"(lea|nop|prefetch)")


class Error(Exception):
    pass


def run(*command):
    result = subprocess.run(command, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT,
                            universal_newlines=True, check=False)
    if result.returncode != 0:
        raise Error("%s\n%s" % (" ".join(command), result.stdout))
    return result.stdout


def describe(compiler):
    """("gcc" or "clang", major version)."""
    is_clang = "clang" in run(compiler, "--version").lower()
    version = run(compiler, "-dumpversion").strip()
    return ("clang" if is_clang else "gcc"), version.split(".")[0]


def golden_path(compiler):
    return "bench/golden/fast_path.%s.%s.golden" % (describe(compiler)[0],
                                                    platform.machine())


def make_include_dir(scratch):
    """Users see annotations/ below kcsan/; a test's copy of the tree does not."""
    os.mkdir(os.path.join(scratch, "kcsan"))
    for room in ("annotations", "assert"):
        os.symlink(os.path.abspath(room), os.path.join(scratch, "kcsan", room))
    return "-I" + scratch


def disassemble(compiler, source):
    """Function name -> list of (address, instruction)."""
    with tempfile.TemporaryDirectory() as scratch:
        path = os.path.join(scratch, "probe.o")
        flags = FLAGS + (HOOK_FLAGS if source in HOOKS else [])
        run(compiler, *flags, make_include_dir(scratch), "-c", source, "-o",
            path)
        text = run("objdump", "--disassemble", "--reloc", "--no-show-raw-insn",
                   "-M", "att", path)
    functions = {}
    current = None
    for line in text.splitlines():
        head = re.match(r"[0-9a-f]+ <(.+)>:$", line)
        code = re.match(r"\s+([0-9a-f]+):\s(.+)$", line)
        if head:
            current = functions.setdefault(head.group(1), [])
        elif code and current is not None:
            if re.match(r"R_X86_64_(GOTTPOFF|REX_GOTPCRELX)", code.group(2)):
                # A constant once it is linked into a program, no read of memory.
                current[-1] = (current[-1][0], "mov    $linked,%reg")
            elif not code.group(2).startswith("R_"):
                current.append((int(code.group(1), 16), code.group(2)))
    return functions


def hot_path(instructions):
    """The instructions up to the return, if no conditional branch is taken."""
    index = {address: i for i, (address, _) in enumerate(instructions)}
    path, i = [], 0
    while i < len(instructions) and len(path) < 1000:
        text = instructions[i][1]
        path.append(text)
        jump = re.match(r"jmp\s+([0-9a-f]+)", text)
        if re.match(r"(rep\S* )?ret", text):
            return path
        if jump:
            path.pop()
            target = int(jump.group(1), 16)
            if target not in index:
                break
            i = index[target]
        else:
            i += 1
    raise Error("no return found:\n" + "\n".join(path))


def operands_of(text):
    """Mnemonic and operands; commas in parentheses do not separate."""
    text = re.sub(r"\s*[#<].*$", "", text)
    text = re.sub(r"^(lock|rep\S*|data16|cs|notrack)\s+", "", text)
    mnemonic, _, rest = text.partition(" ")
    return mnemonic, re.findall(r"[^,(]*\([^)]*\)|[^,]+", rest.strip())


def is_memory(operand):
    return "(" in operand or operand.strip().startswith("%fs:")


def count_one(text, counts):
    mnemonic, operands = operands_of(text)
    counts["insn"] += 1
    if mnemonic.startswith("call"):
        counts["call"] += 1
    elif mnemonic.startswith("j"):
        counts["branch"] += 1
    elif mnemonic.startswith("push"):
        counts["push"] += 1
    elif mnemonic == "mfence":
        counts["locked"] += 1
    if NO_ACCESS.match(mnemonic):
        return
    memory = [o for o in operands if is_memory(o)]
    if not memory:
        return
    if text.startswith("lock") or mnemonic.startswith("xchg"):
        counts["locked"] += 1
    elif memory[0].strip().startswith("%fs:"):
        counts["tls"] += 1
    elif "(%rsp" in memory[0] or "(%rbp" in memory[0]:
        counts["push"] += 1
    else:
        writes = operands[-1] is memory[0] and not READ_ONLY.match(mnemonic)
        moves = mnemonic.startswith("mov")
        counts["store"] += 1 if writes else 0
        counts["load"] += 0 if writes and moves else 1


def count(path):
    counts = dict.fromkeys(COLUMNS, 0)
    for text in path:
        count_one(text, counts)
    return counts


def measure(compiler, source=PROBE):
    """Function name -> its counts, in the order of the file."""
    return {name: count(hot_path(code))
            for name, code in disassemble(compiler, source).items()
            if not name.endswith(".cold") and not name.startswith("_")}


def measure_all(compiler):
    table = measure(compiler)
    for source, names in HOOKS.items():
        functions = disassemble(compiler, source)
        for name in names:
            table[name] = count(hot_path(functions[name]))
    return table


def render(compiler, table):
    lines = ["# %s %s %s %s" % (*describe(compiler), platform.machine(),
                                " ".join(FLAGS)),
             "# Written by tools/fast_path_stats.py --update. See there.",
             "%-38s" % "#" + "".join("%7s" % c for c in COLUMNS)]
    for name, counts in table.items():
        lines.append("%-38s" % name +
                     "".join("%7d" % counts[c] for c in COLUMNS))
    return "\n".join(lines) + "\n"


def parse(text):
    table = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, *numbers = line.split()
            table[name] = dict(zip(COLUMNS, map(int, numbers)))
    return table


def differences(golden, table):
    """Lines that say what became more or less, worst first."""
    found = []
    for name in sorted(set(golden) | set(table)):
        if name not in golden or name not in table:
            found.append("%s: %s" % (name, "not in the golden file"
                                     if name in table else "gone"))
            continue
        for column in COLUMNS:
            old, new = golden[name][column], table[name][column]
            if old != new:
                found.append("%s: %s %d, was %d" % (name, column, new, old))
    return found


def version_line(text):
    return text.splitlines()[0].split()[1:4]


def check(compiler):
    """None if the golden file is for another compiler, else differences."""
    path = golden_path(compiler)
    if not os.path.exists(path):
        return None
    with open(path) as file:
        golden = file.read()
    if version_line(golden) != [*describe(compiler), platform.machine()]:
        return None
    return differences(parse(golden), measure_all(compiler))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("compiler")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--show", metavar="FUNCTION")
    arguments = parser.parse_args()
    if arguments.check:
        found = check(arguments.compiler)
        if found is None:
            print("SKIPPED: no golden file for this compiler or machine")
        print("\n".join(found or []))
        return 1 if found else 0
    if arguments.show:
        for source in [PROBE, *HOOKS]:
            functions = disassemble(arguments.compiler, source)
            if arguments.show in functions:
                print("\n".join(hot_path(functions[arguments.show])))
                break
        return 0
    text = render(arguments.compiler, measure_all(arguments.compiler))
    print(text, end="")
    if arguments.update:
        with open(golden_path(arguments.compiler), "w") as file:
            file.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
