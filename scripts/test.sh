#!/usr/bin/env bash
# Runs all tests: in parallel what only computes, one after another what drives a browser or kills processes.
set -euo pipefail
cd "$(dirname "$0")/.."
exec .venv/bin/python -m pytest -n "${QALQAN_TEST_PROCESSES:-2}" --dist worksteal -q "$@"
