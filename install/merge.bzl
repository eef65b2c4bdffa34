# SPDX-License-Identifier: Apache-2.0
"""The runtime as one object that shares nothing with the program.

A static library of many objects would bring its Abseil and its copies of the
C++ library's templates into the program, where the linker merges them with the
program's own: of another version, or instrumented. So all of it is linked into
one relocatable object, groups and all, and every name that is not the runtime's
own becomes local.

Programs are linked with --wrap, which would have the runtime, too, tell of its
calls of memcpy() and write(). So it calls __real_memcpy() and __real_write().
"""

load("@bazel_tools//tools/cpp:toolchain_utils.bzl", "find_cpp_toolchain")

# Optimised and position-independent, whatever the build around it is.
def _release_transition_impl(_settings, _attr):
    return {
        "//command_line_option:compilation_mode": "opt",
        "//command_line_option:force_pic": True,
    }

_release_transition = transition(
    implementation = _release_transition_impl,
    inputs = [],
    outputs = [
        "//command_line_option:compilation_mode",
        "//command_line_option:force_pic",
    ],
)

def _libraries(deps, only):
    """(ours, those of others), as files. `only` of ours, if not empty."""
    own, others = {}, {}  # as ordered sets
    for dep in deps:
        for input in dep[CcInfo].linking_context.linker_inputs.to_list():
            for library in input.libraries:
                file = library.pic_static_library or library.static_library
                if file == None:
                    fail("no static library of " + str(input.owner))
                is_own = input.owner.workspace_name in ["", "kcsan"]
                if is_own and (not only or input.owner in only):
                    own[file] = True
                elif not only:
                    others[file] = True
    return own.keys(), others.keys()

_COMMON_ATTRS = {
    "deps": attr.label_list(
        cfg = _release_transition,
        doc = "Libraries, with all that they depend on.",
        mandatory = True,
        providers = [CcInfo],
    ),
    "exports": attr.label(
        allow_single_file = True,
        doc = "Patterns of the names that stay visible, one a line.",
        mandatory = True,
    ),
    "out": attr.output(mandatory = True),
    "renames": attr.label(
        allow_single_file = True,
        doc = "Names to call by another name: OLD NEW, one pair a line.",
        mandatory = True,
    ),
    "_allowlist_function_transition": attr.label(
        default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
    ),
    "_cc_toolchain": attr.label(
        default = "@bazel_tools//tools/cpp:current_cc_toolchain",
    ),
}

def _is_system_abseil(file):
    return file.basename.startswith("libabsl_")

def _merge(ctx, output, own, others, options = []):
    toolchain = find_cpp_toolchain(ctx)
    arguments = ctx.actions.args()
    arguments.add(toolchain.ld_executable)
    arguments.add(toolchain.objcopy_executable)
    arguments.add(ctx.file.exports)
    arguments.add(ctx.file.renames)
    arguments.add(output)
    arguments.add("-r")
    arguments.add_all(options)

    # Or a function that is in a group would be merged with the program's.
    arguments.add("--force-group-allocation")
    arguments.add("--whole-archive")
    arguments.add_all(own)
    arguments.add("--no-whole-archive")
    arguments.add("--start-group")
    arguments.add_all(others)
    arguments.add("--end-group")
    ctx.actions.run_shell(
        inputs = depset(
            own + others + [ctx.file.exports, ctx.file.renames],
            transitive = [toolchain.all_files],
        ),
        outputs = [output],
        arguments = [arguments],
        command = """
ld=$1 objcopy=$2 exports=$3 renames=$4 output=$5
shift 5
"$ld" -o "$output" "$@" &&
"$objcopy" --wildcard --keep-global-symbols="$exports" \\
  --redefine-syms="$renames" "$output"
""",
        mnemonic = "MergeRuntime",
        progress_message = "Merging the runtime into " + output.short_path,
        use_default_shell_env = True,
    )

def _merged_object_impl(ctx):
    own, others = _libraries(
        ctx.attr.deps,
        [dep.label for dep in ctx.attr.deps] if ctx.attr.alone else [],
    )
    output = ctx.outputs.out
    options = []
    if ctx.attr.mark:
        options.append("--defsym=%s=0" % ctx.attr.mark)
    _merge(ctx, output, own, others, options)
    return [DefaultInfo(files = depset([output]))]

merged_object = rule(
    implementation = _merged_object_impl,
    attrs = dict(
        _COMMON_ATTRS,
        alone = attr.bool(
            doc = "Without what the libraries depend on.",
        ),
        mark = attr.string(
            doc = "A name by which linkers can ask for it.",
        ),
    ),
    toolchains = ["@bazel_tools//tools/cpp:toolchain_type"],
)

def _shared_runtime_impl(ctx):
    toolchain = find_cpp_toolchain(ctx)
    own, others = _libraries(ctx.attr.deps, [])

    # The system's archives of Abseil are not position-independent enough for a
    # shared object; the shared ones beside them are what is left.
    absent = [file for file in others if _is_system_abseil(file)]
    merged = ctx.actions.declare_file(ctx.label.name + ".o")
    _merge(ctx, merged, own, [f for f in others if f not in absent])

    output = ctx.outputs.out
    arguments = ctx.actions.args()
    arguments.add(toolchain.compiler_executable)
    arguments.add("-shared")
    arguments.add("-o", output)
    arguments.add("-Wl,-soname," + ctx.attr.soname)
    arguments.add("-Wl,-z,defs")
    arguments.add(ctx.file.version_script, format = "-Wl,--version-script=%s")
    arguments.add(merged)
    arguments.add_all(ctx.files.srcs)
    arguments.add("-Wl,--as-needed,--start-group")
    for file in absent:
        arguments.add("-l:" + file.basename[:-len("a")] + "so")
    arguments.add("-Wl,--end-group")
    arguments.add_all(["-lstdc++", "-lm", "-lpthread", "-ldl"])
    ctx.actions.run_shell(
        inputs = depset(
            [merged, ctx.file.version_script] + ctx.files.srcs,
            transitive = [toolchain.all_files],
        ),
        outputs = [output],
        arguments = [arguments],
        command = """exec "$@" """,
        mnemonic = "LinkRuntime",
        progress_message = "Linking " + output.short_path,
        use_default_shell_env = True,
    )
    return [DefaultInfo(
        files = depset([output]),
        runfiles = ctx.runfiles(files = [output]),
    )]

shared_runtime = rule(
    implementation = _shared_runtime_impl,
    attrs = dict(
        _COMMON_ATTRS,
        soname = attr.string(mandatory = True),
        srcs = attr.label_list(allow_files = True),
        version_script = attr.label(allow_single_file = True, mandatory = True),
    ),
    toolchains = ["@bazel_tools//tools/cpp:toolchain_type"],
)
