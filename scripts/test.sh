#!/usr/bin/env bash
# Runs all tests, in as many processes as QALQAN_TEST_PROCESSES says (2 by default).
set -euo pipefail
cd "$(dirname "$0")/.."
# Tests start many processes: let each find the bytecode of the one before.
unset PYTHONDONTWRITEBYTECODE
exec .venv/bin/python -m pytest -n "${QALQAN_TEST_PROCESSES:-2}" --dist worksteal -q "$@"
