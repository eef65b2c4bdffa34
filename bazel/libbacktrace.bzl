# SPDX-License-Identifier: Apache-2.0
"""@libbacktrace, which GCC brings along.

Both halves lie in GCC's own directories: the header where only GCC looks, the
archive where Clang looks too. GCC says where.
"""

def _ask(ctx, gcc, name):
    path = ctx.execute([gcc, "-print-file-name=" + name]).stdout.strip()
    # For a file that it does not have, GCC prints the bare name.
    return path if path.startswith("/") else None

def _impl(ctx):
    for compiler in ["g++", "gcc"]:
        gcc = ctx.which(compiler)
        if gcc == None:
            continue
        header = _ask(ctx, gcc, "include/backtrace.h")
        supported = _ask(ctx, gcc, "include/backtrace-supported.h")
        archive = _ask(ctx, gcc, "libbacktrace.a")
        if header and supported and archive:
            ctx.symlink(header, "include/backtrace.h")
            ctx.symlink(supported, "include/backtrace-supported.h")
            ctx.symlink(archive, "lib/libbacktrace.a")
            ctx.file("BUILD.bazel", ctx.read(ctx.attr.build_file), executable = False)
            return
    fail("libbacktrace was not found with g++. On Debian and Ubuntu it comes " +
         "with the package g++; elsewhere install libbacktrace beside GCC.")

libbacktrace_repository = repository_rule(
    implementation = _impl,
    attrs = {"build_file": attr.label(mandatory = True)},
    configure = True,
    local = True,
)
