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

def fetch_archive(ctx):
    ctx.download_and_extract(
        url = ctx.attr.urls,
        sha256 = ctx.attr.sha256,
        stripPrefix = ctx.attr.strip_prefix,
    )

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
        fetch_archive(ctx)
        if ctx.attr.replace_archive_build_files:
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
        build_files = attr.label_keyed_string_dict(
            doc = "The BUILD files for the system's copy, and their places.",
            mandatory = True,
        ),
        debian_package = attr.string(mandatory = True),
        headers = attr.string_dict(
            doc = "Headers (or directories of them) below the system's " +
                  "include directory, and their places in the repository. " +
                  "The first tells whether the library is there.",
            mandatory = True,
        ),
        replace_archive_build_files = attr.bool(
            doc = "Use build_files with the archive too, because its own " +
                  "differ from version to version.",
        ),
    ),
    configure = True,
    # Look again whenever the Bazel server starts: packages come and go.
    local = True,
)
