// SPDX-License-Identifier: Apache-2.0

#include "tests/hooks/kitchen_sink.inc"
