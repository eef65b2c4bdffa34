#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
exec python3 tests/instrumented/run_twins.py "$@"
