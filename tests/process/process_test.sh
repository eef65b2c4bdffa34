#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
exec python3 tests/process/process_test.py "$@"
