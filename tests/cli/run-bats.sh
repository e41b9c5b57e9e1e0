#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# run-bats.sh FILE - runs one file of tests; 77 ("skipped") where a tool is missing.
set -euo pipefail

for tool in bats python3; do
    if ! command -v "$tool" >/dev/null; then
        echo "skipped: needs $tool"
        exit 77
    fi
done
exec bats "$1"
