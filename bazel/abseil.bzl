# SPDX-License-Identifier: Apache-2.0
"""@com_google_absl, from the system's packages or else from the archive.

Either way there is one library, //:abseil, and the labels of Abseil's own BUILD
files lead to it. One is enough: archives cost a program only the members that
it uses, and a finer graph that exists in one of the two cases only would let a
mistake pass in the other.
"""

load(":system_library.bzl", "ARCHIVE_ATTRS", "fetch_archive", "find_include_dir")

# The public labels of the 20220623 release.
_LABELS = {
    "algorithm": ["algorithm", "container"],
    "base": [
        "base",
        "config",
        "core_headers",
        "dynamic_annotations",
        "log_severity",
        "prefetch",
    ],
    "cleanup": ["cleanup"],
    "container": [
        "btree",
        "fixed_array",
        "flat_hash_map",
        "flat_hash_set",
        "inlined_vector",
        "node_hash_map",
        "node_hash_set",
    ],
    "debugging": [
        "failure_signal_handler",
        "leak_check",
        "stacktrace",
        "symbolize",
    ],
    "flags": [
        "commandlineflag",
        "config",
        "flag",
        "marshalling",
        "parse",
        "reflection",
        "usage",
    ],
    "functional": ["any_invocable", "bind_front", "function_ref"],
    "hash": ["hash"],
    "memory": ["memory"],
    "meta": ["type_traits"],
    "numeric": ["bits", "int128"],
    "random": [
        "bit_gen_ref",
        "distributions",
        "random",
        "seed_gen_exception",
        "seed_sequences",
    ],
    "status": ["status", "statusor"],
    "strings": ["cord", "str_format", "strings"],
    "synchronization": ["synchronization"],
    "time": ["time"],
    "types": [
        "any",
        "bad_any_cast",
        "bad_optional_access",
        "bad_variant_access",
        "compare",
        "optional",
        "span",
        "variant",
    ],
    "utility": ["utility"],
}

_BUILD_HEADER = "package(default_visibility = [\"//visibility:public\"])\n"

# The system's Abseil knows nothing of Bazel, but its pkg-config files know which
# library needs which: they become targets, in the order that a linker wants.
_ALL = """
cc_library(
    name = "abseil",
    hdrs = glob(["include/absl/**/*.h", "include/absl/**/*.inc"]),
    includes = ["include"],
    linkopts = ["-pthread"],
    deps = {deps},
)
"""

_ONE = """
cc_library(
    name = "{name}",
    srcs = {srcs},
    linkstatic = True,
    deps = {deps},
)
"""

_ALIAS = """
alias(
    name = "{name}",
    actual = "//:abseil",
)
"""

def _find_library_dir(ctx):
    machine = ctx.execute(["uname", "-m"]).stdout.strip()
    for directory in [
        "/usr/lib/%s-linux-gnu" % machine,
        "/usr/lib64",
        "/usr/lib",
        "/usr/local/lib64",
        "/usr/local/lib",
    ]:
        if ctx.path(directory + "/pkgconfig/absl_base.pc").exists:
            return directory
    return None

def _read_pkgconfig(ctx, path):
    """The absl_* packages that one .pc file requires."""
    requires = []
    for line in ctx.read(path).split("\n"):
        if line.startswith("Requires:"):
            # "Requires: absl_config = 20220623, absl_base = 20220623"
            for entry in line[len("Requires:"):].split(","):
                name = entry.strip().partition(" ")[0]
                if name:
                    requires.append(name)
    return requires

def _library_files(ctx, library_dir, name):
    # Static: a program's own copy of Abseil is what a Bazel build of Abseil
    # gives too, it starts without looking through sixty shared objects, and a
    # test binary runs on a machine that has no Abseil. Shared only where a
    # distribution ships nothing else.
    for suffix in [".a", ".so"]:
        path = ctx.path(library_dir + "/lib" + name + suffix)
        if path.exists:
            destination = "lib/lib" + name + suffix
            ctx.symlink(path, destination)
            return [destination]
    return []  # headers only

def _use_system(ctx, include_dir, library_dir):
    ctx.symlink(include_dir + "/absl", "include/absl")

    packages = {}
    for path in ctx.path(library_dir + "/pkgconfig").readdir():
        name = path.basename
        if name.startswith("absl_") and name.endswith(".pc"):
            packages[name[:-len(".pc")]] = _read_pkgconfig(ctx, path)

    root = [_BUILD_HEADER]
    for name, requires in sorted(packages.items()):
        root.append(_ONE.format(
            name = name,
            srcs = repr(_library_files(ctx, library_dir, name)),
            # Debian's set lacks a header-only file or two that others name.
            deps = repr([":" + r for r in requires if r in packages]),
        ))
    root.append(_ALL.format(deps = repr([":" + p for p in sorted(packages)])))
    ctx.file("BUILD.bazel", "".join(root), executable = False)

def _use_archive(ctx):
    fetch_archive(ctx, "include")
    ctx.file(
        "BUILD.bazel",
        ctx.read(ctx.attr.archive_build_file),
        executable = False,
    )

def _write_labels(ctx):
    for package, names in _LABELS.items():
        ctx.file(
            "absl/%s/BUILD.bazel" % package,
            _BUILD_HEADER + "".join([_ALIAS.format(name = n) for n in names]),
            executable = False,
        )

def _impl(ctx):
    include_dir = find_include_dir(ctx, "absl/base/config.h")
    library_dir = _find_library_dir(ctx)
    if include_dir and library_dir:
        _use_system(ctx, include_dir, library_dir)
    else:
        _use_archive(ctx)
    _write_labels(ctx)

abseil_repository = repository_rule(
    implementation = _impl,
    attrs = dict(
        ARCHIVE_ATTRS,
        archive_build_file = attr.label(
            doc = "Defines //:abseil from the archive's sources.",
            mandatory = True,
        ),
    ),
    configure = True,
    # Look again whenever the Bazel server starts: packages come and go.
    local = True,
)
