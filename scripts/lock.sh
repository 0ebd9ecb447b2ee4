#!/usr/bin/env bash
# Writes requirements/*.txt anew from pyproject.toml: every package at one version, with its hashes, without addresses.
set -euo pipefail
cd "$(dirname "$0")/.."
uv=${UV:-.tools/bin/uv}
lock() { "$uv" pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command "make lock" "$@"; }
lock pyproject.toml -o requirements/run.txt
lock pyproject.toml requirements/build.in --group dev --group docs -o requirements/dev.txt
lock pyproject.toml requirements/build.in --group dev --group docs --group bench -o requirements/bench.txt
lock requirements/tools.in -o requirements/tools.txt
