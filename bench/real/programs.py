# SPDX-License-Identifier: Apache-2.0
"""The programs: where their sources come from, and how each is built.

A recipe builds in a copy of the sources, with the compilers of one tree, the
program's own optimisation and -g. Everything a program is made of is built so,
its libraries too: what is not instrumented could not be found out about.
"""

import glob
import os
import shutil

from builds import HERE, run_logged

# Of the makes that are told so: `ar` and the like write nothing to compare.
JOBS = "-j2"


class Recipe:
    """One program in one tree."""

    def __init__(self, toolchain, tree, place):
        self.cc, self.cxx = toolchain.compilers(tree)
        self.env = toolchain.environment(tree)
        self.place = place
        self.log = os.path.join(place, "log")

    def run(self, *command, cwd=None):
        run_logged(list(command), self.log, cwd=cwd or self.place, env=self.env)

    def copy(self, source, name):
        """All files of one age, or make would call for automake."""
        to = os.path.join(self.place, name)
        shutil.copytree(source, to, symlinks=True)
        for folder, _, files in os.walk(to):
            for file in files:
                path = os.path.join(folder, file)
                if not os.path.islink(path):
                    os.utime(path, (0, 0))
        return to

    def compile(self, compiler, sources, flags, cwd):
        """To objects first, because link_twice.py links those."""
        objects = []
        for source in sources:
            target = os.path.splitext(os.path.basename(source))[0] + ".o"
            self.run(compiler, *flags, "-c", source, "-o", target, cwd=cwd)
            objects.append(target)
        return objects


def build_zstd(recipe, sources):
    tree = recipe.copy(sources["libzstd"], "zstd")
    recipe.run("make", "-C", tree + "/programs", JOBS, "zstd",
               "CC=" + recipe.cc, "CXX=" + recipe.cxx, "MOREFLAGS=-g",
               "HAVE_ZLIB=0", "HAVE_LZMA=0", "HAVE_LZ4=0",
               "BUILD_DIR=" + tree + "/objects")
    return tree + "/objects/zstd", tree + "/programs/zstd"


def build_leveldb(recipe, sources):
    tree = recipe.copy(sources["leveldb"], "leveldb")
    out = tree + "/out"
    recipe.run("cmake", "-S", tree, "-B", out, "-DCMAKE_BUILD_TYPE=Release",
               "-DCMAKE_C_COMPILER=" + recipe.cc,
               "-DCMAKE_CXX_COMPILER=" + recipe.cxx,
               "-DCMAKE_CXX_FLAGS=-g", "-DBUILD_SHARED_LIBS=OFF",
               "-DLEVELDB_BUILD_TESTS=OFF", "-DLEVELDB_BUILD_BENCHMARKS=OFF",
               "-DLEVELDB_INSTALL=OFF", "-DHAVE_SNAPPY=0", "-DHAVE_CRC32C=0",
               "-DHAVE_TCMALLOC=0")
    recipe.run("cmake", "--build", out, "--target", "leveldb", JOBS)
    objects = recipe.compile(
        recipe.cxx, ["../util/testutil.cc", "../util/histogram.cc",
                     "../benchmarks/db_bench.cc"],
        ["-std=c++11", "-O2", "-g", "-DNDEBUG", "-DLEVELDB_PLATFORM_POSIX=1",
         "-I.." , "-I../include", "-Iinclude", "-I../helpers/memenv",
         "-I" + os.path.join(HERE, "leveldb_stubs")], out)
    archives = [os.path.basename(a) for a in glob.glob(out + "/lib*.a")]
    recipe.run(recipe.cxx, *objects, *archives, "-pthread", "-o", "db_bench",
               cwd=out)
    return (out + "/db_bench",)


def build_memcached(recipe, sources):
    event = recipe.copy(sources["libevent"], "libevent")
    installed = recipe.place + "/installed"
    recipe.run("./configure", "--disable-shared", "--disable-openssl",
               "--disable-samples", "--disable-libevent-regress",
               "--disable-debug-mode", "--prefix=" + installed,
               "CFLAGS=-O2 -g", cwd=event)
    recipe.run("make", JOBS, cwd=event)
    recipe.run("make", "install", cwd=event)
    tree = recipe.copy(sources["memcached"], "memcached")
    recipe.run("./configure", "--with-libevent=" + installed,
               "--disable-coverage", "--disable-docs", "CFLAGS=-O2 -g",
               cwd=tree)
    recipe.run("make", JOBS, "memcached", cwd=tree)
    return (tree + "/memcached",)


_BZIP2 = ["blocksort.c", "huffman.c", "crctable.c", "randtable.c", "compress.c",
          "decompress.c", "bzlib.c"]


def build_pbzip2(recipe, sources):
    library = recipe.copy(sources["bzip2"], "bzip2")
    tree = recipe.copy(sources["pbzip2"], "pbzip2")
    large = ["-O2", "-g", "-D_FILE_OFFSET_BITS=64"]
    objects = [os.path.join(library, o) for o in
               recipe.compile(recipe.cc, _BZIP2, large, library)]
    objects += recipe.compile(
        recipe.cxx, ["pbzip2.cpp", "BZ2StreamScanner.cpp", "ErrorContext.cpp"],
        large + ["-D_LARGEFILE64_SOURCE", "-D_POSIX_PTHREAD_SEMANTICS",
                 "-DUSE_STACKSIZE_CUSTOMIZATION", "-pthread", "-w",
                 "-I" + library], tree)
    recipe.run(recipe.cxx, *objects, "-pthread", "-o", "pbzip2", cwd=tree)
    return (tree + "/pbzip2",)


def build_micro(recipe, _):
    source = os.path.join(HERE, "micro", "micro.cc")
    recipe.run(recipe.cxx, "-std=c++17", "-O2", "-g", "-c", source, "-o",
               "micro.o")
    recipe.run(recipe.cxx, "micro.o", "-pthread", "-o", "micro")
    return (recipe.place + "/micro",)


# Name: the source packages, and the recipe, which says where the program may
# be.
PROGRAMS = {
    "zstd": (["libzstd"], build_zstd),
    "leveldb": (["leveldb"], build_leveldb),
    "memcached": (["libevent", "memcached"], build_memcached),
    "pbzip2": (["bzip2", "pbzip2"], build_pbzip2),
    "micro": ([], build_micro),
}


def build(name, tree, toolchain, apt, again=False):
    """The path of the program, built unless it is there already."""
    packages, recipe = PROGRAMS[name]
    place = os.path.join(toolchain.dir, tree, name)
    stamp = os.path.join(place, "built")
    if os.path.exists(stamp) and not again:
        with open(stamp, encoding="utf-8") as file:
            return file.read()
    shutil.rmtree(place, ignore_errors=True)
    os.makedirs(place)
    sources = {package: apt.fetch(package) for package in packages}
    found = [p for p in recipe(Recipe(toolchain, tree, place), sources)
             if os.path.exists(p)]
    with open(stamp, "w", encoding="utf-8") as file:
        file.write(found[0])
    return found[0]
