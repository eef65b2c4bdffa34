# SPDX-License-Identifier: Apache-2.0
"""golden_test: a program prints what a file says it prints."""

def _runner_test(name, binary, expected, args, options, tags, **kwargs):
    native.sh_test(
        name = name,
        srcs = ["//tests/e2e:golden_runner.sh"],
        args = ["--expected=$(location %s)" % expected] + options +
               ["$(location %s)" % binary] + args,
        data = [
            binary,
            expected,
            "//tests/e2e:golden_runner.py",
            "//tests/e2e:golden_text.py",
        ],
        tags = tags,
        **kwargs
    )

def golden_test(
        name,
        binary,
        expected,
        args = [],
        expected_exit = 0,
        env = {},
        extra_reports = False,
        soak = 0,
        size = "small",
        tags = [],
        **kwargs):
    """Runs a binary and compares its output and exit status.

    `./bazelw run :NAME -- --update` writes the file anew.

    Args:
      name: of the test.
      binary: label of the program.
      expected: label of the file, in the source tree.
      args: for the program.
      expected_exit: exit status. One that is not 0 comes from a report, so the
        test is left out of builds with the detector off.
      env: for the program. KCSAN_OPTIONS of the caller is not passed on.
      extra_reports: reports beside those in the file are fine. For a bug that
        shows in many ways: the file has those that must come.
      soak: with a number, also makes NAME_soak: as many runs, of which all but
        one in a thousand must be right. Only run when asked for by name.
      size: of the test.
      tags: of the test.
      **kwargs: as for sh_test.
    """
    options = ["--exit=%d" % expected_exit]
    if extra_reports:
        options.append("--extra-reports")
    options += ["'--env=%s=%s'" % item for item in sorted(env.items())]
    if expected_exit:
        tags = tags + ["nooff"]
    _runner_test(
        name = name,
        binary = binary,
        expected = expected,
        args = args,
        options = options,
        size = size,
        tags = tags,
        **kwargs
    )
    if soak:
        _runner_test(
            name = name + "_soak",
            binary = binary,
            expected = expected,
            args = args,
            options = options + [
                "--soak=%d" % soak,
                "--at-least=%d" % (soak - soak // 1000),
            ],
            size = "enormous",
            # Its result is a rate, which other tests at the same time change.
            tags = tags + ["exclusive", "manual"],
            **kwargs
        )
