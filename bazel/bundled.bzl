# SPDX-License-Identifier: Apache-2.0
"""A repository made of files of this one.

A local_repository would do inside this workspace, but its path means something
else in a project that depends on kcsan; labels mean the same in both.
"""

def _impl(ctx):
    for source, destination in ctx.attr.files.items():
        ctx.symlink(ctx.path(source), destination)
    ctx.file("WORKSPACE", "workspace(name = \"%s\")\n" % ctx.name)

bundled_repository = repository_rule(
    implementation = _impl,
    attrs = {
        "files": attr.label_keyed_string_dict(
            doc = "Which file goes where in the new repository.",
            mandatory = True,
        ),
    },
)
