#!/bin/sh
# SPDX-License-Identifier: Apache-2.0

exec python3 tests/e2e/golden_test.py
