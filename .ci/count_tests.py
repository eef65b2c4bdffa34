# SPDX-License-Identifier: Apache-2.0
"""Counts the tests of one Bazel run: prints "PASSED FAILED".

Reads the file that --build_event_json_file wrote, one event a line. A missing
or broken file counts as no tests; the caller knows Bazel's exit status.
"""

import json
import sys


def count(lines):
    """Returns (passed, failed) over the events in `lines`."""
    tests = set()
    passed = set()
    failed = set()
    for line in lines:
        event = json.loads(line)
        (kind, key), *_ = event["id"].items()
        if kind == "targetConfigured":
            rule = event.get("configured", {}).get("targetKind", "")
            if rule.endswith("_test rule"):
                tests.add(key["label"])
        elif kind == "targetCompleted":
            # A test that does not build is never run and has no summary.
            if not event.get("completed", {}).get("success"):
                failed.add(key["label"])
        elif kind == "testSummary":
            # A flaky test failed before it passed: we do not accept it.
            status = event["testSummary"].get("overallStatus")
            (passed if status == "PASSED" else failed).add(key["label"])
    return len(passed), len(failed & tests)


def main(path):
    try:
        with open(path, encoding="utf-8") as lines:
            print(*count(lines))
    except (OSError, ValueError) as error:
        print(f"count_tests.py: {path}: {error}", file=sys.stderr)
        print(0, 0)


if __name__ == "__main__":
    main(sys.argv[1])
