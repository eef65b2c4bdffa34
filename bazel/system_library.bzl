# SPDX-License-Identifier: Apache-2.0
"""A library of the system, or else the pinned archive of it.

The system's copy is preferred, because the build must work where nothing can
be downloaded but the distribution's packages, and because it is the copy that
gets security updates.
"""

INCLUDE_DIRS = ["/usr/include", "/usr/local/include"]

ARCHIVE_ATTRS = {
    "sha256": attr.string(doc = "Of the archive."),
    "strip_prefix": attr.string(doc = "Of the archive."),
    "urls": attr.string_list(doc = "Of the archive. Empty: there is none."),
}

def find_include_dir(ctx, header):
    """The system's directory that has this header, or None."""
    for directory in INCLUDE_DIRS:
        if ctx.path(directory + "/" + header).exists:
            return directory
    return None

def fetch_archive(ctx, directory):
    """Unpacks the archive, without its BUILD files where not at the root.

    A directory below the root is for headers that do not live up to our
    warnings. Bazel looks for quoted includes at the root of each repository
    first, and what is found there is not taken for a system header.

    Args:
      ctx: of the repository rule.
      directory: to unpack into; "" is the root.
    """
    ctx.download_and_extract(
        url = ctx.attr.urls,
        output = directory,
        sha256 = ctx.attr.sha256,
        stripPrefix = ctx.attr.strip_prefix,
    )
    if directory:
        for name in ["BUILD", "BUILD.bazel"]:
            ctx.execute(["find", directory, "-name", name, "-delete"])

def _write_build_files(ctx):
    for source, destination in ctx.attr.build_files.items():
        ctx.file(destination, ctx.read(source), executable = False)

def _impl(ctx):
    include_dir = find_include_dir(ctx, ctx.attr.headers.keys()[0])
    if include_dir:
        for source, destination in ctx.attr.headers.items():
            ctx.symlink(include_dir + "/" + source, destination)
        _write_build_files(ctx)
    elif ctx.attr.urls:
        fetch_archive(ctx, ctx.attr.archive_dir)
        if ctx.attr.archive_dir:
            _write_build_files(ctx)
    else:
        fail(("{name} was not found on this system and has no archive to " +
              "build from. On Debian: apt-get install {package} (./bazelw " +
              "does that by itself).").format(
            name = ctx.name,
            package = ctx.attr.debian_package,
        ))

system_library = repository_rule(
    implementation = _impl,
    attrs = dict(
        ARCHIVE_ATTRS,
        archive_dir = attr.string(
            doc = "Where to unpack the archive, to be built by build_files. " +
                  "Without it, at the root, to be built by its own.",
        ),
        build_files = attr.label_keyed_string_dict(
            doc = "The BUILD files, and their places in the repository.",
            mandatory = True,
        ),
        debian_package = attr.string(mandatory = True),
        headers = attr.string_dict(
            doc = "Headers (or directories of them) below the system's " +
                  "include directory, and their places in the repository. " +
                  "The first tells whether the library is there.",
            mandatory = True,
        ),
    ),
    configure = True,
    # Look again whenever the Bazel server starts: packages come and go.
    local = True,
)
